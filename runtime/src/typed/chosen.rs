//! Values that a spec leaves to the implementation: codes, tokens, identifiers.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::typed::{Invalid, Parts, Typed, Word, clamped, object};
use crate::{Sent, Text, Value};

/// A type that can make up values of its own.
pub trait Sample {
    /// The `n`-th value; neighbours differ where the type has more than one value.
    fn sample(n: u64) -> Self;
}

/// Where the values of one field come from: those that were handed in, in their order, and then made-up ones.
///
/// What is made up can be foreseen, which a reference may be and a bank may not: hand in values of your own there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen<T> {
    handed_in: VecDeque<T>,
    made: u64,
}

impl<T> Default for Chosen<T> {
    fn default() -> Self {
        Self { handed_in: VecDeque::new(), made: 0 }
    }
}

impl<T: Typed> Typed for Chosen<T> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let parts = Parts::of(value)?;
        Ok(Self { handed_in: parts.part("handed_in")?, made: parts.part("made")? })
    }

    fn write(&self) -> Value {
        object([("handed_in", self.handed_in.write()), ("made", self.made.write())])
    }
}

impl<T: Sample> Chosen<T> {
    /// Hands in a value; it is sent after those that were handed in before it.
    pub fn hand_in(&mut self, value: T) {
        self.handed_in.push_back(value);
    }

    /// The value to send now.
    pub fn pick(&mut self) -> T {
        self.handed_in.pop_front().unwrap_or_else(|| {
            self.made += 1;
            T::sample(self.made)
        })
    }
}

impl Sample for Text {
    fn sample(n: u64) -> Self {
        digits(n, 6)
    }
}

impl Sample for i64 {
    fn sample(n: u64) -> Self {
        numbered(0, Self::MAX, 1, n)
    }
}

impl Sample for bool {
    fn sample(n: u64) -> Self {
        n % 2 == 1
    }
}

/// The last digits of a number, so many of them.
pub fn digits(n: u64, width: usize) -> Text {
    let digits = format!("{n:0width$}");
    Text::new(&digits[digits.len() - width..])
}

/// The `n`-th multiple of `step` between `least` and `greatest`, from the start again after the last.
pub fn numbered(least: i64, greatest: i64, step: i64, n: u64) -> i64 {
    let (least, greatest, step) = (i128::from(least), i128::from(greatest), i128::from(step.max(1)));
    let first = least.div_euclid(step) * step + if least.rem_euclid(step) == 0 { 0 } else { step };
    let count = (greatest - first).div_euclid(step) + 1;
    clamped(first + i128::from(n) % count.max(1) * step)
}

/// The `n`-th word, from the start again after the last.
pub fn nth<W: Word>(n: u64) -> W {
    let index = usize::try_from(n % W::ALL.len() as u64).unwrap_or_default();
    W::ALL[index]
}

/// What a flow sends that sends nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nothing {}

impl From<Nothing> for Sent {
    fn from(nothing: Nothing) -> Self {
        match nothing {}
    }
}
