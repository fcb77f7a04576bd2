//! The generated machine, as its users call it.

use flowspec_generated::register_web_phone::{Event, Machine, Output, Reason, Shared, Step};
use flowspec_runtime::typed::{Fault, Few, Reasons, Shown};

use crate::{Candidate, Shows};

pub(crate) struct Generated(Machine);

impl Candidate for Generated {
    type Shown = Result<Shown<Shared>, Fault>;

    fn new() -> Self {
        let mut machine = Machine::default();
        let opened = machine.open(1, 0, ());
        debug_assert!(opened.is_ok());
        Self(machine)
    }

    fn apply(&mut self, event: Event) -> Self::Shown {
        self.0.apply(1, 0, event)
    }
}

impl Shows for Result<Shown<Shared>, Fault> {
    fn verdict(&self) -> Result<(), Reason> {
        match self {
            Ok(Shown { verdict: Err(Reasons::One(reason)), .. }) => Err(*reason),
            Ok(Shown { verdict: Err(reasons), .. }) => reasons.iter().copied().next().map_or(Ok(()), Err),
            _ => Ok(()),
        }
    }

    fn step(&self) -> Step {
        self.as_ref().map_or(Step::Landing, |shown| shown.step)
    }

    fn output(&self) -> Option<&Output> {
        match self {
            Ok(Shown { outputs: Few::One(output), .. }) => Some(output),
            _ => None,
        }
    }
}
