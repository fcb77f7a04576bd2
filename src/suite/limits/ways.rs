//! The way from one step to another in the middle of a drill, and what is used and forgotten on it.

use std::collections::{HashMap, VecDeque};

use flowspec_runtime::Time;
use flowspec_runtime::model::{Action, ElementId, Handler, Key, LimitId, StepId};
use flowspec_runtime::suite::Step;

use super::{Drill, Run, in_session};
use crate::explore::{Move, SESSION, actions_of, place};
use crate::suite::writer::Writer;

impl Drill<'_> {
    /// Does one thing more, and keeps count of the uses.
    pub(super) fn go(&self, writer: &mut Writer, run: &mut Run, step: Step) -> bool {
        if !writer.go(&mut run.thread, step) {
            return false;
        }
        let visits = |wanted: &dyn Fn(&Action) -> bool| {
            let handlers = writer.model.steps.iter().flat_map(|step| &step.handlers);
            let mut elements = handlers.flat_map(|handler| actions_of(handler, wanted));
            elements.any(|element| run.thread.visited.contains(&element))
        };
        if visits(&|action| resets(action, self.id)) {
            run.uses = 0;
        }
        if visits(&|action| matches!(action, Action::Count { limit, .. } if *limit == self.id)) {
            run.uses += 1;
        }
        true
    }

    /// Brings the session to a step by the fewest inputs.
    pub(super) fn go_to(&self, writer: &mut Writer, run: &mut Run, to: StepId, instant: Time) -> bool {
        let Some(from) = place(&run.thread.universe, run.session) else { return false };
        let Some(way) = way_between(writer, from, to) else { return false };
        let session = run.session;
        way.into_iter().all(|step| self.go(writer, run, in_session(&step, session, instant)))
            && place(&run.thread.universe, session) == Some(to)
    }

    /// As many uses as fit but one, what forgets them somewhere else in the flow, and as many again, for each statement
    /// that does.
    pub(super) fn resets_elsewhere(&self, writer: &mut Writer) {
        for (element, here, way) in self.resetting_elsewhere(writer) {
            let Some(mut run) = self.used(writer, 0, self.fits - 1) else { continue };
            let step = in_session(&way.step, run.session, 0);
            if self.go_to(writer, &mut run, here, 0)
                && self.go(writer, &mut run, step)
                && run.thread.visited.contains(&element)
                && self.up_to(writer, &mut run, 0, self.fits)
            {
                let name = writer.path(element);
                self.both(writer, &run, 0, &format!("{} uses after `{name}`, and one more", self.fits));
            }
        }
    }

    /// The nearest input for each statement that forgets the uses of whoever is in the session, in other handlers.
    fn resetting_elsewhere<'w>(&self, writer: &Writer<'w>) -> Vec<(ElementId, StepId, &'w Move)> {
        if self.gate.key != Key::Session {
            return Vec::new();
        }
        let of_this = |handler: &Handler| actions_of(handler, |action| resets(action, self.id));
        let mut found: Vec<(ElementId, StepId, &Move)> = Vec::new();
        for index in writer.situations.nearest() {
            let situation = &writer.situations.all[index];
            for (at, way) in &situation.moves {
                let handler = &writer.model.step(situation.place).handlers[*at];
                if std::ptr::eq(handler, self.handler) {
                    continue;
                }
                for element in of_this(handler) {
                    let known = found.iter().any(|(known, ..)| *known == element);
                    if !known && way.taken.visited.contains(&element) {
                        found.push((element, situation.place, way));
                    }
                }
            }
        }
        found
    }
}

fn resets(action: &Action, id: LimitId) -> bool {
    matches!(action, Action::Reset { limit, .. } if *limit == id)
}

/// The fewest inputs from one step to another, each as the nearest situation of its step takes it.
fn way_between(writer: &Writer, from: StepId, to: StepId) -> Option<Vec<Step>> {
    let mut nearest: HashMap<StepId, usize> = HashMap::new();
    for index in writer.situations.nearest() {
        nearest.insert(writer.situations.all[index].place, index);
    }
    let mut came: HashMap<StepId, (StepId, &Step)> = HashMap::new();
    let mut waiting = VecDeque::from([from]);
    while let Some(here) = waiting.pop_front() {
        if here == to {
            break;
        }
        let Some(index) = nearest.get(&here) else { continue };
        for (_, way) in &writer.situations.all[*index].moves {
            let Some(there) = place(&way.taken.universe, SESSION) else { continue };
            if there != from && !came.contains_key(&there) {
                came.insert(there, (here, &way.step));
                waiting.push_back(there);
            }
        }
    }
    let (mut steps, mut at) = (Vec::new(), to);
    while at != from {
        let (before, step) = came.get(&at)?;
        steps.push((*step).clone());
        at = *before;
    }
    steps.reverse();
    Some(steps)
}
