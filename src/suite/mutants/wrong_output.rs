//! An output is another one, or carries another value.

use flowspec_runtime::model::{Action, Expr, Kind, Model, OutputId};
use flowspec_runtime::values::Values;
use flowspec_runtime::{Value, parse_money};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            let Action::Send { element, output, fields, when } = action else { continue };
            let mut edit = |description: String, output: OutputId, fields: Vec<(u16, Expr)>| {
                let mut list = list.to_vec();
                list[at] = Action::Send { element: *element, output, fields, when: when.clone() };
                edits.push(Edit::new(*element, description, list));
            };
            let declared = &model.outputs[usize::from(*output)];
            for (index, (field, value)) in fields.iter().enumerate() {
                let kind = &declared.fields[usize::from(*field)];
                let mut without = fields.clone();
                without.remove(index);
                edit(format!("{} is sent without {}", declared.name, kind.name), *output, without);
                if let Some(other) = other(model, kind.kind, value) {
                    let mut wrong = fields.clone();
                    wrong[index].1 = other;
                    edit(format!("{} is sent with another {}", declared.name, kind.name), *output, wrong);
                }
            }
            if let Some(id) = another(model, *output) {
                let name = &model.outputs[usize::from(id)].name;
                edit(format!("{name} is sent instead of {}", declared.name), id, Vec::new());
            }
        }
        edits
    })
}

/// A constant of the type that is not what is sent, as far as one can tell.
fn other(model: &Model, kind: u16, value: &Expr) -> Option<Expr> {
    let values = (3..9).chain(0..3).filter_map(|n| Values::new(model).nth(kind, n));
    let read = values.filter_map(|sent| match (&model.kind(kind).kind, sent) {
        (Kind::Money { digits, .. }, Value::Text(text)) => parse_money(&text, *digits).map(Value::Int),
        (_, sent) => Some(sent),
    });
    read.map(Expr::Const).find(|other| other != value)
}

/// An output that needs no more than the implementation picks.
fn another(model: &Model, output: OutputId) -> Option<OutputId> {
    let mut ids = (0..).zip(&model.outputs).map(|(id, _)| id);
    ids.find(|id| *id != output)
}
