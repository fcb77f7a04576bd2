//! A list that nearly always has no item or one, which take no allocation.

use std::slice;
use std::vec;

use serde::{Deserialize, Serialize};

/// Items in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Few<T> {
    /// None.
    #[default]
    None,
    /// One.
    One(T),
    /// Two or more.
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self {
            Self::None => *self = Self::One(item),
            Self::Many(many) => many.push(item),
            Self::One(_) => {
                if let Self::One(one) = std::mem::take(self) {
                    *self = Self::Many(vec![one, item]);
                }
            }
        }
    }

    /// The items.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(one) => slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        let items = match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        };
        items.into_iter()
    }
}
