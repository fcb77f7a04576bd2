//! Expressions over fields, memory, rows, outputs and the clock.

use serde::{Deserialize, Serialize};

use super::{ChoiceId, OutputId, RowId};
use crate::{Rounding, Value};

/// An expression whose names are resolved and whose types fit.
///
/// A comparison with an unset value follows the settled rule: `==` is false and `!=` true, also when both are unset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// A constant of the type that its place needs: money in minor units, words as text.
    Const(Value),
    /// A field of the event, by its index in the event's list.
    Field(u16),
    /// A field of the answer that is being performed.
    AnswerField(u16),
    /// What the session remembers, by its index in `Model::variables`.
    Variable(u16),
    /// What `open` was given, by its index in `Model::givens`.
    Given(u16),
    /// A constant of the implementation.
    Choice(ChoiceId),
    /// A field of the last output of this kind that the session sent.
    Output {
        /// Which output.
        output: OutputId,
        /// Which of its fields.
        field: u16,
    },
    /// An attribute of a row; unset where there is no row.
    Attribute {
        /// Which row.
        row: RowId,
        /// Which attribute of its record.
        attribute: u16,
    },
    /// The key of a row.
    RowKey(RowId),
    /// Whether there is a row under the key.
    RowExists(RowId),
    /// An attribute of the row that a capability is asked about.
    Asked(u16),
    /// The instant of the input.
    Now,
    /// `is set`.
    IsSet(Box<Expr>),
    /// `is empty`, of a set or a text.
    IsEmpty(Box<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// All of them.
    And(Vec<Expr>),
    /// At least one of them.
    Or(Vec<Expr>),
    /// Two values of one type, compared.
    Compare {
        /// How.
        how: Comparison,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
    /// Whether a word is in a set.
    In {
        /// The word.
        word: Box<Expr>,
        /// The set.
        set: Box<Expr>,
    },
    /// A sum.
    Add(Box<Expr>, Box<Expr>),
    /// A difference.
    Subtract(Box<Expr>, Box<Expr>),
    /// A product with a constant.
    Multiply(Box<Expr>, i64),
    /// So many per cent, in whole units.
    Percent {
        /// How many.
        percent: i64,
        /// Of what.
        of: Box<Expr>,
        /// How it becomes a whole number.
        rounding: Rounding,
    },
    /// The calendar day of an instant.
    DateOf {
        /// The instant.
        instant: Box<Expr>,
        /// Minutes east of UTC.
        offset: i16,
    },
    /// How many members a set has, or a list.
    Number(Box<Expr>),
    /// What is computed over the items of a list or a set.
    Aggregate {
        /// What.
        how: Aggregate,
        /// The list or the set.
        over: Box<Expr>,
        /// What is added up ([`Aggregate::Total`] only): the item, or a field of it.
        of: Option<Box<Expr>>,
        /// Which items are meant; all, if nothing is said. It reads the item.
        filter: Option<Box<Expr>>,
    },
    /// The item that an aggregate looks at.
    Item,
    /// A field of the entry that an aggregate looks at, by its index.
    ItemField(u16),
}

impl Expr {
    /// Visits an expression and all in it, from the outside in.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Self)) {
        visit(self);
        match self {
            Self::IsSet(inner)
            | Self::IsEmpty(inner)
            | Self::Not(inner)
            | Self::Multiply(inner, _)
            | Self::Percent { of: inner, .. }
            | Self::DateOf { instant: inner, .. }
            | Self::Number(inner) => inner.walk(visit),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Compare { left, right, .. }
            | Self::In { word: left, set: right }
            | Self::Add(left, right)
            | Self::Subtract(left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::Aggregate { over, of, filter, .. } => {
                over.walk(visit);
                of.iter().chain(filter).for_each(|part| part.walk(visit));
            }
            Self::Item
            | Self::ItemField(_)
            | Self::Const(_)
            | Self::Field(_)
            | Self::AnswerField(_)
            | Self::Variable(_)
            | Self::Given(_)
            | Self::Choice(_)
            | Self::Output { .. }
            | Self::Attribute { .. }
            | Self::RowKey(_)
            | Self::RowExists(_)
            | Self::Asked(_)
            | Self::Now => {}
        }
    }
}

/// What is computed over the items of a list or a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// How many items the filter holds for.
    Number,
    /// The sum over these.
    Total,
    /// Whether it holds for each; for no items, it does.
    Every,
    /// Whether it holds for at least one.
    Some,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
