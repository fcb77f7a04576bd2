//! Names of events, outputs, answers, and reasons, in the order of the model.

use std::collections::{BTreeMap, BTreeSet};

use flowspec_runtime::model::{
    ActorId, AnswerCase, Bound, Expr, Field, Limit, LimitOutcome, Model, USER, Window,
};

use super::super::sends;
use super::asks::{each_ask, same_case};
use super::{AnswerEnum, EventStruct, OutputStruct, Variant};
use crate::emit::names::{Names, camel, snake};

pub(super) fn fields<'n>(of: impl Iterator<Item = &'n str>, taken: &[&str]) -> Vec<String> {
    let mut names = Names::with(taken);
    of.map(|name| names.take(snake(name), "_")).collect()
}

pub(super) fn is_computed(limit: &Limit) -> bool {
    let constant = |expr: &Expr| matches!(expr, Expr::Const(_));
    let bound = matches!(&limit.bound, Bound::AtMost(bound) if !constant(bound));
    let window = matches!(&limit.window, Window::Rolling(width) if !constant(width));
    let hold = matches!(&limit.outcome, LimitOutcome::Refuse { hold: Some(hold), .. } if !constant(hold));
    bound || window || hold || limit.active.is_some()
}

pub(super) fn event_variants(model: &Model) -> Vec<Variant> {
    let mut names = Names::with(&[]);
    let mut variants: Vec<Variant> = Vec::new();
    let handlers = || model.steps.iter().flat_map(|step| &step.handlers);
    for (event, declared) in (0_u16..).zip(&model.events) {
        let mut actors = handlers().filter(|h| h.event == event).map(|h| h.actor).collect::<Vec<_>>();
        actors.sort_unstable();
        actors.dedup();
        for actor in &actors {
            let name = match (*actor, actors.len()) {
                (_, 1) | (USER, _) => camel(&declared.name),
                (actor, _) => {
                    format!("{}By{}", camel(&declared.name), camel(&model.actors[usize::from(actor)].name))
                }
            };
            variants.push(Variant { event, actor: *actor, name: names.take(name, "_") });
        }
    }
    variants
}

pub(super) fn event_struct(
    model: &Model,
    name: &str,
    own: &[Field],
    asked: &[ActorId],
    names: &mut Names,
    locals: &mut Names,
) -> EventStruct {
    let mut taken = Names::with(&[]);
    let fields = own.iter().map(|field| taken.take(snake(&field.name), "_")).collect();
    let answers = asked
        .iter()
        .map(|actor| (*actor, taken.take(snake(&model.actors[usize::from(*actor)].name), "_answer")));
    let answers = answers.collect();
    EventStruct {
        name: names.take(camel(name), "Event"),
        local: locals.take(snake(name), "_event"),
        fields,
        answers,
    }
}

pub(super) fn outputs(model: &Model, names: &mut Names, locals: &mut Names) -> Vec<OutputStruct> {
    let optional = sends::left_out(model);
    let outputs = (0_u16..).zip(&model.outputs).map(|(id, output)| {
        let own = fields(output.fields.iter().map(|field| field.name.as_str()), &[]);
        OutputStruct {
            name: names.take(camel(&output.name), "Output"),
            local: locals.take(snake(&output.name), "_output"),
            fields: (0_u16..).zip(own).map(|(index, name)| (name, optional.contains(&(id, index)))).collect(),
        }
    });
    outputs.collect()
}

pub(super) fn answers<'a>(
    model: &'a Model,
    names: &mut Names,
    locals: &mut Names,
) -> BTreeMap<ActorId, AnswerEnum<'a>> {
    let mut cases: BTreeMap<ActorId, Vec<&AnswerCase>> = BTreeMap::new();
    each_ask(model, &mut |_, actor, answers| {
        let known = cases.entry(actor).or_default();
        for answer in answers {
            if !known.iter().any(|case| same_case(case, answer)) {
                known.push(answer);
            }
        }
    });
    let answers = cases.into_iter().map(|(actor, cases)| {
        let actor_name = &model.actors[usize::from(actor)].name;
        let name = names.take(camel(actor_name), "Answer");
        let mut variants = Names::with(&[]);
        let cases = cases.into_iter().map(|case| {
            let fields = (!case.fields.is_empty())
                .then(|| event_struct(model, &case.name, &case.fields, &[], names, locals));
            (case, variants.take(camel(&case.name), "_"), fields)
        });
        (actor, AnswerEnum { name, cases: cases.collect() })
    });
    answers.collect()
}

/// Every reason that code may name, with its variant.
pub(super) fn reasons(model: &Model) -> Vec<(String, String)> {
    let mut names = Names::default();
    let mut reasons = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |word: String| {
        if seen.insert(word.clone()) {
            let variant = names.take(camel(&word), "_");
            reasons.push((word, variant));
        }
    };
    model.reasons.iter().for_each(|reason| add(reason.name.to_string()));
    let (missing, invalid) = (&model.defaults.missing.0, &model.defaults.invalid.0);
    for field in model.events.iter().flat_map(|event| &event.fields) {
        if !field.optional && field.default.is_none() {
            add(format!("{missing}:{}", field.name));
        }
        add(format!("{invalid}:{}", field.name));
    }
    for given in &model.givens {
        if !given.optional && given.default.is_none() {
            add(format!("{missing}:{}", given.name));
        }
        add(format!("{invalid}:{}", given.name));
    }
    for limit in &model.limits {
        let own = matches!(limit.outcome, LimitOutcome::Trip(_) | LimitOutcome::Refuse { reason: None, .. });
        let counts = !limit.or_more && !matches!(limit.bound, Bound::Unbounded);
        if own && counts {
            add(format!("limit:{}", limit.name));
        }
    }
    ["overflow", "silent"].into_iter().for_each(|word| add(word.to_owned()));
    reasons
}
