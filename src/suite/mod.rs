//! What must be tested: a suite derived from the model, one file a section, the same bytes every time.
//!
//! The sections that are derived here: ways, transitions, fields, guards, unlisted events, limits and time-outs, what must
//! look the same, and of what is remembered the values that the implementation picks. Random walks need no data. No result is written down: the oracle of the runtime works it out while a test runs.

mod aftermath;
mod apart;
mod faults;
mod fields;
mod guards;
pub mod identification;
mod limits;
mod memory;
pub mod mutants;
pub mod strength;
mod permissions;
mod reached;
mod repetition;
mod secrecy;
mod timeouts;
mod transitions;
mod unlisted;
mod ways;
mod world;
mod writer;

use std::sync::Arc;

use rayon::prelude::*;

use flowspec_runtime::machine::{Machine, Unfit};
use flowspec_runtime::model::Model;
pub use flowspec_runtime::suite::Suite;

use crate::explore::Explorer;
use writer::Writer;

/// Derives the tests of several flows, in their order.
///
/// # Errors
/// See [`derive()`].
pub fn derive_all(models: &[Arc<Model>]) -> Result<Vec<Suite>, Unfit> {
    models.par_iter().map(derive).collect()
}

/// Derives the tests of a flow.
///
/// # Errors
/// Where no machine can run the model; `model::resolve` makes no such model.
pub fn derive(model: &Arc<Model>) -> Result<Suite, Unfit> {
    let machine = Machine::new(Arc::clone(model))?;
    let explorer = Explorer::new(model, &machine);
    let worlds = explorer.worlds();
    let situations = explorer.situations(&worlds);
    let mut writer = Writer::new(model, &explorer, &worlds, &situations);
    for section in [
        ways::derive,
        transitions::derive,
        permissions::derive,
        fields::derive,
        guards::derive,
        unlisted::derive,
        limits::derive,
        timeouts::derive,
        memory::derive,
        aftermath::derive,
        world::derive,
        repetition::derive,
        apart::derive,
        secrecy::derive,
        reached::derive,
    ] {
        section(&mut writer);
    }
    writer.drop_beginnings();
    faults::derive(&mut writer)?;
    Ok(writer.finish())
}
