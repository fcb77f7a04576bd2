//! Which fields of outputs may be left out, because some statement sends them unset or not at all.

use std::collections::BTreeSet;

use flowspec_runtime::model::{Action, AnswerCase, Body, Event, Expr, Model, Outcome, OutputId};

use super::flow::is_optional;

/// Where an expression stands: its event and its answer, where there are any.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    event: Option<&'a Event>,
    answer: Option<&'a AnswerCase>,
}

/// The fields of outputs that may be left out.
pub(super) fn left_out(model: &Model) -> BTreeSet<(OutputId, u16)> {
    let mut left_out = BTreeSet::new();
    let mut see = |place: Place, action: &Action| {
        if let Action::Send { output, fields, .. } = action {
            let declared = (0_u16..).zip(&model.outputs[usize::from(*output)].fields);
            for (index, _) in declared.filter(|(_, field)| !field.chosen) {
                let sent = fields.iter().find(|(field, _)| *field == index);
                if sent.is_none_or(|(_, value)| is_nullable(model, place, value)) {
                    left_out.insert((*output, index));
                }
            }
        }
    };
    model.start.iter().for_each(|branch| each_action(&branch.body, Place::default(), &mut see));
    model.timers.iter().for_each(|timer| each_action(&timer.body, Place::default(), &mut see));
    for handler in model.steps.iter().flat_map(|step| &step.handlers) {
        let place = Place { event: Some(model.event(handler.event)), answer: None };
        handler.gates.iter().flat_map(|gate| &gate.actions).for_each(|action| see(place, action));
        handler.branches.iter().for_each(|branch| each_action(&branch.body, place, &mut see));
    }
    left_out
}

fn each_action<'a>(body: &'a Body, place: Place<'a>, see: &mut dyn FnMut(Place<'_>, &Action)) {
    body.actions.iter().for_each(|action| see(place, action));
    match &body.outcome {
        Outcome::Ask { answers, .. } => {
            for answer in answers {
                let place = Place { answer: Some(answer), ..place };
                answer.branches.iter().for_each(|branch| each_action(&branch.body, place, see));
            }
        }
        Outcome::Either(bodies) => bodies.iter().take(1).for_each(|body| each_action(body, place, see)),
        _ => {}
    }
}

fn is_nullable(model: &Model, place: Place, expr: &Expr) -> bool {
    match expr {
        Expr::Field(field) => place.event.is_none_or(|event| is_optional(&event.fields[usize::from(*field)])),
        Expr::AnswerField(field) => {
            place.answer.is_none_or(|case| is_optional(&case.fields[usize::from(*field)]))
        }
        Expr::Variable(variable) => model.variables[usize::from(*variable)].default.is_none(),
        Expr::Given(given) => {
            let given = &model.givens[usize::from(*given)];
            given.optional && given.default.is_none()
        }
        Expr::Output { .. } | Expr::Attribute { .. } | Expr::Asked(_) | Expr::RowKey(_) => true,
        _ => false,
    }
}
