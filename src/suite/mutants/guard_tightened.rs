//! A condition lacks one of its alternatives, or never holds.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, Model};

use super::guard_weakened::lacking;
use super::places::{Found, guards, rewrites};

pub(super) fn find(model: &Model) -> Vec<Found> {
    guards(model, &mut |guard| {
        let mut versions = rewrites(guard, true, &|expr, positive| match expr {
            Expr::Or(parts) if positive => lacking(parts, Expr::Or),
            Expr::And(parts) if !positive => lacking(parts, Expr::And),
            _ => Vec::new(),
        });
        versions.push(("is taken never to hold".to_owned(), Expr::Const(Value::Bool(false))));
        versions
    })
}
