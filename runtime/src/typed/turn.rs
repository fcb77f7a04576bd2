//! One event or time-out at work in one session.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::typed::due::{Due, Kinds};
use crate::typed::{Few, Flow};

/// A session in its universe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Session<F: Flow> {
    /// How many sessions were opened before it.
    pub(super) opened: u64,
    pub(super) memory: F::Session,
    pub(super) place: Place<F>,
}

/// Where a session is, and what becomes of it there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub(super) struct Place<F: Flow> {
    pub(super) step: F::Step,
    pub(super) due: Due,
    /// What was sent and not shown yet.
    pub(super) sent: Few<F::Output>,
    /// The step that was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    saved: Option<Box<Saved<F::Step>>>,
}

/// An interrupted step, with its time-outs: what was left of those that stand still.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Saved<S> {
    step: S,
    due: Due,
}

impl<F: Flow> Session<F> {
    pub(super) fn new(opened: u64, memory: F::Session) -> Self {
        let place = Place { step: F::START, due: Due::new(), sent: Few::None, saved: None };
        Self { opened, memory, place }
    }

    /// The step or end that it is in.
    pub fn step(&self) -> F::Step {
        self.place.step
    }

    /// What it remembers.
    pub fn memory(&self) -> &F::Session {
        &self.memory
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
    pub(super) place: &'a mut Place<F>,
}

impl<'a, F: Flow> Turn<'a, F> {
    const KINDS: Kinds = Kinds { lasting: F::LASTING, since: F::SINCE };

    #[inline]
    pub(super) fn new(shared: &'a mut F, session: &'a mut Session<F>, now: Time) -> Self {
        Self { now, shared, session: &mut session.memory, place: &mut session.place }
    }

    /// The step or end that the session is in.
    #[inline]
    pub fn step(&self) -> F::Step {
        self.place.step
    }

    /// Leaves the step that the session is in, and enters one.
    #[inline]
    pub fn enter(&mut self, step: F::Step) {
        self.place.step = step;
        if F::INTERRUPTS && !F::resumes(step) {
            self.place.saved = None;
        }
        if F::TIMES {
            self.place.due.leave(F::has_ended(step), Self::KINDS);
            F::entered(self);
        }
    }

    /// Whether a step waits to be resumed.
    pub fn is_interrupted(&self) -> bool {
        self.place.saved.is_some()
    }

    /// Leaves the step that the session is in, to come back to it, and enters one.
    pub fn interrupt(&mut self, step: F::Step) {
        let Place { step: left, due, saved, .. } = &mut *self.place;
        if saved.is_none() && F::resumes(step) {
            *saved = Some(Box::new(Saved { step: *left, due: due.rest(self.now, Self::KINDS) }));
        }
        self.enter(step);
    }

    /// Goes back to the step that was interrupted, with what was left of its time-outs.
    pub fn resume(&mut self) {
        let Some(saved) = self.place.saved.take() else { return };
        self.place.step = saved.step;
        self.place.due.resume(saved.due, self.now, Self::KINDS);
    }

    /// Sends an output.
    #[inline]
    pub fn send(&mut self, output: F::Output) {
        self.place.sent.push(output);
    }

    /// Arms a time-out, by its number, to fire so many milliseconds from now.
    pub fn after(&mut self, timer: u16, delay: i64) {
        self.at(timer, self.now.saturating_add(delay.max(1)));
    }

    /// Arms a time-out, by its number, to fire at an instant.
    pub fn at(&mut self, timer: u16, due: Time) {
        self.place.due.arm(timer, due);
    }
}
