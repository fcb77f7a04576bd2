//! Several flows over the same rows and one clock: what one procedure leaves behind, another finds.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::Model;
use crate::{Answer, Fields, Input, May, Observation, Rows, SessionId, Text, Time, Value};

use super::pump::ENDLESS;
use super::resolve::{Fault, Halt, Resolve, pick};
use super::universe::{Armed, Session, Table, Universe};
use super::{Machine, Point, Unfit};

/// Runs the flows of a folder together; what a run remembers is in the [`Shared`] universe that is handed in.
///
/// Records of one name are one table. Limits and choices belong to their flow; session numbers are given once.
#[derive(Debug, Clone)]
pub struct Machines(Vec<Machine>);

/// One clock and the rows of every record, with the sessions of all flows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Of each flow, without its rows while it does not run.
    flows: Vec<Universe>,
    rows: BTreeMap<Text, Table>,
    /// Which flow each session runs through, in the order of their opening.
    sessions: Vec<(SessionId, usize)>,
    now: Time,
}

impl Machines {
    /// Machines for models whose records of one name have the same attributes, as flows of a folder have.
    ///
    /// # Errors
    /// [`Unfit`] where a model cannot be run.
    pub fn new(models: impl IntoIterator<Item = Arc<Model>>) -> Result<Self, Unfit> {
        models.into_iter().map(Machine::new).collect::<Result<_, _>>().map(Self)
    }

