//! Turns a number into the next thing to do, given where the universe is.
//!
//! Mostly what the step expects, with values that meet again; at times values at an edge, a field missing or wrong, an
//! event that the step does not list, an instant just before or after something is due. It allocates nothing as a rule.

use super::plan::{EventPlan, FieldPlan, HandlerPlan, Link, Plan};
use crate::{
    Answer, Fields, Input, SessionId, Text, Time, Value,
    conformance::{Oracle, Say, Seen, Step, Term, Terms, bindings::Bindings},
    machine::{Session, Universe},
    model::{Model, USER},
    time::{DAY, HOUR, Period},
    values::Values,
};

/// How many sessions stand side by side at most.
const SESSIONS: u32 = 3;

/// What is done next; its parts are used anew each time.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) kind: Kind,
    pub(super) session: SessionId,
    pub(super) at: Time,
    /// The event, or the fields of an opening.
    pub(super) input: Input,
    pub(super) answers: Vec<Answer>,
    pub(super) capability: Text,
    pub(super) subject: Value,
    /// Where each field comes from.
    sources: Vec<Source>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Apply,
    Advance,
    May,
    Close,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Plan,
    Sent(u16, u16),
    Earlier(u16, u16),
    Of(SessionId, u16, u16),
}

/// Chooses what is done next.
#[derive(Debug)]
pub(super) struct Guide<'a> {
    model: &'a Model,
    plan: &'a Plan,
    /// By handler: how often it was chosen in earlier walks. It stands still during a walk, so that a walk can be
    /// repeated.
    pub(super) visits: Vec<u32>,
    /// The same, with the walk under way.
    pub(super) counts: Vec<u32>,
    /// When something happened lately: windows begin there.
    lately: [Time; 4],
    /// Whether the implementation has sessions to spare.
    pub(super) many: bool,
    dice: Dice,
}

impl Action {
    pub(super) fn new() -> Self {
        Self {
            kind: Kind::Open,
            session: 0,
            at: 0,
            input: Input::new("", Fields::default()),
            answers: Vec::new(),
            capability: Text::default(),
            subject: Value::Unset,
            sources: Vec::new(),
        }
    }

    /// The action as a step that can be kept.
    pub(super) fn step(&self, model: &Model) -> Step {
        let (session, at) = (self.session, self.at);
        match self.kind {
            Kind::Open => Step::Open { session, at, given: self.terms(model) },
            Kind::Apply => Step::Apply {
                session,
                at,
                event: self.input.event.clone(),
                by: self.input.by.clone(),
                fields: self.terms(model),
                answers: self.answers.iter().map(say).collect(),
            },
            Kind::Advance => Step::Advance { to: at },
            Kind::May => Step::May {
                capability: self.capability.clone(),
                subject: Term::Value(self.subject.clone()),
                at,
            },
            Kind::Close => Step::Close { session },
        }
    }

    fn terms(&self, model: &Model) -> Terms {
        let names = |output: u16, field: u16| {
            let output = &model.outputs[usize::from(output)];
            (output.name.clone(), output.fields[usize::from(field)].name.clone())
        };
        let term = |value: &Value, source: Source| match source {
            Source::Plan => Term::Value(value.clone()),
            Source::Sent(output, field) => {
                let (output, field) = names(output, field);
                Term::Seen(Seen::Sent(output, field))
            }
            Source::Earlier(output, field) => {
                let (output, field) = names(output, field);
                Term::Seen(Seen::Earlier(output, field, 1))
            }
            Source::Of(session, output, field) => {
                let (output, field) = names(output, field);
                Term::Seen(Seen::Of(session, output, field))
            }
        };
        let fields = self.input.fields.0.iter().zip(&self.sources);
        fields.map(|((name, value), source)| (name.clone(), term(value, *source))).collect()
    }
}

fn say(answer: &Answer) -> Say {
    let fields = answer.fields.0.iter().map(|(name, value)| (name.clone(), Term::Value(value.clone())));
    Say { actor: answer.actor.clone(), answer: answer.answer.clone(), fields: fields.collect() }
}

impl<'a> Guide<'a> {
    pub(super) fn new(model: &'a Model, plan: &'a Plan) -> Self {
        let visits = vec![0; plan.handlers];
        Self { model, plan, counts: visits.clone(), visits, lately: [0; 4], many: true, dice: Dice(0) }
    }

    /// Begins a walk.
    pub(super) fn begin(&mut self) {
        self.lately = [0; 4];
        self.counts.copy_from_slice(&self.visits);
    }

