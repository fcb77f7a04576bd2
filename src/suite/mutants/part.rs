//! A part of a flow that can be exchanged for another and back again, without a copy of the rest.

use std::mem::swap;

use flowspec_runtime::model::{
    Branch, CapabilityRule, Defaults, Field, Handler, Limit, Model, Named, Output, Refusal, Require, Step,
    Timer, Type, Variable,
};

/// A place in a flow, with what stands there instead.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::suite) enum Part {
    /// A branch of the beginning.
    Start(usize, Branch),
    /// Something that must hold for a session to open.
    Require(usize, Require),
    /// Something that a session is given.
    Given(usize, Variable),
    /// Something that a session remembers.
    Remembered(usize, Variable),
    /// A limit.
    Limit(usize, Limit),
    /// A field of an event.
    Field(usize, usize, Field),
    /// A handler of a step.
    Handler(usize, usize, Handler),
    /// One branch of a handler.
    Branch(usize, usize, usize, Branch),
    /// One of the conditions under which a handler refuses.
    Refusal(usize, usize, usize, Refusal),
    /// A handler that is missing from a step.
    Missing(usize, usize, Option<Handler>),
    /// A handler that a step does not have.
    Further(usize, Option<Handler>),
    /// A time-out.
    Timer(usize, Timer),
    /// A rule of a capability.
    Rule(usize, usize, CapabilityRule),
    /// A type.
    Type(usize, Type),
    /// What happens where nothing is said.
    Defaults(Defaults),
    /// What an output carries.
    Output(usize, Output),
    /// The reasons that there are.
    Reasons(Vec<Named>),
    /// Steps that there are not, with their time-outs.
    Grown(Grown),
}

/// Steps and time-outs beyond those of a flow.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::suite) struct Grown {
    pub(super) steps: Vec<Step>,
    pub(super) timers: Vec<Timer>,
    pub(super) present: bool,
}

impl Grown {
    fn swap(&mut self, model: &mut Model) {
        if self.present {
            model.steps.truncate(model.steps.len() - self.steps.len());
            model.timers.truncate(model.timers.len() - self.timers.len());
        } else {
            model.steps.extend(self.steps.iter().cloned());
            model.timers.extend(self.timers.iter().cloned());
        }
        self.present = !self.present;
    }
}

impl Part {
    /// Exchanges what stands in the flow for what is here; a second time brings it back.
    pub(super) fn swap(&mut self, model: &mut Model) {
        match self {
            Self::Start(at, branch) => swap(branch, &mut model.start[*at]),
            Self::Require(at, require) => swap(require, &mut model.requires[*at]),
            Self::Given(at, given) => swap(given, &mut model.givens[*at]),
            Self::Remembered(at, variable) => swap(variable, &mut model.variables[*at]),
            Self::Limit(at, limit) => swap(limit, &mut model.limits[*at]),
            Self::Field(event, at, field) => swap(field, &mut model.events[*event].fields[*at]),
            Self::Handler(step, at, handler) => swap(handler, &mut model.steps[*step].handlers[*at]),
            Self::Branch(step, at, index, branch) => {
                swap(branch, &mut model.steps[*step].handlers[*at].branches[*index]);
            }
            Self::Refusal(step, at, index, refusal) => {
                swap(refusal, &mut model.steps[*step].handlers[*at].refusals[*index]);
            }
            Self::Missing(step, at, handler) => {
                let handlers = &mut model.steps[*step].handlers;
                match handler.take() {
                    Some(missing) => handlers.insert(*at, missing),
                    None => *handler = Some(handlers.remove(*at)),
                }
            }
            Self::Further(step, handler) => {
                let handlers = &mut model.steps[*step].handlers;
                match handler.take() {
                    Some(further) => handlers.push(further),
                    None => *handler = handlers.pop(),
                }
            }
            Self::Timer(at, timer) => swap(timer, &mut model.timers[*at]),
            Self::Rule(capability, at, rule) => swap(rule, &mut model.capabilities[*capability].rules[*at]),
            Self::Type(at, kind) => swap(kind, &mut model.types[*at]),
            Self::Defaults(defaults) => swap(defaults, &mut model.defaults),
            Self::Output(at, output) => swap(output, &mut model.outputs[*at]),
            Self::Reasons(reasons) => swap(reasons, &mut model.reasons),
            Self::Grown(grown) => grown.swap(model),
        }
    }

    /// Whether two parts overlap, so that only one of them can be exchanged at a time.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        use Part as P;
        match (self, other) {
            (P::Start(a, _), P::Start(b, _))
            | (P::Require(a, _), P::Require(b, _))
            | (P::Given(a, _), P::Given(b, _))
            | (P::Remembered(a, _), P::Remembered(b, _))
            | (P::Limit(a, _), P::Limit(b, _))
            | (P::Timer(a, _), P::Timer(b, _))
            | (P::Type(a, _), P::Type(b, _))
            | (P::Output(a, _), P::Output(b, _)) => a == b,
            (P::Field(a, i, _), P::Field(b, j, _))
            | (P::Rule(a, i, _), P::Rule(b, j, _))
            | (P::Handler(a, i, _), P::Handler(b, j, _)) => (a, i) == (b, j),
            (P::Defaults(_), P::Defaults(_))
            | (P::Reasons(_), P::Reasons(_))
            | (P::Grown(_), P::Grown(_)) => true,
            (P::Branch(a, i, k, _), P::Branch(b, j, l, _))
            | (P::Refusal(a, i, k, _), P::Refusal(b, j, l, _)) => (a, i, k) == (b, j, l),
            (P::Handler(a, i, _), P::Branch(b, j, ..) | P::Refusal(b, j, ..))
            | (P::Branch(a, i, ..) | P::Refusal(a, i, ..), P::Handler(b, j, _)) => (a, i) == (b, j),
            // What follows a handler that comes or goes has another place.
            (
                P::Missing(a, ..) | P::Further(a, _),
                P::Handler(b, ..)
                | P::Branch(b, ..)
                | P::Refusal(b, ..)
                | P::Missing(b, ..)
                | P::Further(b, _),
            )
            | (
                P::Handler(a, ..) | P::Branch(a, ..) | P::Refusal(a, ..),
                P::Missing(b, ..) | P::Further(b, _),
            ) => a == b,
            _ => false,
        }
    }
}
