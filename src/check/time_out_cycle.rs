//! Time-outs that lead round in a circle, with nothing that anybody does between them.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, Outcome, StepId, Timer, TimerBase};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    let mut next: Vec<Vec<(&Timer, StepId)>> = vec![Vec::new(); model.steps.len()];
    for timer in &model.timers {
        if let (Some(step), Outcome::To(to)) = (timer.step, &timer.body.outcome) {
            next[usize::from(step)].push((timer, *to));
        }
    }
    // 0: not seen, otherwise the walk in which it was.
    let mut seen = vec![0_usize; next.len()];
    for (walk, start) in (1..).zip(0..next.len()) {
        let mut path: Vec<(&Timer, StepId)> = Vec::new();
        let mut step = start;
        while seen[step] == 0 {
            seen[step] = walk;
            // Of several time-outs the first in the text is followed; a circle through another is found from there.
            let Some((timer, to)) = next[step].first() else { break };
            path.push((*timer, *to));
            step = usize::from(*to);
        }
        let closed = path.iter().position(|(timer, _)| timer.step.map(usize::from) == Some(step));
        if let (true, Some(first)) = (seen[step] == walk, closed) {
            findings.push(finding(draft, &path[first..]));
        }
    }
}

fn finding(draft: &Draft, circle: &[(&Timer, StepId)]) -> Diagnostic {
    let inside = |step: StepId| circle.iter().any(|(_, to)| *to == step);
    let at_once =
        circle.iter().all(|(timer, _)| matches!(timer.base, TimerBase::Since(step) if !inside(step)));
    let way: Vec<String> = circle.iter().map(|(_, to)| format!("`{}`", draft.step_name(*to))).collect();
    let code = if at_once { codes::ENDLESS_TIME_OUTS } else { codes::TIME_OUT_CYCLE };
    let message = format!("time-outs lead round and round: {}", way.join(", "));
    let mut finding = Diagnostic::new(code, draft.place(circle[0].0.element).head, message).here("from here");
    for (timer, _) in &circle[1..] {
        finding = finding.label(draft.place(timer.element).head, "and on from here");
    }
    let finding = match at_once {
        true => finding.note("each is due already when its step is entered, so they would never stop"),
        false => finding.note("a session that nobody touches would never come to rest"),
    };
    finding.help("lead one of them to an end")
}