    /// Decides on the next action.
    pub(super) fn decide(&mut self, seed: u64, oracle: &Oracle, bindings: &Bindings, action: &mut Action) {
        self.dice = Dice(seed);
        let Some(universe) = oracle.universe() else { return };
        action.at = self.instant(universe, oracle.patience());
        action.input.fields.0.clear();
        action.sources.clear();
        action.answers.clear();
        let sessions = universe.sessions();
        let chosen = sessions.get(self.dice.below(sessions.len().max(1) as u32) as usize);
        match (chosen, self.dice.below(64)) {
            (None, _) => self.open(universe, action),
            (Some(_), 0..3) if self.many && sessions.len() < SESSIONS as usize => self.open(universe, action),
            (Some(_), 3..6) => action.kind = Kind::Advance,
            (Some(_), 6..9) if !self.plan.capabilities.is_empty() => self.ask(universe, action),
            (Some(session), 9) => {
                (action.kind, action.session) = (Kind::Close, session.id());
            }
            (Some(session), 10..58) if self.is_over(session) => {
                (action.kind, action.session) = (Kind::Close, session.id());
            }
            (Some(session), _) => self.apply(universe, session, bindings, action),
        }
        self.lately[(seed % 4) as usize] = action.at;
    }

    fn is_over(&self, session: &Session) -> bool {
        self.model.step(session.step()).end.is_some()
    }

    /// Now, as a rule; at times an instant at which something changes, or one beside it.
    fn instant(&mut self, universe: &Universe, patience: Time) -> Time {
        let now = universe.now();
        let beside = i64::from(self.dice.below(3)) - 1;
        let at = match self.dice.below(32) {
            0..26 => now,
            26 => now + i64::from(self.dice.below(1_000)),
            27..29 => universe.next_due().map_or(now, |due| due + beside),
            29..31 => {
                let from = self.lately[self.dice.below(4) as usize];
                self.dice.one(&self.plan.spans).map_or(now, |span| from + span + beside)
            }
            _ => self
                .dice
                .one(&self.plan.calendars)
                .map_or(now, |calendar| next_period(*calendar, now) + beside),
        };
        at.clamp(now, patience.max(now))
    }

    fn open(&mut self, universe: &Universe, action: &mut Action) {
        let free = (0..=SESSIONS).find(|id| universe.session(*id).is_none());
        (action.kind, action.session) = (Kind::Open, free.unwrap_or(SESSIONS));
        let plan = self.plan;
        self.fill(&plan.givens, None, universe, &Bindings::default(), action);
    }

    fn ask(&mut self, universe: &Universe, action: &mut Action) {
        let plan = self.plan;
        let Some((capability, record)) = self.dice.one(&plan.capabilities) else { return };
        action.kind = Kind::May;
        action.capability = capability.clone();
        action.subject = match record {
            Some(record) => {
                let kind = self.model.records[usize::from(*record)].key_kind;
                self.dice.one(&plan.pool(kind).ordinary).cloned().unwrap_or_default()
            }
            None => {
                universe.sessions().first().map_or(Value::Unset, |session| i64::from(session.id()).into())
            }
        };
    }

    fn apply(&mut self, universe: &Universe, session: &Session, bindings: &Bindings, action: &mut Action) {
        (action.kind, action.session) = (Kind::Apply, session.id());
        let plan = self.plan;
        let step = &plan.steps[usize::from(session.step())];
        let any = (step.handlers.is_empty() || self.dice.below(16) == 0)
            .then(|| self.dice.below(plan.events.len() as u32) as u16);
        if any.is_some_and(|event| step.silent.contains(&event)) {
            action.kind = Kind::Advance;
            return;
        }
        let user = &self.model.actors[usize::from(USER)].name;
        let listed = match any {
            Some(event) => step.handlers.iter().find(|known| known.event == event && known.actor == *user),
            None => Some(self.handler(&step.handlers)),
        };
        action.input.by = listed.map_or(user, |handler| &handler.actor).clone();
        for ask in listed.iter().flat_map(|handler| &handler.asks) {
            if let Some(answer) = self.dice.one(&ask.answers) {
                let fields = self.answer(answer);
                let (actor, answer) = (ask.actor.clone(), answer.name.clone());
                action.answers.push(Answer { actor, answer, fields });
            }
        }
        let event = listed.map(|handler| handler.event).or(any).unwrap_or_default();
        let Some(EventPlan { name, fields }) = plan.events.get(usize::from(event)) else { return };
        action.input.event = name.clone();
        self.fill(fields, Some(session.id()), universe, bindings, action);
    }

