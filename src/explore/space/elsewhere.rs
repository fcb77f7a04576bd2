//! What others do to the rows while a session runs: a clerk approves, another session spends what is left.

use flowspec_runtime::machine::{Session, Universe, World};
use flowspec_runtime::model::Expr;
use flowspec_runtime::{Rows, Value};

use super::Space;
use super::classes::Classes;
use super::relevance::Level;
use crate::explore::situations::SESSION;

/// Where the key of a row may change, rows under so many other keys are there, too.
const KEYS: u32 = 2;

/// An attribute of a record that others may set at any time.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// The record, by its index in the model.
    pub record: u16,
    /// The attribute, by its index in the record.
    pub attribute: u16,
    /// The only values that it is set to; none where it may be set to any.
    pub only: Option<Vec<Value>>,
    /// Whether only rows differ that the session does not look at now: nobody changes them, they are there.
    pub beside: bool,
}

impl Space<'_> {
    /// The same space in which others may change rows in between.
    #[must_use]
    pub fn with_others(mut self, others: Vec<Elsewhere>) -> Self {
        self.others = others;
        self
    }

    /// The same space whose universes begin with these rows and no others.
    #[must_use]
    pub fn beginning_with(mut self, beginnings: Vec<Rows>) -> Self {
        self.only_beginnings = Some(beginnings);
        self
    }

    /// The worlds that others may make of one while a session runs, by a change each.
    pub(super) fn changed(&self, session: &Session, world: &World) -> Vec<World> {
        if self.others.is_empty() {
            return Vec::new();
        }
        let machine = self.machine();
        let universe = Universe::of_parts(world, [session]);
        let mut worlds: Vec<World> = Vec::new();
        for other in &self.others {
            let values = self.classes.set_elsewhere(other);
            for key in self.keys_of(&universe, other) {
                for value in &values {
                    let change = (other.record, &key, other.attribute, value);
                    let changed = machine.changed_world(world, change, &self.keeping);
                    if changed != *world && !worlds.contains(&changed) {
                        worlds.push(changed);
                    }
                }
            }
        }
        worlds
    }

    /// The keys of the rows of a record that may be meant.
    fn keys_of(&self, universe: &Universe, other: &Elsewhere) -> Vec<Value> {
        let record = other.record;
        let mut keys: Vec<Value> = universe.rows(record).map(|(key, _)| key.clone()).collect();
        let mut looked_at = Vec::new();
        for row in self.model().rows.iter().filter(|row| row.record == record) {
            let now = row.key.as_ref().map(|key| self.machine().evaluate(universe, SESSION, key));
            looked_at.extend(now.filter(Value::is_set));
            if !matches!(row.key, Some(Expr::Given(_))) {
                let kind = self.model().records[usize::from(record)].key_kind;
                let others = (0..KEYS).filter_map(|n| self.classes.values.nth(kind, n));
                keys.extend(others.filter_map(|raw| self.machine().read_as(kind, &raw)));
            }
        }
        if other.beside {
            keys.retain(|key| !looked_at.contains(key));
        } else {
            keys.extend(looked_at);
        }
        keys.sort();
        keys.dedup();
        keys
    }
}

impl Classes<'_> {
    /// The values that others may set an attribute to, as far as they are told apart.
    fn set_elsewhere(&self, other: &Elsewhere) -> Vec<Value> {
        let kind =
            self.model.records[usize::from(other.record)].attributes[usize::from(other.attribute)].kind;
        match (&other.only, self.relevance.attribute(other.record, other.attribute)) {
            // That there is a row may matter although nothing of it does.
            (_, Level::Nothing) => vec![Value::Unset],
            (Some(values), _) => values.clone(),
            (None, level) => {
                let raw = self.kept_values(level, kind).into_iter().flatten();
                raw.filter_map(|raw| self.machine.read_as(kind, &raw)).collect()
            }
        }
    }
}
