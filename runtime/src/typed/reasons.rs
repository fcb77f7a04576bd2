//! Why something is refused: nearly always one reason, which takes no allocation.

use std::slice;

/// A set of reasons, in the order in which they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reasons<R> {
    /// None: nothing is refused. As a verdict, that an answer was needed and not supplied.
    None,
    /// One.
    One(R),
    /// Two or more.
    Many(Vec<R>),
}

impl<R> From<R> for Reasons<R> {
    fn from(reason: R) -> Self {
        Self::One(reason)
    }
}

impl<R: PartialEq> Reasons<R> {
    /// Adds a reason, unless it is there.
    pub fn add(&mut self, reason: R) {
        if self.contains(&reason) {
            return;
        }
        match self {
            Self::None => *self = Self::One(reason),
            Self::Many(many) => many.push(reason),
            Self::One(_) => {
                let before = std::mem::replace(self, Self::Many(Vec::new()));
                if let (Self::One(one), Self::Many(many)) = (before, self) {
                    many.push(one);
                    many.push(reason);
                }
            }
        }
    }

    /// Goes on where there are none.
    ///
    /// # Errors
    /// The reasons, where there are any.
    pub fn none(self) -> Result<(), Self> {
        if matches!(self, Self::None) { Ok(()) } else { Err(self) }
    }

    /// Every reason.
    pub fn as_slice(&self) -> &[R] {
        match self {
            Self::None => &[],
            Self::One(one) => slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Every reason.
    pub fn iter(&self) -> slice::Iter<'_, R> {
        self.as_slice().iter()
    }

    /// Whether this is one of them.
    pub fn contains(&self, reason: &R) -> bool {
        self.as_slice().contains(reason)
    }
}

impl<'a, R: PartialEq> IntoIterator for &'a Reasons<R> {
    type Item = &'a R;
    type IntoIter = slice::Iter<'a, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
