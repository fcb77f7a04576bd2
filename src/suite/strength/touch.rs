//! Where in a recorded suite a fault can first make a difference: a variant need not be run anywhere else.

use flowspec_runtime::conformance::Habit;
use flowspec_runtime::model::{
    Action, Body, ElementId, Handler, LimitId, Model, Outcome, StepId, Target, Timer, TimerBase, TypeId,
};

use super::recorded::Recorded;
use crate::suite::mutants::{Mutant, Part};

/// The traces that a variant may go through otherwise, in their order.
pub(super) fn touched(recorded: &Recorded, model: &Model, mutant: &Mutant) -> Vec<u32> {
    traces(recorded, model, mutant, false)
}

/// The traces before which something else might have been done that a variant goes through otherwise.
pub(super) fn nearby(recorded: &Recorded, model: &Model, mutant: &Mutant) -> Vec<u32> {
    traces(recorded, model, mutant, true)
}

fn traces(recorded: &Recorded, model: &Model, mutant: &Mutant, nearby: bool) -> Vec<u32> {
    let mut touched = Vec::new();
    for part in mutant.parts() {
        match part {
            Part::Branch(step, at, index, changed) if !nearby => {
                let handler = &model.steps[*step].handlers[*at];
                let right = &handler.branches[*index];
                let same_guard = (right.element, &right.guard) == (changed.element, &changed.guard);
                let element =
                    if same_guard && !interrupts(model) { right.body.element } else { handler.element };
                extend(recorded, &mut touched, [element]);
            }
            Part::Handler(step, at, changed) if !nearby => {
                let handler = &model.steps[*step].handlers[*at];
                extend(recorded, &mut touched, differing(model, handler, changed));
            }
            // What it does, and not when, is another: that matters where it fires.
            Part::Timer(at, changed) if !nearby && waits_alike(model, &model.timers[*at], changed) => {
                extend(recorded, &mut touched, [changed.element]);
            }
            _ => of_part(recorded, model, part, &mut touched),
        }
    }
    match mutant.habit {
        Some(Habit::SharesVariable(_) | Habit::SharesOutput(_)) => touched.extend(&recorded.crowded),
        Some(_) => touched.extend(0..recorded.traces.len() as u32),
        None => {}
    }
    touched.sort_unstable();
    touched.dedup();
    touched
}

fn of_part(recorded: &Recorded, model: &Model, part: &Part, touched: &mut Vec<u32>) {
    let all = 0..recorded.traces.len() as u32;
    match part {
        Part::Start(..) | Part::Require(..) | Part::Given(..) | Part::Remembered(..) => {
            touched.extend(&recorded.openings);
        }
        Part::Limit(limit, _) => {
            let limit = *limit as LimitId;
            let uses = |action: &Action| {
                matches!(action,
                    Action::Count { limit: of, .. } | Action::Uncount { limit: of, .. } | Action::Reset { limit: of, .. }
                    if *of == limit)
            };
            extend(
                recorded,
                touched,
                elements(model, &|handler| handler.gates.iter().any(|gate| gate.limit == limit), &uses),
            );
        }
        Part::Field(event, ..) => {
            let of_event = |handler: &Handler| usize::from(handler.event) == *event;
            extend(recorded, touched, elements(model, &of_event, &|_| false));
        }
        Part::Handler(step, at, _)
        | Part::Branch(step, at, ..)
        | Part::Refusal(step, at, ..)
        | Part::Missing(step, at, _) => {
            let element = model.steps[*step].handlers[*at].element;
            extend(recorded, touched, [element]);
        }
        Part::Further(step, handler) => {
            if let Some(handler) = handler {
                touched.extend(recorded.unlisted(*step as StepId, handler.event));
            }
        }
        Part::Timer(at, _) => {
            let timer = &model.timers[*at];
            match (timer.step, timer.base) {
                (Some(step), TimerBase::Entry | TimerBase::Idle) => {
                    touched.extend(recorded.in_step(step));
                    extend(recorded, touched, [timer.element]);
                }
                _ => touched.extend(all),
            }
        }
        Part::Rule(..) => touched.extend(&recorded.questions),
        Part::Type(kind, _) => of_type(recorded, model, *kind as TypeId, touched),
        Part::Defaults(_) => {
            touched.extend(recorded.with_element(model.defaults.unlisted.1.unwrap_or(model.element)))
        }
        Part::Output(..) => touched.extend(all),
        // More reasons change nothing by themselves.
        Part::Reasons(_) | Part::Grown(_) => {}
    }
}

