//! The instants that a session and its world hold, as a list: who explores all times at once keeps what is known of each
//! of them instead of one value.

use crate::model::{LimitId, Model, StepId, TimerBase, Window as Declared};
use crate::time::{DAY, HOUR};
use crate::{Counter, Period, Time};

use super::Machine;
use super::parts::{Keeping, constant_window};
use super::universe::{Session, World};

/// What there is an instant of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instant {
    /// The beginning of the clock: how long ago it is, is what the clock shows.
    Beginning,
    /// A use of a limit with a rolling window; others count until all of them stop counting, and have no instant.
    Use(LimitId),
    /// The end of a hold of a limit's key.
    Hold(LimitId),
    /// When a time-out is due.
    Due(u16),
    /// The last entry of a step.
    Entry(StepId),
    /// When a time-out of the interrupted step is due that runs on.
    Saved(u16),
}

/// An instant, and how far it is from now: less than nothing where it has passed.
pub type Distance = (Instant, Time);

impl Machine {
    /// The instants of parts, always in the same order.
    pub fn distances(&self, session: Option<&Session>, world: &World, keeping: &Keeping) -> Vec<Distance> {
        let now = world.now;
        let mut all = Vec::new();
        if !keeping.is_timeless() {
            all.push((Instant::Beginning, now.saturating_neg()));
        }
        let mut counter = |limit: LimitId, counter: &Counter| {
            let uses = counter.instants().filter(|_| self.is_rolling(limit));
            all.extend(uses.map(|at| (Instant::Use(limit), at.saturating_sub(now))));
            all.extend(counter.held_until().map(|at| (Instant::Hold(limit), at.saturating_sub(now))));
        };
        for (limit, uses) in (0..).zip(&world.uses) {
            uses.each().for_each(|of_key| counter(limit, of_key));
        }
        let Some(session) = session else { return all };
        session.counters.iter().for_each(|(limit, of_session)| counter(*limit, of_session));
        let mut add = |what: Instant, at: Time| all.push((what, at.saturating_sub(now)));
        session.timers.iter().for_each(|armed| add(Instant::Due(armed.timer), armed.due));
        session.entered.iter().for_each(|(step, at)| add(Instant::Entry(*step), *at));
        let saved = session.saved.iter().flat_map(|saved| &saved.timers);
        let running = saved.filter(|armed| self.runs_on(armed.timer));
        running.for_each(|armed| add(Instant::Saved(armed.timer), armed.due));
        all
    }

    /// Puts the instants of parts at these distances from now, in the order of [`Machine::distances`]. Where something
    /// turns now (`turns`), what has no instant of its own was before that.
    pub fn place_instants(
        &self,
        (session, world): (Option<&mut Session>, &mut World),
        distances: &[Time],
        keeping: &Keeping,
        turns: bool,
    ) {
        let mut distances = distances.iter().copied();
        let mut next = || distances.next().unwrap_or_default();
        let now = if keeping.is_timeless() { 0 } else { next().saturating_neg() };
        world.now = now;
        let mut place = |at: &mut Time| *at = now.saturating_add(next());
        let mut counter = |limit: LimitId, counter: &mut Counter| {
            if self.is_rolling(limit) {
                counter.uses_mut().for_each(&mut place);
            } else {
                counter.uses_mut().for_each(|at| *at = now - Time::from(turns));
            }
            counter.hold_mut().for_each(&mut place);
        };
        for (limit, uses) in (0..).zip(&mut world.uses) {
            uses.change(|of_key| counter(limit, of_key));
        }
        let Some(session) = session else { return };
        session.counters.iter_mut().for_each(|(limit, of_session)| counter(*limit, of_session));
        session.timers.iter_mut().for_each(|armed| place(&mut armed.due));
        session.entered.iter_mut().for_each(|(_, at)| place(at));
        let saved = session.saved.iter_mut().flat_map(|saved| &mut saved.timers);
        saved.filter(|armed| self.runs_on(armed.timer)).for_each(|armed| place(&mut armed.due));
    }

