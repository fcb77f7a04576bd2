//! The steps of a flow and the ways between them.

use crate::model::{Action, Body, Draft, ElementId, Handler, LimitOutcome, Model, Outcome, StepId};

/// The ways of a flow.
pub(super) struct Graph {
    /// Where a session may begin.
    pub(super) starts: Vec<StepId>,
    /// From each step, where events, limits and time-outs of the step may lead, in the order of the text.
    pub(super) ways: Vec<Vec<StepId>>,
    /// Where time-outs of the flow may lead, from any step.
    pub(super) from_anywhere: Vec<StepId>,
}

impl Graph {
    pub(super) fn new(draft: &Draft) -> Self {
        let model = &draft.model;
        let mut graph =
            Self { starts: Vec::new(), ways: vec![Vec::new(); model.steps.len()], from_anywhere: Vec::new() };
        for branch in &model.start {
            targets(&branch.body, &mut graph.starts);
        }
        for (step, ways) in model.steps.iter().zip(&mut graph.ways) {
            for handler in &step.handlers {
                handler.branches.iter().for_each(|branch| targets(&branch.body, ways));
                ways.extend(gate_targets(model, handler));
            }
        }
        for timer in &model.timers {
            let ways = match timer.step {
                Some(step) => &mut graph.ways[usize::from(step)],
                None => &mut graph.from_anywhere,
            };
            targets(&timer.body, ways);
        }
        graph
    }

    /// Which steps can be reached from some; time-outs of the flow lead on from any of them.
    pub(super) fn reached_from(&self, from: impl IntoIterator<Item = StepId>) -> Vec<bool> {
        let mut reached = vec![false; self.ways.len()];
        let mut open: Vec<StepId> = from.into_iter().collect();
        if !open.is_empty() {
            open.extend(&self.from_anywhere);
        }
        while let Some(step) = open.pop() {
            if !std::mem::replace(&mut reached[usize::from(step)], true) {
                open.extend(&self.ways[usize::from(step)]);
            }
        }
        reached
    }

    /// Which steps can be reached from where a session begins.
    pub(super) fn reachable(&self) -> Vec<bool> {
        self.reached_from(self.starts.iter().copied())
    }

    /// Where each step can be entered from.
    pub(super) fn backwards(&self) -> Vec<Vec<StepId>> {
        let mut back = vec![Vec::new(); self.ways.len()];
        for (from, ways) in (0..).zip(&self.ways) {
            ways.iter().for_each(|to| back[usize::from(*to)].push(from));
        }
        back
    }
}

/// Where the limits lead that gate a handler.
fn gate_targets<'m>(model: &'m Model, handler: &'m Handler) -> impl Iterator<Item = StepId> + 'm {
    handler.gates.iter().filter_map(|gate| match &model.limit(gate.limit).outcome {
        LimitOutcome::Refuse { to, .. } => *to,
        LimitOutcome::Trip(trip) => Some(trip.to),
        LimitOutcome::Silent => None,
    })
}

fn targets(body: &Body, into: &mut Vec<StepId>) {
    each_body(body, &mut |body| match &body.outcome {
        Outcome::To(step) | Outcome::Refuse { to: Some(step), .. } => into.push(*step),
        _ => {}
    });
}

/// Visits what is performed, and all that may be performed in its place: answers and alternatives.
pub(super) fn each_body<'m>(body: &'m Body, visit: &mut impl FnMut(&'m Body)) {
    visit(body);
    match &body.outcome {
        Outcome::Ask { answers, .. } => {
            for branch in answers.iter().flat_map(|answer| &answer.branches) {
                each_body(&branch.body, visit);
            }
        }
        Outcome::Either(bodies) => bodies.iter().for_each(|body| each_body(body, visit)),
        _ => {}
    }
}

/// Visits everything that is performed anywhere in a flow, with the step that it belongs to.
pub(super) fn all_bodies<'m>(model: &'m Model, visit: &mut impl FnMut(Option<StepId>, &'m Body)) {
    model.start.iter().for_each(|branch| each_body(&branch.body, &mut |body| visit(None, body)));
    for (id, step) in (0..).zip(&model.steps) {
        for branch in step.handlers.iter().flat_map(|handler| &handler.branches) {
            each_body(&branch.body, &mut |body| visit(Some(id), body));
        }
    }
    for timer in &model.timers {
        each_body(&timer.body, &mut |body| visit(timer.step, body));
    }
}

/// The statement of an action.
pub(super) fn element_of(action: &Action) -> ElementId {
    match action {
        Action::Set { element, .. }
        | Action::Reset { element, .. }
        | Action::Uncount { element, .. }
        | Action::Count { element, .. }
        | Action::Send { element, .. } => *element,
    }
}
