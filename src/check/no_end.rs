//! A flow without an end that does not say that it has none.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, Outcome};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    if model.endless || !draft.gaps.is_empty() || model.steps.iter().any(|step| step.end.is_some()) {
        return;
    }
    let mut silent = false;
    super::graph::all_bodies(model, &mut |_, body| silent |= body.outcome == Outcome::Silent);
    if silent {
        return;
    }
    let name = draft.place(model.element).name;
    let mut behind = name;
    behind.span.start = name.span.end;
    findings.push(
        draft
            .finding(codes::NO_END, model.element, format!("the flow `{}` has no end", model.name))
            .note("a session could never be over")
            .help("write where it ends: `end done success`")
            .mend("or say that it goes on for ever", behind, " endless"),
    );
}