    /// How long after its instants something turns, each with the index of the instant in a list.
    pub fn turning(&self, all: impl IntoIterator<Item = Instant>, keeping: &Keeping) -> Vec<(usize, Time)> {
        let mut turns = Vec::new();
        for (index, what) in all.into_iter().enumerate() {
            match what {
                Instant::Beginning => turns.extend(boundaries(&self.model, keeping).map(|at| (index, at))),
                Instant::Use(limit) => {
                    if let Some(crate::Window::Rolling(width)) = constant_window(&self.model, limit) {
                        turns.push((index, width));
                    }
                }
                Instant::Hold(_) | Instant::Due(_) | Instant::Saved(_) => turns.push((index, 0)),
                Instant::Entry(step) => turns.extend(self.delays_since(step).map(|delay| (index, delay))),
            }
        }
        turns
    }

    /// Time-outs of the interrupted step that stand still.
    pub fn standing_still(&self, session: &Session) -> impl Iterator<Item = u16> {
        let saved = session.saved.iter().flat_map(|saved| &saved.timers);
        saved.map(|armed| armed.timer).filter(|timer| !self.runs_on(*timer))
    }

    /// Whether time only matters by the distance of instants: the clock is read by calendars of hours, days and weeks at
    /// most, and windows and what runs since an entry are as long in every run, and shorter than `longest`.
    pub fn has_plain_times(&self, keeping: &Keeping, longest: Time) -> bool {
        let plain = |id: LimitId| match constant_window(&self.model, id) {
            Some(crate::Window::Rolling(width)) => width < longest,
            window => window.is_some(),
        };
        let limits = (0..).zip(&self.model.limits).all(|(id, _)| plain(id));
        let timers = (0..).zip(&self.model.timers).all(|(id, timer)| match timer.constant_delay() {
            Some(delay) => delay < longest,
            None => !self.runs_on(id),
        });
        keeping.is_cyclic() && limits && timers
    }

    fn is_rolling(&self, limit: LimitId) -> bool {
        matches!(self.model.limit(limit).window, Declared::Rolling(_))
    }

    /// The step from whose last entry a time-out runs, and for how long; none where it runs from something else.
    pub fn since(&self, timer: u16) -> Option<(StepId, Time)> {
        let timer = &self.model.timers[usize::from(timer)];
        let TimerBase::Since(step) = timer.base else { return None };
        Some((step, timer.constant_delay()?.max(1)))
    }

    /// Whether a time-out of a step runs on while the step is interrupted.
    pub(super) fn runs_on(&self, timer: u16) -> bool {
        matches!(self.model.timers[usize::from(timer)].base, TimerBase::Since(_))
    }

    fn delays_since(&self, step: StepId) -> impl Iterator<Item = Time> {
        let of_step = self.model.timers.iter().filter(move |timer| timer.base == TimerBase::Since(step));
        of_step.filter_map(|timer| timer.constant_delay()).map(|delay| delay.max(1))
    }
}

/// Where the periods of a flow's calendars end, from the beginning of the clock until it begins anew.
fn boundaries(model: &Model, keeping: &Keeping) -> impl Iterator<Item = Time> {
    let cycle = keeping.cycle();
    let of_limit = |window: &Declared| -> Option<(Time, Time)> {
        let Declared::Calendar { period, offset } = window else { return None };
        let length = match period {
            Period::Hour => HOUR,
            Period::Day => DAY,
            Period::Week => 7 * DAY,
            Period::Month | Period::Year => return None,
        };
        Some((period.start(0, *offset) + length, length))
    };
    let calendars = model.limits.iter().filter_map(|limit| of_limit(&limit.window));
    let ends = calendars.flat_map(|(first, length)| {
        (0..).map(move |n| first + n * length).take_while(move |end| *end < cycle)
    });
    let mut all: Vec<Time> = ends.chain((cycle > 1).then_some(cycle)).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}
