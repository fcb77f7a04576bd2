//! A window is a millisecond longer or shorter, or does not end.

use flowspec_runtime::model::{Limit, Model, Window};

use super::part::Part;
use super::places::{Found, instead, neighbours};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        let mut add = |description: String, window| {
            let changed = Limit { window, ..limit.clone() };
            found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
        };
        if let Window::Rolling(width) = &limit.window {
            for (by, other) in neighbours(width) {
                let shown = instead(width, by, &|int| format!("{int} ms"));
                add(format!("limit {} counts within {shown}", limit.name), Window::Rolling(other));
            }
        }
        if limit.window != Window::All {
            add(format!("limit {} counts for ever", limit.name), Window::All);
        }
    }
    found
}
