//! Beginnings: a universe with its rows, and a session with what it is given.

use std::collections::BTreeMap;

use crate::model::{ChoiceId, Expr, Variable};
use crate::{Fields, Rows, SessionId, Text, Time, Value};

use super::Machine;
use super::frame::Frame;
use super::plan::{Plan, Planner};
use super::resolve::{Fault, Halt, Resolve};
use super::universe::{Session, Table, Universe, World};

impl Machine {
    /// A new universe: these rows, no sessions, no counters, the clock at 0. `choices` are indices into the values of
    /// each choice of the model; those that are left out have their first value.
    ///
    /// # Errors
    /// [`Fault::Rows`] where a row does not fit its record, [`Fault::Choice`] where a choice has no such value.
    pub fn universe(&self, rows: &Rows, choices: &[usize]) -> Result<Universe, Fault> {
        let mut tables = vec![Table::default(); self.model.records.len()];
        for (name, rows) in rows {
            let index = self.record(name).ok_or_else(|| Fault::Rows(name.clone()))?;
            tables[usize::from(index)] = self.table(index, rows)?;
        }
        let chosen = self.model.choices.iter().enumerate().map(|(index, choice)| {
            let value = choices.get(index).copied().unwrap_or(0);
            let exists = value < choice.values.len();
            if exists { Ok(value as u16) } else { Err(Fault::Choice(choice.name.clone())) }
        });
        let choices = chosen.collect::<Result<_, _>>()?;
        let world = World { now: 0, rows: tables, uses: self.no_uses(), choices };
        Ok(Universe { world, sessions: Vec::new() })
    }

    /// A record by its name.
    pub(super) fn record(&self, name: &str) -> Option<u16> {
        let index = self.model.records.iter().position(|record| record.name == name);
        index.and_then(|index| u16::try_from(index).ok())
    }

    pub(super) fn table(&self, id: u16, rows: &[(Value, Fields)]) -> Result<Table, Fault> {
        let record = &self.model.records[usize::from(id)];
        let mut table = BTreeMap::new();
        for (key, sent) in rows {
            let misfit = |name: &Text| Fault::Rows(name.clone());
            let key = self.read(record.key_kind, key, &mut |_| ()).ok_or_else(|| misfit(&record.key))?;
            let mut row = self.new_row(id);
            for (name, raw) in &sent.0 {
                let index = record.attributes.iter().position(|attribute| attribute.name == *name);
                let index = index.ok_or_else(|| misfit(name))?;
                if raw.is_set() {
                    let kind = record.attributes[index].kind;
                    row[index] = self.read(kind, raw, &mut |_| ()).ok_or_else(|| misfit(name))?;
                }
            }
            if table.insert(key, row).is_some() {
                return Err(misfit(&record.key));
            }
        }
        Ok(Table(table))
    }

    pub(super) fn choice<'f>(&'f self, world: &World, id: ChoiceId) -> &'f Value {
        let picked = world.choices.get(usize::from(id)).copied().unwrap_or_default();
        let choice = self.model.choices.get(usize::from(id));
        choice.and_then(|choice| choice.values.get(usize::from(picked))).unwrap_or(&Value::Unset)
    }

    /// Plans the opening of a session: what it is given, what is required of it, where it starts.
    pub(super) fn plan_opening<R: Resolve>(
        &self,
        world: &World,
        id: SessionId,
        now: Time,
        given: &Fields,
        planner: &mut Planner<R>,
    ) -> Result<Session, Halt> {
        let mut session = self.blank(id);
        for (index, variable) in self.model.givens.iter().enumerate() {
            session.memory[index] = self.given(index, variable, given, planner);
        }
        if planner.plan.reasons.is_empty() {
            self.refuse_delays(world, &session, now, planner.plan);
        }
        if planner.plan.reasons.is_empty() {
            let frame = Frame::new(self, world, &session, now);
            for require in &self.model.requires {
                if !frame.holds(&require.guard) {
                    planner.resolve.visit(require.element);
                    planner.plan.refuse(self.model.reason(require.reason));
                }
            }
            if planner.plan.reasons.is_empty() {
                planner.branches(&frame, &self.model.start, self.model.element)?;
                planner.finish(&frame, true)?;
            }
        }
        Ok(session)
    }

    fn given<R: Resolve>(
        &self,
        index: usize,
        variable: &Variable,
        given: &Fields,
        planner: &mut Planner<R>,
    ) -> Value {
        let reasons = &self.tables.givens[index];
        planner.resolve.visit(variable.element);
        let value = match (given.get(&variable.name), &variable.default) {
            (Value::Unset, Some(default)) => Ok(default.clone()),
            (Value::Unset, None) if variable.optional => Ok(Value::Unset),
            (Value::Unset, None) => Err((&reasons.missing, self.model.defaults.missing.1)),
            (raw, _) => self
                .read(variable.kind, raw, &mut |element| planner.resolve.visit(element))
                .ok_or((&reasons.invalid, self.model.defaults.invalid.1)),
        };
        value.unwrap_or_else(|(reason, default)| {
            default.into_iter().for_each(|element| planner.resolve.visit(element));
            planner.plan.refuse(reason);
            Value::Unset
        })
    }

    /// A given that makes a time-out shorter than a millisecond is invalid.
    fn refuse_delays(&self, world: &World, session: &Session, now: Time, plan: &mut Plan) {
        let frame = Frame::new(self, world, session, now);
        for timer in &self.model.timers {
            let read = |index: usize| timer.delay.any(&mut |expr| *expr == Expr::Given(index as u16));
            let only_givens = !timer.delay.any(&mut |expr| {
                matches!(expr, Expr::Variable(_) | Expr::Output { .. } | Expr::Attribute { .. } | Expr::Now)
            });
            if only_givens && frame.int(&timer.delay).is_some_and(|delay| delay < 1) {
                let blamed = (0..self.model.givens.len()).filter(|index| read(*index));
                blamed.for_each(|index| plan.refuse(&self.tables.givens[index].invalid));
            }
        }
    }

    /// A session that remembers nothing but what everything is at first.
    pub(super) fn blank(&self, id: SessionId) -> Session {
        let mut memory = vec![Value::Unset; self.tables.memory];
        for (index, variable) in (0..).zip(&self.model.variables) {
            memory[self.tables.variable(index)] = variable.default.clone().unwrap_or_default();
        }
        Session {
            id,
            step: 0,
            memory: memory.into(),
            timers: Vec::new(),
            entered: Vec::new(),
            counters: Vec::new(),
            saved: None,
            undelivered: Vec::new(),
        }
    }
}
