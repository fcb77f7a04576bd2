//! Which statements of two versions are the same: by name, else by label, else by what can be done there.

use std::sync::Arc;

use flowspec_runtime::Text;

use crate::model::{ElementId, Event, EventId, Model, Step, StepId};

/// Whether two of a kind are alike.
type Question<'q, T> = &'q dyn Fn(&T, &T) -> bool;

/// Which flows are the same, by their positions.
pub(super) fn flows(old: &[Arc<Model>], new: &[Arc<Model>]) -> Vec<(usize, usize)> {
    let alike = |one: &Arc<Model>, other: &Arc<Model>| {
        let names =
            |model: &Model| -> Vec<Text> { model.steps.iter().map(|step| step.name.clone()).collect() };
        same_texts(one, one.element, other, other.element) || names(one) == names(other)
    };
    pairs(old, new, &[&|one, other| one.name == other.name, &alike])
}

/// Pairs what is alike, by the first question that finds exactly one.
fn pairs<T>(old: &[T], new: &[T], questions: &[Question<T>]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for question in questions {
        for (from, one) in old.iter().enumerate() {
            if pairs.iter().any(|(known, _)| *known == from) {
                continue;
            }
            let open = |to: &usize| pairs.iter().all(|(_, known)| known != to);
            let mut alike = (0..new.len()).filter(open).filter(|to| question(one, &new[*to]));
            if let (Some(to), None) = (alike.next(), alike.next()) {
                pairs.push((from, to));
            }
        }
    }
    pairs
}

fn same_texts(old: &Model, one: ElementId, new: &Model, other: ElementId) -> bool {
    let (one, other) = (&old.element(one).texts, &new.element(other).texts);
    !one.is_empty() && one == other
}

/// Two versions of a flow with what is the same in them.
#[derive(Debug)]
pub(super) struct Pairing<'m> {
    pub(super) old: &'m Arc<Model>,
    pub(super) new: &'m Arc<Model>,
    pub(super) steps: Vec<(StepId, StepId)>,
    pub(super) events: Vec<(EventId, EventId)>,
}

impl<'m> Pairing<'m> {
    pub(super) fn new(old: &'m Arc<Model>, new: &'m Arc<Model>) -> Self {
        let numbers = |pairs: Vec<(usize, usize)>| -> Vec<(u16, u16)> {
            let small = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
            pairs.into_iter().map(|(from, to)| (small(from), small(to))).collect()
        };
        let event_name = |one: &Event, other: &Event| one.name == other.name;
        let event_label = |one: &Event, other: &Event| same_texts(old, one.element, new, other.element);
        let fields =
            |event: &Event| -> Vec<Text> { event.fields.iter().map(|field| field.name.clone()).collect() };
        let event_fields =
            |one: &Event, other: &Event| !one.fields.is_empty() && fields(one) == fields(other);
        let events = pairs(&old.events, &new.events, &[&event_name, &event_label, &event_fields]);
        let events = numbers(events);
        let step_name = |one: &Step, other: &Step| one.name == other.name;
        let step_label = |one: &Step, other: &Step| {
            one.end == other.end && same_texts(old, one.element, new, other.element)
        };
        let step_events = |one: &Step, other: &Step| {
            let done =
                |step: &Step| -> Vec<EventId> { step.handlers.iter().map(|handler| handler.event).collect() };
            let renamed = |event: &EventId| events.iter().find(|(from, _)| from == event).map(|(_, to)| *to);
            let before: Option<Vec<EventId>> = done(one).iter().map(renamed).collect();
            one.end == other.end
                && !one.handlers.is_empty()
                && before.is_some_and(|before| before == done(other))
        };
        let steps = numbers(pairs(&old.steps, &new.steps, &[&step_name, &step_label, &step_events]));
        Self { old, new, steps, events }
    }

    /// The step that a step has become.
    pub(super) fn step(&self, old: StepId) -> Option<StepId> {
        self.steps.iter().find(|(from, _)| *from == old).map(|(_, to)| *to)
    }

    /// How an event of the old version is named in the new one; as before, if it is not there.
    pub(super) fn event_in_new(&self, name: &Text) -> Text {
        let renamed = self.events.iter().find(|(from, _)| self.old.event(*from).name == *name);
        renamed.map_or_else(|| name.clone(), |(_, to)| self.new.event(*to).name.clone())
    }

    /// How an event of the new version was named in the old one; as it is, if it was not there.
    pub(super) fn event_in_old(&self, name: &Text) -> Text {
        let renamed = self.events.iter().find(|(_, to)| self.new.event(*to).name == *name);
        renamed.map_or_else(|| name.clone(), |(from, _)| self.old.event(*from).name.clone())
    }
}
