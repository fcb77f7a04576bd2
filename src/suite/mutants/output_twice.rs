//! An output is sent twice, or without its condition.

use flowspec_runtime::model::{Action, Model};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            let Action::Send { element, output, fields, when } = action else { continue };
            let name = &model.outputs[usize::from(*output)].name;
            let mut twice = list.to_vec();
            twice.insert(at, action.clone());
            edits.push(Edit::new(*element, format!("{name} is sent twice"), twice));
            if when.is_some() {
                let mut always = list.to_vec();
                let fields = fields.clone();
                always[at] = Action::Send { element: *element, output: *output, fields, when: None };
                edits.push(Edit::new(*element, format!("{name} is sent without its condition"), always));
            }
        }
        edits
    })
}
