//! Structs that are stored and sent: by serde and on the wire as one plain value, which is little code for each of them.

use std::collections::BTreeMap;

use crate::typed::{Invalid, Typed};
use crate::{Text, Value};

/// The parts of a struct as they were stored.
#[doc(hidden)]
#[derive(Debug)]
pub struct Parts<'a>(&'a BTreeMap<Text, Value>);

impl<'a> Parts<'a> {
    /// Those of a value.
    ///
    /// # Errors
    /// Where it has none.
    pub fn of(value: &'a Value) -> Result<Self, Invalid> {
        if let Value::Object(parts) = value { Ok(Self(parts)) } else { Err(Invalid) }
    }

    /// One of them.
    ///
    /// # Errors
    /// Where it lies outside its type.
    pub fn part<T: Typed>(&self, name: &str) -> Result<T, Invalid> {
        T::read(self.0.get(name).unwrap_or(&Value::Unset))
    }
}

/// A struct as one value.
#[doc(hidden)]
pub fn object<const N: usize>(mut parts: [(&'static str, Value); N]) -> Value {
    gathered(&mut parts)
}

/// No generic code, so that it is compiled once for all structs.
fn gathered(parts: &mut [(&'static str, Value)]) -> Value {
    let parts = parts.iter_mut().map(|(name, value)| (Text::new_static(name), std::mem::take(value)));
    Value::Object(parts.collect())
}

/// A variant as one value: its name, or its name with what is in it.
#[doc(hidden)]
pub fn variant(name: &'static str, inner: Option<Value>) -> Value {
    match inner {
        None => Value::Text(Text::new_static(name)),
        Some(inner) => Value::Object(BTreeMap::from([(Text::new_static(name), inner)])),
    }
}

/// The name of a variant, and what is in it.
///
/// # Errors
/// Where the value is none.
#[doc(hidden)]
pub fn named(value: &Value) -> Result<(&str, &Value), Invalid> {
    match value {
        Value::Text(name) => Ok((name, &Value::Unset)),
        Value::Object(one) if one.len() == 1 => {
            one.iter().next().map(|(name, inner)| (name.as_str(), inner)).ok_or(Invalid)
        }
        _ => Err(Invalid),
    }
}

/// Writes a struct that can be stored, with its serde. A field of type `Option` may be absent.
///
/// What serde derives would do the same; it is many times as much code, and generated modules have many structs.
///
/// ```
/// flowspec_runtime::stored! {
///     /// What a session remembers.
///     pub struct Session {
///         /// How often.
///         pub times: i64,
///         /// For whom.
///         pub name: Option<flowspec_runtime::Text>,
///     }
/// }
/// let session = Session { times: 2, name: None };
/// let stored = serde_json::to_string(&session).unwrap();
/// assert_eq!(stored, r#"{"name":null,"times":2}"#);
/// assert_eq!(serde_json::from_str::<Session>(&stored).unwrap(), session);
/// ```
#[macro_export]
macro_rules! stored {
    ($(#[$meta:meta])* pub struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name;

        impl $crate::typed::Typed for $name {
            fn read(_: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                Ok(Self)
            }

            fn write(&self) -> $crate::Value {
                $crate::Value::Unset
            }
        }

        $crate::__serde_by_value!($name);
    };
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$doc])* pub $field: $kind,)* }

        impl $crate::typed::Typed for $name {
            fn read(value: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                let parts = $crate::typed::Parts::of(value)?;
                Ok(Self { $($field: parts.part(stringify!($field))?,)* })
            }

            fn write(&self) -> $crate::Value {
                $crate::typed::object([$((stringify!($field), $crate::typed::Typed::write(&self.$field))),*])
            }
        }

        $crate::__serde_by_value!($name);
    };
}

/// Writes the enumeration of what is sent, with its serde and its form on the wire: behind each variant stands its name
/// there, with its fields in their order.
///
/// ```
/// # use flowspec_runtime::{Sent, Text};
/// flowspec_runtime::stored! {
///     /// A short message.
///     pub struct Sms {
///         /// What it says.
///         pub text: Text,
///     }
/// }
/// flowspec_runtime::outputs! {
///     /// What is sent.
///     pub enum Output {
///         /// A short message.
///         Sms(sms: Sms) = "sms" { text: "text" },
///         /// A ring.
///         Ring = "ring",
///     }
/// }
/// let output = Output::Sms(Sms { text: "hello".into() });
/// assert_eq!(serde_json::to_string(&output).unwrap(), r#"{"Sms":{"text":"hello"}}"#);
/// assert_eq!(serde_json::from_str::<Output>(r#""Ring""#).unwrap(), Output::Ring);
/// assert_eq!(serde_json::to_string(&Sent::from(output)).unwrap(), r#"{"output":"sms","text":"hello"}"#);
/// ```
#[macro_export]
macro_rules! outputs {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident $(($local:ident: $inner:ident))? = $wire:literal
                $({ $($field:ident: $field_wire:literal),* $(,)? })?,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $($(#[$doc])* $variant $(($inner))?,)* }

        impl $crate::typed::Typed for $name {
            fn read(value: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                let (name, _inner) = $crate::typed::named(value)?;
                match name {
                    $(stringify!($variant) => Ok(Self::$variant $((<$inner as $crate::typed::Typed>::read(_inner)?))?),)*
                    _ => Err($crate::typed::Invalid),
                }
            }

            fn write(&self) -> $crate::Value {
                match self {
                    $(Self::$variant $(($local))? => $crate::typed::variant(
                        stringify!($variant),
                        $crate::__perhaps!($($crate::typed::Typed::write($local))?),
                    ),)*
                }
            }
        }

        $crate::__serde_by_value!($name);

        impl From<$name> for $crate::Sent {
            fn from(output: $name) -> Self {
                match output {
                    $($name::$variant $(($local))? => $crate::__sent!($wire $(, $local)? $({ $($field: $field_wire),* })?),)*
                }
            }
        }
    };
}

/// Something, or nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! __perhaps {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

/// An output as it stands on the wire.
#[doc(hidden)]
#[macro_export]
macro_rules! __sent {
    ($wire:literal) => {
        $crate::typed::sent($wire, [])
    };
    ($wire:literal, $local:ident { $($field:ident: $field_wire:literal),* }) => {
        $crate::typed::sent($wire, [$(($field_wire, $crate::typed::Typed::write(&$local.$field))),*])
    };
}
