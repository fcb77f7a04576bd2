//! What a machine remembers between inputs: plain data that can be compared, hashed, stored and taken up again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{LimitId, OutputId, StepId};
use crate::{Counter, Sent, SessionId, Time, Uses, Value, pairs};

use super::on_write::OnWrite;
use super::tables::Tables;

/// A clock, rows, counters, and the sessions that share them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Universe {
    #[serde(flatten)]
    pub(super) world: World,
    /// In the order of their opening.
    pub(super) sessions: Vec<Session>,
}

/// What all sessions of a universe share: its clock, rows and counters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct World {
    pub(super) now: Time,
    /// By record.
    pub(super) rows: Vec<Table>,
    /// By limit; those counted per session are with the session.
    pub(super) uses: Vec<Uses<Value>>,
    /// By choice, an index into its values.
    pub(super) choices: Vec<u16>,
}

/// The rows of one record: attributes by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Table(#[serde(with = "pairs")] pub(super) BTreeMap<Value, Vec<Value>>);

/// One run through the flow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Session {
    pub(super) id: SessionId,
    pub(super) step: StepId,
    /// Givens, remembered values, and the fields of the last output of each kind; [`Tables`] says where each stands.
    pub(super) memory: OnWrite<Vec<Value>>,
    pub(super) timers: Vec<Armed>,
    /// When the steps were last entered from which a time-out runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) entered: Vec<(StepId, Time)>,
    /// The limits that are counted per session, by their index, where there is a use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) counters: Vec<(LimitId, Counter)>,
    /// The step that was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) saved: Option<Saved>,
    /// What time-outs have sent since the session's last observation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) undelivered: Vec<Sent>,
}

/// A time-out that will fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Armed {
    /// An index into `Model::timers`.
    pub(super) timer: u16,
    pub(super) due: Time,
}

/// An interrupted step, with what was left of its time-outs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) step: StepId,
    /// Milliseconds left of those that stand still; the instant of those that run on (`since`).
    pub(super) timers: Vec<Armed>,
}

impl Universe {
    /// The clock.
    pub fn now(&self) -> Time {
        self.world.now
    }

    /// The sessions that are not closed, in the order of their opening.
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// A session that is not closed.
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    /// When the next time-out is due, of whichever session; one with `or later` that has let its instant pass is not
    /// among them.
    pub fn next_due(&self) -> Option<Time> {
        let armed = self.sessions.iter().flat_map(|session| &session.timers);
        armed.map(|armed| armed.due).filter(|due| *due >= self.world.now).min()
    }

    /// Each choice's value, an index into its values.
    pub fn choices(&self) -> &[u16] {
        &self.world.choices
    }

    /// The rows of a record: keys with attributes, as the types read them.
    pub fn rows(&self, record: u16) -> impl Iterator<Item = (&Value, &[Value])> {
        let table = self.world.rows.get(usize::from(record));
        table.into_iter().flat_map(|table| &table.0).map(|(key, row)| (key, row.as_slice()))
    }

    pub(super) fn position(&self, id: SessionId) -> Option<usize> {
        self.sessions.iter().position(|session| session.id == id)
    }
}

impl Session {
    /// Its name.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The step or end it is in.
    pub fn step(&self) -> StepId {
        self.step
    }

    /// When a time-out will fire, by its index in `Model::timers`; none where it is not armed.
    pub fn due(&self, timer: u16) -> Option<Time> {
        self.timers.iter().find(|armed| armed.timer == timer).map(|armed| armed.due)
    }

    /// Whether a step waits to be resumed.
    pub fn is_interrupted(&self) -> bool {
        self.saved.is_some()
    }

    pub(super) fn given(&self, index: u16) -> &Value {
        self.memory.get(usize::from(index)).unwrap_or(&Value::Unset)
    }

    pub(super) fn variable(&self, tables: &Tables, index: u16) -> &Value {
        self.memory.get(tables.variable(index)).unwrap_or(&Value::Unset)
    }

    pub(super) fn last(&self, tables: &Tables, output: OutputId, field: u16) -> &Value {
        self.memory.get(tables.output(output, field)).unwrap_or(&Value::Unset)
    }

    pub(super) fn counter(&self, limit: LimitId) -> Option<&Counter> {
        let index = self.counters.binary_search_by_key(&limit, |(of, _)| *of).ok()?;
        Some(&self.counters[index].1)
    }

    pub(super) fn counter_mut(&mut self, limit: LimitId) -> &mut Counter {
        let index = self.counters.binary_search_by_key(&limit, |(of, _)| *of).unwrap_or_else(|index| {
            self.counters.insert(index, (limit, Counter::new()));
            index
        });
        &mut self.counters[index].1
    }
}
