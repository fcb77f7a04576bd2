//! Cases that the flow does not tell apart are: where one condition more holds, something of a branch is not done, or
//! another reason is given.

use flowspec_runtime::model::{Action, Body, Branch, Expr, Handler, Model, Outcome, ReasonId};

use super::super::part::Part;
use super::super::places::{Found, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    branches(model, &|body| {
        let known = (0..).zip(&model.reasons).map(|(id, _)| id);
        let mut bodies = lacking(model, body);
        bodies.extend(known.filter_map(|reason| refused(model, body, reason)));
        bodies
    })
}

/// The cases that are refused for one reason.
pub(super) fn told_apart(model: &Model, reason: ReasonId) -> Vec<Found> {
    branches(model, &|body| refused(model, body, reason).into_iter().collect())
}

/// What is done instead in one case, and what to say of it.
type Otherwise = Vec<(String, Body)>;

/// Every branch, where one further condition holds or fails, with something else that is done there.
fn branches(model: &Model, bodies: &dyn Fn(&Body) -> Otherwise) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let cases = cases(model, handler);
        for (place, branch) in handler.branches.iter().enumerate() {
            let own = own_guard(handler, branch);
            for (when, case) in &cases {
                let guard = Expr::And(own.iter().chain([case]).cloned().collect());
                for (what, body) in bodies(&branch.body) {
                    let mut changed = handler.clone();
                    let apart = Branch { element: branch.element, guard: Some(guard.clone()), body };
                    changed.branches.insert(place, apart);
                    let part = Part::Handler(step, at, changed);
                    let description = format!("`{}` {what} {when}", source(model, branch.element));
                    found.push(Found::new(branch.element, description, part));
                }
            }
        }
    }
    found
}

/// When a branch is taken: `otherwise` is where no other guard holds.
fn own_guard(handler: &Handler, branch: &Branch) -> Option<Expr> {
    branch.guard.clone().or_else(|| {
        let others: Vec<_> = handler.branches.iter().filter_map(|other| other.guard.clone()).collect();
        (!others.is_empty()).then(|| Expr::Not(Box::new(Expr::Or(others))))
    })
}

/// Every single condition that the handler asks for anywhere, as it is and the other way round.
fn cases(model: &Model, handler: &Handler) -> Vec<(String, Expr)> {
    let of_branches =
        handler.branches.iter().filter_map(|branch| Some((branch.element, branch.guard.as_ref()?)));
    let of_refusals = handler.refusals.iter().map(|refusal| (refusal.element, &refusal.guard));
    let (mut seen, mut cases) = (Vec::new(), Vec::new());
    for (element, guard) in of_branches.chain(of_refusals) {
        let mut nth = 0;
        singles(guard, &mut |one| {
            nth += 1;
            if seen.contains(&one) {
                return;
            }
            seen.push(one);
            let of = format!("where condition {nth} of `{}`", source(model, element));
            cases.push((format!("{of} holds"), one.clone()));
            cases.push((format!("{of} fails"), Expr::Not(Box::new(one.clone()))));
        });
    }
    cases
}

fn singles<'e>(expr: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| singles(part, see)),
        Expr::Not(inner) => singles(inner, see),
        single => see(single),
    }
}

/// A body without one of its actions, or without all that count.
fn lacking(model: &Model, body: &Body) -> Otherwise {
    let without = |kept: Vec<Action>| Body { actions: kept, ..body.clone() };
    let mut bodies = Vec::new();
    for (at, action) in body.actions.iter().enumerate() {
        let mut kept = body.actions.clone();
        kept.remove(at);
        bodies.push((format!("does not `{}`", source(model, action.element())), without(kept)));
    }
    let uncounted: Vec<_> =
        body.actions.iter().filter(|action| !matches!(action, Action::Count { .. })).cloned().collect();
    if uncounted.len() + 1 < body.actions.len() {
        bodies.push(("counts nothing".to_owned(), without(uncounted)));
    }
    bodies
}

/// A refusal for another reason.
fn refused(model: &Model, body: &Body, other: ReasonId) -> Option<(String, Body)> {
    let Outcome::Refuse { reason, to } = body.outcome else { return None };
    let outcome = Outcome::Refuse { reason: other, to };
    let what = format!("refuses as `{}`", model.reason(other));
    (reason != other).then(|| (what, Body { outcome, ..body.clone() }))
}
