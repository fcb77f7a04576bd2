//! A use is counted twice, as where an event is handled again that was handled before.

use flowspec_runtime::model::{Action, Model};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            if let Action::Count { element, limit, .. } = action {
                let mut twice = list.to_vec();
                twice.insert(at, action.clone());
                let description = format!("a use of {} is counted twice", model.limit(*limit).name);
                edits.push(Edit::new(*element, description, twice));
            }
        }
        edits
    })
}
