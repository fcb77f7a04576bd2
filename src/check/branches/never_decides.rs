//! Conditions within the condition of a branch or a refusal that decide nothing: whatever they are, it holds in the same
//! cases.
//!
//! No test could show that such a condition is there (modified condition/decision coverage asks for a pair of cases that
//! differ in it alone). Whether a value `is set` is not asked: it guards what is read beside it.

use super::{Choice, Copies};
use crate::decide::{Atom, Dim, Formula, Literal, Verdict};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Branch, ElementId, Expr, Refusal};
use crate::source::{Location, Source, SourceId, Span};
use crate::syntax::tree::{Expression, ExpressionKind, StatementKind};

/// Longer conditions are not asked about.
const MOST: usize = 24;

/// A condition that is looked at: of a branch, or of a refusal.
#[derive(Clone, Copy)]
enum Of<'m> {
    Branch(&'m Branch),
    Refusal(&'m Refusal),
}

impl<'m> Choice<'m> {
    pub(super) fn never_decides(&mut self, possible: &[bool], copies: &mut Copies) {
        for (index, possible) in possible.iter().enumerate() {
            let (branch, formula) = &self.holds[index];
            let Some(guard) = branch.guard.as_ref().filter(|_| *possible) else { continue };
            let (of, plain) = (Of::Branch(branch), self.is_plain(guard, formula, &self.refused));
            self.conditions(of, guard, plain, copies);
        }
    }

    /// The same of refusals, each of which is given whatever becomes of the others.
    pub(super) fn never_decides_refusal(&mut self, possible: &[bool], copies: &mut Copies) {
        let refusals = self.refusals;
        for (index, refusal) in refusals.iter().enumerate().filter(|(index, _)| possible[*index]) {
            let plain = self.is_plain(&refusal.guard, &self.refused[index], &[]);
            self.conditions(Of::Refusal(refusal), &refusal.guard, plain, copies);
        }
    }

    fn conditions(&mut self, of: Of, guard: &Expr, plain: bool, copies: &mut Copies) {
        let leaves = leaves(guard);
        if leaves.len() < 2 || leaves.len() > MOST || plain {
            return;
        }
        for (number, leaf) in leaves.iter().enumerate() {
            let asked = !matches!(leaf, Expr::IsSet(_) | Expr::RowExists(_) | Expr::Const(_));
            let useless = asked && self.decides_nothing(of, guard, number);
            let finding = if useless { self.useless(of, number, leaves.len()) } else { None };
            let found = finding.is_some();
            copies.add(self.draft.place(of.element()).head, ("decides", number), finding);
            if found {
                break;
            }
        }
    }

    /// Whether it is seen at once that each part can decide: each speaks of something else, or two bound the same from
    /// both sides, and none holds always or never.
    fn is_plain(&self, guard: &Expr, formula: &Formula, refused: &[Formula]) -> bool {
        let (Expr::And(parts), Formula::All(formulas)) = (guard, formula) else { return false };
        if !refused.is_empty() || formulas.len() != parts.len() || self.guards.has_axioms() {
            return false;
        }
        let mut seen: Vec<(Dim, Says)> = Vec::new();
        parts.iter().zip(formulas).all(|(part, formula)| {
            let Some((dim, says)) = Says::of(part, formula) else { return false };
            let apart = seen.iter().all(|(known, before)| *known != dim || says.bounds_with(before));
            seen.push((dim, says));
            let every = matches!(says, Says::OneOf(count) if self.guards.has_no_more_words(dim, count));
            apart && !every && self.guards.is_open(formula)
        })
    }

    /// Whether a condition holds in the same cases if one in it is taken to hold, or if it is taken not to.
    fn decides_nothing(&mut self, of: Of, guard: &Expr, number: usize) -> bool {
        let given: &[Formula] = if matches!(of, Of::Branch(_)) { &self.given } else { &[] };
        let given = given.to_vec();
        let (with, without) = (with(guard, number, true), with(guard, number, false));
        let (whole, with, without) =
            (self.guards.formula(guard), self.guards.formula(&with), self.guards.formula(&without));
        [with, without].into_iter().any(|changed| {
            let differ = [
                Formula::All(vec![whole.clone(), changed.negated()]),
                Formula::All(vec![whole.negated(), changed]),
            ];
            differ.iter().all(|differ| {
                let all: Vec<&Formula> = given.iter().chain([differ]).collect();
                matches!(self.guards.solve(&all), Verdict::Impossible)
            })
        })
    }

    fn useless(&self, of: Of, number: usize, count: usize) -> Option<Diagnostic> {
        let (place, edit) = self.place_of(of, number, count)?;
        let what = match of {
            Of::Branch(_) => "the branch holds",
            Of::Refusal(_) => "the event is refused",
        };
        let finding = Diagnostic::new(codes::NEVER_DECIDES, place, "this condition decides nothing")
            .here(format!("with it or without it, {what} in the same cases"))
            .note("so no test can show whether an implementation looks at it");
        Some(match edit {
            Some(edit) => finding.mend("leave it out, or mend it", edit, ""),
            None => finding.help("leave it out, or mend it"),
        })
    }

    /// Where a condition within a condition stands, and what is taken away to leave it out.
    fn place_of(&self, of: Of, number: usize, count: usize) -> Option<(Location, Option<Location>)> {
        let place = self.draft.place(of.element());
        // A statement that can be read alone, and where it would begin.
        let prefix = "when ";
        let (text, begin, from) = match of {
            Of::Branch(branch) => {
                (format!("{prefix}{} stay", self.condition(branch)), place.name, prefix.len())
            }
            Of::Refusal(refusal) => {
                (self.draft.model.element(refusal.element).source.to_string(), place.head, 0)
            }
        };
        let source = Source::new("", text);
        let parsed = crate::syntax::parse(&source, SourceId(0));
        let condition = parsed.tree.statements.iter().find_map(|statement| match &statement.kind {
            StatementKind::When { condition } => Some(condition),
            StatementKind::RefuseWhen { condition, .. } => Some(&**condition),
            _ => None,
        })?;
        let mut spans = Vec::new();
        written(condition, None, &mut spans);
        let (own, cut) = *spans.get(number).filter(|_| spans.len() == count)?;
        let shift = |span: Span| {
            let start = begin.span.start + span.start.checked_sub(u32::try_from(from).ok()?)?;
            Some(Location {
                source: begin.source,
                span: Span { start, end: start + (span.end - span.start) },
            })
        };
        Some((shift(own)?, cut.and_then(shift)))
    }
}

/// What a part of a condition says of the one dimension that it speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    AtLeast,
    AtMost,
    /// One of so many words.
    OneOf(usize),
    Other,
}

