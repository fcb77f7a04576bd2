//! A time-out fires a millisecond early or late.

use flowspec_runtime::model::{Model, Timer};

use super::part::Part;
use super::places::{Found, instead, neighbours, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, timer) in model.timers.iter().enumerate() {
        for (by, delay) in neighbours(&timer.delay) {
            if timer.or_later && by > 0 {
                continue;
            }
            let shown = instead(&timer.delay, by, &|int| format!("{int} ms"));
            let description = format!("`{}` after {shown}", source(model, timer.element));
            let changed = Timer { delay, ..timer.clone() };
            found.push(Found::new(timer.element, description, Part::Timer(at, changed)));
        }
    }
    found
}
