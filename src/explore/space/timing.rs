//! The times of a run, from the zones on its way: early ones in whole milliseconds.

use flowspec_runtime::Time;
use flowspec_runtime::time::{DAY, HOUR, MINUTE};

use super::zone::{Bind, Zone};

/// What is known of the times at which things happen one after another; number 0 is the beginning of the clock.
#[derive(Debug)]
pub(super) struct Timing {
    happened: usize,
    /// Where the instants lie that there are now, each so much later than something that happened.
    instants: Vec<Bind>,
    /// What happens, what happened before that, and how much later it is at least.
    least: Vec<(usize, usize, Time)>,
}

impl Default for Timing {
    fn default() -> Self {
        // Before anything happens there is at most one instant: the beginning of the clock.
        Self { happened: 0, instants: vec![Bind { to: 0, by: 0 }], least: Vec::new() }
    }
}

impl Timing {
    /// Something happens where the instants lie in a zone, and leaves others that are bound to these.
    pub(super) fn happens(&mut self, zone: &Zone, binds: &[Bind]) {
        self.happened += 1;
        let now = self.happened;
        self.least.push((now, now - 1, 0));
        let at = |instant: usize| match instant {
            0 => Bind { to: now, by: 0 },
            instant => self.instants[instant - 1],
        };
        for (of, from, most) in zone.bounds() {
            let (of, from) = (at(of), at(from));
            if of.to != from.to {
                self.least.push((from.to, of.to, of.by - from.by - most));
            }
        }
        let instants = binds.iter().map(|bind| {
            let Bind { to, by } = at(bind.to);
            Bind { to, by: by + bind.by }
        });
        self.instants = instants.collect();
    }

    /// When each thing happens: as early as can be, but after waits that are easily said where there is a choice; none
    /// where that takes less than a millisecond between two of them.
    pub(super) fn times(mut self) -> Option<Vec<Time>> {
        let mut times = self.earliest()?;
        for now in 1..times.len() {
            let before = times[now - 1];
            let longest = self.latest()[now].map(|latest| latest - before);
            let wait = easily_said(times[now] - before, longest);
            self.fix(now, before + wait);
            times = self.earliest()?;
        }
        Some(times.split_off(1))
    }

    fn fix(&mut self, happens: usize, at: Time) {
        self.least.extend([(happens, 0, at), (0, happens, -at)]);
    }

    fn earliest(&self) -> Option<Vec<Time>> {
        let mut times = vec![0; self.happened + 1];
        for _ in 0..=times.len() {
            let mut settled = true;
            for (of, from, by) in &self.least {
                let least = times[*from] + by;
                if times[*of] < least {
                    (times[*of], settled) = (least, false);
                }
            }
            if settled {
                // What comes before the beginning of the clock is no time.
                return (times[0] == 0).then_some(times);
            }
        }
        None
    }

    /// When each thing happens at the latest; none where there is no end.
    fn latest(&self) -> Vec<Option<Time>> {
        let mut times = vec![None; self.happened + 1];
        times[0] = Some(0);
        let mut settled = false;
        while !std::mem::replace(&mut settled, true) {
            for (of, from, by) in &self.least {
                let Some(most) = times[*of].map(|at: Time| at - by) else { continue };
                if times[*from].is_none_or(|known| most < known) {
                    (times[*from], settled) = (Some(most), false);
                }
            }
        }
        times
    }
}

/// A time from the shortest to the longest that is a whole number of a large unit, and not much longer than need be.
fn easily_said(shortest: Time, longest: Option<Time>) -> Time {
    let most = longest.unwrap_or(Time::MAX).min(shortest.saturating_mul(2).max(1_000));
    let rounded = [DAY, HOUR, MINUTE, 1_000].map(|unit| (shortest + unit - 1).div_euclid(unit) * unit);
    rounded.into_iter().find(|time| *time <= most).unwrap_or(shortest)
}
