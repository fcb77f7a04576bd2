//! A time-out is restarted by activity that should not restart it, or is not where it should be.

use flowspec_runtime::model::{Model, Timer, TimerBase};

use super::part::Part;
use super::places::{Found, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, timer) in model.timers.iter().enumerate() {
        let (base, what) = match timer.base {
            TimerBase::Entry => (TimerBase::Idle, "is restarted by activity"),
            TimerBase::Idle => (TimerBase::Entry, "is not restarted by activity"),
            TimerBase::Since(_) => (TimerBase::Entry, "runs from the entry of its step"),
        };
        let changed = Timer { base, ..timer.clone() };
        let description = format!("`{}` {what}", source(model, timer.element));
        found.push(Found::new(timer.element, description, Part::Timer(at, changed)));
    }
    found
}
