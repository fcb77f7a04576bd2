//! The runs that are told: the way to a pair, with waits and the time at which it begins.

use flowspec_runtime::Text;
use flowspec_runtime::model::{EventId, StepId};

use super::search::Search;
use super::{Apart, Both};
use crate::explore::space::Act;
use crate::explore::space::moment::Moment;
use crate::explore::space::timing::Timing;

/// More runs that look alike than these are not kept.
pub(super) const KEPT: usize = 32;

/// What is seen of an event: where it is tried, which it is, why it is refused, where it leads.
pub(super) type Sight = (StepId, EventId, Vec<Text>, Option<StepId>);

impl Search<'_> {
    /// Keeps the runs to something that is seen for the first time.
    pub(super) fn keep(&mut self, at: u32, line: &Both, moment: &Moment) {
        let Act::Event { handler, .. } = &line.act else { return };
        let step = self.space.model().step(line.step);
        let Some(handler) = step.handlers.get(usize::from(*handler)) else { return };
        let sight = (line.step, handler.event, line.seen[0].reasons.clone(), line.to[0]);
        if self.alike.len() < KEPT && !self.sights.contains(&sight) {
            self.sights.push(sight);
            self.alike.extend(self.apart(at, line.clone(), moment));
        }
    }

    /// The two runs that end with this line, at this moment; none where they take times closer together than a
    /// millisecond.
    pub(super) fn apart(&self, at: u32, last: Both, moment: &Moment) -> Option<Apart> {
        let mut pairs = vec![&self.pairs[at as usize]];
        while let Some((before, _)) = pairs[pairs.len() - 1].from {
            pairs.push(&self.pairs[before as usize]);
        }
        pairs.reverse();
        let mut timing = Timing::default();
        pairs.iter().for_each(|pair| timing.happens(self.zones.get(pair.at), &pair.binds));
        timing.happens(&moment.zone, &[]);
        let times = timing.times()?;
        let mut lines = Vec::new();
        let done = pairs.iter().filter_map(|pair| pair.from.as_ref()).map(|(_, line)| line).chain([&last]);
        for (line, times) in done.zip(times.windows(2)) {
            let wait = Act::Wait(times[1] - times[0]);
            if matches!(line.act, Act::Wait(_)) {
                lines.push(Both { act: wait, ..line.clone() });
                continue;
            }
            if times[0] < times[1] {
                lines.push(Both { act: wait, step: line.step, seen: Default::default(), to: [None; 2] });
            }
            lines.push(line.clone());
        }
        let start = &self.starts[pairs[0].start as usize];
        Some(Apart {
            rows: start.rows.map(|rows| self.beginnings[rows as usize].clone()),
            clock: times[0],
            given: start.given.clone(),
            opening: start.opening.clone(),
            first: start.first,
            lines,
        })
    }
}
