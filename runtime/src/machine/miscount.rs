//! Refused events that limits take for uses, or for a reason to hold longer: as implementations have it that count before they
//! look.

use crate::model::{Bound, Limit, LimitId, LimitOutcome};
use crate::{Counter, Input, SessionId, Time};

use super::Machine;
use super::frame::{Frame, KeyOf};
use super::judge::{Failed, Values, listed, read_fields};
use super::plan::keep;
use super::resolve::Reference;
use super::universe::Universe;

/// What a limit that an event asks for would need to be used: its key, how much, and what it then does.
#[derive(Debug, Clone)]
pub struct Miscount {
    limit: LimitId,
    key: KeyOf<'static>,
    amount: i64,
    bound: i128,
    window: crate::Window,
    keep: crate::Keep,
    hold: Option<i64>,
}

impl Machine {
    /// The uses of a limit, or of every one, that an event would be if it were not refused; as far as its fields can be read.
    pub fn miscounts(
        &self,
        universe: &Universe,
        id: SessionId,
        at: Time,
        input: &Input,
        only: Option<LimitId>,
    ) -> Vec<Miscount> {
        let Some(session) = universe.session(id) else { return Vec::new() };
        let frame = Frame::new(self, &universe.world, session, at);
        let Some(handler) = listed(&frame, input) else { return Vec::new() };
        let frame = Frame { event: Some(handler.event), ..frame };
        let (mut values, mut failed) = (Values::new(), Failed::new());
        let _ = read_fields(
            &frame,
            handler,
            &input.fields,
            &mut values,
            &mut failed,
            &mut Reference::without_chosen(),
        );
        let frame = Frame { fields: &values, ..frame };
        let of = handler.gates.iter().filter(|gate| only.is_none_or(|only| only == gate.limit));
        let miscounts = of.filter_map(|gate| {
            let limit: &Limit = self.model.limit(gate.limit);
            let Bound::AtMost(bound) = &limit.bound else { return None };
            let hold = match &limit.outcome {
                LimitOutcome::Refuse { hold: Some(hold), .. } => Some(frame.time(hold)),
                _ => None,
            };
            Some(Miscount {
                limit: gate.limit,
                key: frame.key(&gate.key)?.into_owned(),
                amount: i64::try_from(frame.int(&gate.amount)?).ok()?,
                bound: frame.int(bound)?,
                window: frame.window(limit),
                keep: keep(&frame, limit),
                hold,
            })
        });
        miscounts.collect()
    }

    /// Counts them.
    pub fn count_all(&self, universe: &mut Universe, id: SessionId, now: Time, miscounts: Vec<Miscount>) {
        each(universe, id, miscounts, |counter, one| {
            let held = counter.is_held(now);
            counter.count(now, one.amount, one.keep);
            if let (Some(hold), false) = (one.hold, held)
                && counter.used(one.window, now) >= one.bound
            {
                counter.hold(now, hold);
            }
        });
    }

    /// Has the holds that are in force begin anew.
    pub fn prolong_all(&self, universe: &mut Universe, id: SessionId, now: Time, miscounts: Vec<Miscount>) {
        each(universe, id, miscounts, |counter, one| {
            if let (Some(hold), true) = (one.hold, counter.is_held(now)) {
                counter.prolong(now, hold);
            }
        });
    }
}

fn each(
    universe: &mut Universe,
    id: SessionId,
    all: Vec<Miscount>,
    mut see: impl FnMut(&mut Counter, &Miscount),
) {
    for one in all {
        let counter = match &one.key {
            KeyOf::Session => {
                let Some(position) = universe.position(id) else { return };
                universe.sessions[position].counter_mut(one.limit)
            }
            KeyOf::Shared(key) => {
                let Some(uses) = universe.world.uses.get_mut(usize::from(one.limit)) else { return };
                uses.counter(key)
            }
        };
        see(counter, &one);
    }
}
