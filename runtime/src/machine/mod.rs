//! The reference interpreter: runs any model by the numbered rules of the language's reference.
//!
//! An input is first *planned* against the state before it: everything is read, judged and picked. Only then is the plan
//! *performed*, which cannot fail. So a run that halts has changed nothing, and nothing has to be copied for it; the
//! one exception are time-outs that fire before an input that then halts, for which the universe is kept.

mod change;
mod edges;
mod fill;
mod frame;
mod from_first;
mod instants;
mod judge;
mod miscount;
mod on_write;
mod open;
mod parts;
mod perform;
mod plan;
mod pump;
mod read;
mod reads;
mod resolve;
mod several;
mod sharing;
mod tables;
mod universe;

use std::fmt;
use std::sync::Arc;

pub use instants::{Distance, Instant};
pub use judge::Asked;
pub use miscount::Miscount;
pub use parts::{Keeping, Kept};
pub use resolve::{Fault, Halt, Point, Reference, Resolve};
pub use several::{Machines, Shared};
pub use universe::{Session, Universe, World};

use crate::model::{Capability, EventId, Expr, LimitId, LimitOutcome, Model, OutputId, Permission, TypeId};
use crate::{Answer, Fields, Input, May, Observation, SessionId, Text, Time, Value, Verdict};

use frame::Frame;
use plan::{Go, Plan, Planner};
use pump::Before;
use tables::Tables;

/// Runs one model; what a run remembers is in the [`Universe`] that is handed in.
#[derive(Debug, Clone)]
pub struct Machine {
    model: Arc<Model>,
    tables: Arc<Tables>,
}

/// A model that cannot be run, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub String);

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

impl Machine {
    /// A machine for a model.
    ///
    /// # Errors
    /// [`Unfit`] where it points to what is not there, or a pattern is not one; the compiler makes no such model.
    pub fn new(model: Arc<Model>) -> Result<Self, Unfit> {
        if let Some(flaw) = model.flaw() {
            return Err(Unfit(flaw));
        }
        let tables = Arc::new(Tables::new(&model)?);
        Ok(Self { model, tables })
    }

    /// The model that it runs.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Opens a session. One that is refused changes nothing but the clock, and shows no step.
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn open(
        &self,
        universe: &mut Universe,
        id: SessionId,
        at: Time,
        given: &Fields,
        resolve: &mut impl Resolve,
    ) -> Result<Observation, Halt> {
        if universe.position(id).is_some() {
            return Err(Fault::SessionExists.into());
        }
        self.run(universe, at, resolve, |universe, resolve| {
            let mut plan = Plan::default();
            let mut planner = Planner { plan: &mut plan, answers: &[], resolve };
            let mut session = self.plan_opening(&universe.world, id, at, given, &mut planner)?;
            universe.world.now = at;
            if !plan.reasons.is_empty() {
                let verdict = Verdict::Refused(plan.reasons);
                return Ok(Observation { verdict, step: None, outputs: Vec::new(), answers: Vec::new() });
            }
            if !matches!(plan.go, Go::To(_)) {
                return Err(Fault::Spec(self.model.element).into());
            }
            let mut outputs = Vec::new();
            self.perform(&mut universe.world, &mut session, at, &mut plan, &mut outputs);
            self.begin(&universe.world, &mut session, at);
            let step = Some(self.model.step(session.step).name.clone());
            universe.sessions.push(session);
            Ok(Observation { verdict: Verdict::Accepted, step, outputs, answers: Vec::new() })
        })
    }

    /// Takes an input at an instant, after every time-out that is due by then.
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn apply(
        &self,
        universe: &mut Universe,
        id: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
        resolve: &mut impl Resolve,
    ) -> Result<Observation, Halt> {
        let position = universe.position(id).ok_or(Fault::UnknownSession)?;
        self.run(universe, at, resolve, |universe, resolve| {
            let Universe { world, sessions } = universe;
            let session = &mut sessions[position];
            let mut plan = Plan::default();
            let mut planner = Planner { plan: &mut plan, answers, resolve };
            planner.event(&Frame::new(self, world, session, at), input)?;
            world.now = at;
            if input.by == self.model.actors[0].name && self.model.step(session.step).end.is_none() {
                self.rearm_idle(world, session, at);
            }
            let reasons = std::mem::take(&mut plan.reasons);
            let mut outputs = std::mem::take(&mut session.undelivered);
            self.perform(world, session, at, &mut plan, &mut outputs);
            let verdict = if reasons.is_empty() { Verdict::Accepted } else { Verdict::Refused(reasons) };
            let step = Some(self.model.step(session.step).name.clone());
            Ok(Observation { verdict, step, outputs, answers: Vec::new() })
        })
    }

