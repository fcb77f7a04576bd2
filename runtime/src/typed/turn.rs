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
        if const { !F::RESUMING.is_empty() } && !F::RESUMING.contains(&step) {
            self.standing.saved = None;
        }
        if F::TIMES {
            leave(&mut self.standing.due, if F::ended(step) { &[] } else { F::LASTING });
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
            let due = stopped(&self.standing.due, self.now, F::LASTING, F::SINCE);
            self.standing.saved = Some(Box::new(Saved { step: self.standing.step, due }));
        }
        self.enter(step);
    }

    /// Goes back to the step that was interrupted, with what was left of its time-outs.
    pub fn resume(&mut self) {
        let Some(saved) = self.standing.saved.take() else { return };
        self.standing.step = saved.step;
        leave(&mut self.standing.due, F::LASTING);
        go_on(&mut self.standing.due, saved.due, self.now, F::SINCE);
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

// What follows has no generic code, so that it is compiled once for all flows.

/// A time-out fires no more.
pub(super) fn disarm(due: &mut Vec<(u16, Time)>, timer: u16) {
    due.retain(|&(armed, _)| armed != timer);
}

/// A step is left: only what lasts is still due.
fn leave(due: &mut Vec<(u16, Time)>, lasting: &[u16]) {
    if lasting.is_empty() {
        due.clear();
    } else {
        due.retain(|(timer, _)| lasting.contains(timer));
    }
}

/// What to keep of a step's time-outs while it is interrupted.
fn stopped(due: &[(u16, Time)], now: Time, lasting: &[u16], since: &[u16]) -> Vec<(u16, Time)> {
    let of_step = due.iter().filter(|(timer, _)| !lasting.contains(timer));
    let rest = |&(timer, due): &(u16, Time)| {
        (timer, if since.contains(&timer) { due } else { due.saturating_sub(now) })
    };
    of_step.map(rest).collect()
}

/// Arms what was kept.
fn go_on(due: &mut Vec<(u16, Time)>, kept: Vec<(u16, Time)>, now: Time, since: &[u16]) {
    for (timer, left) in kept {
        let at = if since.contains(&timer) { Some(left.max(now)) } else { now.checked_add(left) };
        due.extend(at.map(|at| (timer, at)));
    }
}
