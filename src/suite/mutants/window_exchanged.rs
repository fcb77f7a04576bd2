//! Uses are counted by the calendar where they should be counted by age, or the other way round.

use flowspec_runtime::model::{Expr, Limit, Model, Window};
use flowspec_runtime::{Period, Value, time};

use super::part::Part;
use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, limit) in model.limits.iter().enumerate() {
        let (what, window) = match &limit.window {
            Window::Rolling(Expr::Const(Value::Int(width))) => {
                ("the calendar", Window::Calendar { period: nearest(*width), offset: 0 })
            }
            Window::Calendar { period, .. } => {
                ("age", Window::Rolling(Expr::Const(Value::Int(length(*period)))))
            }
            _ => continue,
        };
        let changed = Limit { window, ..limit.clone() };
        let description = format!("limit {} counts by {what}", limit.name);
        found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
    }
    found
}

/// The shortest period that is at least so long.
fn nearest(width: i64) -> Period {
    let periods = [Period::Hour, Period::Day, Period::Week, Period::Month];
    periods.into_iter().find(|period| width <= length(*period)).unwrap_or(Period::Year)
}

fn length(period: Period) -> i64 {
    match period {
        Period::Hour => time::HOUR,
        Period::Day => time::DAY,
        Period::Week => 7 * time::DAY,
        Period::Month => 31 * time::DAY,
        Period::Year => 365 * time::DAY,
    }
}
