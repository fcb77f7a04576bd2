//! From pest's pairs to the statements of the tree.

mod expression;
mod limits;
mod quoted;
mod statement;
mod tail;
mod type_reference;

use pest::iterators::{Pair, Pairs};

use super::grammar::Rule;
use super::tree::{Name, Path, Statement};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Location, SourceId, Span};

pub(super) use limits::MOST_PARENTHESES;

/// Where the text that was parsed stands in its source.
#[derive(Clone, Copy)]
pub(super) enum Placement<'a> {
    /// The text is a slice of the source that begins at this byte.
    From(usize),
    /// The text was mended; each of its bytes, and its end, has a place in the source.
    Mended(&'a [usize]),
}

impl Placement<'_> {
    fn offset(self, at: usize) -> usize {
        match self {
            Placement::From(base) => base + at,
            Placement::Mended(places) => places.get(at).or(places.last()).copied().unwrap_or_default(),
        }
    }
}

/// Translates one statement; what the grammar admits and the language does not becomes a diagnostic.
pub(super) struct Translator<'a> {
    pub(super) source: SourceId,
    pub(super) placement: Placement<'a>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Translator<'a> {
    pub(super) fn new(source: SourceId, placement: Placement<'a>) -> Self {
        Self { source, placement, diagnostics: Vec::new() }
    }

    /// The statement of a pair of one of the statements' rules, without block and comments.
    pub(super) fn statement(&mut self, pair: Pair<'_, Rule>) -> Option<Statement> {
        let head = self.span(&pair);
        let rule = pair.as_rule();
        let mut parts = Parts(pair.into_inner());
        let kind = self.kind(rule, &mut parts)?;
        let tail = self.tail(&mut parts);
        Some(Statement {
            span: head,
            head,
            kind,
            texts: tail.texts.into(),
            outcome: tail.outcome,
            marks: tail.marks.into(),
            block: None,
            comments: None,
        })
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        self.place(span.start(), span.end())
    }

    fn place(&self, start: usize, end: usize) -> Span {
        Span::new(self.placement.offset(start), self.placement.offset(end))
    }

    fn location(&self, span: Span) -> Location {
        Location { source: self.source, span }
    }

    fn report(&mut self, code: Code, span: Span, message: String, help: &str) {
        self.diagnostics.push(Diagnostic::new(code, self.location(span), message).help(help));
    }

    fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        Name { text: pair.as_str().into(), span: self.span(pair) }
    }

    fn path(&self, pair: &Pair<'_, Rule>) -> Path {
        Path { text: pair.as_str().into(), span: self.span(pair) }
    }
}

/// The parts of a statement, taken from the front.
pub(super) struct Parts<'i>(Pairs<'i, Rule>);

impl<'i> Parts<'i> {
    /// The next part, whatever it is.
    fn next(&mut self) -> Option<Pair<'i, Rule>> {
        self.0.next()
    }

    /// The next part, if it is of this rule.
    fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        if self.peek() == Some(rule) { self.0.next() } else { None }
    }

    /// What is inside the next part, if it is of this rule.
    fn inside(&mut self, rule: Rule) -> Option<Parts<'i>> {
        self.take(rule).map(|pair| Parts(pair.into_inner()))
    }

    fn has(&mut self, rule: Rule) -> bool {
        self.take(rule).is_some()
    }

    fn peek(&self) -> Option<Rule> {
        self.0.peek().map(|pair| pair.as_rule())
    }
}
