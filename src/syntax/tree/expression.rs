//! Expressions, with the precedences of the grammar already folded in.

use smol_str::SmolStr;

use super::{Argument, Currency, Path};
use crate::source::Span;

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// The whole expression.
    pub span: Span,
    /// What it is.
    pub kind: ExpressionKind,
}

impl Expression {
    /// The expression inside any parentheses around it.
    pub fn bare(&self) -> &Expression {
        let mut bare = self;
        while let ExpressionKind::Parenthesised(inner) = &bare.kind {
            bare = inner;
        }
        bare
    }
}

/// Every form of expression. Nesting is bounded by the parser, so that walking one recursively is safe.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// `a or b or c`: two or more.
    Or(Vec<Expression>),
    /// `a and b and c`: two or more.
    And(Vec<Expression>),
    /// `not a`.
    Not(Box<Expression>),
    /// `a <= b`.
    Compare {
        /// Which comparison.
        operator: CompareOperator,
        /// What stands before the operator.
        left: Box<Expression>,
        /// What stands after it.
        right: Box<Expression>,
    },
    /// `a in b`.
    In {
        /// The item looked for.
        item: Box<Expression>,
        /// The list or set that may hold it.
        list: Box<Expression>,
    },
    /// `a is set`.
    Is {
        /// What is asked about.
        value: Box<Expression>,
        /// What is asked.
        presence: Presence,
    },
    /// `a + b`, `a - b`; from the left.
    Sum {
        /// Which of the two.
        operator: SumOperator,
        /// What stands before the operator.
        left: Box<Expression>,
        /// What stands after it.
        right: Box<Expression>,
    },
    /// `a * 3`.
    Times {
        /// What is multiplied.
        left: Box<Expression>,
        /// The constant.
        factor: i64,
    },
    /// `total items.price where (…)`.
    Aggregate {
        /// Which aggregate.
        aggregate: Aggregate,
        /// The list, or an attribute of its elements.
        over: Box<Path>,
        /// The condition on one element.
        filter: Option<Box<Expression>>,
    },
    /// `15 % of a rounded down`.
    Percent {
        /// The percentage.
        percent: i64,
        /// Of what.
        of: Box<Expression>,
        /// How the result becomes a whole amount.
        rounding: Rounding,
    },
    /// `date of a at +08:00`.
    DateOf {
        /// The instant.
        instant: Box<Expression>,
        /// Where the day begins.
        offset: Offset,
    },
    /// `(a)`.
    Parenthesised(Box<Expression>),
    /// `[face, question]`: a set of words, or a list.
    Members(Vec<Expression>),
    /// `(line = 1, price = 2.00 EUR)`: an entry of a list.
    Entry(Vec<Argument>),
    /// `account.password`.
    Path(Path),
    /// `20.00 CNY`.
    Money {
        /// The digits as written.
        amount: SmolStr,
        /// Of which currency.
        currency: Currency,
    },
    /// `15 min`.
    Quantity {
        /// How many.
        amount: i64,
        /// Of what.
        unit: Unit,
    },
    /// `42`.
    Integer(i64),
    /// `"ann"`, escapes resolved.
    Text(SmolStr),
    /// `true` or `false`.
    Boolean(bool),
    /// `now`.
    Now,
}

/// `==` and its kin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum CompareOperator {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
}

/// What may follow `is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Presence {
    Set,
    Missing,
    Empty,
}

/// `+` or `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum SumOperator {
    Plus,
    Minus,
}

/// What is computed over a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Aggregate {
    Total,
    Number,
    Every,
    Some,
}

/// How a percentage becomes a whole amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Rounding {
    Up,
    Down,
    HalfUp,
    HalfEven,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Unit {
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    /// How many milliseconds one of it has.
    pub fn milliseconds(self) -> i64 {
        match self {
            Unit::Milliseconds => 1,
            Unit::Seconds => 1_000,
            Unit::Minutes => 60_000,
            Unit::Hours => 3_600_000,
            Unit::Days => 86_400_000,
        }
    }
}

/// A fixed distance from UTC, `+08:00`, at most 23:59 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// In minutes; negative is west.
    pub minutes: i32,
}

/// `6`, `3..64` or `1..`.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The least.
    pub low: Expression,
    /// How far it goes.
    pub end: RangeEnd,
}

/// How far a range goes.
#[derive(Debug, Clone, PartialEq)]
pub enum RangeEnd {
    /// `6`: this value alone.
    Exact,
    /// `1..`: without an end.
    Open,
    /// `3..64`: up to this, included.
    To(Expression),
}
