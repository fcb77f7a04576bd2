//! Lists whose length is bounded, and entries: the items of a list that have fields.

use std::slice;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Value;
use crate::typed::{Invalid, Typed};

/// From `MIN` to `MAX` items, in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct List<T, const MIN: usize, const MAX: usize>(Vec<T>);

impl<T, const MIN: usize, const MAX: usize> List<T, MIN, MAX> {
    /// Takes items, if they are as many as they may be.
    ///
    /// # Errors
    /// Where they are too few or too many.
    pub fn new(items: Vec<T>) -> Result<Self, Invalid> {
        if (MIN..=MAX).contains(&items.len()) { Ok(Self(items)) } else { Err(Invalid) }
    }

    /// Items that the compiler of the spec has counted.
    #[doc(hidden)]
    pub fn counted(items: Vec<T>) -> Self {
        Self(items)
    }

    /// The items.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an item is among them.
    pub fn contains(&self, item: &T) -> bool
    where
        T: PartialEq,
    {
        self.0.contains(item)
    }

    /// The items once more.
    pub fn to_vec(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.0.clone()
    }
}

impl<T: Typed, const MIN: usize, const MAX: usize> Typed for List<T, MIN, MAX> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let Value::List(items) = value else { return Err(Invalid) };
        // Not read at all where they are too many.
        if !(MIN..=MAX).contains(&items.len()) {
            return Err(Invalid);
        }
        items.iter().map(T::read).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> Value {
        Value::List(self.0.iter().map(T::write).collect())
    }
}

impl<T: Typed, const MIN: usize, const MAX: usize> Serialize for List<T, MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}

impl<'de, T: Typed, const MIN: usize, const MAX: usize> Deserialize<'de> for List<T, MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::deserialize(deserializer)
    }
}

/// Writes a struct for the entries of a list, with each field's name on the wire. A field of type `Option` may be
/// absent.
///
/// ```
/// flowspec_runtime::entry! {
///     /// A line of an order.
///     pub struct Line {
///         /// Which.
///         pub number: i64 = "number",
///         /// A remark.
///         pub remark: Option<flowspec_runtime::Text> = "remark",
///     }
/// }
/// use flowspec_runtime::typed::{List, Typed};
///
/// let line = Line { number: 1, remark: None };
/// let lines = List::<Line, 1, 2>::new(vec![line.clone()]).unwrap();
/// assert_eq!(List::<Line, 1, 2>::read(&lines.write()), Ok(lines));
/// assert!(List::<Line, 2, 2>::new(vec![line]).is_err());
/// ```
#[macro_export]
macro_rules! entry {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $kind:ty = $wire:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name { $($(#[$doc])* pub $field: $kind,)* }

        impl $crate::typed::Typed for $name {
            fn read(value: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                let $crate::Value::Object(fields) = value else { return Err($crate::typed::Invalid) };
                Ok(Self {
                    $($field: $crate::typed::Typed::read(fields.get($wire).unwrap_or(&$crate::Value::Unset))?,)*
                })
            }

            fn write(&self) -> $crate::Value {
                let fields = [$(($wire, $crate::typed::Typed::write(&self.$field))),*];
                let set = fields.into_iter().filter(|(_, value)| value.is_set());
                $crate::Value::Object(set.map(|(name, value)| (name.into(), value)).collect())
            }
        }

        $crate::__serde_by_value!($name);
    };
}
