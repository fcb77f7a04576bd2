//! A limit that nothing counts.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Action, Bound, Draft};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    let mut counted = vec![false; model.limits.len()];
    super::graph::all_actions(model, &mut |action| {
        if let Action::Count { limit, .. } = action {
            counted[usize::from(*limit)] = true;
        }
    });
    for (limit, counted) in model.limits.iter().zip(counted) {
        if counted || limit.bound == Bound::Unbounded {
            continue;
        }
        let name = &limit.name;
        findings.push(
            draft
                .finding(codes::NEVER_COUNTED, limit.element, format!("the limit `{name}` is never counted"))
                .note("it can never be full, so it has no effect")
                .help(format!("write `count {name}` into the branch that uses it up"))
                .mend("or leave the limit out", draft.whole(limit.element), ""),
        );
    }
}
