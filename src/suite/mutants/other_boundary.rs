//! `<` for `<=`, and the like: the boundary itself falls on the other side.

use flowspec_runtime::model::{Comparison, Expr, Model};

use super::places::{Found, guards, rewrites};

pub(super) fn find(model: &Model) -> Vec<Found> {
    guards(model, &mut |guard| rewrites(guard, true, &|expr, _| moved(expr)))
}

fn moved(expr: &Expr) -> Vec<(String, Expr)> {
    let Expr::Compare { how, left, right } = expr else { return Vec::new() };
    let (what, other) = match how {
        Comparison::Less => ("`<=` instead of `<`", Comparison::LessOrEqual),
        Comparison::LessOrEqual => ("`<` instead of `<=`", Comparison::Less),
        Comparison::Greater => ("`>=` instead of `>`", Comparison::GreaterOrEqual),
        Comparison::GreaterOrEqual => ("`>` instead of `>=`", Comparison::Greater),
        Comparison::Equal | Comparison::NotEqual => return Vec::new(),
    };
    let with = Expr::Compare { how: other, left: left.clone(), right: right.clone() };
    vec![(format!("has {what}"), with)]
}
