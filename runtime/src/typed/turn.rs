//! One event or time-out at work in one session.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::typed::{Few, Flow};

/// A session in its universe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Session<F: Flow> {
    /// How many sessions were opened before it.
    pub(super) opened: u64,
    pub(super) step: F::Step,
    /// What is due, by time-out.
    pub(super) due: Vec<(u16, Time)>,
    /// What was sent and not shown yet.
    pub(super) sent: Few<F::Output>,
    pub(super) memory: F::Session,
}

impl<F: Flow> Session<F> {
    /// The step or end that it is in.
    pub fn step(&self) -> F::Step {
        self.step
    }

    /// What it remembers.
    pub fn memory(&self) -> &F::Session {
        &self.memory
    }

    /// The time-out that is due first, those of one instant in the order of the text.
    pub(super) fn next_due(&self) -> Option<(Time, u16)> {
        self.due.iter().map(|&(timer, due)| (due, timer)).min()
    }
}

/// What an event or a time-out may read and change: its session, and what all sessions share.
#[derive(Debug)]
pub struct Turn<'a, F: Flow> {
    /// The instant of the event or time-out.
    pub now: Time,
    /// What all sessions share.
    pub shared: &'a mut F,
    /// What this session remembers.
    pub session: &'a mut F::Session,
    pub(super) step: &'a mut F::Step,
    pub(super) due: &'a mut Vec<(u16, Time)>,
    pub(super) sent: &'a mut Few<F::Output>,
}

impl<'a, F: Flow> Turn<'a, F> {
    pub(super) fn new(shared: &'a mut F, session: &'a mut Session<F>, now: Time) -> Self {
        let Session { step, due, sent, memory, .. } = session;
        Self { now, shared, session: memory, step, due, sent }
    }

    /// The step or end that the session is in.
    pub fn step(&self) -> F::Step {
        *self.step
    }

    /// Leaves the step that the session is in, and enters one.
    pub fn enter(&mut self, step: F::Step) {
        *self.step = step;
        if F::TIMES {
            let ended = F::ENDS.contains(&step);
            self.due.retain(|&(timer, _)| !ended && F::LASTING.contains(&timer));
            F::entered(self);
        }
    }

    /// Sends an output.
    pub fn send(&mut self, output: F::Output) {
        self.sent.push(output);
    }

    /// Arms a time-out, by its number, to fire so many milliseconds from now.
    pub fn after(&mut self, timer: u16, delay: i64) {
        self.at(timer, self.now.saturating_add(delay.max(1)));
    }

    /// Arms a time-out, by its number, to fire at an instant.
    pub fn at(&mut self, timer: u16, due: Time) {
        self.due.retain(|&(armed, _)| armed != timer);
        self.due.push((timer, due));
    }
}
