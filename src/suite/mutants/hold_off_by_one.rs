//! A limit that is full holds a millisecond longer or shorter, or for ever.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, Limit, LimitOutcome, Model};

use super::part::Part;
use super::places::{Found, instead, neighbours};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        let LimitOutcome::Refuse { reason, hold: Some(hold), to } = &limit.outcome else { continue };
        let mut versions: Vec<(String, Expr)> = neighbours(hold)
            .into_iter()
            .map(|(by, other)| (format!("for {}", instead(hold, by, &|int| format!("{int} ms"))), other))
            .collect();
        versions.push(("for ever".to_owned(), Expr::Const(Value::Int(i64::MAX))));
        for (what, other) in versions {
            let outcome = LimitOutcome::Refuse { reason: *reason, hold: Some(other), to: *to };
            let changed = Limit { outcome, ..limit.clone() };
            let description = format!("limit {} holds {what}", limit.name);
            found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
        }
    }
    found
}
