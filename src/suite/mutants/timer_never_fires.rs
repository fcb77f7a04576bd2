//! A time-out never fires.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, Model, Timer};

use super::part::Part;
use super::places::{Found, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, timer) in model.timers.iter().enumerate().filter(|(_, timer)| !timer.or_later) {
        // One that is due after the last instant never fires.
        let changed = Timer { delay: Expr::Const(Value::Int(i64::MAX)), ..timer.clone() };
        let description = format!("`{}` never fires", source(model, timer.element));
        found.push(Found::new(timer.element, description, Part::Timer(at, changed)));
    }
    found
}
