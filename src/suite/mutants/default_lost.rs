//! What is left out does not become what it should be.

use flowspec_runtime::model::{Field, Model, Variable};

use super::part::Part;
use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (event, declared) in model.events.iter().enumerate() {
        for (at, field) in declared.fields.iter().enumerate().filter(|(_, field)| field.default.is_some()) {
            for optional in [false, true] {
                let changed = Field { default: None, optional, ..field.clone() };
                let what = if optional { "is unset where it is left out" } else { "must be there" };
                let description = format!("{}: {} {what}", declared.name, field.name);
                found.push(Found::new(field.element, description, Part::Field(event, at, changed)));
            }
        }
    }
    for (at, variable) in model.variables.iter().enumerate().filter(|(_, own)| own.default.is_some()) {
        let changed = Variable { default: None, ..variable.clone() };
        let description = format!("{} is unset at first", variable.name);
        found.push(Found::new(variable.element, description, Part::Remembered(at, changed)));
    }
    found
}
