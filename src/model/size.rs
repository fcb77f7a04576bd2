//! How large a flow or a declaration may be: a model counts in sixteen bits, and nobody reads more.

use super::builder::Builder;
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{Expression, ExpressionKind, Statement, StatementKind, TypeReference};

/// Statements in one block.
const LONGEST: usize = 20_000;
/// Words in one list.
const WORDS: usize = 10_000;
/// Conditions joined in one line.
const JOINED: usize = 1_000;
/// Steps, events, limits and time-outs of a flow, each and together.
const LARGEST: usize = 65_000;

impl<'a> Builder<'a> {
    /// Whether a flow or a declaration is too large to be built; says so.
    pub(super) fn is_too_large(&mut self, statement: &'a Statement) -> bool {
        let mut parts = 0;
        let wide = widest(statement, &mut parts);
        let found = wide.or_else(|| {
            (parts > LARGEST)
                .then_some((statement.head, "this has more than 65,000 steps, events, limits and time-outs"))
        });
        if let Some((span, message)) = found {
            let finding = self.finding(codes::FLOW_TOO_LARGE, span, message);
            self.report(finding.note("nothing of it is used").help("write it as several"));
            self.poison(statement.span);
        }
        found.is_some()
    }
}

/// The first statement in which too much stands side by side; `parts` counts what a model counts.
fn widest(statement: &Statement, parts: &mut usize) -> Option<(Span, &'static str)> {
    use StatementKind as Is;
    let counted = matches!(
        statement.kind,
        Is::Step { .. } | Is::End { .. } | Is::On { .. } | Is::Limit(_) | Is::After(_)
    );
    *parts += usize::from(counted);
    let of_type = |of: &TypeReference| (of.words.len() > WORDS).then_some("this has more than 10,000 words");
    let of_condition =
        |condition: &Expression| is_wide(condition).then_some("more than 1,000 conditions are joined here");
    let wide = match &statement.kind {
        Is::When { condition } | Is::Require { condition } | Is::Always { condition } => {
            of_condition(condition)
        }
        Is::RefuseWhen { condition, .. } => of_condition(condition),
        Is::Type { of, .. } | Is::Choice { of, .. } => of_type(of),
        Is::Field(declaration) | Is::Given(declaration) | Is::Remember(declaration) => {
            of_type(&declaration.of).or_else(|| declaration.when.as_deref().and_then(of_condition))
        }
        _ => None,
    };
    let (most, message) = match &statement.kind {
        Is::Flow { .. } => (LARGEST, "this has more than 65,000 statements"),
        _ => (LONGEST, "this has more than 20,000 statements"),
    };
    let long = (statement.children().len() > most).then_some(message);
    if let Some(message) = wide.or(long) {
        return Some((statement.head, message));
    }
    statement.children().iter().find_map(|child| widest(child, parts))
}

/// Whether too many conditions are joined; nesting is bounded by the parser.
fn is_wide(condition: &Expression) -> bool {
    match &condition.kind {
        ExpressionKind::And(parts) | ExpressionKind::Or(parts) => {
            parts.len() > JOINED || parts.iter().any(is_wide)
        }
        ExpressionKind::Not(inner) | ExpressionKind::Parenthesised(inner) => is_wide(inner),
        _ => false,
    }
}