impl Says {
    /// Nothing for what speaks of several dimensions, or is joined otherwise than as a choice of different words.
    fn of(part: &Expr, formula: &Formula) -> Option<(Dim, Self)> {
        let mut literals = Vec::new();
        formula.literals(&mut |literal| literals.push(*literal));
        let dim = literals.first()?.atom.dim()?;
        let alike = literals.iter().all(|literal| literal.atom.dim() == Some(dim));
        let joined = leaves(part).len();
        let says = match literals.as_slice() {
            several if joined > 1 => {
                let is = |literal: &Literal| matches!(literal, Literal { atom: Atom::Is(..), truth: true });
                let fresh = |(place, literal)| is(literal) && !several[..place].contains(literal);
                let choice = matches!(part, Expr::Or(parts) if parts.len() == joined);
                let words = several.len() == joined && (0..).zip(several).all(fresh);
                (choice && words).then_some(Self::OneOf(joined))?
            }
            [Literal { atom: Atom::AtLeast(..), truth: true }]
            | [Literal { atom: Atom::AtMost(..), truth: false }] => Self::AtLeast,
            [Literal { atom: Atom::AtMost(..), truth: true }]
            | [Literal { atom: Atom::AtLeast(..), truth: false }] => Self::AtMost,
            _ => Self::Other,
        };
        alike.then_some((dim, says))
    }

    /// Whether two bound a dimension from both sides.
    fn bounds_with(self, other: &Self) -> bool {
        matches!((self, other), (Self::AtLeast, Self::AtMost) | (Self::AtMost, Self::AtLeast))
    }
}

impl Of<'_> {
    fn element(self) -> ElementId {
        match self {
            Self::Branch(branch) => branch.element,
            Self::Refusal(refusal) => refusal.element,
        }
    }
}

/// The conditions that a condition is joined of, in the order of the text.
fn leaves(guard: &Expr) -> Vec<&Expr> {
    match guard {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().flat_map(leaves).collect(),
        Expr::Not(inner) => leaves(inner),
        other => vec![other],
    }
}

/// A condition in which one that it is joined of is replaced, so that it helps the whole to hold or hinders it.
fn with(guard: &Expr, number: usize, truth: bool) -> Expr {
    fn replace(guard: &Expr, number: usize, count: &mut usize, truth: bool) -> Expr {
        match guard {
            Expr::And(parts) => {
                Expr::And(parts.iter().map(|part| replace(part, number, count, truth)).collect())
            }
            Expr::Or(parts) => {
                Expr::Or(parts.iter().map(|part| replace(part, number, count, truth)).collect())
            }
            Expr::Not(inner) => Expr::Not(replace(inner, number, count, !truth).into()),
            other => {
                let own = *count == number;
                *count += 1;
                if own { Expr::Const(flowspec_runtime::Value::Bool(truth)) } else { other.clone() }
            }
        }
    }
    replace(guard, number, &mut 0, truth)
}

/// Where the conditions stand that a condition is joined of, each with the text to take away to leave it out.
fn written(expression: &Expression, cut: Option<Span>, spans: &mut Vec<(Span, Option<Span>)>) {
    match &expression.kind {
        ExpressionKind::And(parts) | ExpressionKind::Or(parts) => {
            for (place, part) in parts.iter().enumerate() {
                let cut = match (place.checked_sub(1).map(|before| &parts[before]), parts.get(place + 1)) {
                    (Some(before), _) => Some(Span { start: before.span.end, end: part.span.end }),
                    (None, Some(next)) => Some(Span { start: part.span.start, end: next.span.start }),
                    (None, None) => None,
                };
                written(part, cut, spans);
            }
        }
        ExpressionKind::Not(inner) | ExpressionKind::Parenthesised(inner) => {
            let cut = if matches!(inner.bare().kind, ExpressionKind::And(_) | ExpressionKind::Or(_)) {
                None
            } else {
                cut
            };
            written(inner, cut, spans);
        }
        _ => spans.push((expression.span, cut)),
    }
}
