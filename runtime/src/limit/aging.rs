//! Counters as exploration compares them: what can never matter again is forgotten, and what cannot be told apart is
//! made the same.

use crate::time::{DAY, HOUR};
use crate::{Period, Time};

use super::{Counter, Use, Window};

/// What may still be asked of the uses of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matters {
    /// In which time they count; none where that may change, so that every instant matters.
    pub window: Option<Window>,
    /// Whether single uses are taken back.
    pub uncounted: bool,
    /// What the limit allows, where that never changes: whatever goes beyond it can be told no more.
    pub bound: Option<i64>,
}

impl Counter {
    /// Brings a counter into the form that all counters have that behave the same from `now` on.
    pub fn normalise(&mut self, now: Time, matters: Matters) {
        self.settle(now);
        if let Some(window) = matters.window {
            if self.held_until.is_some() {
                // Nothing fits until the hold expires, and then all that was used before is forgotten.
                self.uses.clear();
            }
            self.drop_before(window.begins(now));
            match window {
                Window::Rolling(_) => {}
                // Each of them counts until all of them stop counting, and no hold that is to come begins before them.
                Window::All | Window::Calendar(..) => self.uses.iter_mut().for_each(|one| one.at = now),
            }
        }
        if !matters.uncounted {
            self.merge();
            if let (Some(_), Some(bound)) = (matters.window, matters.bound) {
                self.forget_beyond(bound);
            }
        }
    }

    /// Forgets uses that only say what later ones say already: the limit is exceeded for as long as those count.
    fn forget_beyond(&mut self, bound: i64) {
        // What takes something back by a negative amount makes earlier uses matter again.
        if self.uses.iter().any(|one| one.amount < 0) {
            return;
        }
        let mut room = i128::from(bound.max(0)) + 1;
        for one in self.uses.iter_mut().rev() {
            let kept = one.sum().min(room);
            if kept < one.sum() {
                (one.amount, one.times) = (i64::try_from(kept).unwrap_or(i64::MAX), 1);
            }
            room -= kept;
        }
        self.uses.retain(|one| one.amount != 0);
    }

    /// Whether nothing is known of it.
    pub fn is_blank(&self) -> bool {
        self.uses.is_empty() && self.held_until.is_none()
    }

    /// When the uses were.
    pub fn uses_mut(&mut self) -> impl Iterator<Item = &mut Time> {
        self.uses.iter_mut().map(|one| &mut one.at)
    }

    /// Until when it is held, if it is.
    pub fn hold_mut(&mut self) -> impl Iterator<Item = &mut Time> {
        self.held_until.iter_mut()
    }

    /// Moves every instant.
    pub fn shift(&mut self, by: Time) {
        self.uses_mut().for_each(|at| *at = at.saturating_add(by));
        self.hold_mut().for_each(|until| *until = until.saturating_add(by));
    }

    /// The instants after `now` from which it may answer otherwise, if nothing is counted.
    pub fn turns(&self, now: Time, window: Window) -> impl Iterator<Item = Time> {
        let until = self.held_until.filter(|until| *until > now);
        let ends = self.uses.iter().filter_map(move |one| match window {
            Window::All => None,
            Window::Rolling(width) => Some(one.at.saturating_add(width)),
            Window::Calendar(period, offset) => Some(end(period, now, offset)),
        });
        until.into_iter().chain(ends.filter(move |end| *end > now))
    }

    /// Uses of one instant as one use of their sum.
    fn merge(&mut self) {
        let mut merged: Vec<Use> = Vec::with_capacity(self.uses.len());
        for one in self.uses.drain(..) {
            let sum = i64::try_from(one.sum()).unwrap_or(i64::MAX);
            match merged.last_mut().filter(|last| last.at == one.at) {
                Some(last) => last.amount = last.amount.saturating_add(sum),
                None => merged.push(Use { at: one.at, amount: sum, times: 1 }),
            }
        }
        self.uses = merged;
    }
}

/// When the period ends that contains an instant.
fn end(period: Period, at: Time, offset: i16) -> Time {
    let start = period.start(at, offset);
    match period {
        Period::Hour => start + HOUR,
        Period::Day => start + DAY,
        Period::Week => start + 7 * DAY,
        Period::Month => period.start(start + 32 * DAY, offset),
        Period::Year => period.start(start + 367 * DAY, offset),
    }
}
