//! What everything of a flow is called in its module; the names are made once, before any code is.

mod asks;
mod declared;
mod reserved;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use flowspec_runtime::model::{
    ActorId, AnswerCase, Bound, EventId, Expr, Field, Handler, LimitId, LimitOutcome, Model, OutputId,
    ReasonId, StepId, TimerBase, TypeId, Unlisted,
};

use super::types::{RustType, Types};
use crate::emit::names::{Names, camel, snake};
use asks::asked;
use declared::{answers, event_struct, event_variants, fields, is_computed, outputs, reasons};
use reserved::{LOCAL_NAMES, MODULE_NAMES};

pub(super) use asks::{answer_fields, same_case};

/// A flow with its names in Rust.
pub(super) struct Flow<'a> {
    /// The model.
    pub model: &'a Model,
    /// By step: whether it leads back to a step that was interrupted.
    pub resuming: Vec<bool>,
    /// Its types.
    pub types: Types,
    /// The variant and the function of each step.
    pub steps: Vec<(String, String)>,
    /// The variants of `Event`.
    pub variants: Vec<Variant>,
    /// Each event's struct, where it has fields or asks.
    pub events: Vec<Option<EventStruct>>,
    /// The enumerations of answers, by actor.
    pub answers: BTreeMap<ActorId, AnswerEnum<'a>>,
    /// The struct (and variant of `Output`) and the local of each output, and its fields.
    pub outputs: Vec<OutputStruct>,
    /// The struct, the table in `Shared` and the local of a row of each record, and its attributes.
    pub records: Vec<RecordStruct>,
    /// The names of each limit.
    pub limits: Vec<LimitNames>,
    /// The field of `Session` of each remembered value, and whether it is an `Option`.
    pub variables: Vec<(String, bool)>,
    /// The field of `Given` and `Session` of each given.
    pub givens: Vec<(String, bool)>,
    /// The field of `Shared` of each choice.
    pub choices: Vec<String>,
    /// The field of `Session` that holds when a step was last entered.
    pub since: BTreeMap<StepId, String>,
    /// The fields of `Session` that hold what was last sent.
    pub last: BTreeMap<(OutputId, u16), String>,
    /// The fields of `Shared` that values are picked from.
    pub chosen: BTreeMap<(OutputId, u16), String>,
    /// The function of each capability.
    pub capabilities: Vec<String>,
    /// Every reason that the code may name, with its variant.
    reasons: Vec<(String, String)>,
    /// The words of the reasons that the code names.
    used: RefCell<BTreeSet<String>>,
}

/// A variant of `Event`: an event by an actor.
pub(super) struct Variant {
    pub event: EventId,
    pub actor: ActorId,
    pub name: String,
}

/// The struct of an event or an answer.
pub(super) struct EventStruct {
    pub name: String,
    /// What it is called in functions.
    pub local: String,
    /// Its fields, in the order of the model.
    pub fields: Vec<String>,
    /// The fields for what asked actors answer.
    pub answers: BTreeMap<ActorId, String>,
}

/// What an actor may answer anywhere in the flow.
pub(super) struct AnswerEnum<'a> {
    pub name: String,
    /// The variant of each answer, and the struct of its fields, if it has any.
    pub cases: Vec<(&'a AnswerCase, String, Option<EventStruct>)>,
}

/// The struct of an output.
pub(super) struct OutputStruct {
    pub name: String,
    pub local: String,
    /// Each field, and whether it may be left out.
    pub fields: Vec<(String, bool)>,
}

/// The struct of a row.
pub(super) struct RecordStruct {
    pub name: String,
    pub table: String,
    pub local: String,
    pub attributes: Vec<String>,
}

/// The names of a limit.
pub(super) struct LimitNames {
    /// The constant, or the local where the limit is computed.
    pub name: String,
    /// The field that holds its uses.
    pub uses: String,
    /// Whether it is computed anew each time.
    pub computed: bool,
    /// Whether it can ever refuse: not where the spec gives no bound, or only the least one.
    pub counts: bool,
}

