//! Time-outs.

use super::builder::Builder;
use super::event::Layer;
use super::handler::slug;
use super::knowledge::Knowledge;
use super::scope::Scope;
use super::{ElementKind, StepId, Timer, TimerBase};
use crate::syntax::tree::{After, AfterFrom, Statement};

impl<'a> Builder<'a> {
    /// `after 10 min -> expired`, of a step or of the flow.
    pub(super) fn timer(
        &mut self,
        statement: &'a Statement,
        after: &'a After,
        step: Option<StepId>,
        layer: Option<&Layer<'a>>,
    ) {
        let path = format!("after/{}", slug(statement));
        let path = match step {
            Some(step) => self.below(self.model.steps[usize::from(step)].element, &path),
            None => path,
        };
        let parent = layer.map_or(self.model.element, |layer| layer.parent);
        let element = self.element(ElementKind::After, path, statement, Some(parent));
        let copied = layer.is_some_and(Layer::is_shared);
        let scope = Scope { copied, ..Scope::timer(step) };
        let delay = self.time(&after.delay, &scope);
        let base = match &after.from {
            AfterFrom::Entry => self.entry(layer),
            AfterFrom::Idle => TimerBase::Idle,
            AfterFrom::Since(name) => match self.step(name) {
                Some(step) => TimerBase::Since(step),
                None => TimerBase::Entry,
            },
        };
        let body = self.body(statement, element, &scope, &Knowledge::default(), &mut None);
        self.model.timers.push(Timer { element, step, delay, base, or_later: after.or_later, body });
    }

    /// From when a time-out of a layer runs that names nothing else: that of a calling step from where the call begins.
    fn entry(&mut self, layer: Option<&Layer<'a>>) -> TimerBase {
        let frame = layer.and_then(|layer| self.called_by(layer.statement));
        match frame.and_then(|frame| self.first_step(frame)) {
            Some(step) => TimerBase::Since(step),
            None => TimerBase::Entry,
        }
    }
}