    /// Of two handlers the one that was chosen less often in earlier walks.
    fn handler<'p>(&mut self, handlers: &'p [HandlerPlan]) -> &'p HandlerPlan {
        let (one, other) = (
            self.dice.below(handlers.len() as u32) as usize,
            self.dice.below(handlers.len() as u32) as usize,
        );
        let rarer = |handler: &HandlerPlan| self.visits[handler.number];
        let chosen = if rarer(&handlers[other]) < rarer(&handlers[one]) { other } else { one };
        self.counts[handlers[chosen].number] += 1;
        &handlers[chosen]
    }

    fn answer(&mut self, answer: &EventPlan) -> Fields {
        let plan = self.plan;
        let value = |field: &FieldPlan| {
            let value = self.dice.one(&plan.pool(field.kind).ordinary)?;
            Some((field.name.clone(), value.clone()))
        };
        answer.fields.iter().filter_map(value).collect()
    }

    /// Gives every field a value; at times one of them is left out or wrong.
    fn fill(
        &mut self,
        fields: &[FieldPlan],
        session: Option<SessionId>,
        universe: &Universe,
        bindings: &Bindings,
        action: &mut Action,
    ) {
        let spoilt =
            if self.dice.below(6) == 0 { self.dice.below(fields.len() as u32 + 1) } else { u32::MAX };
        for (at, field) in (0..).zip(fields) {
            let pool = self.plan.pool(field.kind);
            let (value, source) = if at == spoilt {
                match self.dice.one(&pool.refused) {
                    Some(refused) if self.dice.below(2) == 0 => (Some(refused.clone()), Source::Plan),
                    _ => (None, Source::Plan),
                }
            } else if field.optional && self.dice.below(3) == 0 {
                (None, Source::Plan)
            } else {
                self.value(field, session, universe, bindings, &action.input.fields)
            };
            if let Some(value) = value {
                action.input.fields.0.push((field.name.clone(), value));
                action.sources.push(source);
            }
        }
    }

    /// A valid value: what a guard compares the field with, an ordinary one, or one at an edge.
    fn value(
        &mut self,
        field: &FieldPlan,
        session: Option<SessionId>,
        universe: &Universe,
        bindings: &Bindings,
        before: &Fields,
    ) -> (Option<Value>, Source) {
        if let (Some(session), Some(link)) = (session, self.dice.one(&field.links))
            && self.dice.below(4) != 0
            && let Some((value, source)) = self.linked(link, field, session, universe, bindings, before)
        {
            return (Some(value), source);
        }
        let pool = self.plan.pool(field.kind);
        let edges = self.dice.below(8) == 0;
        let value = edges.then(|| self.dice.one(&pool.edges)).flatten();
        let value = value.or_else(|| self.dice.one(&pool.ordinary)).or_else(|| self.dice.one(&pool.edges));
        (value.cloned(), Source::Plan)
    }

    fn linked(
        &mut self,
        link: &Link,
        field: &FieldPlan,
        session: SessionId,
        universe: &Universe,
        bindings: &Bindings,
        before: &Fields,
    ) -> Option<(Value, Source)> {
        let found = match link {
            Link::Output(output, of) => {
                let declared = &self.model.outputs[usize::from(*output)];
                let name = &declared.fields[usize::from(*of)].name;
                let others = universe.sessions();
                let other = others.get(self.dice.below(others.len().max(1) as u32) as usize)?.id();
                let (session, back, source) = match self.dice.below(8) {
                    0 => (session, 1, Source::Earlier(*output, *of)),
                    1 => (other, 0, Source::Of(other, *output, *of)),
                    _ => (session, 0, Source::Sent(*output, *of)),
                };
                (bindings.sent(session, &declared.name, name, back), source)
            }
            Link::Attribute { record, attribute, key } => {
                let mut rows = universe.rows(*record);
                let key = key.and_then(|key| before.0.get(usize::from(key))).map(|(_, key)| key);
                let (_, row) = rows.find(|(known, _)| key.is_none_or(|key| key == *known))?;
                let value = row.get(usize::from(*attribute))?;
                (Values::new(self.model).on_wire(field.kind, value), Source::Plan)
            }
        };
        found.0.is_set().then_some(found)
    }
}

/// When the next period of a calendar begins.
fn next_period((period, offset): (Period, i16), now: Time) -> Time {
    let longest = match period {
        Period::Hour => HOUR,
        Period::Day => DAY,
        Period::Week => 7 * DAY,
        Period::Month => 31 * DAY,
        Period::Year => 366 * DAY,
    };
    period.start(period.start(now, offset) + longest, offset)
}

/// Many small numbers out of one large one (SplitMix64).
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Less than `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    fn one<'v, T>(&mut self, of: &'v [T]) -> Option<&'v T> {
        of.get(self.below(of.len() as u32) as usize)
    }
}
