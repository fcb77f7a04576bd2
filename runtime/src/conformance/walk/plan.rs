//! What walks of one flow choose from, worked out once.

use crate::{
    Fields, Rows, Text, Value,
    model::{
        Body, Branch, Comparison, Event, Expr, Field, Handler, LimitOutcome, Model, Outcome, OutputId,
        Record, Step, TypeId, Unlisted, Variable, Window,
    },
    time::Period,
    values::Values,
};

/// How many ordinary values of a type are used, beside those at its edges: few, so that they meet again.
const ORDINARY: u32 = 3;

/// The choices of every walk of a flow.
#[derive(Debug)]
pub(super) struct Plan {
    /// By event.
    pub(super) events: Vec<EventPlan>,
    /// By step.
    pub(super) steps: Vec<StepPlan>,
    /// What `open` is given.
    pub(super) givens: Vec<FieldPlan>,
    /// By type.
    pub(super) pools: Vec<Pool>,
    /// How long limits count and hold, and time-outs run.
    pub(super) spans: Vec<i64>,
    /// The calendars of limits.
    pub(super) calendars: Vec<(Period, i16)>,
    /// Names, with the record each is asked about.
    pub(super) capabilities: Vec<(Text, Option<u16>)>,
    /// The rows that universes begin with.
    pub(super) worlds: Vec<Rows>,
    /// How many handlers there are in all steps.
    pub(super) handlers: usize,
}

/// What may happen in a step.
#[derive(Debug)]
pub(super) struct StepPlan {
    /// What the spec speaks of.
    pub(super) handlers: Vec<HandlerPlan>,
    /// The events of the user on which it is silent.
    pub(super) silent: Vec<u16>,
}

#[derive(Debug)]
pub(super) struct EventPlan {
    pub(super) name: Text,
    pub(super) fields: Vec<FieldPlan>,
}

#[derive(Debug)]
pub(super) struct FieldPlan {
    pub(super) name: Text,
    pub(super) kind: TypeId,
    /// Whether it need not be there.
    pub(super) optional: bool,
    /// What guards compare it with.
    pub(super) links: Vec<Link>,
}

/// Where a value comes from that a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Link {
    /// An output.
    Output(OutputId, u16),
    /// An attribute of a record, in the row whose key is this field of the event, if it is one.
    Attribute { record: u16, attribute: u16, key: Option<u16> },
}

#[derive(Debug)]
pub(super) struct HandlerPlan {
    pub(super) event: u16,
    pub(super) actor: Text,
    pub(super) asks: Vec<AskPlan>,
    /// Its number among all handlers.
    pub(super) number: usize,
}

#[derive(Debug)]
pub(super) struct AskPlan {
    pub(super) actor: Text,
    pub(super) answers: Vec<EventPlan>,
}

/// Values of a type, as they are sent.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) ordinary: Vec<Value>,
    pub(super) edges: Vec<Value>,
    pub(super) refused: Vec<Value>,
}

impl Plan {
    pub(super) fn new(model: &Model) -> Self {
        let pools: Vec<_> = (0..model.types.len()).map(|kind| Pool::new(model, kind as TypeId)).collect();
        let mut handlers = 0;
        let steps = model.steps.iter().map(|step| StepPlan::new(model, step, &mut handlers)).collect();
        let event = |(id, event): (u16, &Event)| EventPlan {
            name: event.name.clone(),
            fields: field_plans(&event.fields, &links(model, id)),
        };
        let given = |given: &Variable| FieldPlan {
            name: given.name.clone(),
            kind: given.kind,
            optional: given.optional || given.default.is_some(),
            links: Vec::new(),
        };
        Self {
            events: (0..).zip(&model.events).map(event).collect(),
            steps,
            givens: model.givens.iter().map(given).collect(),
            spans: spans(model),
            calendars: calendars(model),
            capabilities: model.capabilities.iter().map(|may| (may.name.clone(), may.record)).collect(),
            worlds: worlds(model, &pools),
            pools,
            handlers,
        }
    }

    /// The rows with which a walk begins, by its first number.
    pub(super) fn world(&self, seed: Option<&u64>) -> &Rows {
        // Of the upper bits, so that the first event does not hang together with it.
        let at = seed.map_or(0, |seed| (seed >> 48) as usize % self.worlds.len());
        &self.worlds[at]
    }

    pub(super) fn pool(&self, kind: TypeId) -> &Pool {
        &self.pools[usize::from(kind)]
    }
}

impl Pool {
    fn new(model: &Model, kind: TypeId) -> Self {
        let values = Values::new(model);
        let ordinary: Vec<_> = (0..ORDINARY).map_while(|n| values.nth(kind, n)).collect();
        let edges = values.taken(kind).into_iter().filter(|value| !ordinary.contains(value)).collect();
        let refused = values.refused(kind).into_iter().map(|refused| refused.value).collect();
        Self { ordinary, edges, refused }
    }
}

impl StepPlan {
    fn new(model: &Model, step: &Step, handlers: &mut usize) -> Self {
        let (silent, spoken): (Vec<_>, Vec<_>) =
            step.handlers.iter().partition(|handler| is_silent(&handler.branches));
        let plans = spoken.into_iter().map(|handler| {
            *handlers += 1;
            HandlerPlan::new(model, handler, *handlers - 1)
        });
        let handlers = plans.collect();
        let silent = match model.defaults.unlisted.0 {
            Unlisted::Refuse(_) => silent.into_iter().map(|handler| handler.event).collect(),
            Unlisted::Silent => (0..model.events.len() as u16).collect(),
        };
        Self { handlers, silent }
    }
}

