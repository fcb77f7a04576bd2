//! Enumerations whose variants are words of the wire: steps, reasons, and the words of a type.

/// A closed enumeration of words.
pub trait Word: Copy + PartialEq + 'static {
    /// Every word, in the order of the spec.
    const ALL: &'static [Self];

    /// The word as it is written.
    fn word(self) -> &'static str;

    /// The variant of a word.
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.word() == word)
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

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        $crate::__word!($name, |value| {
            value.as_text().and_then($crate::typed::Word::of).ok_or($crate::typed::Invalid)
        }, |word| $crate::Text::new_static($crate::typed::Word::word(*word)));
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

        $crate::__word!($name, |value| {
            value.as_text().map($crate::typed::OpenWord::of).ok_or($crate::typed::Invalid)
        }, |word| $crate::typed::OpenWord::word(word).into());
    };
}

/// What both kinds of enumeration have.
#[doc(hidden)]
#[macro_export]
macro_rules! __word {
    ($name:ident, |$value:ident| $read:expr, |$word:ident| $write:expr) => {
        impl $crate::typed::Typed for $name {
            fn read($value: &$crate::Value) -> Result<Self, $crate::typed::Invalid> {
                $read
            }

            fn write(&self) -> $crate::Value {
                let $word = self;
                $crate::Value::Text($write)
            }
        }

        $crate::__serde_by_value!($name);
    };
}
