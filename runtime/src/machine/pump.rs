//! Time-outs: everything that is due fires before an input is judged.

use crate::{SessionId, Time};

use super::Machine;
use super::frame::Frame;
use super::plan::{Plan, Planner};
use super::resolve::{Fault, Halt, Point, Resolve, pick};
use super::universe::{Armed, Universe};

/// So many time-outs in a row are a circle of them, which the compiler would have told.
pub(super) const ENDLESS: usize = 100_000;

/// The universe as it was before the first time-out fired, if one did.
pub(super) type Before = Option<Box<Universe>>;

impl Machine {
    /// Fires what is due by an instant, without moving the clock beyond the last time-out.
    ///
    /// `before` keeps the universe as it was, for who has to take everything back.
    pub(super) fn pump(
        &self,
        universe: &mut Universe,
        to: Time,
        before: &mut Before,
        resolve: &mut impl Resolve,
    ) -> Result<(), Halt> {
        let mut waiting: Vec<(SessionId, Armed)> = Vec::new();
        for _ in 0..ENDLESS {
            let Some((position, armed)) = self.next(universe, to, &waiting) else { return Ok(()) };
            let or_later = self.model.timers[usize::from(armed.timer)].or_later;
            if or_later && pick(resolve, Point::OrLater(armed.timer), 2)? == 0 {
                waiting.push((universe.sessions[position].id, armed));
                continue;
            }
            before.get_or_insert_with(|| Box::new(universe.clone()));
            universe.world.now = universe.world.now.max(armed.due);
            self.fire(universe, position, armed, resolve)?;
        }
        Err(Fault::EndlessTimeouts.into())
    }

    /// The next time-out that is due: by its instant, then by the opening of sessions, then by the text.
    pub(super) fn next(
        &self,
        universe: &Universe,
        to: Time,
        waiting: &[(SessionId, Armed)],
    ) -> Option<(usize, Armed)> {
        let mut next: Option<(usize, Armed)> = None;
        for (position, session) in universe.sessions.iter().enumerate() {
            for armed in &session.timers {
                let rank = (armed.due, position, armed.timer);
                if armed.due <= to
                    && next.is_none_or(|(earlier, other)| rank < (other.due, earlier, other.timer))
                    && !waiting.contains(&(session.id, *armed))
                {
                    next = Some((position, *armed));
                }
            }
        }
        next
    }

    pub(super) fn fire(
        &self,
        universe: &mut Universe,
        position: usize,
        armed: Armed,
        resolve: &mut impl Resolve,
    ) -> Result<(), Halt> {
        let Universe { world, sessions } = universe;
        let session = &mut sessions[position];
        let now = world.now;
        session.timers.retain(|other| other.timer != armed.timer);
        let timer = &self.model.timers[usize::from(armed.timer)];
        resolve.visit(timer.element);
        let mut plan = Plan::default();
        let mut planner = Planner { plan: &mut plan, answers: &[], resolve };
        let frame = Frame::new(self, world, session, now);
        planner.body(&frame, &timer.body)?;
        planner.finish(&frame, true)?;
        let mut sent = std::mem::take(&mut session.undelivered);
        self.perform(world, session, now, &mut plan, &mut sent);
        session.undelivered = sent;
        Ok(())
    }
}
