//! A condition lacks one of its parts, or is not asked at all.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, Model};

use super::places::{Found, guards, rewrites};

pub(super) fn find(model: &Model) -> Vec<Found> {
    guards(model, &mut |guard| {
        let mut versions = rewrites(guard, true, &|expr, positive| without_one(expr, positive));
        versions.push(("is taken to hold always".to_owned(), Expr::Const(Value::Bool(true))));
        versions
    })
}

/// Whatever makes a conjunction easier, or, under a negation, a disjunction harder.
fn without_one(expr: &Expr, positive: bool) -> Vec<(String, Expr)> {
    match expr {
        Expr::And(parts) if positive => lacking(parts, Expr::And),
        Expr::Or(parts) if !positive => lacking(parts, Expr::Or),
        _ => Vec::new(),
    }
}

/// The versions of a list of conditions that lack one of them.
pub(super) fn lacking(parts: &[Expr], join: fn(Vec<Expr>) -> Expr) -> Vec<(String, Expr)> {
    let without = |at: usize| {
        let mut parts = parts.to_vec();
        parts.remove(at);
        let joined = if parts.len() == 1 { parts.remove(0) } else { join(parts) };
        (format!("lacks its {}", ordinal(at)), joined)
    };
    (0..parts.len()).map(without).collect()
}

fn ordinal(at: usize) -> String {
    match at {
        0 => "first condition".to_owned(),
        1 => "second condition".to_owned(),
        2 => "third condition".to_owned(),
        _ => format!("condition {}", at + 1),
    }
}