impl<'a> Flow<'a> {
    /// Names everything in a model.
    pub(super) fn of(model: &'a Model) -> Self {
        let mut names = Names::with(MODULE_NAMES);
        let mut locals = Names::with(LOCAL_NAMES);
        let types = Types::of(model, &mut names);
        let records = model.records.iter().map(|record| RecordStruct {
            name: names.take(camel(&record.name), "Row"),
            table: String::new(),
            local: locals.take(snake(&record.name), "_row"),
            attributes: fields(record.attributes.iter().map(|attribute| attribute.name.as_str()), &[]),
        });
        let records = records.collect::<Vec<_>>();
        let asked = asked(model);
        let events = (0_u16..).zip(&model.events).map(|(id, event)| {
            let actors = asked.get(&id).map(Vec::as_slice).unwrap_or_default();
            (!event.fields.is_empty() || !actors.is_empty())
                .then(|| event_struct(model, &event.name, &event.fields, actors, &mut names, &mut locals))
        });
        let events = events.collect::<Vec<_>>();
        let outputs = outputs(model, &mut names, &mut locals);
        let answers = answers(model, &mut names, &mut locals);
        let mut constants = Names::with(MODULE_NAMES);
        let limits = model.limits.iter().map(|limit| {
            let computed = is_computed(limit);
            let name = snake(&limit.name);
            LimitNames {
                name: if computed {
                    locals.take(name, "_limit")
                } else {
                    constants.take(name.to_uppercase(), "_LIMIT")
                },
                uses: String::new(),
                computed,
                counts: !limit.or_more && !matches!(limit.bound, Bound::Unbounded),
            }
        });
        let limits = limits.collect();
        let mut variants = Names::with(&[]);
        let mut functions = Names::with(LOCAL_NAMES);
        let steps = model
            .steps
            .iter()
            .map(|step| (variants.take(camel(&step.name), "_"), functions.take(snake(&step.name), "_step")));
        let steps = steps.collect();
        let mut flow = Self {
            steps,
            variants: event_variants(model),
            events,
            answers,
            outputs,
            records,
            limits,
            variables: Vec::new(),
            givens: Vec::new(),
            choices: Vec::new(),
            since: BTreeMap::new(),
            last: BTreeMap::new(),
            chosen: BTreeMap::new(),
            capabilities: Vec::new(),
            reasons: reasons(model),
            used: RefCell::default(),
            types,
            model,
            resuming: model.resuming(),
        };
        flow.name_memory();
        flow
    }

    /// Names the fields of `Session` and `Shared`.
    fn name_memory(&mut self) {
        let model = self.model;
        let mut session = Names::with(&[]);
        self.givens = model.givens.iter().map(|g| (session.take(snake(&g.name), "_"), g.optional)).collect();
        let variables = model.variables.iter();
        self.variables =
            variables.map(|v| (session.take(snake(&v.name), "_kept"), v.default.is_none())).collect();
        self.last = self.read_outputs(|name| session.take(name, "_sent"));
        for timer in &model.timers {
            if let (TimerBase::Since(since), Some(_)) = (timer.base, timer.step) {
                let name = format!("{}_since", self.steps[usize::from(since)].1);
                self.since.entry(since).or_insert_with(|| session.take(name, "_"));
            }
        }
        let mut shared = Names::with(&[]);
        for (record, names) in model.records.iter().zip(&mut self.records) {
            names.table = shared.take(snake(&record.name), "_rows");
        }
        self.choices =
            model.choices.iter().map(|choice| shared.take(snake(&choice.name), "_choice")).collect();
        for (limit, names) in model.limits.iter().zip(&mut self.limits) {
            let place = if limit.per.as_deref() == Some("session") { &mut session } else { &mut shared };
            names.uses = place.take(snake(&limit.name), "_uses");
        }
        for (id, output) in (0_u16..).zip(&model.outputs) {
            for (index, field) in (0_u16..).zip(&output.fields) {
                if field.chosen {
                    let name = shared.take(snake(&format!("{}_{}", output.name, field.name)), "_chosen");
                    self.chosen.insert((id, index), name);
                }
            }
        }
        let mut methods = Names::with(&["may", "reset"]);
        let capabilities = model.capabilities.iter();
        self.capabilities =
            capabilities.map(|c| methods.take(format!("may_{}", snake(&c.name)), "_")).collect();
    }

