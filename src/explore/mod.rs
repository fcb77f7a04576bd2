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
use std::sync::Arc;

use aims::AllAims;
use flowspec_runtime::machine::Machine;
use flowspec_runtime::model::{Handler, Model};
use flowspec_runtime::values::Values;
use rustc_hash::FxHashMap;

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
    /// By the address of a handler of the flow, what each field of its event is compared with.
    rivals: RefCell<FxHashMap<usize, Arc<[Vec<Rival<'m>>]>>>,
}

impl<'m> Explorer<'m> {
    /// An explorer of the flow that a machine runs.
    pub fn new(model: &'m Model, machine: &'m Machine) -> Self {
        Self {
            model,
            runner: Runner::new(model, machine),
            values: Values::new(model),
            aims: RefCell::default(),
            rivals: RefCell::default(),
        }
    }

    /// What each field of a handler's event is compared with there.
    fn rivals<'h>(&'h self, handler: &'h Handler) -> Arc<[Vec<Rival<'h>>]> {
        let address = std::ptr::from_ref(handler).addr();
        if let Some(known) = self.rivals.borrow().get(&address) {
            return Arc::clone(known);
        }
        let Some(own) = self.own(handler) else { return rivals::by_field(self.model, handler).into() };
        let rivals: Arc<[Vec<Rival<'m>>]> = rivals::by_field(self.model, own).into();
        self.rivals.borrow_mut().insert(address, Arc::clone(&rivals));
        rivals
    }

    /// A handler of the flow by its address; none where it is another flow's.
    fn own(&self, handler: &Handler) -> Option<&'m Handler> {
        let model: &'m Model = self.model;
        let mut every = model.steps.iter().flat_map(|step| &step.handlers);
        every.find(|own| std::ptr::eq(*own, handler))
    }
}
