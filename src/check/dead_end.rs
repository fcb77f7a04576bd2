//! A step from which no end can be reached any more.

use super::graph::{Graph, each_body};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, Outcome, StepId};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    let ends = model.steps.iter().any(|step| step.end.is_some());
    let graph = Graph::new(draft);
    // What is not known outside of steps may lead out of any of them.
    let only_in_steps =
        draft.gaps.iter().all(|gap| model.steps.iter().any(|step| draft.encloses(step.element, *gap)));
    if model.endless || !ends || graph.starts.is_empty() || !graph.from_anywhere.is_empty() || !only_in_steps
    {
        return;
    }
    let reachable = graph.reachable();
    let safe = leading_out(draft, &graph);
    let stuck = |step: StepId| reachable[usize::from(step)] && !safe[usize::from(step)];
    let all: Vec<StepId> = (0..).take(safe.len()).collect();
    let leads_on = |step: StepId| graph.ways[usize::from(step)].iter().any(|to| *to != step && stuck(*to));
    let mut told: Vec<StepId> = all.iter().copied().filter(|step| stuck(*step) && !leads_on(*step)).collect();
    // What leads only to these follows from them; what is left are circles, told once each.
    let mut seen = leading_to(&graph, &told);
    for step in all {
        if stuck(step) && !seen[usize::from(step)] {
            told.push(step);
            let circle = graph.reached_from([step]);
            let around: Vec<StepId> =
                (0..).zip(&circle).filter(|(_, in_it)| **in_it).map(|(step, _)| step).collect();
            let known = leading_to(&graph, &around);
            seen.iter_mut().zip(known).for_each(|(seen, known)| *seen |= known);
        }
    }
    findings.extend(told.into_iter().map(|step| finding(draft, &graph, step)));
}

/// Steps from which an end can be reached, or of which something is left open.
fn leading_out(draft: &Draft, graph: &Graph) -> Vec<bool> {
    let model = &draft.model;
    let mut out = Vec::new();
    for (id, step) in (0..).zip(&model.steps) {
        let mut open = step.end.is_some() || draft.has_gap(step.element);
        for branch in step.handlers.iter().flat_map(|handler| &handler.branches) {
            each_body(&branch.body, &mut |body| open |= body.outcome == Outcome::Silent);
        }
        if open {
            out.push(id);
        }
    }
    for timer in &model.timers {
        if let (Some(step), Outcome::Silent) = (timer.step, &timer.body.outcome) {
            out.push(step);
        }
    }
    leading_to(graph, &out)
}

/// Steps from which one of these can be reached.
fn leading_to(graph: &Graph, to: &[StepId]) -> Vec<bool> {
    let back = graph.backwards();
    let mut known = vec![false; graph.ways.len()];
    let mut open = to.to_vec();
    while let Some(step) = open.pop() {
        if !std::mem::replace(&mut known[usize::from(step)], true) {
            open.extend(&back[usize::from(step)]);
        }
    }
    known
}

fn finding(draft: &Draft, graph: &Graph, step: StepId) -> Diagnostic {
    let model = &draft.model;
    let (name, element) = (draft.step_name(step), model.step(step).element);
    let end = model.steps.iter().find(|step| step.end.is_some()).map_or("done", |step| step.name.as_str());
    let nothing = graph.ways[usize::from(step)].iter().all(|to| *to == step);
    let message = match nothing {
        true => format!("nothing leads out of the step `{name}`"),
        false => format!("from the step `{name}` no end can be reached"),
    };
    let finding = draft
        .finding(codes::DEAD_END, element, message)
        .here("whoever is here stays for ever")
        .note("a session could never be over from here on");
    if draft.has_block(element) {
        let at = draft.before_brace(element);
        finding.mend("say how it goes on", at, format!("  on leave -> {end}\n  "))
    } else {
        let text = format!(" {{\n    on leave -> {end}\n  }}");
        finding.mend("say how it goes on", draft.behind_head(element), text)
    }
}
