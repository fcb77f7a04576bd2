//! What one would write by hand: a match on the step, in it a match on the event, and early returns.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Output, Reason, Step};

use crate::memory::{Memory, Shared};
use crate::service::{Session, Shown};

pub(crate) struct Hand {
    step: Step,
    memory: Memory,
}

impl Hand {
    fn judge(&mut self, shared: &mut Shared, event: Event) -> Result<Option<Output>, Reason> {
        match self.step {
            Step::Landing => {
                let Event::ClickRegister = event else { return Err(Reason::Unexpected) };
                self.step = Step::Terms;
                Ok(None)
            }
            Step::Terms => match event {
                Event::Agree => {
                    self.step = Step::Identify;
                    let two = shared.code_model() == CodeModel::Two;
                    Ok(two.then(|| self.memory.send_picture(shared)))
                }
                Event::Decline => Err(Reason::Silent),
                _ => Err(Reason::Unexpected),
            },
            Step::Identify => {
                let Event::Next(next) = event else { return Err(Reason::Unexpected) };
                self.memory.check_next(shared, &next)?;
                self.step = Step::CodeWaitCode;
                Ok(Some(self.memory.next(shared, next)))
            }
            Step::CodeWaitCode => match event {
                Event::SubmitCode(submit) => {
                    self.memory.check_code(shared, &submit.code)?;
                    self.memory.confirmed();
                    self.step = Step::ProfilePage;
                    Ok(None)
                }
                Event::Resend => Ok(Some(self.memory.resend(shared))),
                _ => Err(Reason::Unexpected),
            },
            Step::ProfilePage => {
                let Event::FillIn(fill_in) = event else { return Err(Reason::Unexpected) };
                self.memory.fill_in(fill_in);
                self.step = Step::PaymentCard;
                Ok(None)
            }
            Step::PaymentCard => {
                let Event::BindCard(bind_card) = event else { return Err(Reason::Unexpected) };
                let Some(Bank::NumberMatches) = bind_card.bank else { return Err(Reason::NumberDiffers) };
                self.memory.register(shared, bind_card);
                self.step = Step::Registered;
                Ok(None)
            }
            Step::Registered => Err(Reason::Unexpected),
        }
    }
}

impl Session for Hand {
    fn new() -> Self {
        Self { step: Step::Landing, memory: Memory::default() }
    }

    fn apply(&mut self, shared: &mut Shared, event: Event) -> Shown {
        let (verdict, output) = match self.judge(shared, event) {
            Ok(output) => (Ok(()), output),
            Err(reason) => (Err(reason), None),
        };
        Shown { verdict, step: self.step, output }
    }
}
