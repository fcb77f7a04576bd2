//! A cap on what is used within a window is held against each use alone.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, Limit, Model, Window};

use super::part::Part;
use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        // In a window without width nothing that was used before counts.
        let window = Window::Rolling(Expr::Const(Value::Int(0)));
        let changed = Limit { window, ..limit.clone() };
        let description = format!("limit {} is held against each use alone", limit.name);
        found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
    }
    found
}
