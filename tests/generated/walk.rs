//! Random steps that know the flow: one `u64` becomes one step, so that a walk shrinks to the steps that matter.

use std::sync::Arc;

use flowspec_runtime::model::{AnswerCase, Body, Expr, Field, Handler, Model, Outcome, TypeId};
use flowspec_runtime::time::{DAY, HOUR};
use flowspec_runtime::typed::Flow;
use flowspec_runtime::values::Values;
use flowspec_runtime::{Answer, Fields, Input, Observation, Rows, SessionId, Text, Time, Value};

use crate::pair::{Pair, Step};

/// Sessions that a walk opens and closes.
const SESSIONS: u32 = 3;

/// A walk: the flow, what was done when, and what was sent.
pub(crate) struct Walk {
    model: Arc<Model>,
    dice: Dice,
    /// Instants of earlier events: windows are measured from them.
    past: Vec<Time>,
    /// How long the flow's windows, holds and time-outs are.
    spans: Vec<i64>,
    /// What a session was last sent.
    sent: Vec<(SessionId, Text, Value)>,
}

impl Walk {
    pub(crate) fn new(model: &Arc<Model>, seed: u64) -> Self {
        let mut spans = vec![1, 1_000, HOUR, DAY];
        model.expressions(&mut |expr| {
            if let Expr::Const(Value::Int(int)) = expr
                && *int > 0
            {
                spans.push(*int);
            }
        });
        spans.sort_unstable();
        spans.dedup();
        Self { model: model.clone(), dice: Dice(seed), past: vec![0], spans, sent: Vec::new() }
    }

    /// The rows that a walk begins with.
    pub(crate) fn rows(&mut self) -> Rows {
        let model = self.model.clone();
        let records = model.records.iter().map(|record| {
            let mut rows: Vec<(Value, Fields)> = Vec::new();
            for n in 0..2 {
                let Some(key) = Values::new(&model).nth(record.key_kind, n) else { continue };
                if rows.iter().any(|(known, _)| *known == key) || self.dice.one_in(4) {
                    continue;
                }
                let attributes = record.attributes.iter().filter_map(|attribute| {
                    let value = self.valid(attribute.kind)?;
                    (!self.dice.one_in(3)).then_some((attribute.name.clone(), value))
                });
                rows.push((key, attributes.collect()));
            }
            (record.name.clone(), rows)
        });
        records.collect()
    }

    /// A value of each choice.
    pub(crate) fn choices(&mut self) -> Vec<usize> {
        let model = self.model.clone();
        model.choices.iter().map(|choice| self.dice.below(choice.values.len())).collect()
    }

    /// What is done next.
    pub(crate) fn step<F: Flow>(&mut self, seed: u64, pair: &Pair<F>) -> Step {
        self.dice = Dice(seed);
        let session = u32::try_from(self.dice.below(SESSIONS as usize)).unwrap();
        let at = self.instant(pair.universe.now());
        let Some(open) = pair.universe.session(session) else {
            return Step::Open(session, at, self.given());
        };
        match self.dice.below(100) {
            0..=3 => Step::Close(session),
            4..=7 => Step::Advance(at),
            8..=10 => self.may(session, at),
            11..=12 => Step::Store,
            13 => Step::Open(session, at, self.given()),
            _ => {
                let step = self.model.clone().step(open.step()).clone();
                let handler = self.dice.pick(&step.handlers).filter(|_| !self.dice.one_in(8)).cloned();
                let (input, answers) = self.input(session, handler.as_ref());
                Step::Apply(session, at, input, answers)
            }
        }
    }

    /// Notes what a session was sent, and when.
    pub(crate) fn remember(&mut self, step: &Step, observation: &Observation) {
        let (Step::Apply(session, at, ..) | Step::Open(session, at, _)) = step else { return };
        self.past.push(*at);
        for sent in &observation.outputs {
            for (_, value) in &sent.fields.0 {
                self.sent.push((*session, sent.output.clone(), value.clone()));
            }
        }
    }

    /// Mostly a moment later or at once, often at the edge of a window that an earlier event opened, seldom too late.
    fn instant(&mut self, now: Time) -> Time {
        let span = *self.dice.pick(&self.spans).unwrap();
        let around = i64::try_from(self.dice.below(3)).unwrap() - 1;
        match self.dice.below(10) {
            0..=4 => now,
            5 => now + i64::try_from(self.dice.below(3_000)).unwrap(),
            6 => (now / span + 1) * span + around,
            7 if self.dice.one_in(6) => now - 1,
            _ => {
                let from = *self.dice.pick(&self.past).unwrap();
                let edge = from + span + around;
                if edge >= now { edge } else { now + 1 }
            }
        }
    }

