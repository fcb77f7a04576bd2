//! One limit counted and reset in one branch.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Action, Draft};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    super::graph::all_bodies(&draft.model, &mut |_, body| {
        for action in &body.actions {
            let Action::Reset { element, limit, .. } = action else { continue };
            let counts = body.actions.iter().find_map(|other| match other {
                Action::Count { element, limit: counted, .. } if counted == limit => Some(*element),
                _ => None,
            });
            let Some(count) = counts else { continue };
            let name = &draft.model.limit(*limit).name;
            findings.push(
                draft
                    .finding(
                        codes::RESET_AND_COUNT,
                        *element,
                        format!("`{name}` is counted and reset in one branch"),
                    )
                    .here("reset here")
                    .label(draft.place(count).name, "counted here")
                    .note("nothing says whether the use counts afterwards")
                    .mend("leave one of them out", draft.whole(*element), ""),
            );
        }
    });
}
