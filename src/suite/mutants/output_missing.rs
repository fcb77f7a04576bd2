//! An output is not sent.

use flowspec_runtime::model::{Action, Model};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            if let Action::Send { element, output, .. } = action {
                let mut without = list.to_vec();
                without.remove(at);
                let name = &model.outputs[usize::from(*output)].name;
                edits.push(Edit::new(*element, format!("{name} is not sent"), without));
            }
        }
        edits
    })
}
