//! What differs from flow to flow in the implementation of `Flow`.

use flowspec_runtime::model::{Outcome, TimerBase, USER};

use super::super::flow::Flow;
use super::super::layout::{Code, code};
use super::super::{reading, timers};
use super::{ActingView, ImplementationView, ListedView, literal};

pub(super) fn implementation(flow: &Flow) -> ImplementationView {
    let model = flow.model;
    let armed = || (0_u16..).zip(&model.timers).filter(|(_, timer)| !timer.or_later);
    let lasting = armed().filter(|(_, timer)| timer.step.is_none()).map(|(id, _)| id).collect();
    let ends = (0_u16..).zip(&model.steps).filter(|(_, step)| step.end.is_some());
    let ends = ended(flow, ends.map(|(id, _)| id).collect());
    let interrupts =
        model.steps.iter().flat_map(|step| &step.handlers).any(|handler| flow.interrupts(handler));
    let resuming = (0_u16..).zip(&flow.resuming).filter(|(_, is)| **is && interrupts).map(|(id, _)| id);
    let resuming = if interrupts { steps_constant(flow, "RESUMING", resuming) } else { String::new() };
    let since = armed()
        .filter(|(_, timer)| interrupts && timer.step.is_some() && matches!(timer.base, TimerBase::Since(_)));
    let acting = acting(flow);
    let first = model.start.iter().find_map(|branch| match branch.body.outcome {
        Outcome::To(step) => Some(step),
        _ => None,
    });
    let others = flow.variants.iter().filter(|variant| variant.actor != USER).map(|variant| {
        let inner = if flow.events[usize::from(variant.event)].is_some() { "(_)" } else { "" };
        format!("Event::{}{inner}", variant.name)
    });
    let others = others.collect::<Vec<_>>();
    let idles = armed().any(|(_, timer)| timer.base == TimerBase::Idle);
    let time_outs = timers::time_outs(flow);
    ImplementationView {
        unlisted: flow.unlisted(),
        start_step: flow.step(first.unwrap_or_default()),
        ends,
        lasting,
        resuming,
        since: since.map(|(id, _)| id).collect(),
        times: armed().next().is_some(),
        asks: !flow.answers.is_empty(),
        session: timers::session_literal(&super::memory::session(flow)),
        start: timers::start(flow),
        idle: acting.len() < model.steps.len(),
        acting,
        entered: timers::entered(flow),
        active: timers::active(flow),
        others: if idles { others.join(" | ") } else { String::new() },
        times_turn: time_outs.iter().any(|time_out| time_out.uses_turn),
        time_outs,
        reset: timers::reset(flow),
        read_given: reading::given(flow),
        reads_rows: !model.records.is_empty(),
        may: super::capabilities::may(model),
        reads_answers: !flow.answers.is_empty(),
        reads_turn: model.events.iter().flat_map(|event| &event.fields).any(|field| field.when.is_some()),
    }
}

/// The function that says whether a session has ended in a step.
fn ended(flow: &Flow, ends: Vec<u16>) -> String {
    if ends.is_empty() {
        return "fn ended(_: Step) -> bool {\n        false\n    }".to_owned();
    }
    let ends = ends.into_iter().map(|id| flow.step(id).into()).collect();
    let ends = Code::Nest(vec![Code::Break(""), "step, ".into(), Code::joined("|", ends)]);
    let ends = Code::Group(vec!["matches!(".into(), ends, Code::Break(""), ")".into()]);
    format!("fn ended(step: Step) -> bool {{\n        {}\n    }}", ends.print(8))
}

/// A constant that names steps.
fn steps_constant(flow: &Flow, name: &str, steps: impl Iterator<Item = u16>) -> String {
    let steps = steps.map(|id| flow.step(id).into()).collect();
    let list = Code::Group(vec!["&[".into(), Code::items(steps), "]".into()]);
    code![format!("const {name}: &'static [Step] = "), list, ";"].print(4)
}

fn acting(flow: &Flow) -> Vec<ActingView> {
    let model = flow.model;
    let steps = model.steps.iter().zip(&flow.steps).filter(|(step, _)| !step.handlers.is_empty());
    let views = steps.map(|(step, (variant, function))| {
        let listed = step.handlers.iter().map(|handler| {
            let silent = matches!(handler.branches.as_slice(), [branch] if branch.guard.is_none() && branch.body.outcome == Outcome::Silent);
            ListedView {
                event: literal(&model.event(handler.event).name),
                by: literal(&model.actors[usize::from(handler.actor)].name),
                guard: if flow.interrupts(handler) { " if !turn.is_interrupted()" } else { "" },
                verdict: if silent { format!("Err({})", flow.silence()) } else { "Ok(())".to_owned() },
            }
        });
        ActingView { variant: variant.clone(), function: function.clone(), listed: listed.collect() }
    });
    views.collect()
}

/// Whether a struct's event is read with a view of the session.
pub(in crate::emit::rust) fn reads_turn(flow: &Flow, event: u16) -> bool {
    flow.model.event(event).fields.iter().any(|field| field.when.is_some())
}
