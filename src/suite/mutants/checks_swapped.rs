//! Where the order of fields, limits and conditions binds: a later one decides before an earlier one.

use flowspec_runtime::conformance::Habit;
use flowspec_runtime::model::{Defaults, Model, Order};

use super::part::Part;
use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    if model.defaults.order.0 != Order::Strict {
        return Vec::new();
    }
    let element = model.defaults.order.1.unwrap_or(model.element);
    let defaults = Defaults { order: (Order::Free, model.defaults.order.1), ..model.defaults.clone() };
    let found = Found::new(element, "a later check decides before an earlier one", Part::Defaults(defaults));
    vec![Found { habit: Some(Habit::LaterStageFirst), ..found }]
}
