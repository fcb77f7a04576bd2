//! What differs from flow to flow in the implementation of `Flow`.

use flowspec_runtime::model::{Branch, Handler, Outcome, StepId, TimerBase, USER};

use super::super::flow::Flow;
use super::super::layout::{Code, code};
use super::super::{reading, timers};
use super::{ActingView, ImplementationView, literal};

pub(super) fn implementation(flow: &Flow) -> ImplementationView {
    let model = flow.model;
    let armed = || (0_u16..).zip(&model.timers).filter(|(_, timer)| !timer.or_later);
    let lasting = armed().filter(|(_, timer)| timer.step.is_none()).map(|(id, _)| id).collect();
    let ends = (0_u16..).zip(&model.steps).filter(|(_, step)| step.end.is_some());
    let ends = one_of(flow, ends.map(|(id, _)| id));
    let interrupts =
        model.steps.iter().flat_map(|step| &step.handlers).any(|handler| flow.interrupts(handler));
    let resuming = (0_u16..).zip(&flow.resuming).filter(|(_, is)| **is && interrupts).map(|(id, _)| id);
    let resumes = if interrupts { one_of(flow, resuming) } else { String::new() };
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
    let (time_out_head, time_out) = timers::time_out(flow);
    ImplementationView {
        unlisted: flow.unlisted(),
        start_step: flow.step(first.unwrap_or_default()),
        ends,
        lasting,
        resumes,
        since: since.map(|(id, _)| id).collect(),
        times: armed().next().is_some(),
        asks: !flow.answers.is_empty(),
        session: timers::session_literal(&super::memory::session(flow)),
        start: timers::start(flow),
        idle: acting.len() < model.steps.len(),
        acting,
        listed: listed(flow),
        entered: timers::entered(flow),
        active: timers::active(flow),
        others: if idles { others.join(" | ") } else { String::new() },
        time_out_head: if armed().next().is_some() { time_out_head } else { String::new() },
        time_out,
        reset: timers::reset(flow),
        read_given: reading::given(flow),
        reads_rows: !model.records.is_empty(),
        may: super::capabilities::may(model),
    }
}

/// Whether `step` is one of these.
fn one_of(flow: &Flow, steps: impl Iterator<Item = u16>) -> String {
    let mut steps = steps.map(|id| Code::from(flow.step(id))).collect::<Vec<_>>();
    let code = match steps.len() {
        0 => "false".into(),
        1 => code!["step == ", steps.remove(0)],
        _ => Code::call("matches!", vec!["step".into(), Code::joined("|", steps)]),
    };
    code.print(8)
}

fn acting(flow: &Flow) -> Vec<ActingView> {
    let steps = flow.model.steps.iter().zip(&flow.steps).filter(|(step, _)| !step.handlers.is_empty());
    let views = steps
        .map(|(_, (variant, function))| ActingView { variant: variant.clone(), function: function.clone() });
    views.collect()
}

/// The constant of the events that each step lists.
fn listed(flow: &Flow) -> String {
    let steps = (0_u16..).zip(&flow.model.steps);
    let rows = steps.flat_map(|(id, step)| step.handlers.iter().map(move |handler| row(flow, id, handler)));
    let rows = Code::Group(vec!["&[".into(), Code::items(rows.collect()), "]".into()]);
    code!["const LISTED: &'static [Listed<Self>] = ", rows, ";"].print(4)
}

/// An event that a step lists.
fn row(flow: &Flow, step: StepId, handler: &Handler) -> Code {
    let names = flow.events[usize::from(handler.event)].as_ref();
    let variant = flow.variant(handler);
    let (head, read) = match names {
        Some(names) => ("Listed::new", reading::function(flow, handler.event, names, variant)),
        None => ("Listed::plain", format!("Event::{variant}")),
    };
    let event = literal(&flow.model.event(handler.event).name);
    let by = literal(&flow.model.actors[usize::from(handler.actor)].name);
    let listed = Code::call(head, [flow.step(step), event, by, read].map(Code::from).into());
    let mut calls: Vec<Code> = Vec::new();
    let silent = |branch: &Branch| branch.guard.is_none() && branch.body.outcome == Outcome::Silent;
    if matches!(handler.branches.as_slice(), [branch] if silent(branch)) {
        calls.push(format!(".silent({})", flow.silence()).into());
    }
    if flow.interrupts(handler) {
        calls.push(".interrupting()".into());
    }
    if calls.is_empty() {
        return listed;
    }
    if !listed.print(8).contains('\n') {
        return Code::chain(listed, calls);
    }
    // Behind a call that is broken itself, the next one stands no further in.
    let calls = calls.into_iter().flat_map(|call| [Code::Break(""), call]);
    Code::Group(std::iter::once(listed).chain(calls).collect())
}

/// Whether a struct's event is read with a view of the session.
pub(in crate::emit::rust) fn reads_turn(flow: &Flow, event: u16) -> bool {
    flow.model.event(event).fields.iter().any(|field| field.when.is_some())
}
