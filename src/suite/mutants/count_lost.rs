//! A use is not counted, or not taken back.

use flowspec_runtime::model::{Action, Model};

use super::places::{Edit, Found, actions};

pub(super) fn find(model: &Model) -> Vec<Found> {
    actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            let (element, limit, what) = match action {
                Action::Count { element, limit, .. } => (*element, *limit, "is not counted"),
                Action::Uncount { element, limit, .. } => (*element, *limit, "is not taken back"),
                _ => continue,
            };
            let mut without = list.to_vec();
            without.remove(at);
            let description = format!("a use of {} {what} here", model.limit(limit).name);
            edits.push(Edit::new(element, description, without));
        }
        edits
    })
}
