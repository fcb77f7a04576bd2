//! How large a flow or a declaration may be: a model counts in sixteen bits, and nobody reads more.

use super::builder::Builder;
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{Expression, ExpressionKind, Statement, StatementKind, TypeReference};

/// Statements in one block, words in one list, conditions joined in one line.
const WIDEST: usize = 10_000;
/// Steps, events, limits and time-outs of a flow, each and together.
const LARGEST: usize = 65_000;

impl<'a> Builder<'a> {
    /// Whether a flow or a declaration is too large to be built; says so.
    pub(super) fn is_too_large(&mut self, statement: &'a Statement) -> bool {
        let mut parts = 0;
        let wide = widest(statement, &mut parts);
        let found = wide.map(|span| (span, "this has more than 10,000 parts")).or_else(|| {
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
fn widest(statement: &Statement, parts: &mut usize) -> Option<Span> {
    use StatementKind as Is;
    let counted = matches!(
        statement.kind,
        Is::Step { .. } | Is::End { .. } | Is::On { .. } | Is::Limit(_) | Is::After(_)
    );
    *parts += usize::from(counted);
    let wide = match &statement.kind {
        Is::Flow { .. } => statement.children().len() > LARGEST,
        Is::When { condition } | Is::Require { condition } | Is::Always { condition } => is_wide(condition),
        Is::RefuseWhen { condition, .. } => is_wide(condition),
        Is::Type { of, .. } | Is::Choice { of, .. } => has_many_words(of),
        Is::Field(declaration) | Is::Given(declaration) | Is::Remember(declaration) => {
            has_many_words(&declaration.of) || declaration.when.as_deref().is_some_and(is_wide)
        }
        _ => false,
    };
    let many = !matches!(statement.kind, Is::Flow { .. }) && statement.children().len() > WIDEST;
    if wide || many {
        return Some(statement.head);
    }
    statement.children().iter().find_map(|child| widest(child, parts))
}

fn has_many_words(of: &TypeReference) -> bool {
    of.words.len() > WIDEST
}

/// Whether too many conditions are joined; nesting is bounded by the parser.
fn is_wide(condition: &Expression) -> bool {
    match &condition.kind {
        ExpressionKind::And(parts) | ExpressionKind::Or(parts) => {
            parts.len() > WIDEST / 10 || parts.iter().any(is_wide)
        }
        ExpressionKind::Not(inner) | ExpressionKind::Parenthesised(inner) => is_wide(inner),
        _ => false,
    }
}
