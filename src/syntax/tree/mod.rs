//! The tree of a file: statements of one shape, as the author wrote them, with their places and comments.

mod expression;
mod statement;
mod word;

pub use expression::{
    Aggregate, CompareOperator, Expression, ExpressionKind, Offset, Presence, Range, RangeEnd, Rounding,
    SumOperator, Unit,
};
pub use statement::{
    After, AfterFrom, Argument, Atom, AtomKind, Declaration, DefaultSubject, EndKind, FlowKind, Follow,
    Indistinguishable, Limit, Record, StatementKind, Task, TypeKind, TypeReference, Window,
};
pub use word::{Comment, Currency, Language, Name, Path, Quoted};

use crate::source::Span;

/// One file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    /// The statements of the file's level, in the order of the text.
    pub statements: Vec<Statement>,
    /// Comments on lines of their own after the last statement.
    pub closing_comments: Vec<Comment>,
}

/// One statement: keyword, head, texts, outcome, marks, block.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// From the keyword to the end of the block.
    pub span: Span,
    /// From the keyword to the last mark: the statement's own line, without its block and comments.
    pub head: Span,
    /// Which statement it is, with what is particular to it.
    pub kind: StatementKind,
    /// Its labels, one a language.
    pub texts: Box<[Text]>,
    /// What happens.
    pub outcome: Option<Outcome>,
    /// Where the statement stands with the source document, and what is printed there.
    pub marks: Box<[Mark]>,
    /// The statements inside its braces; `None` without braces.
    pub block: Option<Vec<Statement>>,
    /// The comments around it, if there are any.
    pub comments: Option<Box<Comments>>,
}

impl Statement {
    /// The statements of its block; none without a block.
    pub fn children(&self) -> &[Statement] {
        self.block.as_deref().unwrap_or_default()
    }

    /// Its `///` lines joined by newlines, without the slashes and the space after them.
    pub fn docs(&self) -> String {
        let lines = self.comments.iter().flat_map(|comments| &comments.leading);
        let docs: Vec<&str> = lines.filter(|line| line.doc).map(|line| line.text.trim()).collect();
        docs.join("\n")
    }
}

/// A label in a language; `None` is the first language of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The language as written, `zh`.
    pub language: Option<Language>,
    /// The text with its escapes resolved, and the place of the string.
    pub value: Quoted,
}

/// What a statement comes to, and where that is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The outcome without marks and block.
    pub span: Span,
    /// Which one.
    pub kind: OutcomeKind,
}

/// Every outcome there is.
#[derive(Debug, Clone, PartialEq)]
pub enum OutcomeKind {
    /// `-> step`.
    To(Name),
    /// `stay`: the step and its timers are kept.
    Stay,
    /// `restart`: the step is left and entered again.
    Restart,
    /// `resume`: back to the step that was interrupted.
    Resume,
    /// `refuse reason for 30 min -> step`.
    Refuse {
        /// The reason given.
        reason: Name,
        /// `for`: how long a limit that is full holds its key.
        hold: Option<Box<Expression>>,
        /// Where the refusal leads; `None` stays.
        to: Option<Box<Name>>,
    },
    /// `ask actor`: its answers are the `on` statements of the block.
    Ask(Name),
    /// `either`: its alternatives are the [`StatementKind::Alternative`] statements of the block.
    Either,
    /// `silent`: the source does not decide.
    Silent,
    /// `allow`, in capabilities and scenarios.
    Allow,
    /// `deny reason`.
    Deny(Name),
    /// `unstated`: never tested.
    Unstated,
}

/// A mark and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The whole mark.
    pub span: Span,
    /// Which one.
    pub kind: MarkKind,
}

/// Every mark there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkKind {
    /// `@RWP-03`: a fact of the source carries the statement. The name is the anchor without `@`.
    Fact(Name),
    /// `assumed RWP-A01 "…"`: the author decided it.
    Assumed {
        /// The assumption's id.
        anchor: Name,
        /// What is assumed, where it is said here.
        text: Option<Box<Quoted>>,
    },
    /// `printed "1)"`: what the source prints there.
    Printed(Quoted),
}

/// The comments around a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comments {
    /// On lines of their own before the statement, `///` lines among them.
    pub leading: Vec<Comment>,
    /// At the end of the statement's own line (after `{`, if it has a block).
    pub trailing: Option<Comment>,
    /// On lines of their own between the last statement of the block and `}`.
    pub closing: Vec<Comment>,
    /// After `}`.
    pub after: Option<Comment>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stay_small_because_a_tree_must_not_outweigh_its_text() {
        assert!(size_of::<StatementKind>() <= 72, "{}", size_of::<StatementKind>());
        assert!(size_of::<Expression>() <= 48, "{}", size_of::<Expression>());
        assert!(size_of::<Outcome>() <= 64, "{}", size_of::<Outcome>());
        assert!(size_of::<Statement>() <= 224, "{}", size_of::<Statement>());
    }
}