    /// The position of a flow among those that it was made of.
    pub fn flow(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|machine| machine.model().name == name)
    }

    /// The machine of a flow.
    pub fn machine(&self, flow: usize) -> Option<&Machine> {
        self.0.get(flow)
    }

    /// A new universe: these rows, no sessions, no counters, the clock at 0. `choices` are indices into the values of
    /// each choice, by its name in any flow; those that are left out have their first value.
    ///
    /// # Errors
    /// [`Fault::Rows`] where a row does not fit its record, or no flow knows the record; [`Fault::Choice`] where a
    /// choice has no such value.
    pub fn shared(&self, rows: &Rows, choices: &BTreeMap<Text, usize>) -> Result<Shared, Fault> {
        let mut tables = BTreeMap::new();
        for (name, rows) in rows {
            let known = self.0.iter().find_map(|machine| Some((machine, machine.record(name)?)));
            let (machine, record) = known.ok_or_else(|| Fault::Rows(name.clone()))?;
            tables.insert(name.clone(), machine.table(record, rows)?);
        }
        let flows = self.0.iter().map(|machine| {
            let choices = machine.model.choices.iter().map(|choice| choices.get(&choice.name));
            let choices: Vec<_> = choices.map(|value| value.copied().unwrap_or(0)).collect();
            machine.universe(&Rows::new(), &choices)
        });
        Ok(Shared { flows: flows.collect::<Result<_, _>>()?, rows: tables, sessions: Vec::new(), now: 0 })
    }

    /// Opens a session of a flow; see [`Machine::open`].
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn open(
        &self,
        shared: &mut Shared,
        flow: usize,
        id: SessionId,
        at: Time,
        given: &Fields,
        resolve: &mut impl Resolve,
    ) -> Result<Observation, Halt> {
        if shared.flow_of(id).is_some() {
            return Err(Fault::SessionExists.into());
        }
        let observation = self.run(shared, flow, at, resolve, |machine, universe, resolve| {
            machine.open(universe, id, at, given, resolve)
        })?;
        if shared.flows[flow].session(id).is_some() {
            shared.sessions.push((id, flow));
        }
        Ok(observation)
    }

    /// Takes an input; see [`Machine::apply`].
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn apply(
        &self,
        shared: &mut Shared,
        id: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
        resolve: &mut impl Resolve,
    ) -> Result<Observation, Halt> {
        let flow = shared.flow_of(id).ok_or(Fault::UnknownSession)?;
        self.run(shared, flow, at, resolve, |machine, universe, resolve| {
            machine.apply(universe, id, at, input, answers, resolve)
        })
    }

    /// Moves the clock, and says what every session shows then, in the order of their opening.
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn advance(
        &self,
        shared: &mut Shared,
        to: Time,
        resolve: &mut impl Resolve,
    ) -> Result<Vec<(SessionId, Observation)>, Halt> {
        let mut observations = Vec::new();
        for flow in 0..self.0.len() {
            observations.extend(self.run(shared, flow, to, resolve, |machine, universe, resolve| {
                machine.advance(universe, to, resolve)
            })?);
        }
        observations.sort_by_key(|(id, _)| shared.sessions.iter().position(|(known, _)| known == id));
        Ok(observations)
    }

    /// Answers whether something is allowed, as a flow knows it; see [`Machine::may`].
    ///
    /// # Errors
    /// See [`Halt`]; the universe is then unchanged.
    pub fn may(
        &self,
        shared: &mut Shared,
        flow: usize,
        capability: &str,
        subject: &Value,
        at: Time,
        resolve: &mut impl Resolve,
    ) -> Result<May, Halt> {
        self.run(shared, flow, at, resolve, |machine, universe, resolve| {
            machine.may(universe, capability, subject, at, resolve)
        })
    }

    /// Looks at a flow's universe with the rows as they stand.
    pub fn with<T>(
        &self,
        shared: &mut Shared,
        flow: usize,
        look: impl FnOnce(&Machine, &Universe) -> T,
    ) -> Option<T> {
        let machine = self.0.get(flow)?;
        shared.lend(machine, flow);
        let seen = look(machine, &shared.flows[flow]);
        shared.take_back(machine, flow);
        Some(seen)
    }

    /// Fires what is due in any flow, then runs something in one of them; takes everything back if it halts.
    fn run<T, R: Resolve>(
        &self,
        shared: &mut Shared,
        flow: usize,
        at: Time,
        resolve: &mut R,
        run: impl FnOnce(&Machine, &mut Universe, &mut R) -> Result<T, Halt>,
    ) -> Result<T, Halt> {
        if at < shared.now {
            return Err(Fault::TimeGoesBack.into());
        }
        let before = shared.clone();
        let result = self.pump(shared, at, resolve).and_then(|()| {
            let machine = &self.0[flow];
            shared.lend(machine, flow);
            resolve.enter(flow);
            let result = run(machine, &mut shared.flows[flow], resolve);
            shared.take_back(machine, flow);
            result
        });
        match &result {
            Ok(_) => shared.now = at,
            Err(_) => *shared = before,
        }
        result
    }

    /// Fires what is due by an instant, in the order of the instants, then of the opening of sessions.
    fn pump(&self, shared: &mut Shared, to: Time, resolve: &mut impl Resolve) -> Result<(), Halt> {
        let mut waiting = vec![Vec::new(); self.0.len()];
        for _ in 0..ENDLESS {
            let Some((flow, position, armed)) = self.next(shared, to, &waiting) else { return Ok(()) };
            let machine = &self.0[flow];
            resolve.enter(flow);
            let or_later = machine.model.timers[usize::from(armed.timer)].or_later;
            if or_later && pick(resolve, Point::OrLater(armed.timer), 2)? == 0 {
                waiting[flow].push((shared.flows[flow].sessions[position].id, armed));
                continue;
            }
            shared.lend(machine, flow);
            let universe = &mut shared.flows[flow];
            universe.world.now = universe.world.now.max(armed.due);
            let fired = machine.fire(universe, position, armed, resolve);
            shared.take_back(machine, flow);
            fired?;
        }
        Err(Fault::EndlessTimeouts.into())
    }

    fn next(
        &self,
        shared: &Shared,
        to: Time,
        waiting: &[Vec<(SessionId, Armed)>],
    ) -> Option<(usize, usize, Armed)> {
        let due = self.0.iter().enumerate().filter_map(|(flow, machine)| {
            let universe = &shared.flows[flow];
            let (position, armed) = machine.next(universe, to, &waiting[flow])?;
            Some((flow, position, armed, universe.sessions[position].id))
        });
        let opened = |id| shared.sessions.iter().position(|(known, _)| *known == id);
        let first = due.min_by_key(|(_, _, armed, id)| (armed.due, opened(*id)));
        first.map(|(flow, position, armed, _)| (flow, position, armed))
    }
}

impl Shared {
    /// The clock.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The flow that a session runs through.
    pub fn flow_of(&self, id: SessionId) -> Option<usize> {
        self.sessions.iter().find(|(known, _)| *known == id).map(|(_, flow)| *flow)
    }

    /// A session that is open.
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.flows[self.flow_of(id)?].session(id)
    }

    /// Puts the rows where a flow finds them.
    fn lend(&mut self, machine: &Machine, flow: usize) {
        let universe = &mut self.flows[flow];
        for (table, record) in universe.world.rows.iter_mut().zip(&machine.model.records) {
            *table = self.rows.remove(&record.name).unwrap_or_default();
        }
    }

    /// Takes them from it again, as it left them.
    fn take_back(&mut self, machine: &Machine, flow: usize) {
        let universe = &mut self.flows[flow];
        for (table, record) in universe.world.rows.iter_mut().zip(&machine.model.records) {
            self.rows.insert(record.name.clone(), std::mem::take(table));
        }
    }
}
