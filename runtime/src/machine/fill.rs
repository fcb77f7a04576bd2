//! What limits do that a plan's counts fill: they hold their key, or move the session.

use crate::model::{Bound, Limit, LimitId, LimitOutcome, StepId};
use crate::{Counter, Time, Window};

use super::frame::{Frame, KeyOf};
use super::plan::{Count, Go, Hold, Planner, Write};
use super::resolve::{Halt, Point, Resolve, pick};

impl<R: Resolve> Planner<'_, R> {
    /// Plans the holds and the moves of limits that the counts fill.
    pub(super) fn fill(&mut self, frame: &Frame) -> Result<(), Halt> {
        let mut first: Option<(LimitId, StepId)> = None;
        for index in 0..self.plan.counts.len() {
            let id = self.plan.counts[index].limit;
            let limit = frame.machine.model.limit(id);
            let consequence =
                matches!(limit.outcome, LimitOutcome::Trip(_) | LimitOutcome::Refuse { hold: Some(_), .. });
            if !consequence || !self.is_filled(frame, limit, index) {
                continue;
            }
            if limit.or_more && pick(self.resolve, Point::OrMore(id), 2)? == 0 {
                continue;
            }
            self.resolve.visit(limit.element);
            match &limit.outcome {
                LimitOutcome::Refuse { hold: Some(time), .. } => {
                    let key = self.plan.counts[index].key.clone();
                    self.plan.holds.push(Hold { limit: id, key, time: frame.time(time) });
                }
                LimitOutcome::Trip(trip) if first.is_none_or(|(earlier, _)| id < earlier) => {
                    first = Some((id, trip.to));
                }
                LimitOutcome::Trip(_) | LimitOutcome::Refuse { .. } | LimitOutcome::Silent => {}
            }
        }
        if let Some((_, to)) = first {
            self.plan.go = Go::To(to);
            // Such a move is never one to come back from.
            self.plan.interrupts = false;
        }
        Ok(())
    }

    /// Whether a limit that applies is full once everything planned is done.
    fn is_filled(&self, frame: &Frame, limit: &Limit, index: usize) -> bool {
        let Bound::AtMost(bound) = &limit.bound else { return false };
        let Some(bound) = frame.int(bound) else { return false };
        if !limit.active.as_ref().is_none_or(|active| frame.holds(active)) {
            return false;
        }
        let Count { limit: id, key, .. } = &self.plan.counts[index];
        let window = frame.window(limit);
        let counter = frame.counter(*id, key);
        let used = match self.changed(*id, key, counter, frame.now) {
            Some(changed) => changed.used(window, frame.now),
            None => counter.map_or(0, |counter| counter.used(window, frame.now)),
        };
        let never = matches!(window, Window::Rolling(width) if width <= 0);
        let more = self.plan.counts.iter().filter(|count| !never && count.limit == *id && count.key == *key);
        used + more.map(|count| i128::from(count.amount)).sum::<i128>() >= bound
    }

    /// A counter after the planned resets and takings back, where there are any.
    fn changed(&self, of: LimitId, at: &KeyOf, counter: Option<&Counter>, now: Time) -> Option<Counter> {
        let mut changed = None;
        for write in &self.plan.writes {
            match write {
                Write::Reset { limit, key } if *limit == of && key == at => {
                    changed = Some(Counter::new());
                }
                Write::Uncount { limit, key, amount } if *limit == of && key == at => {
                    let mut uncounted = changed.take().or(counter.cloned()).unwrap_or_default();
                    uncounted.uncount(now, *amount);
                    changed = Some(uncounted);
                }
                _ => {}
            }
        }
        changed
    }
}
