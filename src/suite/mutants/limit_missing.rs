//! A limit does not bind.

use flowspec_runtime::model::{Bound, Limit, LimitOutcome, Model};

use super::part::Part;
use super::places::{Found, blocks, with_block};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        if limit.bound != Bound::Unbounded {
            let changed = Limit { bound: Bound::Unbounded, ..limit.clone() };
            let description = format!("limit {} is missing", limit.name);
            found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
        }
        if let LimitOutcome::Refuse { reason, hold: Some(_), to } = limit.outcome {
            let outcome = LimitOutcome::Refuse { reason, hold: None, to };
            let description = format!("limit {} holds nothing once it is full", limit.name);
            let changed = Limit { outcome, ..limit.clone() };
            found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
        }
        let parts: Vec<Part> =
            blocks(model, at).map(|(place, _)| with_block(place, at, Vec::new())).collect();
        if !parts.is_empty() {
            let description = format!("limit {} does nothing when it refuses", limit.name);
            found.push(Found { element: limit.element, description, habit: None, parts });
        }
    }
    found
}
