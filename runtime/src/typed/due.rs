//! The time-outs of a session that are armed, by their numbers. Nothing here depends on a flow, so it is compiled once.

use serde::{Deserialize, Serialize};

use crate::Time;

/// What is due, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Due(Vec<(u16, Time)>);

/// Which time-outs do not belong to the step that is left, or run on while it is interrupted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kinds {
    pub(super) lasting: &'static [u16],
    pub(super) since: &'static [u16],
}

impl Due {
    /// Nothing is armed.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The time-out that is due first, those of one instant in the order of the text.
    pub(super) fn next(&self) -> Option<(Time, u16)> {
        self.0.iter().map(|&(timer, due)| (due, timer)).min()
    }

    /// When something is due first.
    pub(super) fn first(&self) -> Time {
        self.next().map_or(Time::MAX, |(due, _)| due)
    }

    /// Arms a time-out, anew where it was armed.
    pub(super) fn arm(&mut self, timer: u16, due: Time) {
        self.disarm(timer);
        self.0.push((timer, due));
    }

    /// Disarms a time-out.
    pub(super) fn disarm(&mut self, timer: u16) {
        self.0.retain(|&(armed, _)| armed != timer);
    }

    /// Disarms what belongs to the step that is left, or everything where the session ends.
    pub(super) fn leave(&mut self, ended: bool, kinds: Kinds) {
        self.0.retain(|(timer, _)| !ended && kinds.lasting.contains(timer));
    }

    /// What is left of those of the step that is interrupted; the instants of those that run on.
    pub(super) fn rest(&self, now: Time, kinds: Kinds) -> Self {
        let of_step = self.0.iter().filter(|(timer, _)| !kinds.lasting.contains(timer));
        let rest = |&(timer, due): &(u16, Time)| {
            (timer, if kinds.since.contains(&timer) { due } else { due.saturating_sub(now) })
        };
        Self(of_step.map(rest).collect())
    }

    /// Arms what was left of the time-outs of a step that is resumed.
    pub(super) fn resume(&mut self, rest: Self, now: Time, kinds: Kinds) {
        self.leave(false, kinds);
        for (timer, due) in rest.0 {
            let due = if kinds.since.contains(&timer) { Some(due.max(now)) } else { now.checked_add(due) };
            self.0.extend(due.map(|due| (timer, due)));
        }
    }
}
