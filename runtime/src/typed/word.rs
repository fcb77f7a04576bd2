//! Enumerations whose variants are words of the wire: steps, reasons, and the words of a type.

use crate::typed::{Invalid, Typed};
use crate::{Text, Value};

/// A closed enumeration of words.
pub trait Word: Copy + PartialEq + 'static {
    /// Every variant, in the order of the spec.
    const ALL: &'static [Self];
    /// The word of each of them, as it is written.
    const WORDS: &'static [&'static str];

    /// The word as it is written.
    fn word(self) -> &'static str;

    /// The variant of a word.
    fn of(word: &str) -> Option<Self> {
        let all: &[Self] = Self::ALL;
        match place(Self::WORDS, word) {
            Some(place) if place < all.len() => Some(all[place]),
            _ => None,
        }
    }
}

/// Where a word stands; no generic code, so that it is compiled once for all enumerations.
fn place(words: &[&str], word: &str) -> Option<usize> {
    words.iter().position(|known| *known == word)
}

impl<W: Word> Typed for W {
    fn read(value: &Value) -> Result<Self, Invalid> {
        match value {
            Value::Text(word) => Self::of(word).ok_or(Invalid),
            _ => Err(Invalid),
        }
    }

    fn write(&self) -> Value {
        Value::Text(Text::new_static(self.word()))
    }
}

/// An enumeration of which only some words are named.
pub trait OpenWord: Sized {
    /// The word as it is written.
    fn word(&self) -> &str;

    /// The variant of a word; any word has one.
    fn of(word: &str) -> Self;
}

/// Writes an enumeration of words, with its names, its order (that of the text) and its serde.
///
/// Before the variants may stand `..Other;`: the variant for any word that has none of its own.
///
/// ```
/// use flowspec_runtime::typed::Word;
///
/// flowspec_runtime::words! {
///     /// Where a session can be.
///     pub enum Step {
///         /// The password is asked for.
///         Password = "password",
///         /// Done.
///         SignedIn = "signed_in",
///     }
/// }
/// assert_eq!(Step::SignedIn.word(), "signed_in");
/// assert_eq!(Step::of("password"), Some(Step::Password));
/// ```
#[macro_export]
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $crate::typed::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
            const WORDS: &'static [&'static str] = &[$($word,)*];

            fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }

        $crate::__serde_by_value!($name);
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(#[$other_doc:meta])* ..$other:ident;
            $($(#[$doc:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)* $(#[$other_doc])* $other($crate::Text) }

        impl $crate::typed::OpenWord for $name {
            fn word(&self) -> &str {
                match self { $(Self::$variant => $word,)* Self::$other(word) => word }
            }

            fn of(word: &str) -> Self {
                match word { $($word => Self::$variant,)* _ => Self::$other(word.into()) }
            }
        }

        impl $crate::typed::Typed for $name {
            fn read(value: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                match value {
                    $crate::Value::Text(word) => Ok($crate::typed::OpenWord::of(word)),
                    _ => Err($crate::typed::Invalid),
                }
            }

            fn write(&self) -> $crate::Value {
                $crate::Value::from($crate::typed::OpenWord::word(self))
            }
        }

        $crate::__serde_by_value!($name);
    };
}