/// The statements of a handler of which at least one is used wherever another version of it may go otherwise.
fn differing(model: &Model, handler: &Handler, changed: &Handler) -> Vec<ElementId> {
    let head = |handler: &Handler| (handler.event, handler.actor, handler.element, handler.anywhere);
    let alike = head(handler) == head(changed)
        && handler.fields == changed.fields
        && handler.gates == changed.gates
        && handler.refusals == changed.refusals;
    // Where steps are interrupted, what a handler comes to decides in others which of their events do so.
    if !alike || interrupts(model) {
        return vec![handler.element];
    }
    let pairs = || handler.branches.iter().zip(&changed.branches);
    let same_guards = handler.branches.len() == changed.branches.len()
        && pairs()
            .all(|(branch, changed)| (branch.element, &branch.guard) == (changed.element, &changed.guard));
    if same_guards {
        let other = pairs().filter(|(branch, changed)| branch.body != changed.body);
        other.map(|(branch, _)| branch.body.element).collect()
    } else {
        handler.branches.iter().map(|branch| branch.element).collect()
    }
}

fn waits_alike(model: &Model, timer: &Timer, changed: &Timer) -> bool {
    let when = |timer: &Timer| (timer.step, timer.base, timer.or_later);
    when(timer) == when(changed) && timer.delay == changed.delay && !interrupts(model)
}

/// Whether a step may be interrupted, to be resumed later.
pub(super) fn interrupts(model: &Model) -> bool {
    model.steps.iter().flat_map(|step| &step.handlers).any(|handler| handler.anywhere)
}

fn of_type(recorded: &Recorded, model: &Model, kind: TypeId, touched: &mut Vec<u32>) {
    let reads = |handler: &Handler| {
        let fields = &model.event(handler.event).fields;
        fields.iter().any(|field| field.kind == kind || set_of(model, field.kind) == Some(kind))
            || handler.branches.iter().any(|branch| match &branch.body.outcome {
                Outcome::Ask { answers, .. } => {
                    answers.iter().flat_map(|answer| &answer.fields).any(|field| field.kind == kind)
                }
                _ => false,
            })
    };
    let keeps = |action: &Action| match action {
        Action::Set { target: Target::Variable(variable), .. } => {
            model.variables[usize::from(*variable)].kind == kind
        }
        Action::Set { target: Target::Attribute { row, attribute }, .. } => {
            let record = &model.records[usize::from(model.rows[usize::from(*row)].record)];
            record.attributes[usize::from(*attribute)].kind == kind
        }
        Action::Send { output, .. } => {
            model.outputs[usize::from(*output)].fields.iter().any(|field| field.kind == kind)
        }
        _ => false,
    };
    extend(recorded, touched, elements(model, &reads, &keeps));
    if model.givens.iter().any(|given| given.kind == kind) {
        touched.extend(&recorded.openings);
    }
    if model.records.iter().any(|record| record.key_kind == kind) {
        touched.extend(&recorded.questions);
    }
}

fn set_of(model: &Model, kind: TypeId) -> Option<TypeId> {
    match model.kind(kind).kind {
        flowspec_runtime::model::Kind::Set { of } => Some(of),
        _ => None,
    }
}

/// The statements of the handlers that are meant, and of the handlers, time-outs and beginnings that do one of the
/// actions meant.
fn elements(
    model: &Model,
    meant: &dyn Fn(&Handler) -> bool,
    acts: &dyn Fn(&Action) -> bool,
) -> Vec<ElementId> {
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    let mut elements: Vec<_> = handlers
        .filter(|handler| meant(handler) || handler.branches.iter().any(|branch| does(&branch.body, acts)))
        .map(|handler| handler.element)
        .collect();
    let timers = model.timers.iter().filter(|timer| does(&timer.body, acts));
    elements.extend(timers.map(|timer| timer.element));
    let starts = model.start.iter().filter(|branch| does(&branch.body, acts));
    elements.extend(starts.map(|branch| branch.element));
    elements
}

fn does(body: &Body, acts: &dyn Fn(&Action) -> bool) -> bool {
    body.actions.iter().any(acts)
        || match &body.outcome {
            Outcome::Ask { answers, .. } => {
                answers.iter().flat_map(|answer| &answer.branches).any(|branch| does(&branch.body, acts))
            }
            Outcome::Either(bodies) => bodies.iter().any(|body| does(body, acts)),
            _ => false,
        }
}

fn extend(recorded: &Recorded, touched: &mut Vec<u32>, elements: impl IntoIterator<Item = ElementId>) {
    for element in elements {
        touched.extend(recorded.with_element(element));
    }
}
