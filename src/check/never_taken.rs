//! A branch or a refusal that no situation ever leads into, although its condition could hold by itself.

use std::collections::HashSet;

use super::explored::Explored;
use super::graph::each_body;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Branch, Element, ElementKind, Handler, Outcome};
use crate::source::Location;

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    if !explored.is_exact() {
        return;
    }
    // What is written for several steps is taken if it is in one of them.
    let taken: HashSet<Location> = explored.visited.iter().map(|id| explored.draft.place(*id).head).collect();
    let handlers = explored.draft.model.steps.iter().flat_map(|step| &step.handlers);
    for handler in handlers.filter(|handler| explored.visited.contains(&handler.element)) {
        of_handler(explored, handler, &taken, findings);
    }
}

fn of_handler(
    explored: &Explored,
    handler: &Handler,
    taken: &HashSet<Location>,
    findings: &mut Vec<Diagnostic>,
) {
    let refusals = handler.refusals.iter().map(|refusal| (refusal.element, "refusal"));
    let mut elements: Vec<_> = refusals.chain(branches(&handler.branches)).collect();
    for branch in &handler.branches {
        each_body(&branch.body, &mut |body| {
            if let Outcome::Ask { answers, .. } = &body.outcome
                && explored.visited.contains(&body.element)
            {
                answers.iter().for_each(|case| elements.extend(branches(&case.branches)));
            }
        });
    }
    for (element, noun) in elements {
        // What a checklist or a call unfolds into was not written by the author.
        let Element { kind, source, .. } = explored.draft.model.element(element);
        let kind = matches!(kind, ElementKind::When | ElementKind::Otherwise | ElementKind::Refuse);
        let written = kind && ["when", "otherwise", "refuse"].iter().any(|word| source.starts_with(word));
        let is_taken = taken.contains(&explored.draft.place(element).head);
        if !written || is_taken || explored.is_told(element, findings) {
            continue;
        }
        let finding = explored
            .draft
            .finding(codes::NEVER_TAKEN, element, format!("no situation ever leads into this {noun}"))
            .here("its condition never holds where it is asked")
            .note("every situation that a session can be in was looked at")
            .help("leave it out, or mend what should lead here");
        findings.push(finding);
    }
}

fn branches(branches: &[Branch]) -> impl Iterator<Item = (u32, &'static str)> {
    let guarded = branches.len() > 1;
    branches.iter().filter(move |_| guarded).map(|branch| (branch.element, "branch"))
}
