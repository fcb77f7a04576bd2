//! Time-outs.

use super::builder::Builder;
use super::handler::slug;
use super::knowledge::Knowledge;
use super::scope::Scope;
use super::{ElementKind, StepId, Timer, TimerBase};
use crate::syntax::tree::{After, AfterFrom, Statement};

impl<'a> Builder<'a> {
    /// `after 10 min -> expired`, of a step or of the flow.
    pub(super) fn timer(&mut self, statement: &'a Statement, after: &'a After, step: Option<StepId>) {
        let parent = step.map_or(self.model.element, |step| self.model.steps[usize::from(step)].element);
        let path = match step {
            Some(_) => self.below(parent, &format!("after/{}", slug(statement))),
            None => format!("after/{}", slug(statement)),
        };
        let element = self.element(ElementKind::After, path, statement, Some(parent));
        let scope = Scope::timer(step);
        let delay = self.time(&after.delay, &scope);
        let base = match &after.from {
            AfterFrom::Entry => TimerBase::Entry,
            AfterFrom::Idle => TimerBase::Idle,
            AfterFrom::Since(name) => match self.step(name) {
                Some(step) => TimerBase::Since(step),
                None => TimerBase::Entry,
            },
        };
        let body = self.body(statement, element, &scope, &Knowledge::default(), &mut None);
        self.model.timers.push(Timer { element, step, delay, base, or_later: after.or_later, body });
    }
}
