//! A time-out that is faulty shows nothing before it could be due: what a suite does until then need not be run.

use flowspec_runtime::model::{Expr, Model, StepId, Timer, TimerBase};
use flowspec_runtime::{Time, Value};

use super::recorded::Recorded;
use super::touch::interrupts;
use crate::suite::mutants::{Mutant, Part};

/// The one time-out that is faulty in a variant.
pub(super) struct Waiting {
    timer: u16,
    step: StepId,
    /// By how much it may be due before the right one.
    earlier: Time,
}

impl Waiting {
    /// What of a variant waits; none where something else is faulty, or where it cannot be said how long it waits.
    pub(super) fn of(model: &Model, mutant: &Mutant) -> Option<Self> {
        let ([Part::Timer(at, faulty)], None, false) = (mutant.parts(), mutant.habit, interrupts(model))
        else {
            return None;
        };
        let right = &model.timers[*at];
        // One that runs from the entry of its step is due no earlier for running from something else.
        let counted = right.base == TimerBase::Entry || right.base == faulty.base;
        let earlier = (delay(right)? - delay(faulty)?).max(0);
        Some(Self { timer: *at as u16, step: right.step.filter(|_| counted)?, earlier })
    }

    /// Before when nothing shows of the fault where a trace comes to, and after it.
    pub(super) fn until(&self, recorded: &Recorded, at: u32) -> Time {
        let sessions = recorded.traces[at as usize].after.universe().sessions().iter();
        let here = sessions.filter(|session| session.step() == self.step);
        let due = here.map(|session| session.due(self.timer).map_or(Time::MIN, |due| due - self.earlier));
        due.min().unwrap_or(Time::MIN)
    }
}

/// How long a time-out waits, as it is armed.
fn delay(timer: &Timer) -> Option<Time> {
    match &timer.delay {
        Expr::Const(Value::Int(delay)) => Some((*delay).max(1)),
        _ => None,
    }
}
