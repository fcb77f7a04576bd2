//! Which steps lead back to a step that was interrupted, and which handlers interrupt.

use super::{Handler, Model, Outcome, StepId};

impl Model {
    /// By step: whether `resume` is reachable from it by its own handlers and time-outs, those of `anywhere` aside.
    pub fn resuming(&self) -> Vec<bool> {
        let mut resuming = vec![false; self.steps.len()];
        let mut timers = vec![Vec::new(); self.steps.len()];
        for timer in &self.timers {
            if let Some(of_step) = timer.step.and_then(|step| timers.get_mut(usize::from(step))) {
                of_step.push(&timer.body.outcome);
            }
        }
        // Backwards from every step that has a `resume` of its own.
        loop {
            let mut changed = false;
            for (index, step) in self.steps.iter().enumerate() {
                let own = step.handlers.iter().filter(|handler| !handler.anywhere);
                let branches = own.flat_map(|handler| &handler.branches).map(|branch| &branch.body.outcome);
                let mut outcomes = branches.chain(timers[index].iter().copied());
                if !resuming[index] && outcomes.any(|outcome| leads_back(outcome, &resuming)) {
                    resuming[index] = true;
                    changed = true;
                }
            }
            if !changed {
                return resuming;
            }
        }
    }
}

impl Handler {
    /// Whether it interrupts: it is of an `anywhere`, and a branch of it moves into a step that can resume.
    pub fn interrupts(&self, resuming: &[bool]) -> bool {
        self.anywhere && self.branches.iter().any(|branch| leads_back(&branch.body.outcome, resuming))
    }
}

/// Whether an outcome resumes, or moves into a step that does.
fn leads_back(outcome: &Outcome, resuming: &[bool]) -> bool {
    let into = |step: &StepId| resuming.get(usize::from(*step)).is_some_and(|is| *is);
    match outcome {
        Outcome::Resume => true,
        Outcome::To(step) => into(step),
        Outcome::Refuse { to, .. } => to.as_ref().is_some_and(into),
        Outcome::Either(bodies) => bodies.iter().any(|body| leads_back(&body.outcome, resuming)),
        Outcome::Ask { answers, .. } => answers
            .iter()
            .flat_map(|answer| &answer.branches)
            .any(|branch| leads_back(&branch.body.outcome, resuming)),
        Outcome::Stay | Outcome::Restart | Outcome::Silent => false,
    }
}
