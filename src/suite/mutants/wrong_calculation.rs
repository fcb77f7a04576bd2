//! A sum or a difference lacks one of its parts, in what is kept, counted or sent, or in a condition.

use flowspec_runtime::model::{Action, Expr, Model};

use super::places::{Edit, Found, actions, guards, rewrites, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = actions(model, &mut |list| {
        let mut edits = Vec::new();
        for (at, action) in list.iter().enumerate() {
            let (element, expr) = match action {
                Action::Set { element, value, .. } => (*element, value),
                Action::Count { element, amount, .. } => (*element, amount),
                _ => continue,
            };
            for (what, version) in lacking(expr) {
                let mut list = list.to_vec();
                match &mut list[at] {
                    Action::Set { value, .. } => *value = version,
                    Action::Count { amount, .. } => *amount = version,
                    _ => {}
                }
                edits.push(Edit::new(element, format!("`{}` {what}", source(model, element)), list));
            }
        }
        edits
    });
    found.extend(guards(model, &mut |guard| rewrites(guard, true, &|expr, _| compared(expr))));
    found
}

/// A comparison, each of its sides without a part of its calculation.
fn compared(expr: &Expr) -> Vec<(String, Expr)> {
    let Expr::Compare { how, left, right } = expr else { return Vec::new() };
    let with = |left: Expr, right: Expr| Expr::Compare { how: *how, left: left.into(), right: right.into() };
    let of_left = lacking(left).into_iter().map(|(what, side)| (what, with(side, Expr::clone(right))));
    let of_right = lacking(right).into_iter().map(|(what, side)| (what, with(Expr::clone(left), side)));
    of_left.chain(of_right).collect()
}

/// A calculation without each of its parts but the first.
fn lacking(expr: &Expr) -> Vec<(String, Expr)> {
    without(expr)
        .into_iter()
        .map(|(nth, version)| (format!("leaves out part {nth} of the sum"), version))
        .collect()
}

/// Makes a sum or a difference of two parts.
type Join = fn(Box<Expr>, Box<Expr>) -> Expr;

/// The versions of a chain of sums, with which part each of them lacks, from 1.
fn without(expr: &Expr) -> Vec<(usize, Expr)> {
    let (left, right, join): (_, _, Join) = match expr {
        Expr::Add(left, right) => (left, right, Expr::Add),
        Expr::Subtract(left, right) => (left, right, Expr::Subtract),
        _ => return Vec::new(),
    };
    let mut versions: Vec<_> =
        without(left).into_iter().map(|(nth, left)| (nth, join(Box::new(left), right.clone()))).collect();
    versions.push((parts(left) + 1, Expr::clone(left)));
    versions
}

/// How many parts a chain of sums has.
fn parts(expr: &Expr) -> usize {
    match expr {
        Expr::Add(left, _) | Expr::Subtract(left, _) => parts(left) + 1,
        _ => 1,
    }
}
