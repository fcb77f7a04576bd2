//! A limit of a session that is never full, and a time-out that never fires.

use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Bound, Handler, Key, Limit};

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    if !explored.is_exact() {
        return;
    }
    let draft = explored.draft;
    for (id, limit) in (0..).zip(&draft.model.limits) {
        let handlers = draft.model.steps.iter().flat_map(|step| &step.handlers);
        let gating: Vec<&Handler> =
            handlers.filter(|handler| handler.gates.iter().any(|gate| gate.limit == id)).collect();
        let of_session = gating.iter().flat_map(|handler| &handler.gates).filter(|gate| gate.limit == id);
        let only_session =
            of_session.clone().count() > 0 && of_session.clone().all(|gate| gate.key == Key::Session);
        let used = gating.iter().any(|handler| explored.visited.contains(&handler.element));
        // What several sessions fill together may be full although no session of its own fills it.
        if only_session && used && bites(limit) && !explored.visited.contains(&limit.element) {
            let finding = draft
                .finding(
                    codes::NEVER_FULL,
                    limit.element,
                    format!("the limit `{}` is never full", limit.name),
                )
                .here("no session can use it up")
                .note("something else always comes first: an end, a time-out, another limit")
                .help("make it smaller, or leave it out");
            findings.push(finding);
        }
    }
    for timer in &draft.model.timers {
        let entered = timer.step.is_none_or(|step| explored.graph.nodes.iter().any(|node| node.step == step));
        if entered && !explored.visited.contains(&timer.element) && !explored.is_told(timer.element, findings)
        {
            let finding = draft
                .finding(codes::NEVER_DUE, timer.element, "this time-out never fires")
                .here("the session has always gone on by then")
                .note("another time-out always comes first")
                .help("make it shorter than the other one, or leave it out");
            findings.push(finding);
        }
    }
}

fn bites(limit: &Limit) -> bool {
    matches!(limit.bound, Bound::AtMost(_))
}
