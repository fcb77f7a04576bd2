//! A value is not remembered, or the opposite of it is.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Action, Expr, Model, Target};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            let Action::Set { element, target, value } = action else { continue };
            let name = name(model, *target);
            let mut without = list.to_vec();
            without.remove(at);
            edits.push(Edit::new(*element, format!("{name} is not kept"), without));
            if let Expr::Const(Value::Bool(truth)) = value {
                let value = Expr::Const(Value::Bool(!truth));
                let mut opposite = list.to_vec();
                opposite[at] = Action::Set { element: *element, target: *target, value };
                edits.push(Edit::new(*element, format!("{name} is set to {}", !truth), opposite));
            }
        }
        edits
    })
}

fn name(model: &Model, target: Target) -> String {
    match target {
        Target::Variable(variable) => model.variables[usize::from(variable)].name.to_string(),
        Target::Attribute { row, attribute } => {
            let record = &model.records[usize::from(model.rows[usize::from(row)].record)];
            format!("{}.{}", record.name, record.attributes[usize::from(attribute)].name)
        }
    }
}