    fn given(&mut self) -> Fields {
        let model = self.model.clone();
        let mut fields = Fields::default();
        for given in &model.givens {
            if let Some(value) = self.value(0, given.kind) {
                fields.set(given.name.clone(), value);
            }
        }
        fields
    }

    fn may(&mut self, session: SessionId, at: Time) -> Step {
        let model = self.model.clone();
        let Some(capability) = self.dice.pick(&model.capabilities) else { return Step::Advance(at) };
        let subject = match capability.record {
            Some(record) => self.valid(model.records[usize::from(record)].key_kind).unwrap_or_default(),
            None => Value::Int(i64::from(session)),
        };
        Step::May(capability.name.to_string(), subject, at)
    }

    /// The event of a handler, or any event, or one that is nowhere.
    fn input(&mut self, session: SessionId, handler: Option<&Handler>) -> (Input, Vec<Answer>) {
        let model = self.model.clone();
        let event = match handler {
            Some(handler) => Some(model.event(handler.event)),
            None => self.dice.pick(&model.events).filter(|_| !self.dice.one_in(10)),
        };
        let Some(event) = event else { return (Input::new("nowhere", Fields::default()), Vec::new()) };
        let fields = self.fields(session, &event.fields);
        let by = match handler {
            Some(handler) if !self.dice.one_in(30) => &model.actors[usize::from(handler.actor)].name,
            _ => &self.dice.pick(&model.actors).unwrap().name,
        };
        let input = Input { event: event.name.clone(), by: by.clone(), fields };
        let mut asked = Vec::new();
        if let Some(handler) = handler {
            handler.branches.iter().for_each(|branch| asks(&branch.body, &mut asked));
        }
        let answers = asked.into_iter().filter_map(|(actor, cases)| {
            let case = self.dice.pick(cases).filter(|_| !self.dice.one_in(20))?;
            let fields = self.fields(session, &case.fields);
            Some(Answer {
                actor: model.actors[usize::from(actor)].name.clone(),
                answer: case.name.clone(),
                fields,
            })
        });
        (input, answers.collect())
    }

    fn fields(&mut self, session: SessionId, declared: &[Field]) -> Fields {
        let mut fields = Fields::default();
        for field in declared {
            if let Some(value) = self.value(session, field.kind) {
                fields.set(field.name.clone(), value);
            }
        }
        if self.dice.one_in(30) {
            fields.set("nowhere", "anything");
        }
        fields
    }

    /// A value to send: mostly valid, often one that was sent before, sometimes wrong, sometimes absent.
    fn value(&mut self, session: SessionId, kind: TypeId) -> Option<Value> {
        let model = self.model.clone();
        match self.dice.below(40) {
            0 => None,
            1 => {
                let refused = Values::new(&model).refused(kind);
                self.dice.pick(&refused).map(|refused| refused.value.clone())
            }
            2 => Some(Value::Bool(true)),
            3..=16 => {
                let own = |(to, ..): &&(SessionId, Text, Value)| *to == session;
                let sent = self.sent.iter().rev().filter(own).take(3).map(|(.., value)| value.clone());
                let sent = sent.collect::<Vec<_>>();
                self.dice.pick(&sent).cloned().or_else(|| self.valid(kind))
            }
            _ => self.valid(kind),
        }
    }

    /// One of few valid values, so that keys meet again.
    fn valid(&mut self, kind: TypeId) -> Option<Value> {
        let model = self.model.clone();
        let values = Values::new(&model);
        if self.dice.one_in(4) {
            return self.dice.pick(&values.taken(kind)).cloned();
        }
        let n = u32::try_from(self.dice.below(2)).unwrap();
        values.nth(kind, n).or_else(|| values.nth(kind, 0))
    }
}

/// Every `ask` of a body: who is asked, and what may be answered.
fn asks<'m>(body: &'m Body, asked: &mut Vec<(u16, &'m [AnswerCase])>) {
    match &body.outcome {
        Outcome::Ask { actor, answers } => asked.push((*actor, answers)),
        Outcome::Either(bodies) => bodies.iter().for_each(|body| asks(body, asked)),
        _ => {}
    }
}

/// A small generator of random numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        items.get(self.below(items.len()))
    }
}
