//! What must be tested: a suite derived from the model, one file a section, the same bytes every time.
//!
//! The sections that are derived here: ways, transitions, fields, guards, unlisted events, limits and time-outs, what must
//! look the same, and of what is remembered the values that the implementation picks. Random walks need no data. No result is written down: the oracle of the runtime works it out while a test runs.

mod aftermath;
mod apart;
mod faults;
mod fields;
mod days;
mod guards;
pub mod identification;
mod limits;
mod lists;
mod memory;
pub mod mutants;
mod others;
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
use flowspec_runtime::model::{Expr, Model};
pub use flowspec_runtime::suite::Suite;

use crate::explore::Explorer;
use writer::Writer;

/// So many values of a choice are taken in turn.
const MOST_VALUES: usize = 4;

/// Limits that apply only with some values of a choice are tested as if each value were the one that was taken: tests are
/// steps, and what is right for each value is worked out while they run.
fn of_other_choices(writer: &mut Writer, model: &Arc<Model>) -> Result<(), Unfit> {
    let mut chosen = Vec::new();
    for active in model.limits.iter().filter_map(|limit| limit.active.as_ref()) {
        active.walk(&mut |expr| {
            if let Expr::Choice(choice) = expr {
                chosen.push(usize::from(*choice));
            }
        });
    }
    chosen.sort_unstable();
    chosen.dedup();
    for choice in chosen {
        for value in 1..model.choices[choice].values.len().min(MOST_VALUES) {
            let mut turned = Model::clone(model);
            turned.choices[choice].values.swap(0, value);
            let of = &turned.choices[choice];
            let name = format!("{} is {}", of.name, of.values[0].as_text().unwrap_or_default());
            let turned = Arc::new(turned);
            let machine = Machine::new(Arc::clone(&turned))?;
            let explorer = Explorer::new(&turned, &machine);
            let worlds = explorer.worlds();
            let situations = explorer.situations(&worlds);
            let mut other = Writer::new(&turned, &explorer, &worlds, &situations);
            limits::derive(&mut other);
            writer.adopt(&other.finish(), &format!(", where {name}"));
        }
    }
    Ok(())
}

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
        lists::derive,
        days::derive,
        unlisted::derive,
        limits::derive,
        timeouts::derive,
        memory::derive,
        aftermath::derive,
        world::derive,
        repetition::derive,
        others::derive,
        apart::derive,
        secrecy::derive,
        reached::derive,
    ] {
        section(&mut writer);
    }
    of_other_choices(&mut writer, model)?;
    writer.drop_beginnings();
    faults::derive(&mut writer)?;
    Ok(writer.finish())
}
