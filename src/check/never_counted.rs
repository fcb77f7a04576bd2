//! A limit that nothing counts.

use super::usage::Usage;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Bound, Draft};

pub(super) fn find(draft: &Draft, usage: &Usage, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    for (id, limit) in (0..).zip(&model.limits) {
        if usage.limits_counted.contains(&id) || limit.bound == Bound::Unbounded {
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
