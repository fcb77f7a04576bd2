//! Who is asked in the middle of which event, and what may be answered.

use std::collections::BTreeMap;

use flowspec_runtime::model::{ActorId, AnswerCase, Body, EventId, Field, Model, Outcome};

use super::is_optional;

/// Whether two answers are one: of one name, with the same fields.
pub(in crate::emit::rust) fn same_case(a: &AnswerCase, b: &AnswerCase) -> bool {
    let fields = |case: &AnswerCase| {
        case.fields.iter().map(|f| (f.name.clone(), f.kind, is_optional(f))).collect::<Vec<_>>()
    };
    a.name == b.name && fields(a) == fields(b)
}

/// Calls `see` with every `ask`: in which event, who is asked, and what may be answered.
pub(super) fn each_ask<'a>(model: &'a Model, see: &mut dyn FnMut(EventId, ActorId, &'a [AnswerCase])) {
    fn within<'a>(body: &'a Body, event: EventId, see: &mut dyn FnMut(EventId, ActorId, &'a [AnswerCase])) {
        match &body.outcome {
            Outcome::Ask { actor, answers } => {
                see(event, *actor, answers);
                let branches = answers.iter().flat_map(|answer| &answer.branches);
                branches.for_each(|branch| within(&branch.body, event, see));
            }
            Outcome::Either(bodies) => bodies.iter().take(1).for_each(|body| within(body, event, see)),
            _ => {}
        }
    }
    for handler in model.steps.iter().flat_map(|step| &step.handlers) {
        handler.branches.iter().for_each(|branch| within(&branch.body, handler.event, see));
    }
}

/// The fields of every answer.
pub(in crate::emit::rust) fn answer_fields(model: &Model) -> impl Iterator<Item = &Field> {
    let mut fields = Vec::new();
    each_ask(model, &mut |_, _, answers| fields.extend(answers.iter().flat_map(|answer| &answer.fields)));
    fields.into_iter()
}

pub(super) fn asked(model: &Model) -> BTreeMap<EventId, Vec<ActorId>> {
    let mut asked: BTreeMap<EventId, Vec<ActorId>> = BTreeMap::new();
    each_ask(model, &mut |event, actor, _| {
        let actors = asked.entry(event).or_default();
        if !actors.contains(&actor) {
            actors.push(actor);
        }
    });
    asked
}
