//! What a dimension may be: a part of the integers or of the words, and perhaps unset.

/// A constant text or word, by a number that the caller gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(pub u32);

/// All that a dimension may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Whether it may be unset.
    pub unset: bool,
    /// What it may be where it is set.
    pub values: Values,
}

/// Values of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// None.
    None,
    /// The multiples of `step` from `least` to `greatest`, both of which are multiples.
    Range {
        /// The least.
        least: i128,
        /// The greatest, not below the least.
        greatest: i128,
        /// More than nothing.
        step: i128,
    },
    /// One of these, in order, at least one.
    Only(Vec<Word>),
    /// Any text but these, in order.
    Except(Vec<Word>),
}

impl Values {
    /// The multiples of `step` within bounds.
    pub fn range(least: i128, greatest: i128, step: i128) -> Self {
        let step = step.max(1);
        let least = -(-least).div_euclid(step) * step;
        let greatest = greatest.div_euclid(step) * step;
        if least > greatest { Self::None } else { Self::Range { least, greatest, step } }
    }

    /// One of these.
    pub fn only(mut words: Vec<Word>) -> Self {
        words.sort_unstable();
        words.dedup();
        if words.is_empty() { Self::None } else { Self::Only(words) }
    }

    /// Any text.
    pub fn any() -> Self {
        Self::Except(Vec::new())
    }

    /// Whether a word is among them.
    pub fn contains(&self, word: Word) -> bool {
        match self {
            Self::Only(words) => words.binary_search(&word).is_ok(),
            Self::Except(words) => words.binary_search(&word).is_err(),
            Self::None | Self::Range { .. } => false,
        }
    }

    pub(super) fn at_most(&self, bound: i128) -> Self {
        match self {
            Self::Range { least, greatest, step } => Self::range(*least, bound.min(*greatest), *step),
            other => other.clone(),
        }
    }

    pub(super) fn at_least(&self, bound: i128) -> Self {
        match self {
            Self::Range { least, greatest, step } => Self::range(bound.max(*least), *greatest, *step),
            other => other.clone(),
        }
    }

    /// All but a word.
    #[must_use]
    pub fn without_word(&self, word: Word) -> Self {
        self.without(word)
    }

    pub(super) fn without(&self, word: Word) -> Self {
        match self {
            Self::Only(words) => Self::only(words.iter().copied().filter(|known| *known != word).collect()),
            Self::Except(words) => {
                let mut words = words.clone();
                if let Err(place) = words.binary_search(&word) {
                    words.insert(place, word);
                }
                Self::Except(words)
            }
            other => other.clone(),
        }
    }

    /// What is in both; of ranges, the multiples of the first one's step.
    pub(super) fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(words), other) => {
                Self::only(words.iter().copied().filter(|word| other.contains(*word)).collect())
            }
            (Self::Except(_), Self::Only(_)) => other.intersection(self),
            (Self::Except(words), Self::Except(_)) => {
                words.iter().fold(other.clone(), |values, word| values.without(*word))
            }
            (Self::Range { .. }, Self::Range { least, greatest, .. }) => {
                self.at_least(*least).at_most(*greatest)
            }
            _ => Self::None,
        }
    }
}

impl Extent {
    /// Whether it can be nothing at all, not even unset.
    pub fn is_empty(&self) -> bool {
        !self.unset && self.values == Values::None
    }

    /// Whether it can only be unset.
    pub fn is_unset(&self) -> bool {
        self.unset && self.values == Values::None
    }

    /// Whether it can be set.
    pub fn may_be_set(&self) -> bool {
        self.values != Values::None
    }
}
