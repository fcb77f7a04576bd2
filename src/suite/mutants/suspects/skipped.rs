//! A step is skipped: what leads there does what would have followed from there.

use flowspec_runtime::model::{Action, Body, Expr, Model, Outcome};

use super::super::places::{Edit, Found, bodies, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    bodies(model, &mut |body| {
        let Outcome::To(to) = body.outcome else { return Vec::new() };
        let step = &model.steps[usize::from(to)];
        let next = step.handlers.iter().flat_map(|handler| &handler.branches).map(|branch| &branch.body);
        let edits =
            next.filter(|next| matches!(next.outcome, Outcome::To(_)) && !reads_input(next)).map(|next| {
                let description = format!("`{}` skips {}", source(model, body.element), step.name);
                let actions = [&body.actions[..], &next.actions[..]].concat();
                let outcome = next.outcome.clone();
                Edit::new(body.element, description, Body { element: body.element, actions, outcome })
            });
        edits.collect()
    })
}

/// Whether what is done needs what only the event there has.
fn reads_input(body: &Body) -> bool {
    let mut reads = false;
    let mut see = |expr: &Expr| {
        expr.walk(&mut |part| {
            reads |= matches!(part, Expr::Field(_) | Expr::AnswerField(_) | Expr::RowKey(_))
        });
    };
    for action in &body.actions {
        match action {
            Action::Set { value, .. } => see(value),
            Action::Send { fields, when, .. } => {
                fields.iter().map(|(_, value)| value).chain(when).for_each(&mut see);
            }
            Action::Count { .. } | Action::Uncount { .. } | Action::Reset { .. } => return true,
        }
    }
    reads
}
