//! A calendar window ends at midnight elsewhere.

use flowspec_runtime::model::{Limit, Model, Window};

use super::part::Part;
use super::places::Found;

/// Where the clock of a spec is that of Greenwich: eight hours east.
const ELSEWHERE: i16 = 480;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        let Window::Calendar { period, offset } = limit.window else { continue };
        let (offset, what) = match offset {
            0 => (ELSEWHERE, "+08:00 instead of UTC"),
            _ => (0, "UTC instead of its own time zone"),
        };
        let changed = Limit { window: Window::Calendar { period, offset }, ..limit.clone() };
        let description = format!("limit {} counts by {what}", limit.name);
        found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
    }
    found
}
