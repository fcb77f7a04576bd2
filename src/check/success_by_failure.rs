//! An end that is called a success, to which only refusals and time-outs lead.

use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};
use crate::explore::space::{Act, Edge};
use crate::model::EndKind;

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let (draft, graph) = (explored.draft, &explored.graph);
    if !explored.is_exact() {
        return;
    }
    // What is reached although nothing is refused and nobody is too late.
    let mut well = vec![false; graph.nodes.len()];
    let mut open: Vec<u32> = graph.roots().collect();
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut well[node as usize], true) {
            open.extend(graph.out(node).iter().filter(|edge| goes_well(edge)).filter_map(|edge| edge.target));
        }
    }
    for (id, step) in (0..).zip(&draft.model.steps) {
        let mut here = graph.nodes.iter().zip(&well).filter(|(node, _)| node.step == id).peekable();
        if step.end != Some(EndKind::Success) || here.peek().is_none() || here.any(|(_, well)| *well) {
            continue;
        }
        let message = format!("only what goes wrong leads to the success `{}`", step.name);
        let finding = draft
            .finding(codes::SUCCESS_BY_FAILURE, step.element, message)
            .here("whoever comes here was refused something, or was too late")
            .note("every situation that a session can be in was looked at")
            .help("lead here from an event that is accepted, or call this end a `failure`");
        findings.push(finding);
    }
}

/// Whether something is accepted, or time passes and nothing comes of it.
fn goes_well(edge: &Edge) -> bool {
    match edge.act {
        Act::Wait(_) => edge.seen.entered.is_none(),
        _ => edge.seen.is_accepted(),
    }
}
