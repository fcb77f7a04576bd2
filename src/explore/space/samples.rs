//! Values of types, each made once: making one may mean to search for a text that matches a pattern.

use std::sync::OnceLock;

use flowspec_runtime::Value;
use flowspec_runtime::model::{Model, TypeId};
use flowspec_runtime::values::Values;

/// So many values of each type are kept; later ones are made when they are asked for.
const KEPT: u32 = 24;

/// The first values of each type, and those at its edges.
#[derive(Debug)]
pub(super) struct Samples<'m> {
    values: Values<'m>,
    first: Vec<OnceLock<Vec<Option<Value>>>>,
    edges: Vec<OnceLock<Vec<Value>>>,
}

impl<'m> Samples<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let kinds = model.types.len();
        Self {
            values: Values::new(model),
            first: (0..kinds).map(|_| OnceLock::new()).collect(),
            edges: (0..kinds).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The n-th value of a type; none where it has no more.
    pub(super) fn nth(&self, kind: TypeId, n: u32) -> Option<Value> {
        if n >= KEPT {
            return self.values.nth(kind, n);
        }
        let made = || (0..KEPT).map(|n| self.values.nth(kind, n)).collect();
        self.first[usize::from(kind)].get_or_init(made)[n as usize].clone()
    }

    /// The values at the edges of a type.
    pub(super) fn taken(&self, kind: TypeId) -> &[Value] {
        self.edges[usize::from(kind)].get_or_init(|| self.values.taken(kind))
    }
}
