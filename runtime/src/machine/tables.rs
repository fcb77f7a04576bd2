//! What follows from a model alone and is worked out once: places in memory, texts of reasons, time-outs by step.

use crate::model::{Event, Handler, Model, OutputId, Rule, StepId, TimerBase, Type, TypeId, Variable};
use crate::{Pattern, Text, reason};

use super::Unfit;

/// Looked up at every input.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    /// How many values a session remembers.
    pub(super) memory: usize,
    variables: usize,
    /// Where the fields of each output begin.
    outputs: Vec<usize>,
    /// By type and constraint; none for constraints that are no patterns.
    patterns: Vec<Vec<Option<Pattern>>>,
    /// By event and field.
    pub(super) fields: Vec<Vec<FieldReasons>>,
    /// By given.
    pub(super) givens: Vec<FieldReasons>,
    /// By limit: `limit:NAME`.
    pub(super) limits: Vec<Text>,
    /// The time-outs of each step, as indices into `Model::timers`.
    timers: Vec<Vec<u16>>,
    /// The time-outs of the flow itself.
    pub(super) flow_timers: Vec<u16>,
    /// By step: whether a time-out runs from its entry wherever the session is by then.
    since: Vec<bool>,
    /// By step: whether `resume` is reachable from it by its own handlers and time-outs.
    resumes: Vec<bool>,
}

/// Why a field may be refused.
#[derive(Debug, Clone)]
pub(super) struct FieldReasons {
    pub(super) missing: Text,
    pub(super) invalid: Text,
}

impl Tables {
    pub(super) fn new(model: &Model) -> Result<Self, Unfit> {
        let variables = model.givens.len();
        let mut memory = variables + model.variables.len();
        let outputs = model.outputs.iter().map(|output| {
            memory += output.fields.len();
            memory - output.fields.len()
        });
        let outputs = outputs.collect();
        Ok(Self {
            memory,
            variables,
            outputs,
            patterns: patterns(model)?,
            fields: model.events.iter().map(|event| field_reasons(model, event)).collect(),
            givens: model.givens.iter().map(|given| given_reasons(model, given)).collect(),
            limits: model.limits.iter().map(|limit| reason("limit", &limit.name)).collect(),
            flow_timers: flow_timers(model),
            since: since(model),
            resumes: model.resuming(),
            timers: timers_by_step(model),
        })
    }

    /// Works out again what follows from steps, outcomes and time-outs.
    pub(super) fn follow_steps(&mut self, model: &Model) {
        self.flow_timers = flow_timers(model);
        self.since = since(model);
        self.resumes = model.resuming();
        self.timers = timers_by_step(model);
    }

    /// Works out again what follows from the patterns of a type.
    pub(super) fn follow_pattern(&mut self, model: &Model, kind: TypeId) -> Result<(), Unfit> {
        self.patterns[usize::from(kind)] = patterns_of(model.kind(kind))?;
        Ok(())
    }

    /// Where a remembered value stands in a session's memory.
    pub(super) fn variable(&self, index: u16) -> usize {
        self.variables + usize::from(index)
    }

    /// Where a field of the last output of a kind stands in a session's memory.
    pub(super) fn output(&self, output: OutputId, field: u16) -> usize {
        self.outputs.get(usize::from(output)).map_or(usize::MAX, |start| start + usize::from(field))
    }

    pub(super) fn pattern(&self, kind: u16, constraint: usize) -> Option<&Pattern> {
        self.patterns.get(usize::from(kind))?.get(constraint)?.as_ref()
    }

    pub(super) fn timers(&self, step: StepId) -> &[u16] {
        self.timers.get(usize::from(step)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_since(&self, step: StepId) -> bool {
        self.since.get(usize::from(step)).is_some_and(|is| *is)
    }

    pub(super) fn resumes(&self, step: StepId) -> bool {
        self.resumes.get(usize::from(step)).is_some_and(|is| *is)
    }

    /// Whether a handler interrupts.
    pub(super) fn interrupts(&self, handler: &Handler) -> bool {
        handler.interrupts(&self.resumes)
    }
}

fn flow_timers(model: &Model) -> Vec<u16> {
    let of_flow = (0..).zip(&model.timers).filter(|(_, timer)| timer.step.is_none());
    of_flow.map(|(id, _)| id).collect()
}

fn patterns(model: &Model) -> Result<Vec<Vec<Option<Pattern>>>, Unfit> {
    model.types.iter().map(patterns_of).collect()
}

fn patterns_of(kind: &Type) -> Result<Vec<Option<Pattern>>, Unfit> {
    let compiled = |rule: &Rule| match rule {
        Rule::Pattern(pattern) => {
            Pattern::new(pattern).map(Some).map_err(|error| Unfit(format!("pattern `{pattern}`: {error}")))
        }
        _ => Ok(None),
    };
    kind.constraints.iter().map(|constraint| compiled(&constraint.rule)).collect()
}

fn field_reasons(model: &Model, event: &Event) -> Vec<FieldReasons> {
    event.fields.iter().map(|field| reasons(model, &field.name)).collect()
}

fn given_reasons(model: &Model, given: &Variable) -> FieldReasons {
    reasons(model, &given.name)
}

fn reasons(model: &Model, name: &str) -> FieldReasons {
    FieldReasons {
        missing: reason(&model.defaults.missing.0, name),
        invalid: reason(&model.defaults.invalid.0, name),
    }
}

fn timers_by_step(model: &Model) -> Vec<Vec<u16>> {
    let mut timers = vec![Vec::new(); model.steps.len()];
    for (id, timer) in (0..).zip(&model.timers) {
        if let Some(of_step) = timer.step.and_then(|step| timers.get_mut(usize::from(step))) {
            of_step.push(id);
        }
    }
    timers
}

fn since(model: &Model) -> Vec<bool> {
    let mut since = vec![false; model.steps.len()];
    for timer in &model.timers {
        if let TimerBase::Since(step) = timer.base
            && let Some(is) = since.get_mut(usize::from(step))
        {
            *is = true;
        }
    }
    since
}
