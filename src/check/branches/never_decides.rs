//! Conditions within a branch's condition that decide nothing: whatever they are, the branch holds in the same cases.
//!
//! No test could show that such a condition is there (modified condition/decision coverage asks for a pair of cases that
//! differ in it alone). Whether a value `is set` is not asked: it guards what is read beside it.

use super::{Choice, Copies};
use crate::decide::{Formula, Verdict};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Branch, Expr};
use crate::source::{Location, Source, SourceId, Span};
use crate::syntax::tree::{Expression, ExpressionKind, StatementKind};

/// Longer conditions are not asked about.
const MOST: usize = 24;

impl Choice<'_> {
    pub(super) fn never_decides(&mut self, possible: &[bool], copies: &mut Copies) {
        for (index, possible) in possible.iter().enumerate() {
            let branch = self.holds[index].0;
            let Some(guard) = branch.guard.as_ref().filter(|_| *possible) else { continue };
            let leaves = leaves(guard);
            if leaves.len() < 2 || leaves.len() > MOST || self.is_plain(guard) {
                continue;
            }
            for (number, leaf) in leaves.iter().enumerate() {
                let asked = !matches!(leaf, Expr::IsSet(_) | Expr::RowExists(_) | Expr::Const(_));
                let useless = asked && self.decides_nothing(guard, number);
                let finding = if useless { self.useless(branch, number, leaves.len()) } else { None };
                let found = finding.is_some();
                let place = self.place_of(branch, number, leaves.len()).map(|(place, _)| place);
                copies.add(place.unwrap_or(self.draft.place(branch.element).name), "decides", finding);
                if found {
                    break;
                }
            }
        }
    }

    /// Whether each part speaks of something else, so that each can decide.
    fn is_plain(&self, guard: &Expr) -> bool {
        let Expr::And(parts) = guard else { return false };
        let Some((_, formula)) = self.holds.iter().find(|(branch, _)| branch.guard.as_ref() == Some(guard))
        else {
            return false;
        };
        let Formula::All(formulas) = formula else { return false };
        let mut dims = Vec::new();
        let mut plain =
            self.refusals.is_empty() && formulas.len() == parts.len() && !self.guards.has_axioms();
        for formula in formulas {
            let mut own = Vec::new();
            formula.literals(&mut |literal| match literal.atom.dim() {
                Some(dim) => own.push(dim),
                None => plain = false,
            });
            own.dedup();
            plain &= own.len() == 1 && !dims.contains(&own[0]);
            dims.extend(own);
        }
        plain
    }

    /// Whether a condition holds in the same cases if one in it is taken to hold, or if it is taken not to.
    fn decides_nothing(&mut self, guard: &Expr, number: usize) -> bool {
        let (with, without) = (with(guard, number, true), with(guard, number, false));
        let (whole, with, without) =
            (self.guards.formula(guard), self.guards.formula(&with), self.guards.formula(&without));
        [with, without].into_iter().any(|changed| {
            let differ = [
                Formula::All(vec![whole.clone(), changed.negated()]),
                Formula::All(vec![whole.negated(), changed]),
            ];
            differ.iter().all(|differ| {
                let all: Vec<&Formula> = self.given.iter().chain([differ]).collect();
                matches!(self.guards.solve(&all), Verdict::Impossible)
            })
        })
    }

    fn useless(&self, branch: &Branch, number: usize, count: usize) -> Option<Diagnostic> {
        let (place, edit) = self.place_of(branch, number, count)?;
        let finding = Diagnostic::new(codes::NEVER_DECIDES, place, "this condition decides nothing")
            .here("with it or without it, the branch holds in the same cases")
            .note("so no test can show whether an implementation looks at it");
        Some(match edit {
            Some(edit) => finding.mend("leave it out, or mend it", edit, ""),
            None => finding.help("leave it out, or mend it"),
        })
    }

    /// Where a condition within a branch's condition stands, and what is taken away to leave it out.
    fn place_of(&self, branch: &Branch, number: usize, count: usize) -> Option<(Location, Option<Location>)> {
        let name = self.draft.place(branch.element).name;
        let text = self.condition(branch);
        let prefix = "when ";
        let source = Source::new("", format!("{prefix}{text} stay"));
        let parsed = crate::syntax::parse(&source, SourceId(0));
        let condition = parsed.tree.statements.iter().find_map(|statement| match &statement.kind {
            StatementKind::When { condition } => Some(condition),
            _ => None,
        })?;
        let mut spans = Vec::new();
        written(condition, None, &mut spans);
        let (own, cut) = *spans.get(number).filter(|_| spans.len() == count)?;
        let shift = |span: Span| {
            let start = name.span.start + span.start.checked_sub(u32::try_from(prefix.len()).ok()?)?;
            Some(Location { source: name.source, span: Span { start, end: start + (span.end - span.start) } })
        };
        Some((shift(own)?, cut.and_then(shift)))
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
