//! The uses of a limit: who used how much of it and when, and until when it is held.
//!
//! A limit's bound, window and amounts come with each question, because a flow may compute them; what is kept here is
//! the log alone. Instants never go back from one call to the next.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

#[cfg(feature = "machine")]
mod aging;

#[cfg(feature = "machine")]
pub(crate) use aging::Matters;

use crate::typed::{Invalid, Parts, Typed, object};
use crate::{Period, Time, Value, pairs};

/// In which time uses count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// For ever.
    All,
    /// In the last so many milliseconds: a use at `u` counts while `now - u` is less.
    Rolling(i64),
    /// In the period that contains now, by a clock so many minutes east of UTC.
    Calendar(Period, i16),
}

impl Window {
    /// The instant from which uses count at `now`.
    const fn begins(self, now: Time) -> i64 {
        match self {
            Self::All => i64::MIN,
            Self::Rolling(width) => now.saturating_sub(width).saturating_add(1),
            Self::Calendar(period, offset) => period.start(now, offset),
        }
    }
}

/// What of its uses a limit must keep; it follows from how the limit is declared, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keep {
    /// All of them, each with its instant: the window may widen later, or a hold may fall inside a window that does
    /// not end.
    All,
    /// Those that still count in a window whose width never changes.
    Counting(Window),
    /// The same, of a limit that is never held: then uses that stop counting together need one entry for each amount.
    Sums(Window),
}

impl Keep {
    /// What a limit with this window must keep, where its width may change (`varies`) or it may be held (`holds`).
    pub const fn of(window: Window, varies: bool, holds: bool) -> Self {
        match (varies, holds) {
            (true, _) => Self::All,
            (false, true) => Self::Counting(window),
            (false, false) => Self::Sums(window),
        }
    }
}

/// The uses of one limit under one key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Counter {
    /// In the order of their instants.
    uses: Vec<Use>,
    /// Until when the key is held; what was used before then does not count after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held_until: Option<Time>,
}

/// Uses of one amount at one instant, or which count as long as if they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Use {
    at: Time,
    amount: i64,
    times: u64,
}

impl Use {
    fn sum(&self) -> i128 {
        i128::from(self.amount).saturating_mul(i128::from(self.times))
    }
}

impl Counter {
    /// No uses, and not held.
    pub const fn new() -> Self {
        Self { uses: Vec::new(), held_until: None }
    }

    /// How much of the limit is used at `now`.
    pub fn used(&self, window: Window, now: Time) -> i128 {
        let begins = window.begins(now).max(self.forgotten_before(now));
        self.uses.iter().rev().take_while(|one| one.at >= begins).map(Use::sum).fold(0, i128::saturating_add)
    }

    /// Whether `amount` more may be used at `now`: the key is not held, and the bound is kept.
    pub fn fits(&self, window: Window, now: Time, bound: i128, amount: i128) -> bool {
        !self.is_held(now) && self.used(window, now).saturating_add(amount) <= bound
    }

    /// Until when the key is held, or was.
    pub fn held_until(&self) -> Option<Time> {
        self.held_until
    }

    /// When there were uses that are kept, in their order.
    pub fn instants(&self) -> impl Iterator<Item = Time> {
        self.uses.iter().map(|one| one.at)
    }

    /// Whether a hold is in force at `now`.
    pub fn is_held(&self, now: Time) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// Adds a use, and drops what can never count again.
    pub fn count(&mut self, now: Time, amount: i64, keep: Keep) {
        self.settle(now);
        let together = match keep {
            Keep::All => now,
            Keep::Counting(window) => {
                self.drop_before(window.begins(now));
                now
            }
            Keep::Sums(window) => {
                self.drop_before(window.begins(now));
                // A rolling window forgets by the instant, the others all at once.
                if matches!(window, Window::Rolling(_)) { now } else { i64::MIN }
            }
        };
        let mut latest = self.uses.iter_mut().rev().take_while(|one| one.at >= together);
        match latest.find(|one| one.amount == amount) {
            Some(same) => same.times = same.times.saturating_add(1),
            None => self.uses.push(Use { at: now, amount, times: 1 }),
        }
    }

    /// Takes back the latest use of this amount, if there is one.
    pub fn uncount(&mut self, now: Time, amount: i64) {
        self.settle(now);
        if let Some(latest) = self.uses.iter().rposition(|one| one.amount == amount) {
            self.uses[latest].times -= 1;
            if self.uses[latest].times == 0 {
                self.uses.remove(latest);
            }
        }
    }

    /// Forgets every use, and the hold.
    pub fn reset(&mut self) {
        self.uses.clear();
        self.held_until = None;
    }

    /// Forgets every use where the first of them does not count any more.
    #[cfg(feature = "machine")]
    pub(crate) fn close(&mut self, window: Window, now: Time) {
        self.settle(now);
        if self.uses.first().is_some_and(|first| first.at < window.begins(now)) {
            self.uses.clear();
        }
    }

    /// Holds the key for so many milliseconds, unless a hold is in force.
    pub fn hold(&mut self, now: Time, time: i64) {
        self.settle(now);
        if self.held_until.is_none() {
            self.held_until = Some(now.saturating_add(time));
            self.settle(now);
        }
    }

