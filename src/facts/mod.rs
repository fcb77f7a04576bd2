//! Tracing between the facts of a source and what was written from them: statements, tests, and what has changed since.

mod citation;
mod digest;
mod document;
mod lock;
mod report;
mod stale;
mod tests_of;
mod trace;

pub use document::{Document, Fact, Kind};
pub use lock::{Lock, State};
pub use report::{json, markdown, table};
pub use stale::stale;
pub use tests_of::TestName;
pub use trace::{Carrier, Fault, FaultKind, Trace, Traced, trace};

use std::collections::BTreeMap;

use crate::source::Source;
use crate::syntax::Tree;
use crate::syntax::tree::StatementKind;

/// A file of facts as it was read, with what was confirmed of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What the file says.
    pub document: Document,
    /// The texts that were confirmed; none where there is no such file.
    pub lock: Option<Lock>,
}

/// Every file of facts of a run, by the name that models and pages have for it.
pub type Facts = BTreeMap<String, Known>;

/// The name of the file of facts that a spec was written from.
fn named_by(source: &Source, tree: &Tree) -> Option<String> {
    tree.statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::Facts { path } => Some(source.beside(&path.value)),
        _ => None,
    })
}
