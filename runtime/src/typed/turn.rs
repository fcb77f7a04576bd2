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
    pub(super) standing: Standing<F::Step>,
    /// What time-outs sent, and was not shown yet.
    pub(super) sent: Few<F::Output>,
    pub(super) memory: F::Session,
}

/// Where a session stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>"))]
pub(super) struct Standing<S> {
    pub(super) step: S,
    /// What is due, by time-out.
    pub(super) due: Vec<(u16, Time)>,
    /// The step that was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) saved: Option<Box<Saved<S>>>,
}

/// An interrupted step, with its time-outs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Saved<S> {
    step: S,
    /// What was left of those that stand still; the instants of those that run on.
    due: Vec<(u16, Time)>,
}

impl<F: Flow> Session<F> {
    /// The step or end that it is in.
    pub fn step(&self) -> F::Step {
        self.standing.step
    }

    /// What it remembers.
    pub fn memory(&self) -> &F::Session {
        &self.memory
    }

    /// The time-out that is due first, those of one instant in the order of the text.
    pub(super) fn next_due(&self) -> Option<(Time, u16)> {
        self.standing.due.iter().map(|&(timer, due)| (due, timer)).min()
    }

    /// Takes what time-outs sent.
    pub(super) fn unshown(&mut self) -> Few<F::Output> {
        // Nearly always there is nothing, and then nothing is moved.
        if F::TIMES && !matches!(self.sent, Few::None) { std::mem::take(&mut self.sent) } else { Few::None }
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
    standing: &'a mut Standing<F::Step>,
    sent: &'a mut Few<F::Output>,
}

impl<'a, F: Flow> Turn<'a, F> {
    pub(super) fn new(
        shared: &'a mut F,
        session: &'a mut Session<F>,
        now: Time,
        sent: &'a mut Few<F::Output>,
    ) -> Self {
        Self { now, shared, session: &mut session.memory, standing: &mut session.standing, sent }
    }

    /// The step or end that the session is in.
    pub fn step(&self) -> F::Step {
        self.standing.step
    }

    /// Leaves the step that the session is in, and enters one.
    pub fn enter(&mut self, step: F::Step) {
        self.standing.step = step;
        if !F::RESUMING.is_empty() && !F::RESUMING.contains(&step) {
            self.standing.saved = None;
        }
        if F::TIMES {
            let ended = F::ENDS.contains(&step);
            self.standing.due.retain(|&(timer, _)| !ended && F::LASTING.contains(&timer));
            F::entered(self);
        }
    }

    /// Whether a step waits to be resumed.
    pub fn is_interrupted(&self) -> bool {
        self.standing.saved.is_some()
    }

    /// Leaves the step that the session is in, to come back to it, and enters one.
    pub fn interrupt(&mut self, step: F::Step) {
        if self.standing.saved.is_none() && F::RESUMING.contains(&step) {
            let of_step = self.standing.due.iter().filter(|(timer, _)| !F::LASTING.contains(timer));
            let now = self.now;
            let rest = |&(timer, due): &(u16, Time)| {
                (timer, if F::SINCE.contains(&timer) { due } else { due.saturating_sub(now) })
            };
            self.standing.saved =
                Some(Box::new(Saved { step: self.standing.step, due: of_step.map(rest).collect() }));
        }
        self.enter(step);
    }

    /// Goes back to the step that was interrupted, with what was left of its time-outs.
    pub fn resume(&mut self) {
        let Some(saved) = self.standing.saved.take() else { return };
        self.standing.step = saved.step;
        self.standing.due.retain(|(timer, _)| F::LASTING.contains(timer));
        for (timer, due) in saved.due {
            let due =
                if F::SINCE.contains(&timer) { Some(due.max(self.now)) } else { self.now.checked_add(due) };
            self.standing.due.extend(due.map(|due| (timer, due)));
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
        disarm(&mut self.standing.due, timer);
        self.standing.due.push((timer, due));
    }
}

/// A time-out fires no more; no generic code, so that it is compiled once for all flows.
pub(super) fn disarm(due: &mut Vec<(u16, Time)>, timer: u16) {
    due.retain(|&(armed, _)| armed != timer);
}
