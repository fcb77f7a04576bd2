//! Limits are kept by other rules: what they refuse counts as well, or what is refused for its fields, a hold begins anew with
//! each try, the right answer is let past them, or their window runs from the first use.

use flowspec_runtime::conformance::Habit;
use flowspec_runtime::model::{Action, Expr, Gate, Handler, Limit, LimitId, LimitOutcome, Model, Window};

use super::super::part::Part;
use super::super::places::{Found, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let ids: Vec<LimitId> = (0..).zip(&model.limits).map(|(id, _)| id).collect();
    let mut sets: Vec<Vec<LimitId>> = ids.iter().map(|id| vec![*id]).collect();
    if ids.len() > 1 {
        sets.push(ids);
    }
    let mut found = Vec::new();
    for limits in sets {
        found.extend(refused_uses_count(model, &limits));
        found.extend(passed_by(model, &limits));
        found.extend(from_the_first(model, &limits));
        found.extend(unread_uses_count(model, &limits));
        found.extend(prolonged(model, &limits));
    }
    found
}

/// Whoever is refused for a limit has used it once more, which prolongs its hold.
fn refused_uses_count(model: &Model, limits: &[LimitId]) -> Option<Found> {
    let mut parts = Vec::new();
    for (step, at, handler) in handlers(model) {
        let mut changed = handler.clone();
        for gate in changed.gates.iter_mut().filter(|gate| limits.contains(&gate.limit)) {
            let Gate { limit, element, key, amount, .. } = gate.clone();
            gate.actions.push(Action::Count { element, limit, key, amount });
        }
        if changed != *handler {
            parts.push(Part::Handler(step, at, changed));
        }
    }
    fault(model, limits, "counts also what it refuses, and holds longer for it", parts)
}

/// One branch of the only event that asks for the limits is taken without asking.
fn passed_by(model: &Model, limits: &[LimitId]) -> Vec<Found> {
    let asks = |handler: &Handler| handler.gates.iter().any(|gate| limits.contains(&gate.limit));
    let mut asking = handlers(model).filter(|(_, _, handler)| asks(handler));
    let (Some((_, _, handler)), None) = (asking.next(), asking.next()) else { return Vec::new() };
    let guarded = handler.branches.iter().filter_map(|branch| Some((branch, branch.guard.as_ref()?)));
    let found = guarded.filter_map(|(branch, guard)| {
        let past = Expr::Not(Box::new(guard.clone()));
        let parts = limits.iter().map(|id| {
            let limit = model.limit(*id);
            let active = Expr::And(limit.active.iter().cloned().chain([past.clone()]).collect());
            Part::Limit(usize::from(*id), Limit { active: Some(active), ..limit.clone() })
        });
        let what = format!("is not asked for by `{}`", source(model, branch.element));
        fault(model, limits, &what, parts.collect())
    });
    found.collect()
}

/// The window opens with the first use and closes with all uses in it.
fn from_the_first(model: &Model, limits: &[LimitId]) -> Option<Found> {
    let rolls = |id: &&LimitId| matches!(model.limit(**id).window, Window::Rolling(_));
    let rolling: Vec<LimitId> = limits.iter().filter(rolls).copied().collect();
    let habit = match rolling.as_slice() {
        [one] => Habit::WindowFromFirst(Some(*one)),
        [_, ..] => Habit::WindowFromFirst(None),
        [] => return None,
    };
    let found = fault(model, &rolling, "counts from the first use on, not back from the last", Vec::new())?;
    Some(Found { habit: Some(habit), ..found })
}

/// What lacks a field, or has a malformed one, is a use as well.
fn unread_uses_count(model: &Model, limits: &[LimitId]) -> Vec<Found> {
    let limit = if let [one] = limits { Some(*one) } else { None };
    let kinds = [
        (false, true, "counts what is malformed, too"),
        (true, false, "counts what lacks a field, too"),
        (true, true, "counts what is malformed or lacks a field, too"),
    ];
    let found = kinds.into_iter().filter_map(|(missing, invalid, what)| {
        let found = fault(model, limits, what, Vec::new())?;
        Some(Found { habit: Some(Habit::CountsUnread { limit, missing, invalid }), ..found })
    });
    found.collect()
}

/// Whoever tries while a limit holds waits longer.
fn prolonged(model: &Model, limits: &[LimitId]) -> Option<Found> {
    let holds =
        |id: &&LimitId| matches!(model.limit(**id).outcome, LimitOutcome::Refuse { hold: Some(_), .. });
    let holding: Vec<LimitId> = limits.iter().filter(holds).copied().collect();
    let limit = if let [one] = holding.as_slice() { Some(*one) } else { None };
    let found = fault(model, &holding, "holds anew with each try while it holds", Vec::new())?;
    Some(Found { habit: Some(Habit::ProlongsHolds(limit)), ..found })
}

fn fault(model: &Model, limits: &[LimitId], what: &str, parts: Vec<Part>) -> Option<Found> {
    let first = model.limit(*limits.first()?);
    let description = match limits {
        [_] => format!("limit {} {what}", first.name),
        _ => format!("each limit {what}"),
    };
    let found = Found { element: first.element, description, habit: None, parts };
    Some(found)
}
