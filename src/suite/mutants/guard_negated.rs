//! A condition, or one part of it, is read the other way round.

use flowspec_runtime::model::{Expr, Model};

use super::places::{Found, guards, rewrites};

pub(super) fn find(model: &Model) -> Vec<Found> {
    guards(model, &mut |guard| rewrites(guard, true, &|expr, _| negated(expr)))
}

fn negated(expr: &Expr) -> Vec<(String, Expr)> {
    let what = "is read the other way round".to_owned();
    match expr {
        // Its parts say the same.
        Expr::Not(_) => Vec::new(),
        other => vec![(what, Expr::Not(Box::new(other.clone())))],
    }
}
