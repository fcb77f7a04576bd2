//! The types of the keys of limits.

use flowspec_runtime::model::{Action, Body, Event, Expr, Key, LimitId, Model, Outcome, TypeId};

/// The type of a limit's key; none where it has one key for the universe or for the session.
pub(super) fn key_kind(model: &Model, limit: LimitId) -> Option<TypeId> {
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    handlers.into_iter().find_map(|handler| {
        let gate = handler.gates.iter().find(|gate| gate.limit == limit);
        let event = model.event(handler.event);
        let in_actions = || handler.branches.iter().find_map(|branch| in_body(&branch.body, limit));
        let key = gate.map(|gate| &gate.key).or_else(in_actions)?;
        if let Key::Value(expr) = key { kind_of(model, event, expr) } else { None }
    })
}

fn in_body(body: &Body, of: LimitId) -> Option<&Key> {
    let own = body.actions.iter().find_map(|action| match action {
        Action::Reset { limit, key, .. }
        | Action::Uncount { limit, key, .. }
        | Action::Count { limit, key, .. }
            if *limit == of =>
        {
            Some(key)
        }
        _ => None,
    });
    own.or_else(|| match &body.outcome {
        Outcome::Ask { answers, .. } => {
            answers.iter().flat_map(|answer| &answer.branches).find_map(|branch| in_body(&branch.body, of))
        }
        Outcome::Either(bodies) => bodies.iter().find_map(|body| in_body(body, of)),
        _ => None,
    })
}

fn kind_of(model: &Model, event: &Event, expr: &Expr) -> Option<TypeId> {
    match expr {
        Expr::Field(field) => event.fields.get(usize::from(*field)).map(|field| field.kind),
        Expr::Variable(variable) => model.variables.get(usize::from(*variable)).map(|variable| variable.kind),
        Expr::Given(given) => model.givens.get(usize::from(*given)).map(|given| given.kind),
        Expr::Choice(choice) => model.choices.get(usize::from(*choice)).map(|choice| choice.kind),
        Expr::Output { output, field } => {
            model.outputs.get(usize::from(*output))?.fields.get(usize::from(*field)).map(|field| field.kind)
        }
        Expr::Attribute { row, attribute } => {
            let record = model.rows.get(usize::from(*row))?.record;
            model.records.get(usize::from(record))?.attributes.get(usize::from(*attribute)).map(|a| a.kind)
        }
        Expr::RowKey(row) => {
            let record = model.rows.get(usize::from(*row))?.record;
            model.records.get(usize::from(record)).map(|record| record.key_kind)
        }
        _ => None,
    }
}
