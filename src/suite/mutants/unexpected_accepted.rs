//! A step takes an event that it does not list, as another step does.

use flowspec_runtime::model::{EventId, Model, USER};

use super::part::Part;
use super::places::{Found, handlers};

/// How many events a step may take beyond its own: those of the steps that stand nearest to it in the text.
const MOST: usize = 4;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    let mut every: Vec<_> = handlers(model).filter(|(_, _, handler)| handler.actor == USER).collect();
    every.dedup_by_key(|(_, _, handler)| handler.event);
    for (at, step) in model.steps.iter().enumerate() {
        let here = every.partition_point(|(of, ..)| *of < at);
        let mut taken: Vec<EventId> = step.handlers.iter().map(|own| own.event).collect();
        for (_, _, handler) in nearest(&every, here) {
            if taken.contains(&handler.event) {
                continue;
            }
            taken.push(handler.event);
            let event = &model.event(handler.event).name;
            let description = format!("{} takes `{event}`, which it does not list", step.name);
            found.push(Found::new(step.element, description, Part::Further(at, Some((*handler).clone()))));
            if taken.len() == step.handlers.len() + MOST {
                break;
            }
        }
    }
    found
}

/// The parts of a list, from the one at a place outwards.
fn nearest<T>(list: &[T], place: usize) -> impl Iterator<Item = &T> {
    let (before, after) = list.split_at(place);
    let (mut before, mut after) = (before.iter().rev(), after.iter());
    std::iter::from_fn(move || Some([before.next(), after.next()]))
        .take(list.len())
        .flat_map(|pair| pair.into_iter().flatten())
}
