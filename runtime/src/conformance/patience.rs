//! How long a test may wait where the spec says nothing of waiting (rule 29).

use crate::{
    SessionId, Time,
    machine::Universe,
    model::{ElementId, Model, StepId, Waiting},
};

/// In milliseconds.
const PATIENCE: Time = 1_000;

/// Watches sessions that wait in steps without a time-out.
#[derive(Debug)]
pub(super) struct Patience {
    /// Whether waiting is always fine.
    endless: bool,
    /// The statement that says that it is not.
    pub(super) default: Option<ElementId>,
    /// The steps in which a time-out, or nothing at all, is to be waited for.
    timed: Vec<bool>,
    /// Since when each session may have waited.
    pub(super) since: Since,
}

/// Since when each session may have waited.
pub(super) type Since = Vec<(SessionId, Time)>;

impl Patience {
    pub(super) fn new(model: &Model) -> Self {
        let mut timed: Vec<bool> = model.steps.iter().map(|step| step.end.is_some()).collect();
        model.timers.iter().filter_map(|timer| timer.step).for_each(|step| timed[usize::from(step)] = true);
        let (waiting, default) = model.defaults.waiting;
        Self {
            endless: waiting == Waiting::Stay || model.timers.iter().any(|timer| timer.step.is_none()),
            default,
            timed,
            since: Vec::new(),
        }
    }

    /// Begins a universe.
    pub(super) fn clear(&mut self) {
        self.since.clear();
    }

    /// Something happened in a session.
    pub(super) fn touch(&mut self, session: SessionId, at: Time) {
        match self.since.iter_mut().find(|(known, _)| *known == session) {
            Some((_, since)) => *since = at,
            None => self.since.push((session, at)),
        }
    }

    /// Until when the sessions of the universe may wait.
    pub(super) fn until(&self, universe: &Universe) -> Time {
        if self.endless {
            return Time::MAX;
        }
        let waiting = universe.sessions().iter().filter(|session| self.is_untimed(session.step()));
        let since =
            |id| self.since.iter().find(|(known, _)| *known == id).map_or(universe.now(), |(_, at)| *at);
        waiting.map(|session| since(session.id()).saturating_add(PATIENCE)).min().unwrap_or(Time::MAX)
    }

    /// Time passed; only in steps without a time-out has it been waited.
    pub(super) fn pass(&mut self, universe: &Universe, to: Time) {
        if !self.endless {
            for session in universe.sessions() {
                if !self.is_untimed(session.step()) {
                    self.touch(session.id(), to);
                }
            }
        }
    }

    fn is_untimed(&self, step: StepId) -> bool {
        self.timed.get(usize::from(step)) == Some(&false)
    }
}
