//! A branch leads elsewhere: it stays where it should move, moves on to a neighbour in the text, or to the beginning.

use flowspec_runtime::model::{Body, ElementKind, LimitOutcome, Model, Outcome, StepId, Trip};

use super::part::Part;
use super::places::{Edit, Found, bodies};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let name = |step: StepId| &model.step(step).name;
    let mut found = bodies(model, &mut |body| {
        let edit = |description: String, outcome| {
            Edit::new(body.element, description, Body { outcome, ..body.clone() })
        };
        match &body.outcome {
            Outcome::To(to) => {
                // There is no step to stay in before the first one.
                let begins = model.element(body.element).kind == ElementKind::Start;
                let stays = edit(format!("stays instead of going to {}", name(*to)), Outcome::Stay);
                let mut edits: Vec<_> = (!begins).then_some(stays).into_iter().collect();
                edits.extend(others(model, *to).map(|other| {
                    edit(format!("goes to {} instead of {}", name(other), name(*to)), Outcome::To(other))
                }));
                edits
            }
            Outcome::Stay => {
                vec![edit("enters the step anew instead of staying".to_owned(), Outcome::Restart)]
            }
            Outcome::Restart => {
                vec![edit("stays instead of entering the step anew".to_owned(), Outcome::Stay)]
            }
            Outcome::Resume => vec![edit("stays instead of resuming".to_owned(), Outcome::Stay)],
            Outcome::Refuse { reason, to: Some(to) } => {
                let refuse = |to| Outcome::Refuse { reason: *reason, to };
                let mut edits = vec![edit(format!("refuses without going to {}", name(*to)), refuse(None))];
                edits.extend(others(model, *to).take(1).map(|other| {
                    edit(format!("goes to {} instead of {}", name(other), name(*to)), refuse(Some(other)))
                }));
                edits
            }
            _ => Vec::new(),
        }
    });
    for edit in &mut found {
        edit.description = format!("`{}` {}", super::places::source(model, edit.element), edit.description);
    }
    for (at, limit) in model.limits.iter().enumerate() {
        let outcome = match &limit.outcome {
            LimitOutcome::Trip(Trip { to }) => {
                others(model, *to).next().map(|to| (to, LimitOutcome::Trip(Trip { to })))
            }
            LimitOutcome::Refuse { reason, hold, to: Some(to) } => others(model, *to)
                .next()
                .map(|to| (to, LimitOutcome::Refuse { reason: *reason, hold: hold.clone(), to: Some(to) })),
            _ => None,
        };
        if let Some((to, outcome)) = outcome {
            let description = format!("limit {} leads to {}", limit.name, name(to));
            let limit = flowspec_runtime::model::Limit { outcome, ..limit.clone() };
            found.push(Found::new(limit.element, description, Part::Limit(at, limit)));
        }
    }
    found
}

/// The steps that a branch could lead to by mistake.
fn others(model: &Model, to: StepId) -> impl Iterator<Item = StepId> {
    let last = model.steps.len().saturating_sub(1) as StepId;
    let mut others = Vec::new();
    for other in [to.saturating_sub(1), to.saturating_add(1).min(last), 0, last] {
        if other != to && !others.contains(&other) {
            others.push(other);
        }
    }
    others.into_iter()
}
