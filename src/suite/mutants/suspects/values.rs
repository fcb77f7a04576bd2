//! Values that a programming language makes easy to get wrong: what is missing read as nothing, a sum that doubles, an
//! output that carries something else.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Action, Expr, Field, Kind, Model, Output, OutputField};

use super::super::part::Part;
use super::super::places::{Edit, Found, actions, bodies_of, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = missing_as_nothing(model);
    found.extend(doubled(model));
    found.extend(carries_anything(model));
    found
}

/// A field that is left out is taken for an empty text, zero or no.
fn missing_as_nothing(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (event, declared) in model.events.iter().enumerate() {
        let needed = declared.fields.iter().enumerate().filter(|(_, field)| field.default.is_none());
        for (at, field) in needed {
            let (nothing, shown) = match &model.kind(field.kind).kind {
                Kind::Text => (Value::Text("".into()), "an empty text"),
                Kind::Int | Kind::Money { .. } => (Value::Int(0), "0"),
                Kind::Bool => (Value::Bool(false), "false"),
                _ => continue,
            };
            let changed = Field { default: Some(nothing), ..field.clone() };
            let description =
                format!("{}: {} may be left out, and is then {shown}", declared.name, field.name);
            found.push(Found::new(field.element, description, Part::Field(event, at, changed)));
        }
    }
    found
}

/// What something is added to is doubled instead.
fn doubled(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            let Action::Set { element, target, value: Expr::Add(left, _) } = action else { continue };
            let mut list = list.to_vec();
            let value = Expr::Multiply(left.clone(), 2);
            list[at] = Action::Set { element: *element, target: *target, value };
            edits.push(Edit::new(*element, format!("`{}` doubles it", source(model, *element)), list));
        }
        edits
    })
}

/// An output carries something else than it should, whatever that is.
fn carries_anything(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (id, output) in model.outputs.iter().enumerate() {
        for (at, field) in output.fields.iter().enumerate().filter(|(_, field)| !field.chosen) {
            let mut fields = output.fields.clone();
            fields[at] = OutputField { chosen: true, ..field.clone() };
            let mut parts = vec![Part::Output(id, Output { fields, ..output.clone() })];
            for (step, place, handler) in handlers(model) {
                let mut changed = handler.clone();
                bodies_of(&mut changed, &mut |body| {
                    for action in &mut body.actions {
                        if let Action::Send { output, fields, .. } = action
                            && usize::from(*output) == id
                        {
                            fields.retain(|(field, _)| usize::from(*field) != at);
                        }
                    }
                });
                if changed != *handler {
                    parts.push(Part::Handler(step, place, changed));
                }
            }
            let description = format!("{} is sent with another {}", output.name, field.name);
            found.push(Found { element: output.element, description, habit: None, parts });
        }
    }
    found
}