    /// The fields of outputs that some expression reads.
    fn read_outputs(&self, mut name: impl FnMut(String) -> String) -> BTreeMap<(OutputId, u16), String> {
        let mut read = BTreeMap::new();
        self.model.expressions(&mut |expr| {
            if let Expr::Output { output, field } = expr {
                read.entry((*output, *field)).or_insert_with(String::new);
            }
        });
        for ((output, field), place) in &mut read {
            let output = &self.model.outputs[usize::from(*output)];
            *place = name(snake(&format!("{}_{}", output.name, output.fields[usize::from(*field)].name)));
        }
        read
    }

    /// A type.
    pub(super) fn kind(&self, id: TypeId) -> &RustType {
        self.types.get(id)
    }

    /// `Step::Password`.
    pub(super) fn step(&self, id: StepId) -> String {
        format!("Step::{}", self.steps[usize::from(id)].0)
    }

    /// `Reason::WrongCode`, by the reason's word.
    pub(super) fn reason_word(&self, word: &str) -> String {
        self.used.borrow_mut().insert(word.to_owned());
        let known = self.reasons.iter().find(|(reason, _)| reason == word);
        format!("Reason::{}", known.map_or("Unexpected", |(_, variant)| variant))
    }

    /// `Reason::WrongCode`.
    pub(super) fn reason(&self, id: ReasonId) -> String {
        self.reason_word(self.model.reason(id))
    }

    /// The reason of a limit.
    pub(super) fn limit_reason(&self, id: LimitId) -> String {
        let limit = self.model.limit(id);
        match &limit.outcome {
            LimitOutcome::Refuse { reason: Some(reason), .. } => self.reason(*reason),
            LimitOutcome::Silent => self.silence(),
            _ => self.reason_word(&format!("limit:{}", limit.name)),
        }
    }

    /// Whether a handler interrupts the step that it happens in.
    pub(super) fn interrupts(&self, handler: &Handler) -> bool {
        handler.interrupts(&self.resuming)
    }

    /// The reason of an event that a step does not list.
    pub(super) fn unlisted(&self) -> String {
        match self.model.defaults.unlisted.0 {
            Unlisted::Refuse(reason) => self.reason(reason),
            Unlisted::Silent => self.silence(),
        }
    }

    /// The reason where the spec is silent.
    pub(super) fn silence(&self) -> String {
        self.reason_word("silent")
    }

    /// The reason where a computed value lies outside its type.
    pub(super) fn overflow(&self) -> String {
        self.reason_word("overflow")
    }

    /// The variant of `Event` of a handler.
    pub(super) fn variant(&self, handler: &Handler) -> &str {
        let known = self.variants.iter().find(|v| v.event == handler.event && v.actor == handler.actor);
        known.map_or("", |variant| variant.name.as_str())
    }

    /// The reasons that the code has named so far, each with its variant.
    pub(super) fn reasons(&self) -> Vec<(&str, &str)> {
        let used = self.used.borrow();
        let reasons = self.reasons.iter().filter(|(word, _)| used.contains(word));
        reasons.map(|(word, variant)| (word.as_str(), variant.as_str())).collect()
    }
}

/// Whether a field of an event is an `Option`.
pub(super) fn is_optional(field: &Field) -> bool {
    field.when.is_some() || (field.optional && field.default.is_none())
}
