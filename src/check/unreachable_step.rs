//! A step or an end that no session can ever be in.

use super::graph::Graph;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, ElementKind, StepId};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let graph = Graph::new(draft);
    if !draft.gaps.is_empty() || graph.starts.is_empty() {
        return;
    }
    let mut reached = graph.reachable();
    let back = graph.backwards();
    let lost = |reached: &[bool], step: StepId| !reached[usize::from(step)];
    // First those that nothing leads to; what only they lead to follows from them. What is left are circles.
    let all: Vec<StepId> = (0..).take(reached.len()).collect();
    let entered = |reached: &[bool], step: StepId| {
        back[usize::from(step)].iter().any(|from| *from != step && lost(reached, *from))
    };
    let mut roots: Vec<StepId> =
        all.iter().copied().filter(|step| lost(&reached, *step) && !entered(&reached, *step)).collect();
    spread(&graph, roots.iter().copied(), &mut reached);
    for step in all {
        if lost(&reached, step) {
            roots.push(step);
            spread(&graph, [step], &mut reached);
        }
    }
    findings.extend(roots.into_iter().map(|step| finding(draft, step)));
}

fn spread(graph: &Graph, from: impl IntoIterator<Item = StepId>, reached: &mut [bool]) {
    let mut open: Vec<StepId> = from.into_iter().collect();
    while let Some(step) = open.pop() {
        if !std::mem::replace(&mut reached[usize::from(step)], true) {
            open.extend(&graph.ways[usize::from(step)]);
        }
    }
}

fn finding(draft: &Draft, step: StepId) -> Diagnostic {
    let (name, element) = (draft.step_name(step), draft.model.step(step).element);
    let noun = if draft.model.element(element).kind == ElementKind::End { "end" } else { "step" };
    draft
        .finding(codes::UNREACHABLE_STEP, element, format!("the {noun} `{name}` is never reached"))
        .here("nothing leads here")
        .note("no session can ever be in it, so nothing in it can happen")
        .help(format!("lead to it from the step before: `on … -> {name}`"))
        .mend("or leave it out", draft.whole(element), "")
}
