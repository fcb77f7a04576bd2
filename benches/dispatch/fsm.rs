//! The same with `rust-fsm`: the transitions are its own, and events are classified for it first.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Output, Reason, Step};
use rust_fsm::state_machine;

use crate::memory::{Memory, Shared};
use crate::service::{Session, Shown};

state_machine! {
    registration(Landing)

    Landing(Click) => Terms,
    Terms => {
        Agree => Identify,
        Decline => Terms,
    },
    Identify => {
        NextRight => CodeWait,
        NextWrong => Identify,
    },
    CodeWait => {
        CodeRight => Profile,
        CodeWrong => CodeWait,
        Resend => CodeWait,
    },
    Profile(FillIn) => Payment,
    Payment => {
        Matches => Registered,
        Differs => Payment,
    },
}

use registration::{Input, State};

pub(crate) struct Fsm {
    machine: registration::StateMachine,
    memory: Memory,
}

impl Fsm {
    fn classify(&self, shared: &Shared, event: &Event) -> (Input, Result<(), Reason>) {
        match event {
            Event::ClickRegister => (Input::Click, Ok(())),
            Event::Agree => (Input::Agree, Ok(())),
            Event::Decline => (Input::Decline, Err(Reason::Silent)),
            Event::Next(next) => match self.memory.check_next(shared, next) {
                Ok(()) => (Input::NextRight, Ok(())),
                refused => (Input::NextWrong, refused),
            },
            Event::SubmitCode(submit) => match self.memory.check_code(shared, &submit.code) {
                Ok(()) => (Input::CodeRight, Ok(())),
                refused => (Input::CodeWrong, refused),
            },
            Event::Resend => (Input::Resend, Ok(())),
            Event::FillIn(_) => (Input::FillIn, Ok(())),
            Event::BindCard(bind_card) => match bind_card.bank {
                Some(Bank::NumberMatches) => (Input::Matches, Ok(())),
                _ => (Input::Differs, Err(Reason::NumberDiffers)),
            },
        }
    }

    fn perform(&mut self, shared: &mut Shared, event: Event) -> Option<Output> {
        match event {
            Event::Agree if shared.code_model() == CodeModel::Two => Some(self.memory.send_picture(shared)),
            Event::Next(next) => Some(self.memory.next(shared, next)),
            Event::Resend => Some(self.memory.resend(shared)),
            Event::FillIn(fill_in) => {
                self.memory.fill_in(fill_in);
                None
            }
            Event::SubmitCode(_) => {
                self.memory.confirmed();
                None
            }
            Event::BindCard(bind_card) => {
                self.memory.register(shared, bind_card);
                None
            }
            _ => None,
        }
    }

    fn step(&self) -> Step {
        match self.machine.state() {
            State::Landing => Step::Landing,
            State::Terms => Step::Terms,
            State::Identify => Step::Identify,
            State::CodeWait => Step::CodeWaitCode,
            State::Profile => Step::ProfilePage,
            State::Payment => Step::PaymentCard,
            State::Registered => Step::Registered,
        }
    }
}

impl Session for Fsm {
    fn new() -> Self {
        Self { machine: registration::StateMachine::new(), memory: Memory::default() }
    }

    fn apply(&mut self, shared: &mut Shared, event: Event) -> Shown {
        let (input, verdict) = self.classify(shared, &event);
        let verdict = self.machine.consume(&input).map_err(|_| Reason::Unexpected).and(verdict);
        let output = if verdict.is_ok() { self.perform(shared, event) } else { None };
        Shown { verdict, step: self.step(), output }
    }
}