    /// Moves the clock, and says what every session that is not closed shows then, with what its time-outs have sent.
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn advance(
        &self,
        universe: &mut Universe,
        to: Time,
        resolve: &mut impl Resolve,
    ) -> Result<Vec<(SessionId, Observation)>, Halt> {
        self.run(universe, to, resolve, |universe, _| {
            universe.world.now = to;
            let observations = universe.sessions.iter_mut().map(|session| {
                let step = Some(self.model.step(session.step).name.clone());
                let outputs = std::mem::take(&mut session.undelivered);
                let verdict = Verdict::Accepted;
                (session.id, Observation { verdict, step, outputs, answers: Vec::new() })
            });
            Ok(observations.collect())
        })
    }

    /// Forgets a session, with its time-outs and what they sent; rows and shared counters stay. It takes no time.
    ///
    /// # Errors
    /// [`Fault::UnknownSession`].
    pub fn close(&self, universe: &mut Universe, id: SessionId) -> Result<(), Fault> {
        let position = universe.position(id).ok_or(Fault::UnknownSession)?;
        universe.sessions.remove(position);
        Ok(())
    }

    /// Answers whether something is allowed: of the row under the key `subject`, or of the session of that number
    /// where the capability belongs to the flow.
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn may(
        &self,
        universe: &mut Universe,
        capability: &str,
        subject: &Value,
        at: Time,
        resolve: &mut impl Resolve,
    ) -> Result<May, Halt> {
        let capability = self.model.capabilities.iter().find(|asked| asked.name == capability);
        let capability = capability.ok_or(Fault::UnknownCapability)?;
        self.run(universe, at, resolve, |universe, resolve| {
            let may = self.asked(universe, capability, subject, at, resolve)?;
            universe.world.now = at;
            Ok(may)
        })
    }

    /// What an expression comes to for a session between inputs, as it stands on the wire for a type: the code that
    /// was sent last, an attribute of its row. None if it is unset, or no such session is open.
    pub fn value(&self, universe: &Universe, id: SessionId, expr: &Expr, kind: TypeId) -> Option<Value> {
        let value = self.evaluate(universe, id, expr);
        value.is_set().then(|| self.on_wire(kind, &value))
    }

    /// The same as the machine holds it: amounts in minor units. Unset where no such session is open, too.
    pub fn evaluate(&self, universe: &Universe, id: SessionId, expr: &Expr) -> Value {
        let value = universe.session(id).and_then(|session| {
            Frame::new(self, &universe.world, session, universe.world.now).view(expr).to_value()
        });
        value.unwrap_or_default()
    }

    /// The same where an event is being judged; `fields` are its own, as the machine holds them.
    pub fn evaluate_in(
        &self,
        universe: &Universe,
        id: SessionId,
        expr: &Expr,
        event: EventId,
        fields: &[Value],
    ) -> Value {
        let value = universe.session(id).and_then(|session| {
            let frame = Frame::new(self, &universe.world, session, universe.world.now);
            Frame { event: Some(event), fields, ..frame }.view(expr).to_value()
        });
        value.unwrap_or_default()
    }

    /// Whether a condition holds for a session between inputs.
    pub fn holds(&self, universe: &Universe, id: SessionId, condition: &Expr) -> bool {
        let session = universe.session(id);
        session.is_some_and(|session| {
            Frame::new(self, &universe.world, session, universe.world.now).holds(condition)
        })
    }

