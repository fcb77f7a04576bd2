//! The same with `statig`: a handler a state; what is shown is left in the context.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Reason, Step};
use statig::prelude::*;

use crate::memory::{Memory, Shared};
use crate::service::{Session, Shown};

#[derive(Default)]
pub(crate) struct Registration {
    memory: Memory,
}

/// What a handler may read and change beside its machine.
pub(crate) struct Context<'a> {
    shared: &'a mut Shared,
    shown: &'a mut Shown,
}

fn refuse(context: &mut Context<'_>, reason: Reason) -> Outcome<State> {
    context.shown.verdict = Err(reason);
    Handled
}

fn go(context: &mut Context<'_>, step: Step, state: State) -> Outcome<State> {
    context.shown.step = step;
    Transition(state)
}

#[state_machine(initial = "State::landing()")]
impl Registration {
    #[state]
    fn landing(context: &mut Context<'_>, event: &Event) -> Outcome<State> {
        match event {
            Event::ClickRegister => go(context, Step::Terms, State::terms()),
            _ => refuse(context, Reason::Unexpected),
        }
    }

    #[state]
    fn terms(&mut self, context: &mut Context<'_>, event: &Event) -> Outcome<State> {
        match event {
            Event::Agree => {
                if context.shared.code_model() == CodeModel::Two {
                    context.shown.output = Some(self.memory.send_picture(context.shared));
                }
                go(context, Step::Identify, State::identify())
            }
            Event::Decline => refuse(context, Reason::Silent),
            _ => refuse(context, Reason::Unexpected),
        }
    }

    #[state]
    fn identify(&mut self, context: &mut Context<'_>, event: &Event) -> Outcome<State> {
        let Event::Next(next) = event else { return refuse(context, Reason::Unexpected) };
        match self.memory.check_next(context.shared, next) {
            Ok(()) => {
                context.shown.output = Some(self.memory.next(context.shared, next.clone()));
                go(context, Step::CodeWaitCode, State::code_wait())
            }
            Err(reason) => refuse(context, reason),
        }
    }

    #[state]
    fn code_wait(&mut self, context: &mut Context<'_>, event: &Event) -> Outcome<State> {
        match event {
            Event::SubmitCode(submit) => match self.memory.check_code(context.shared, &submit.code) {
                Ok(()) => {
                    self.memory.confirmed();
                    go(context, Step::ProfilePage, State::profile())
                }
                Err(reason) => refuse(context, reason),
            },
            Event::Resend => {
                context.shown.output = Some(self.memory.resend(context.shared));
                Handled
            }
            _ => refuse(context, Reason::Unexpected),
        }
    }

    #[state]
    fn profile(&mut self, context: &mut Context<'_>, event: &Event) -> Outcome<State> {
        let Event::FillIn(fill_in) = event else { return refuse(context, Reason::Unexpected) };
        self.memory.fill_in(fill_in.clone());
        go(context, Step::PaymentCard, State::payment())
    }

    #[state]
    fn payment(&mut self, context: &mut Context<'_>, event: &Event) -> Outcome<State> {
        let Event::BindCard(bind_card) = event else { return refuse(context, Reason::Unexpected) };
        let Some(Bank::NumberMatches) = bind_card.bank else { return refuse(context, Reason::NumberDiffers) };
        self.memory.register(context.shared, bind_card.clone());
        go(context, Step::Registered, State::registered())
    }

    #[state]
    fn registered(context: &mut Context<'_>) -> Outcome<State> {
        refuse(context, Reason::Unexpected)
    }
}

pub(crate) struct Statig {
    machine: statig::blocking::StateMachine<Registration>,
    step: Step,
}

impl Session for Statig {
    fn new() -> Self {
        Self { machine: Registration::default().state_machine(), step: Step::Landing }
    }

    fn apply(&mut self, shared: &mut Shared, event: Event) -> Shown {
        let mut shown = Shown { verdict: Ok(()), step: self.step, output: None };
        self.machine.handle_with_context(&event, &mut Context { shared, shown: &mut shown });
        self.step = shown.step;
        shown
    }
}