    /// Has a hold that is in force begin anew.
    #[cfg(feature = "machine")]
    pub(crate) fn prolong(&mut self, now: Time, time: i64) {
        self.held_until = Some(now.saturating_add(time));
    }

    /// From which instant uses are kept at `now`, after a hold that has expired.
    fn forgotten_before(&self, now: Time) -> i64 {
        self.held_until.filter(|until| *until <= now).unwrap_or(i64::MIN)
    }

    /// Forgets what a hold that has expired forgets.
    fn settle(&mut self, now: Time) {
        if self.held_until.is_some_and(|until| until <= now) {
            self.drop_before(self.forgotten_before(now));
            self.held_until = None;
        }
    }

    fn drop_before(&mut self, begins: i64) {
        let stale = self.uses.iter().take_while(|one| one.at < begins).count();
        self.uses.drain(..stale);
    }
}

/// The uses of one limit under every key.
///
/// ```
/// use flowspec_runtime::{Keep, Uses, Window};
/// const WINDOW: Window = Window::Rolling(60_000);
///
/// let mut codes = Uses::default();
/// codes.count(&"138", 0, 1, Keep::of(WINDOW, false, false));
/// assert!(!codes.fits(&"138", WINDOW, 59_999, 1, 1));
/// assert!(codes.fits(&"138", WINDOW, 60_000, 1, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "K: Ord + Deserialize<'de>"))]
pub struct Uses<K>(#[serde(with = "pairs")] BTreeMap<K, Counter>)
where
    K: Ord + Serialize;

impl<K: Typed + Ord + Serialize> Typed for Uses<K> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        Typed::read(value).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

impl Typed for Counter {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let parts = Parts::of(value)?;
        Ok(Self { uses: parts.part::<VecDeque<_>>("uses")?.into(), held_until: parts.part("held_until")? })
    }

    fn write(&self) -> Value {
        let uses = Value::List(self.uses.iter().map(Use::write).collect());
        // Left out where there is no hold, as serde leaves it out.
        match self.held_until {
            None => object([("uses", uses)]),
            Some(until) => object([("uses", uses), ("held_until", until.write())]),
        }
    }
}

impl Typed for Use {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let parts = Parts::of(value)?;
        Ok(Self { at: parts.part("at")?, amount: parts.part("amount")?, times: parts.part("times")? })
    }

    fn write(&self) -> Value {
        object([("at", self.at.write()), ("amount", self.amount.write()), ("times", self.times.write())])
    }
}

impl<K: Ord + Serialize> Default for Uses<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone + Serialize> Uses<K> {
    /// The uses under a key, if there are any.
    pub fn get(&self, key: &K) -> Option<&Counter> {
        self.0.get(key)
    }

    /// The counters of every key.
    pub fn counters(&self) -> impl Iterator<Item = &Counter> {
        self.0.values()
    }

    #[cfg(feature = "machine")]
    pub(crate) fn counters_mut(&mut self) -> impl Iterator<Item = &mut Counter> {
        self.0.values_mut()
    }

    /// How much is used under a key at `now`.
    pub fn used(&self, key: &K, window: Window, now: Time) -> i128 {
        self.0.get(key).map_or(0, |counter| counter.used(window, now))
    }

    /// Whether `amount` more may be used under a key at `now`: it is not held, and the bound is kept.
    pub fn fits(&self, key: &K, window: Window, now: Time, bound: i128, amount: i128) -> bool {
        self.0.get(key).map_or(amount <= bound, |counter| counter.fits(window, now, bound, amount))
    }

    /// Whether a hold on a key is in force at `now`.
    pub fn is_held(&self, key: &K, now: Time) -> bool {
        self.0.get(key).is_some_and(|counter| counter.is_held(now))
    }

    /// Adds a use under a key, and drops what can never count again.
    pub fn count(&mut self, key: &K, now: Time, amount: i64, keep: Keep) {
        self.counter(key).count(now, amount, keep);
    }

    /// Takes back the latest use of this amount under a key, if there is one.
    pub fn uncount(&mut self, key: &K, now: Time, amount: i64) {
        if let Some(counter) = self.0.get_mut(key) {
            counter.uncount(now, amount);
        }
    }

    /// Forgets every use under a key, and its hold.
    pub fn reset(&mut self, key: &K) {
        self.0.remove(key);
    }

    /// Holds a key for so many milliseconds, unless a hold is in force.
    pub fn hold(&mut self, key: &K, now: Time, time: i64) {
        self.counter(key).hold(now, time);
    }

    /// Every key with its uses.
    #[cfg(feature = "machine")]
    pub(crate) fn each(&self) -> impl Iterator<Item = &Counter> {
        self.0.values()
    }

    /// Changes the uses under each key, and forgets those keys under which nothing is known any more.
    #[cfg(feature = "machine")]
    pub(crate) fn change(&mut self, mut change: impl FnMut(&mut Counter)) {
        self.0.retain(|_, counter| {
            change(counter);
            !counter.is_blank()
        });
    }

    /// The uses under a key, to be changed.
    pub(crate) fn counter(&mut self, key: &K) -> &mut Counter {
        // The key is copied even where there is one: that is cheaper than to look for it twice.
        self.0.entry(key.clone()).or_default()
    }
}

#[cfg(test)]
mod tests;
