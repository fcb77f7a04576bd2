//! The generated machine, as its users call it.

use flowspec_generated::register_web_phone::{Event, Machine, Output, Reason, Shared, Step};
use flowspec_runtime::typed::{self, Fault, Few, Reasons};
use flowspec_runtime::{SessionId, Time};

use crate::{Candidate, Outcome};

pub(crate) struct Generated(Machine);

impl Outcome for Result<typed::Shown<Shared>, Fault> {
    #[inline]
    fn verdict(&self) -> Result<(), Reason> {
        match &shown(self).verdict {
            Ok(()) => Ok(()),
            Err(Reasons::One(reason)) => Err(*reason),
            Err(reasons) => Err(*reasons.iter().next().expect("a refusal has reasons")),
        }
    }

    #[inline]
    fn step(&self) -> Step {
        shown(self).step
    }

    #[inline]
    fn output(&self) -> Option<&Output> {
        if let Few::One(output) = &shown(self).outputs { Some(output) } else { None }
    }
}

#[inline]
fn shown(of: &Result<typed::Shown<Shared>, Fault>) -> &typed::Shown<Shared> {
    of.as_ref().expect("the session is open")
}

impl Candidate for Generated {
    type Shown = Result<typed::Shown<Shared>, Fault>;

    fn new() -> Self {
        Self(Machine::default())
    }

    fn open(&mut self, session: SessionId, at: Time) {
        let opened = self.0.open(session, at, ());
        debug_assert!(opened.is_ok());
    }

    fn apply(&mut self, session: SessionId, at: Time, event: Event) -> Self::Shown {
        self.0.apply(session, at, event)
    }
}
