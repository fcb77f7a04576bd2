//! The situations that a flow can be in, the shortest way to each, and what makes a difference there.

mod actions;
mod aims;
mod beyond;
mod inputs;
mod lists;
mod rivals;
mod runner;
mod situations;
pub mod space;
mod worlds;

pub use actions::actions_of;
pub use aims::{Misread, come_to_the_same};
pub use inputs::{Draft, Move, slips};
pub use rivals::{Rival, cases, of_event as rivals_of};
pub use runner::{Runner, Taken, place};
pub use situations::{SESSION, Situation, Situations};
pub use worlds::World;

use std::cell::RefCell;

use aims::AllAims;
use flowspec_runtime::machine::Machine;
use flowspec_runtime::model::Model;
use flowspec_runtime::values::Values;

/// Looks at what a flow can do.
#[derive(Debug)]
pub struct Explorer<'m> {
    /// The flow.
    pub model: &'m Model,
    /// Performs steps.
    pub runner: Runner<'m>,
    /// Makes values.
    pub values: Values<'m>,
    aims: RefCell<AllAims<'m>>,
}

impl<'m> Explorer<'m> {
    /// An explorer of the flow that a machine runs.
    pub fn new(model: &'m Model, machine: &'m Machine) -> Self {
        Self {
            model,
            runner: Runner::new(model, machine),
            values: Values::new(model),
            aims: RefCell::default(),
        }
    }
}
