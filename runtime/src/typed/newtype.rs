//! Types that hold only what their spec allows, at construction and by serde.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::typed::List;
use crate::{Text, Value};

/// A value lies outside its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the value lies outside its type")
    }
}

impl std::error::Error for Invalid {}

/// A type of a flow: read from a plain value, and written as one.
pub trait Typed: Sized {
    /// Takes a value as it stands on the wire.
    ///
    /// # Errors
    /// Where the value is of another kind, or a constraint does not hold.
    fn read(value: &Value) -> Result<Self, Invalid>;

    /// The value as it stands on the wire.
    fn write(&self) -> Value;
}

impl Typed for bool {
    fn read(value: &Value) -> Result<Self, Invalid> {
        value.as_bool().ok_or(Invalid)
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Typed for i64 {
    fn read(value: &Value) -> Result<Self, Invalid> {
        value.as_int().ok_or(Invalid)
    }

    fn write(&self) -> Value {
        Value::Int(*self)
    }
}

impl Typed for Text {
    fn read(value: &Value) -> Result<Self, Invalid> {
        if let Value::Text(text) = value { Ok(text.clone()) } else { Err(Invalid) }
    }

    fn write(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl<T: Typed> Typed for Option<T> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        if value.is_set() { T::read(value).map(Some) } else { Ok(None) }
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Unset, T::write)
    }
}

impl<T: Typed + Ord> Typed for BTreeSet<T> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        if let Value::List(words) = value { words.iter().map(T::read).collect() } else { Err(Invalid) }
    }

    fn write(&self) -> Value {
        Value::List(self.iter().map(T::write).collect())
    }
}

impl Typed for u64 {
    fn read(value: &Value) -> Result<Self, Invalid> {
        value.as_int().and_then(|int| Self::try_from(int).ok()).ok_or(Invalid)
    }

    /// How often something was done, which is nowhere near the greatest integer.
    fn write(&self) -> Value {
        Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl<T: Typed> Typed for VecDeque<T> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        if let Value::List(items) = value { items.iter().map(T::read).collect() } else { Err(Invalid) }
    }

    fn write(&self) -> Value {
        Value::List(self.iter().map(T::write).collect())
    }
}

/// As a list of pairs, like serde has it.
impl<K: Typed + Ord, V: Typed> Typed for BTreeMap<K, V> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let Value::List(pairs) = value else { return Err(Invalid) };
        let pairs = pairs.iter().map(|pair| match pair {
            Value::List(pair) if pair.len() == 2 => Ok((K::read(&pair[0])?, V::read(&pair[1])?)),
            _ => Err(Invalid),
        });
        pairs.collect()
    }

    fn write(&self) -> Value {
        Value::List(self.iter().map(|(key, value)| Value::List(vec![key.write(), value.write()])).collect())
    }
}

/// A type of integers.
pub trait Number: Copy {
    /// The integer.
    fn number(self) -> i64;
}

impl Number for i64 {
    fn number(self) -> i64 {
        self
    }
}

/// A number that is set wherever the compiler lets a spec read it; otherwise 0.
pub fn int<N: Number>(number: Option<&N>) -> i64 {
    number.map_or(0, |number| number.number())
}

/// The same, wide enough to be computed with.
pub fn wide<N: Number>(number: Option<&N>) -> i128 {
    int(number).into()
}

/// Whether two values are set, and the same.
pub fn equal<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
    a.is_some() && a == b
}

/// Whether a word and a set are set, and the one is in the other.
pub fn contains<T>(set: Option<&impl Items<T>>, word: Option<&T>) -> bool {
    set.zip(word).is_some_and(|(set, word)| set.holds(word))
}

/// A set or a list.
pub trait Items<T> {
    /// Whether an item is in it.
    fn holds(&self, item: &T) -> bool;
}

impl<T: Ord> Items<T> for BTreeSet<T> {
    fn holds(&self, item: &T) -> bool {
        self.contains(item)
    }
}

impl<T: PartialEq, const MIN: usize, const MAX: usize> Items<T> for List<T, MIN, MAX> {
    fn holds(&self, item: &T) -> bool {
        self.contains(item)
    }
}

/// An amount of money as it stands on the wire, in its minor unit.
#[doc(hidden)]
pub fn money(value: &Value, digits: u8) -> Option<i64> {
    value.as_text().and_then(|text| crate::parse_money(text, digits))
}

/// A date as it stands on the wire.
#[doc(hidden)]
pub fn date(value: &Value) -> Option<i64> {
    value.as_text().and_then(crate::time::parse_date)
}

/// What was computed, where it is no wider than what is kept.
#[doc(hidden)]
pub fn narrow(value: i128) -> Option<i64> {
    i64::try_from(value).ok()
}

/// Writes a value as it stands on the wire.
#[doc(hidden)]
pub fn serialize<T: Typed, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.write().serialize(serializer)
}

/// Reads a value as it stands on the wire, and checks it.
#[doc(hidden)]
pub fn deserialize<'de, T: Typed, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(&Value::deserialize(deserializer)?).map_err(Error::custom)
}