    /// The same for a condition on what has just happened ([`Atom::Where`](crate::model::Atom::Where)): `fields` are
    /// those of the event or of the output, as the machine holds them.
    pub fn holds_of(
        &self,
        universe: &Universe,
        id: SessionId,
        condition: &Expr,
        event: Option<EventId>,
        fields: &[Value],
        answer: &[Value],
    ) -> bool {
        universe.session(id).is_some_and(|session| {
            let frame = Frame::new(self, &universe.world, session, universe.world.now);
            Frame { event, fields, answer, ..frame }.holds(condition)
        })
    }

    /// The same for a session that is about to be opened with these givens, before anything is required of it. A given
    /// that cannot be read is unset.
    pub fn holds_at_opening(&self, universe: &Universe, given: &Fields, condition: &Expr) -> bool {
        let mut session = self.blank(0);
        for (index, variable) in self.model.givens.iter().enumerate() {
            let read = match given.get(&variable.name) {
                Value::Unset => variable.default.clone(),
                raw => self.read(variable.kind, raw, &mut |_| ()),
            };
            session.memory[index] = read.unwrap_or_default();
        }
        Frame::new(self, &universe.world, &session, universe.world.now).holds(condition)
    }

    /// What a session remembers under a name, by its index in `Model::variables`.
    pub fn remembered<'u>(&self, session: &'u Session, variable: u16) -> &'u Value {
        session.variable(&self.tables, variable)
    }

    /// A field of the last output of a kind that a session sent.
    pub fn last<'u>(&self, session: &'u Session, output: OutputId, field: u16) -> &'u Value {
        session.last(&self.tables, output, field)
    }

    /// Runs something at an instant, after the time-outs that are due by then; takes everything back if it halts.
    fn run<T, R: Resolve>(
        &self,
        universe: &mut Universe,
        at: Time,
        resolve: &mut R,
        run: impl FnOnce(&mut Universe, &mut R) -> Result<T, Halt>,
    ) -> Result<T, Halt> {
        if at < universe.world.now {
            return Err(Fault::TimeGoesBack.into());
        }
        let mut before: Before = None;
        let result = self.pump(universe, at, &mut before, resolve).and_then(|()| run(universe, resolve));
        if let (Err(_), Some(before)) = (&result, before) {
            *universe = *before;
        }
        result
    }

    fn asked(
        &self,
        universe: &Universe,
        capability: &Capability,
        subject: &Value,
        at: Time,
        resolve: &mut impl Resolve,
    ) -> Result<May, Fault> {
        let world = &universe.world;
        let nobody;
        let (session, row) = match capability.record {
            Some(record) => {
                let kind = self.model.records[usize::from(record)].key_kind;
                let key = self.read(kind, subject, &mut |_| ()).ok_or(Fault::Subject)?;
                nobody = self.blank(SessionId::MAX);
                (&nobody, world.rows[usize::from(record)].0.get(&key))
            }
            None => {
                let id =
                    subject.as_int().and_then(|id| SessionId::try_from(id).ok()).ok_or(Fault::Subject)?;
                (universe.session(id).ok_or(Fault::UnknownSession)?, None)
            }
        };
        let frame = Frame { asked: row.map_or(&[], Vec::as_slice), ..Frame::new(self, world, session, at) };
        let mut guarded = capability.rules.iter().filter(|rule| rule.guard.is_some());
        let rule = guarded
            .find(|rule| rule.guard.as_ref().is_some_and(|guard| frame.holds(guard)))
            .or_else(|| capability.rules.iter().find(|rule| rule.guard.is_none()));
        let Some(rule) = rule else { return Ok(May::Unstated) };
        resolve.visit(rule.element);
        Ok(match rule.permission {
            Permission::Allow => May::Allowed,
            Permission::Deny(reason) => May::Denied(self.model.reason(reason).clone()),
            Permission::Unstated => May::Unstated,
        })
    }

    /// Why a limit that is full refuses.
    fn limit_reason(&self, id: LimitId) -> &Text {
        match &self.model.limit(id).outcome {
            LimitOutcome::Refuse { reason: Some(reason), .. } => self.model.reason(*reason),
            _ => &self.tables.limits[usize::from(id)],
        }
    }
}
