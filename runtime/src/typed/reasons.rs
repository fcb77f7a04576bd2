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
        *self = match std::mem::replace(self, Self::None) {
            Self::None => Self::One(reason),
            Self::One(one) if one == reason => Self::One(one),
            Self::One(one) => Self::Many(vec![one, reason]),
            Self::Many(mut many) => {
                if !many.contains(&reason) {
                    many.push(reason);
                }
                Self::Many(many)
            }
        };
    }

    /// Goes on where there are none.
    ///
    /// # Errors
    /// The reasons, where there are any.
    pub fn none(self) -> Result<(), Self> {
        if matches!(self, Self::None) { Ok(()) } else { Err(self) }
    }

    /// Every reason.
    pub fn iter(&self) -> slice::Iter<'_, R> {
        match self {
            Self::None => [].iter(),
            Self::One(one) => slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
    }

    /// Whether this is one of them.
    pub fn contains(&self, reason: &R) -> bool {
        self.iter().any(|known| known == reason)
    }
}

impl<'a, R: PartialEq> IntoIterator for &'a Reasons<R> {
    type Item = &'a R;
    type IntoIter = slice::Iter<'a, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
