//! Uses are forgotten when they should be kept: by any branch that neither resets nor counts them.

use flowspec_runtime::model::{Action, Body, Expr, Key, LimitId, Model, Outcome};

use super::part::Part;
use super::places::{Found, bodies_of, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (limit, declared) in (0..).zip(&model.limits) {
        for (step, at, handler) in handlers(model) {
            let Some(key) = key_here(model, limit, handler) else { continue };
            let mut probe = handler.clone();
            let mut places = 0;
            let mut quiet = Vec::new();
            bodies_of(&mut probe, &mut |body| {
                if ends(body) && !touches(body, limit) {
                    quiet.push((places, body.element));
                }
                places += 1;
            });
            for (place, element) in quiet {
                let (mut changed, mut index) = (handler.clone(), 0);
                bodies_of(&mut changed, &mut |body| {
                    if index == place {
                        body.actions.push(Action::Reset { element, limit, key: key.clone() });
                    }
                    index += 1;
                });
                let description = format!("`{}` resets {}", source(model, element), declared.name);
                found.push(Found::new(element, description, Part::Handler(step, at, changed)));
            }
        }
    }
    found
}

/// Whether the body is performed to its end, and not an answer or an alternative within it.
fn ends(body: &Body) -> bool {
    !matches!(body.outcome, Outcome::Ask { .. } | Outcome::Either(_) | Outcome::Silent)
}

fn touches(body: &Body, limit: LimitId) -> bool {
    body.actions.iter().any(|action| match action {
        Action::Count { limit: of, .. }
        | Action::Uncount { limit: of, .. }
        | Action::Reset { limit: of, .. } => *of == limit,
        Action::Set { .. } | Action::Send { .. } => false,
    })
}

/// Whose uses a handler could forget: those of the key that it counts itself, or of one that does not hang on the event.
fn key_here(model: &Model, limit: LimitId, handler: &flowspec_runtime::model::Handler) -> Option<Key> {
    let own = handler.gates.iter().find(|gate| gate.limit == limit).map(|gate| &gate.key);
    let gates = model.steps.iter().flat_map(|step| &step.handlers).flat_map(|handler| &handler.gates);
    let anywhere = gates.filter(|gate| gate.limit == limit).map(|gate| &gate.key).find(|key| match key {
        Key::Universe | Key::Session => true,
        Key::Value(expr) => !expr.any(&mut |inner| matches!(inner, Expr::Field(_) | Expr::AnswerField(_))),
    });
    own.or(anywhere).cloned()
}
