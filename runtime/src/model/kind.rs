//! Types: what a value must be to be taken.

use serde::{Deserialize, Serialize};

use super::ElementId;
use crate::Text;

/// An index into `Model::types`.
pub type TypeId = u16;

/// A type with its constraints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Type {
    /// Its name, where it was declared with one.
    pub name: Option<Text>,
    /// Its declaration.
    pub element: Option<ElementId>,
    /// What it is made of.
    pub kind: Kind,
    /// What else must hold, in the order of the text.
    pub constraints: Vec<Constraint>,
    /// Whether pages and reports mask its values.
    pub secret: bool,
}

/// What a type is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// 64 bits, signed.
    Int,
    /// An amount of a currency, in its minor unit.
    Money {
        /// Three letters.
        currency: Text,
        /// How many digits stand behind the point.
        digits: u8,
    },
    /// Milliseconds, not negative.
    Duration,
    /// Milliseconds since 1970-01-01T00:00Z, not negative.
    Instant,
    /// A day of the calendar: milliseconds from 1970-01-01 to it, `YYYY-MM-DD` on the wire.
    Date,
    /// Text, compared by code points.
    Text,
    /// One word of an enumeration.
    Word {
        /// The named members.
        members: Vec<Member>,
        /// Whether there are more, that are not named.
        others: Option<Others>,
    },
    /// A set of words of an enumeration.
    Set {
        /// The enumeration.
        of: TypeId,
    },
    /// Items in an order, which may repeat.
    List {
        /// The type of an item.
        of: TypeId,
        /// How many there are at least.
        min: u32,
        /// How many there are at most.
        max: u32,
    },
    /// An item of a list that has fields: an object on the wire.
    Entry {
        /// Its fields, in the order of the text.
        fields: Vec<EntryField>,
    },
}

/// A field of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryField {
    /// The name.
    pub name: Text,
    /// Its declaration.
    pub element: ElementId,
    /// Its type.
    pub kind: TypeId,
    /// Whether it may be absent.
    pub optional: bool,
}

/// A named member of an enumeration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The word.
    pub name: Text,
    /// Its statement; none for the words of `a | b | c`.
    pub element: Option<ElementId>,
}

/// Members that are not named: any other word is one of them, and no test uses one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Others {
    /// How many there are, where the spec says.
    pub count: Option<u32>,
    /// The statement.
    pub element: ElementId,
}

/// A rule with the statement that makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// The statement.
    pub element: ElementId,
    /// What must hold.
    pub rule: Rule,
}

/// What a value must fulfil beside its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// How many code points a text has.
    Length(Length),
    /// The least and the greatest integer (in minor units or milliseconds), each included.
    Range {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// A whole multiple of this.
    MultipleOf(i64),
    /// One ASCII digit or more, and nothing else.
    Digits,
    /// The whole text matches, in the syntax of the regex crate.
    Pattern(String),
}

/// From `min` to `max` code points, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length {
    /// The least.
    pub min: u32,
    /// The greatest, if there is one.
    pub max: Option<u32>,
}
