//! A limit as it stands at one moment: its bound, its window, and for how long it holds.

use serde::Serialize;

use crate::{Counter, Keep, Time, Uses, Window};

/// How much may be used in which time; its methods come in pairs, for uses under a key and for those of one key alone.
/// A key that is unset neither gates nor counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    bound: i128,
    window: Window,
    hold: Option<i64>,
    varies: bool,
    applies: bool,
}

impl Limit {
    /// A limit that refuses while it is full.
    pub const fn new(bound: i128, window: Window) -> Self {
        Self { bound, window, hold: None, varies: false, applies: true }
    }

    /// The same, which also holds a key for so many milliseconds when it fills.
    pub const fn holding(self, time: i64) -> Self {
        Self { hold: Some(time), ..self }
    }

    /// The same, whose window is of another width at other moments.
    pub const fn varying(self) -> Self {
        Self { varies: true, ..self }
    }

    /// The same, where it applies; where it does not, it counts and has no consequence.
    pub const fn applies(self, applies: bool) -> Self {
        Self { applies, ..self }
    }

    const fn keep(&self) -> Keep {
        Keep::of(self.window, self.varies, self.hold.is_some())
    }

    /// Whether so much more fits.
    pub fn fits<'k, K: Key + 'k>(
        &self,
        uses: &Uses<K>,
        key: impl Into<Option<&'k K>>,
        now: Time,
        amount: i128,
    ) -> bool {
        let fits = |key| uses.fits(key, self.window, now, self.bound, amount);
        !self.applies || key.into().is_none_or(fits)
    }

    /// Whether so much more fits.
    pub fn fits_alone(&self, uses: &Counter, now: Time, amount: i128) -> bool {
        !self.applies || uses.fits(self.window, now, self.bound, amount)
    }

    /// Adds a use, holds the key if that fills the limit, and says whether it does.
    pub fn count<'k, K: Key + 'k>(
        &self,
        uses: &mut Uses<K>,
        key: impl Into<Option<&'k K>>,
        now: Time,
        amount: i64,
    ) -> bool {
        key.into().is_some_and(|key| self.count_alone(uses.counter(key), now, amount))
    }

    /// Adds a use, holds if that fills the limit, and says whether it does.
    pub fn count_alone(&self, uses: &mut Counter, now: Time, amount: i64) -> bool {
        self.add_alone(uses, now, amount);
        let full = self.applies && uses.used(self.window, now) >= self.bound;
        if let (true, Some(time)) = (full, self.hold) {
            uses.hold(now, time);
        }
        full
    }

    /// Adds a use without a consequence.
    pub fn add<'k, K: Key + 'k>(
        &self,
        uses: &mut Uses<K>,
        key: impl Into<Option<&'k K>>,
        now: Time,
        amount: i64,
    ) {
        if let Some(key) = key.into() {
            uses.count(key, now, amount, self.keep());
        }
    }

    /// Adds a use without a consequence.
    pub fn add_alone(&self, uses: &mut Counter, now: Time, amount: i64) {
        uses.count(now, amount, self.keep());
    }

    /// Takes back the latest use of this amount, if there is one.
    pub fn uncount<'k, K: Key + 'k>(
        &self,
        uses: &mut Uses<K>,
        key: impl Into<Option<&'k K>>,
        now: Time,
        amount: i64,
    ) {
        if let Some(key) = key.into() {
            uses.uncount(key, now, amount);
        }
    }

    /// Takes back the latest use of this amount, if there is one.
    pub fn uncount_alone(&self, uses: &mut Counter, now: Time, amount: i64) {
        uses.uncount(now, amount);
    }
}

/// What uses can be counted under.
pub trait Key: Ord + Clone + Serialize {}

impl<K: Ord + Clone + Serialize> Key for K {}
