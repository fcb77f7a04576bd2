//! A limit that another one always comes before, and a time-out that another one always comes before: by how they are
//! declared, for flows that are too large to be looked at in full.

use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    Action, Bound, Draft, Expr, Gate, Handler, Limit, LimitId, LimitOutcome, Model, Outcome, Timer,
    TimerBase, Window,
};
use flowspec_runtime::Value;

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let draft = explored.draft;
    let model = &draft.model;
    for (id, limit) in (0..).zip(&model.limits) {
        let stricter = (0..)
            .zip(&model.limits)
            .find(|(other, stricter)| *other != id && comes_before(model, (*other, stricter), (id, limit)));
        if let Some((_, stricter)) = stricter.filter(|_| !explored.is_told(limit.element, findings)) {
            findings.push(of_limit(draft, limit, stricter));
        }
    }
    for timer in &model.timers {
        let sooner = model.timers.iter().find(|sooner| is_sooner(sooner, timer));
        if let Some(sooner) = sooner.filter(|_| !explored.is_told(timer.element, findings)) {
            findings.push(of_timer(draft, timer, sooner));
        }
    }
}

fn of_limit(draft: &Draft, limit: &Limit, stricter: &Limit) -> Diagnostic {
    draft
        .finding(codes::NEVER_FULL, limit.element, format!("the limit `{}` is never full", limit.name))
        .here(format!("`{}` always comes first", stricter.name))
        .label(draft.place(stricter.element).name, "this one allows no more, for no shorter a time")
        .note("both count the same")
        .help("make it smaller, or leave it out")
}

fn of_timer(draft: &Draft, timer: &Timer, sooner: &Timer) -> Diagnostic {
    draft
        .finding(codes::NEVER_DUE, timer.element, "this time-out never fires")
        .here("another one always comes first")
        .label(draft.place(sooner.element).head, "the session has gone on by then")
        .help("make it shorter than the other one, or leave it out")
}

/// Whether a limit refuses everything that the other one would refuse.
fn comes_before(model: &Model, (id, stricter): (LimitId, &Limit), (other, limit): (LimitId, &Limit)) -> bool {
    let (Some(few), Some(many)) = (bound(stricter), bound(limit)) else { return false };
    let same = few == many;
    // Of two that are the same, the later one is the one too many.
    let first = few < many || (same && id < other && window(stricter) == window(limit));
    let refuses = match &stricter.outcome {
        LimitOutcome::Refuse { hold: None, .. } => true,
        LimitOutcome::Refuse { hold: Some(Expr::Const(Value::Int(hold))), .. } => {
            matches!(window(stricter), Some(Reach::For(width)) if *hold >= width)
        }
        _ => false,
    };
    let whole = !stricter.or_more && !limit.or_more && stricter.active.is_none() && refuses;
    first && whole && reaches_further(stricter, limit) && counts_with(model, id, other)
}

/// How long uses count.
#[derive(PartialEq)]
enum Reach {
    Ever,
    For(i64),
}

fn window(limit: &Limit) -> Option<Reach> {
    match &limit.window {
        Window::All => Some(Reach::Ever),
        Window::Rolling(Expr::Const(Value::Int(width))) => Some(Reach::For(*width)),
        _ => None,
    }
}

fn reaches_further(one: &Limit, other: &Limit) -> bool {
    match (window(one), window(other)) {
        (Some(Reach::Ever), _) => true,
        (Some(Reach::For(one)), Some(Reach::For(other))) => one >= other,
        _ => one.window == other.window,
    }
}

fn bound(limit: &Limit) -> Option<i64> {
    match &limit.bound {
        Bound::AtMost(Expr::Const(Value::Int(bound))) => Some(*bound),
        _ => None,
    }
}

/// Whether wherever the one is counted the other is, too, for the same key and as much, and neither is ever given back
/// without the other.
fn counts_with(model: &Model, stricter: LimitId, limit: LimitId) -> bool {
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    let mut counted = false;
    for handler in handlers {
        let (one, other) = (gate(handler, stricter), gate(handler, limit));
        let Some(other) = other else { continue };
        counted = true;
        if !one.is_some_and(|one| one.key == other.key && one.amount == other.amount) {
            return false;
        }
    }
    let mut together = true;
    super::graph::all_bodies(model, &mut |_, body| {
        let counts = |id: LimitId| {
            body.actions.iter().any(|action| matches!(action, Action::Count { limit, .. } if *limit == id))
        };
        let resets = |id: LimitId| {
            body.actions.iter().any(|action| matches!(action, Action::Reset { limit, .. } if *limit == id))
        };
        let takes_back = body
            .actions
            .iter()
            .any(|action| matches!(action, Action::Uncount { limit, .. } if *limit == stricter));
        let alone = takes_back || (resets(stricter) && !resets(limit));
        together &= !alone && (!counts(limit) || counts(stricter));
    });
    counted && together
}

fn gate(handler: &Handler, limit: LimitId) -> Option<&Gate> {
    handler.gates.iter().find(|gate| gate.limit == limit)
}

/// Whether a time-out leads away before another one is due.
fn is_sooner(sooner: &Timer, timer: &Timer) -> bool {
    let (Expr::Const(Value::Int(first)), Expr::Const(Value::Int(second))) = (&sooner.delay, &timer.delay)
    else {
        return false;
    };
    let same_step = sooner.step == timer.step && sooner.step.is_some();
    let leaves = matches!(sooner.body.outcome, Outcome::To(to) if Some(to) != sooner.step);
    // Of two of one instant the first in the text fires.
    let before = first < second || (first == second && sooner.element < timer.element);
    let no_later = sooner.base == timer.base
        || (sooner.base == TimerBase::Entry && timer.base == TimerBase::Idle && first <= second);
    same_step && leaves && !sooner.or_later && before && no_later
}
