//! The smallest parts of a tree: names, paths, strings, comments.

use std::fmt;

use smol_str::SmolStr;

use crate::source::Span;

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name as written.
    pub text: SmolStr,
    /// Its place.
    pub span: Span,
}

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Names joined by dots, `account.password`; without blanks between, so each name's place follows from the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The path as written.
    pub text: SmolStr,
    /// Its place.
    pub span: Span,
}

impl Path {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names in order, at least one.
    pub fn names(&self) -> impl Iterator<Item = Name> + '_ {
        let mut start = self.span.start as usize;
        self.text.split('.').map(move |part| {
            let span = Span::new(start, start + part.len());
            start += part.len() + 1;
            Name { text: part.into(), span }
        })
    }

    /// The first name as text.
    pub fn first(&self) -> &str {
        self.text.split('.').next().unwrap_or_default()
    }

    /// The path as a name, if it is a single one.
    pub fn single(&self) -> Option<Name> {
        let single = !self.text.contains('.');
        single.then(|| Name { text: self.text.clone(), span: self.span })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A string in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The text with its escapes resolved.
    pub value: SmolStr,
    /// Its place, quotes included.
    pub span: Span,
}

/// Two letters for a language, `zh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(pub [u8; 2]);

impl Language {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Three letters for a currency, `CNY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(pub [u8; 3]);

impl Currency {
    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A comment to the end of its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What follows the slashes, without blanks at the end.
    pub text: SmolStr,
    /// The place, slashes included.
    pub span: Span,
    /// Whether it is a `///` line.
    pub doc: bool,
}
