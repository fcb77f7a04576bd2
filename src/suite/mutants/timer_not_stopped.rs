//! A time-out of a step fires also after the step was left.

use flowspec_runtime::model::{Model, Timer, TimerBase};

use super::part::Part;
use super::places::{Found, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, timer) in model.timers.iter().enumerate() {
        let (Some(step), TimerBase::Entry | TimerBase::Idle) = (timer.step, timer.base) else { continue };
        // One of the flow itself, from the last entry of the step.
        let changed = Timer { step: None, base: TimerBase::Since(step), ..timer.clone() };
        let description =
            format!("`{}` fires also after {} was left", source(model, timer.element), model.step(step).name);
        found.push(Found::new(timer.element, description, Part::Timer(at, changed)));
    }
    found
}
