//! What names can mean at a place: inside an event, outside of one, among constants, about a row.

use super::{EventId, Field, OutputId, StepId, TypeId};

/// What can be read at a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Nothing but constants.
    pub(super) constant: bool,
    /// The fields of this event, as far as they are declared.
    pub(super) event: Option<EventId>,
    /// The fields of the answer that is performed.
    pub(super) answer: Vec<Field>,
    /// The type of the item that an aggregate looks at.
    pub(super) item: Option<TypeId>,
    /// The output whose fields are there, in a rule about what was sent.
    pub(super) sent: Option<OutputId>,
    /// The record whose row is asked about, an index into the model's records.
    pub(super) asked: Option<u16>,
    /// The step, where the place is in one.
    pub(super) step: Option<StepId>,
    /// Whether the place is a guard: there a name must not be both a field and remembered.
    pub(super) guard: bool,
    /// Whether it is the head of a limit: which rows it reads is checked in each event that counts it.
    pub(super) limit: bool,
    /// Whether the handler was written for several steps.
    pub(super) copied: bool,
    /// Whether values there are examples, so that nothing need be set.
    pub(super) example: bool,
}

impl Scope {
    /// Among constants.
    pub(super) fn constant() -> Self {
        Self { constant: true, ..Self::default() }
    }

    /// In a session, outside of any event.
    pub(super) fn session() -> Self {
        Self::default()
    }

    /// In the head of a limit.
    pub(super) fn limit() -> Self {
        Self { limit: true, ..Self::default() }
    }

    /// In an event in a step.
    pub(super) fn event(event: EventId, step: StepId) -> Self {
        Self { event: Some(event), step: Some(step), ..Self::default() }
    }

    /// In a time-out of a step, or of the flow.
    pub(super) fn timer(step: Option<StepId>) -> Self {
        Self { step, ..Self::default() }
    }

    /// About a row of a record.
    pub(super) fn asked(record: u16) -> Self {
        Self { asked: Some(record), ..Self::default() }
    }

    /// The same place, for a key.
    pub(super) fn as_key(&self) -> Self {
        Self { guard: false, ..self.clone() }
    }

    /// The same place as a guard.
    pub(super) fn as_guard(&self) -> Self {
        Self { guard: true, ..self.clone() }
    }
}