/// What was computed, to be kept or sent, or the reason why it cannot be.
///
/// # Errors
/// The reason, where the value lies outside its type.
pub fn stored<T, R>(value: Result<T, impl Sized>, reason: R) -> Result<T, R> {
    value.map_err(|_| reason)
}

/// A computed number within 64 bits: the nearest that there is.
pub fn clamped(number: i128) -> i64 {
    let bound = if number < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(number).unwrap_or(bound)
}

/// Writes a type around a text, an integer, a time or an amount of money, that is valid by construction: `new` checks
/// what stands behind `where`, and so does reading it from a plain value or by serde.
///
/// In the parentheses stands what it is: `text`, `int`, `time` (milliseconds, not negative), `date` or `money 2` (with the digits
/// of the currency's minor unit); `secret` before it keeps the value out of `Debug`.
///
/// ```
/// use flowspec_runtime::{has_length, newtype};
///
/// newtype! {
///     /// Six characters.
///     pub struct Code(secret text) where |text| has_length(text, 6, Some(6));
/// }
/// assert!(Code::new("12345").is_err());
/// assert_eq!(format!("{:?}", Code::new("123456")), "Ok(Code(••••••))");
/// ```
#[macro_export]
macro_rules! newtype {
    ($(#[$meta:meta])* pub struct $name:ident(secret $($inner:tt)+) where $($valid:tt)+) => {
        $crate::__newtype!([$(#[$meta])*] $name, $($inner)+, $($valid)+);

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(••••••)"))
            }
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident($($inner:tt)+) where $($valid:tt)+) => {
        $crate::__newtype!([$(#[$meta])* #[derive(Debug)]] $name, $($inner)+, $($valid)+);
    };
}

/// What differs between the kinds of newtype.
#[doc(hidden)]
#[macro_export]
macro_rules! __newtype {
    ([$($meta:tt)*] $name:ident, text, |$value:ident| $valid:expr;) => {
        $($meta)*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name($crate::Text);

        impl $name {
            /// Takes a text, if it is one of these.
            pub fn new(text: impl Into<$crate::Text>) -> Result<Self, $crate::typed::Invalid> {
                let text = text.into();
                let $value = text.as_str();
                if $valid { Ok(Self(text)) } else { Err($crate::typed::Invalid) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::typed::Typed for $name {
            fn read(value: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                match value {
                    $crate::Value::Text(text) => Self::new(text.clone()),
                    _ => Err($crate::typed::Invalid),
                }
            }

            fn write(&self) -> $crate::Value {
                $crate::Value::Text(self.0.clone())
            }
        }

        $crate::__serde_by_value!($name);
    };
    ([$($meta:tt)*] $name:ident, int, |$value:ident| $valid:expr;) => {
        $crate::__newtype!(@int [$($meta)*] $name, |$value| $valid, |wire| wire.as_int(), $crate::Value::Int);
    };
    ([$($meta:tt)*] $name:ident, time, |$value:ident| $valid:expr;) => {
        $crate::__newtype!(
            @int [$($meta)*] $name, |$value| $value >= 0 && $valid, |wire| wire.as_int(), $crate::Value::Int
        );
    };
    ([$($meta:tt)*] $name:ident, date, |$value:ident| $valid:expr;) => {
        $crate::__newtype!(
            @int [$($meta)*] $name, |$value| $crate::time::is_date($value) && $valid,
            |wire| $crate::typed::date(wire),
            |at| $crate::Value::Text($crate::time::write_date(at))
        );
    };
    ([$($meta:tt)*] $name:ident, money $digits:literal, |$value:ident| $valid:expr;) => {
        $crate::__newtype!(
            @int [$($meta)*] $name, |$value| $valid, |wire| $crate::typed::money(wire, $digits),
            |minor| $crate::Value::Text($crate::write_money(minor, $digits))
        );
    };
    (@int [$($meta:tt)*] $name:ident, |$value:ident| $valid:expr, |$wire:ident| $read:expr, $write:expr) => {
        $($meta)*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// Takes an integer, if it is one of these; wider ones are what was computed.
            pub fn new(value: impl Into<i128>) -> Result<Self, $crate::typed::Invalid> {
                match $crate::typed::narrow(value.into()) {
                    Some($value) if $valid => Ok(Self($value)),
                    _ => Err($crate::typed::Invalid),
                }
            }

            /// The integer.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl $crate::typed::Number for $name {
            fn number(self) -> i64 {
                self.0
            }
        }

        impl $crate::typed::Typed for $name {
            fn read($wire: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                match $read {
                    Some(value) => Self::new(value),
                    None => Err($crate::typed::Invalid),
                }
            }

            fn write(&self) -> $crate::Value {
                ($write)(self.0)
            }
        }

        $crate::__serde_by_value!($name);
    };
}

/// Serde by the plain value: what is stored is checked when it is read back.
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_by_value {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::typed::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::typed::deserialize(deserializer)
            }
        }
    };
}
