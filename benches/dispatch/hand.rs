//! What one would write by hand: a match on the step, in it a match on the event, and early returns.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Output, Reason, Step};

use crate::memory::Memory;
use crate::{Candidate, Shown};

pub(crate) struct Hand {
    step: Step,
    memory: Memory,
}

impl Hand {
    fn judge(&mut self, event: Event) -> Result<Option<Output>, Reason> {
        match self.step {
            Step::Landing => {
                let Event::ClickRegister = event else { return Err(Reason::Unexpected) };
                self.step = Step::Terms;
                Ok(None)
            }
            Step::Terms => match event {
                Event::Agree => {
                    self.step = Step::Identify;
                    let two = self.memory.code_model() == CodeModel::Two;
                    Ok(two.then(|| self.memory.send_picture()))
                }
                Event::Decline => Err(Reason::Silent),
                _ => Err(Reason::Unexpected),
            },
            Step::Identify => {
                let Event::Next(next) = event else { return Err(Reason::Unexpected) };
                self.memory.check_next(&next)?;
                self.step = Step::CodeWaitCode;
                Ok(Some(self.memory.next(next)))
            }
            Step::CodeWaitCode => match event {
                Event::SubmitCode(submit) => {
                    self.memory.check_code(&submit.code)?;
                    self.step = Step::ProfilePage;
                    Ok(None)
                }
                Event::Resend => Ok(Some(self.memory.resend())),
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
                self.memory.register();
                self.step = Step::Registered;
                Ok(None)
            }
            Step::Registered => Err(Reason::Unexpected),
        }
    }
}

impl Candidate for Hand {
    fn new() -> Self {
        Self { step: Step::Landing, memory: Memory::default() }
    }

    fn apply(&mut self, event: Event) -> Shown {
        let (verdict, output) = match self.judge(event) {
            Ok(output) => (Ok(()), output),
            Err(reason) => (Err(reason), None),
        };
        Shown { verdict, step: self.step, output }
    }
}
