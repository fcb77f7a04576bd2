//! The values of a step that come from what was sent before.

use std::sync::Arc;

use super::{Seen, Term, Terms};
use crate::values::Values;
use crate::{Fields, Observation, Sent, SessionId, Value, model::Model};

/// How many values are tried to find one that was never sent.
const TRIES: u32 = 64;

/// What every session was sent.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Bindings {
    /// Each list is shared with the moments that are kept of it.
    sessions: Vec<(SessionId, Arc<Vec<Arc<Sent>>>)>,
}

impl Bindings {
    /// Begins a universe.
    pub(super) fn clear(&mut self) {
        self.sessions.clear();
    }

    /// Whether any session was opened.
    pub(super) fn has_sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// A session begins; one that was opened under this name before is forgotten.
    pub(super) fn opened(&mut self, session: SessionId) {
        self.sessions.retain(|(known, _)| *known != session);
        self.sessions.push((session, Arc::default()));
    }

    /// A session was sent the outputs of an observation.
    pub(super) fn saw(&mut self, session: SessionId, observation: &Observation) {
        if observation.outputs.is_empty() {
            return;
        }
        let outputs = observation.outputs.iter().map(|sent| Arc::new(sent.clone()));
        match self.sessions.iter_mut().find(|(known, _)| *known == session) {
            Some((_, sent)) => Arc::make_mut(sent).extend(outputs),
            None => self.sessions.push((session, Arc::new(outputs.collect()))),
        }
    }

    /// The values of terms; those that have none are absent.
    pub(super) fn fields(&self, model: &Model, session: SessionId, terms: &Terms) -> Fields {
        let values = terms.iter().map(|(name, term)| (name.clone(), self.value(model, session, term)));
        values.filter(|(_, value)| value.is_set()).collect()
    }

    /// The value of a term, seen from a session.
    pub(super) fn value(&self, model: &Model, session: SessionId, term: &Term) -> Value {
        match term {
            Term::Value(value) => value.clone(),
            Term::Seen(Seen::Sent(output, field)) => self.sent(session, output, field, 0),
            Term::Seen(Seen::Earlier(output, field, before)) => {
                self.sent(session, output, field, usize::from(*before))
            }
            Term::Seen(Seen::Of(other, output, field)) => self.sent(*other, output, field, 0),
            Term::Seen(Seen::Near(output, field, slip)) => {
                let sent = self.sent(session, output, field, 0);
                sent.as_text().and_then(|text| slip.of(text)).map_or(Value::Unset, Value::from)
            }
            Term::Seen(Seen::Other(output, field)) => self.other(model, session, output, field),
        }
    }

    /// What a session was sent so many outputs before the last one.
    pub(super) fn sent(&self, session: SessionId, output: &str, field: &str, before: usize) -> Value {
        let mut sent = self.outputs(session, output).rev();
        sent.nth(before).map_or(Value::Unset, |sent| sent.fields.get(field).clone())
    }

    fn other(&self, model: &Model, session: SessionId, output: &str, field: &str) -> Value {
        let declared = model.outputs.iter().find(|known| known.name == output);
        let Some(kind) = declared.and_then(|output| output.fields.iter().find(|known| known.name == field))
        else {
            return Value::Unset;
        };
        let was_sent =
            |value: &Value| self.outputs(session, output).any(|sent| sent.fields.get(field) == value);
        let mut values = (0..TRIES).map_while(|n| Values::new(model).nth(kind.kind, n));
        values.find(|value| !was_sent(value)).unwrap_or_default()
    }

    fn outputs(&self, session: SessionId, output: &str) -> impl DoubleEndedIterator<Item = &Sent> {
        let of_session = self.sessions.iter().filter(move |(known, _)| *known == session);
        of_session.flat_map(|(_, sent)| &**sent).map(|sent| &**sent).filter(move |sent| sent.output == output)
    }
}
