//! The same with `rust-fsm`: the transitions are its own, and events are classified for it first.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Output, Reason, Step};
use rust_fsm::state_machine;

use crate::memory::Memory;
use crate::{Candidate, Shown};

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
    fn classify(&self, event: &Event) -> (Input, Result<(), Reason>) {
        match event {
            Event::ClickRegister => (Input::Click, Ok(())),
            Event::Agree => (Input::Agree, Ok(())),
            Event::Decline => (Input::Decline, Err(Reason::Silent)),
            Event::Next(next) => match self.memory.check_next(next) {
                Ok(()) => (Input::NextRight, Ok(())),
                refused => (Input::NextWrong, refused),
            },
            Event::SubmitCode(submit) => match self.memory.check_code(&submit.code) {
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

    fn perform(&mut self, event: Event) -> Option<Output> {
        match event {
            Event::Agree if self.memory.code_model() == CodeModel::Two => Some(self.memory.send_picture()),
            Event::Next(next) => Some(self.memory.next(next)),
            Event::Resend => Some(self.memory.resend()),
            Event::FillIn(fill_in) => {
                self.memory.fill_in(fill_in);
                None
            }
            Event::BindCard(_) => {
                self.memory.register();
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

impl Candidate for Fsm {
    fn new() -> Self {
        Self { machine: registration::StateMachine::new(), memory: Memory::default() }
    }

    fn apply(&mut self, event: Event) -> Shown {
        let (input, verdict) = self.classify(&event);
        let verdict = self.machine.consume(&input).map_err(|_| Reason::Unexpected).and(verdict);
        let output = if verdict.is_ok() { self.perform(event) } else { None };
        Shown { verdict, step: self.step(), output }
    }
}