impl HandlerPlan {
    fn new(model: &Model, handler: &Handler, number: usize) -> Self {
        let mut asks = Vec::new();
        handler.branches.iter().for_each(|branch| find_asks(model, &branch.body, &mut asks));
        Self {
            event: handler.event,
            actor: model.actors[usize::from(handler.actor)].name.clone(),
            asks,
            number,
        }
    }
}

fn find_asks(model: &Model, body: &Body, asks: &mut Vec<AskPlan>) {
    match &body.outcome {
        Outcome::Ask { actor, answers } => {
            let spoken = answers.iter().filter(|answer| !is_silent(&answer.branches));
            let plans = spoken.map(|answer| EventPlan {
                name: answer.name.clone(),
                fields: field_plans(&answer.fields, &[]),
            });
            asks.push(AskPlan {
                actor: model.actors[usize::from(*actor)].name.clone(),
                answers: plans.collect(),
            });
            answers
                .iter()
                .flat_map(|answer| &answer.branches)
                .for_each(|branch| find_asks(model, &branch.body, asks));
        }
        Outcome::Either(bodies) => bodies.iter().for_each(|body| find_asks(model, body, asks)),
        _ => {}
    }
}

fn is_silent(branches: &[Branch]) -> bool {
    branches.iter().all(|branch| branch.body.outcome == Outcome::Silent)
}

fn field_plans(fields: &[Field], links: &[(u16, Link)]) -> Vec<FieldPlan> {
    let plan = |(id, field): (u16, &Field)| FieldPlan {
        name: field.name.clone(),
        kind: field.kind,
        optional: field.optional || field.default.is_some(),
        links: links.iter().filter(|(of, _)| *of == id).map(|(_, link)| link.clone()).collect(),
    };
    (0..).zip(fields).map(plan).collect()
}

/// What the fields of an event are compared with, in any step.
fn links(model: &Model, event: u16) -> Vec<(u16, Link)> {
    let mut links = Vec::new();
    for handler in model.steps.iter().flat_map(|step| &step.handlers).filter(|handler| handler.event == event)
    {
        handler.expressions(&mut |expr| {
            if let Expr::Compare { how: Comparison::Equal | Comparison::NotEqual, left, right } = expr {
                for (field, other) in [(left, right), (right, left)] {
                    if let (Expr::Field(field), Some(link)) = (&**field, link(model, event, other)) {
                        links.push((*field, link));
                    }
                }
            }
        });
    }
    links.dedup();
    links
}

fn link(model: &Model, event: u16, expr: &Expr) -> Option<Link> {
    match expr {
        Expr::Output { output, field } => Some(Link::Output(*output, *field)),
        Expr::Attribute { row, attribute } => {
            let row = &model.rows[usize::from(*row)];
            let key = row.key_in.get(usize::from(event)).and_then(Option::as_ref);
            let key = key.and_then(|key| if let Expr::Field(field) = key { Some(*field) } else { None });
            Some(Link::Attribute { record: row.record, attribute: *attribute, key })
        }
        _ => None,
    }
}

fn spans(model: &Model) -> Vec<i64> {
    let mut spans = Vec::new();
    let mut add = |expr: &Expr| {
        if let Expr::Const(Value::Int(span)) = expr
            && !spans.contains(span)
        {
            spans.push(*span);
        }
    };
    for limit in &model.limits {
        if let Window::Rolling(width) = &limit.window {
            add(width);
        }
        if let LimitOutcome::Refuse { hold: Some(hold), .. } = &limit.outcome {
            add(hold);
        }
    }
    model.timers.iter().for_each(|timer| add(&timer.delay));
    spans
}

fn calendars(model: &Model) -> Vec<(Period, i16)> {
    let calendar = |window: &Window| match window {
        Window::Calendar { period, offset } => Some((*period, *offset)),
        _ => None,
    };
    model.limits.iter().filter_map(|limit| calendar(&limit.window)).collect()
}

/// No rows; one row under an ordinary key; two rows that differ; one with nothing set.
fn worlds(model: &Model, pools: &[Pool]) -> Vec<Rows> {
    if model.records.is_empty() {
        return vec![Rows::new()];
    }
    let world = |keys: usize, shift: usize, set: bool| {
        let table = |record: &Record| {
            let keys = pools[usize::from(record.key_kind)].ordinary.iter().take(keys);
            let row = |(at, key): (usize, &Value)| {
                let attributes = record.attributes.iter().filter(|_| set).filter_map(|attribute| {
                    let values = &pools[usize::from(attribute.kind)].ordinary;
                    let value = values.get((at + shift) % values.len().max(1))?;
                    Some((attribute.name.clone(), value.clone()))
                });
                (key.clone(), attributes.collect::<Fields>())
            };
            (record.name.clone(), keys.enumerate().map(row).collect())
        };
        model.records.iter().map(table).collect::<Rows>()
    };
    vec![world(2, 0, true), world(1, 1, true), world(1, 0, false), world(0, 0, false)]
}
