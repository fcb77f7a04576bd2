//! The generated machine, as its users call it.

use flowspec_generated::register_web_phone::{Event, Machine, Step};
use flowspec_runtime::typed::{Few, Reasons};

use crate::{Candidate, Shown};

pub(crate) struct Generated(Machine);

impl Candidate for Generated {
    fn new() -> Self {
        let mut machine = Machine::default();
        let opened = machine.open(1, 0, ());
        debug_assert!(opened.is_ok());
        Self(machine)
    }

    fn apply(&mut self, event: Event) -> Shown {
        match self.0.apply(1, 0, event) {
            Ok(shown) => Shown {
                verdict: match shown.verdict {
                    Ok(()) => Ok(()),
                    Err(Reasons::One(reason)) => Err(reason),
                    Err(reasons) => Err(reasons.iter().copied().next().expect("a refusal has reasons")),
                },
                step: shown.step,
                output: match shown.outputs {
                    Few::One(output) => Some(output),
                    _ => None,
                },
            },
            Err(_) => Shown { verdict: Ok(()), step: Step::Landing, output: None },
        }
    }
}
