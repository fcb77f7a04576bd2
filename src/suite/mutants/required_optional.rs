//! A field that must be there may be left out, or one that may be left out must be there.

use flowspec_runtime::model::{Field, Model, Variable};

use super::part::Part;
use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (event, declared) in model.events.iter().enumerate() {
        for (at, field) in declared.fields.iter().enumerate().filter(|(_, field)| field.default.is_none()) {
            let changed = Field { optional: !field.optional, ..field.clone() };
            let description = format!("{}: {} {}", declared.name, field.name, may(changed.optional));
            found.push(Found::new(field.element, description, Part::Field(event, at, changed)));
        }
    }
    for (at, given) in model.givens.iter().enumerate().filter(|(_, given)| given.default.is_none()) {
        let changed = Variable { optional: !given.optional, ..given.clone() };
        let description = format!("given {} {}", given.name, may(changed.optional));
        found.push(Found::new(given.element, description, Part::Given(at, changed)));
    }
    found
}

fn may(optional: bool) -> &'static str {
    if optional { "may be left out" } else { "must be there" }
}
