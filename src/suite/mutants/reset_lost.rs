//! Uses are not forgotten when they should be.

use flowspec_runtime::model::{Action, Model};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            if let Action::Reset { element, limit, .. } = action {
                let mut without = list.to_vec();
                without.remove(at);
                let description = format!("{} is not reset", model.limit(*limit).name);
                edits.push(Edit::new(*element, description, without));
            }
        }
        edits
    })
}
