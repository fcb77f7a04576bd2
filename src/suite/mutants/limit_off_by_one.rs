//! A limit allows one more or one less.

use flowspec_runtime::model::{Bound, Kind, Limit, Model};
use flowspec_runtime::values::sent;

use super::part::Part;
use super::places::{Found, instead, neighbours};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        let Bound::AtMost(bound) = &limit.bound else { continue };
        let kind = &model.kind(limit.kind).kind;
        let shown = |int: i64| match (kind, sent(kind, int)) {
            (Kind::Money { currency, .. }, amount) => {
                format!("{} {currency}", amount.as_text().map_or_else(String::new, ToString::to_string))
            }
            _ => int.to_string(),
        };
        for (by, other) in neighbours(bound) {
            if limit.or_more && by > 0 {
                continue;
            }
            let description = format!("limit {} at {}", limit.name, instead(bound, by, &shown));
            let changed = Limit { bound: Bound::AtMost(other), ..limit.clone() };
            found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
        }
    }
    found
}
