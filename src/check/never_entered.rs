//! A step or an end that ways lead to, on which no session can ever come.

use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::ElementKind;

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let draft = explored.draft;
    if !explored.is_exact() || explored.graph.roots().next().is_none() {
        return;
    }
    let mut entered = vec![false; draft.model.steps.len()];
    explored.graph.nodes.iter().for_each(|node| entered[usize::from(node.step)] = true);
    // A step that is left in the moment in which it is entered is one that a session comes to.
    let passed = explored.graph.edges.iter().flat_map(|edge| &edge.seen.passed);
    passed.for_each(|step| entered[usize::from(*step)] = true);
    for (id, step) in (0..).zip(&draft.model.steps) {
        // What only leads on from another such step follows from that.
        let from_entered = |turn: &&super::control::Turn| {
            turn.to == id && turn.from.is_none_or(|from| entered[usize::from(from)])
        };
        let led_to = explored
            .control
            .turns
            .iter()
            .flatten()
            .chain(&explored.control.openings)
            .any(|turn| from_entered(&turn));
        if entered[usize::from(id)] || !led_to {
            continue;
        }
        let noun = if draft.model.element(step.element).kind == ElementKind::End { "end" } else { "step" };
        let message = format!("no session ever comes to the {noun} `{}`", step.name);
        let finding = draft
            .finding(codes::NEVER_ENTERED, step.element, message)
            .here("ways lead here, and none of them can be gone to its end")
            .note("every situation that a session can be in was looked at")
            .help("look at the conditions, limits and times on the way here");
        findings.push(finding);
    }
}
