//! Every action and every answer of a flow, one after another.

use super::{Action, AnswerCase, Body, ElementId, Model, Outcome};

impl Model {
    /// Calls `see` with every action that may be performed, those of limits too.
    pub fn actions(&self, see: &mut dyn FnMut(&Action)) {
        let branches =
            self.steps.iter().flat_map(|step| &step.handlers).flat_map(|handler| &handler.branches);
        branches.chain(&self.start).for_each(|branch| actions(&branch.body, see));
        self.timers.iter().for_each(|timer| actions(&timer.body, see));
        let gates = self.steps.iter().flat_map(|step| &step.handlers).flat_map(|handler| &handler.gates);
        gates.flat_map(|gate| &gate.actions).for_each(see);
    }

    /// Every answer that some event may ask for, in the order of the text.
    pub fn answer_cases(&self) -> impl Iterator<Item = &AnswerCase> {
        let handlers = self.steps.iter().flat_map(|step| &step.handlers);
        handlers.flat_map(|handler| &handler.branches).flat_map(|branch| match &branch.body.outcome {
            Outcome::Ask { answers, .. } => answers.as_slice(),
            _ => &[],
        })
    }
}

impl Action {
    /// The statement.
    pub fn element(&self) -> ElementId {
        match self {
            Self::Set { element, .. }
            | Self::Reset { element, .. }
            | Self::Uncount { element, .. }
            | Self::Count { element, .. }
            | Self::Send { element, .. } => *element,
        }
    }
}

fn actions(body: &Body, see: &mut dyn FnMut(&Action)) {
    body.actions.iter().for_each(&mut *see);
    match &body.outcome {
        Outcome::Ask { answers, .. } => {
            let branches = answers.iter().flat_map(|answer| &answer.branches);
            branches.for_each(|branch| actions(&branch.body, see));
        }
        Outcome::Either(bodies) => bodies.iter().for_each(|body| actions(body, see)),
        _ => {}
    }
}
