//! The reference behind the protocol: the machines of one or several flows, which can be told what to pick.

use std::sync::Arc;

use super::{About, Hello, Refusal, Service, Told};
use crate::{
    Answer, Fields, Input, May, Observation, Rows, SessionId, Text, Time, Value,
    machine::{Fault, Halt, Machine, Point, Resolve, Unfit, Universe},
    model::{ElementId, Kind, Model, OutputId},
    values::Values,
};

/// Values up to here are those that suites send; what is picked is none of them, as far as the type has so many.
const BEYOND: u32 = 100;

/// The machines of some flows; `hello` says which is spoken to, the first until then.
#[derive(Debug)]
pub struct References {
    about: About,
    machines: Vec<Machine>,
    current: usize,
    universe: Universe,
    picked: u32,
}

impl References {
    /// The reference for these flows.
    ///
    /// # Errors
    /// [`Unfit`] where a flow cannot be run, or there is none.
    pub fn new(about: About, models: impl IntoIterator<Item = Arc<Model>>) -> Result<Self, Unfit> {
        let machines = models.into_iter().map(Machine::new).collect::<Result<Vec<_>, _>>()?;
        let first = machines.first().ok_or_else(|| Unfit("there is no flow".to_owned()))?;
        let universe = first.universe(&Rows::new(), &[]).map_err(|fault| Unfit(fault.to_string()))?;
        Ok(Self { about, machines, current: 0, universe, picked: 0 })
    }

    fn machine(&self) -> &Machine {
        &self.machines[self.current]
    }

    /// Does something to the universe with what is told, and with what is picked where nothing is.
    fn run<T>(
        &mut self,
        told: &Told,
        run: impl FnOnce(&Machine, &mut Universe, &mut Picks) -> Result<T, Halt>,
    ) -> Result<T, Refusal> {
        let Self { machines, current, universe, picked, .. } = self;
        let machine = &machines[*current];
        let mut picks = Picks { model: machine.model(), told, picked, asked: Vec::new() };
        run(machine, universe, &mut picks).map_err(|halt| Refusal::Error(halt.to_string()))
    }
}

impl Service for References {
    fn hello(&mut self, hello: &Hello) -> Result<About, Refusal> {
        if !hello.flow.is_empty() {
            let known = self.machines.iter().position(|machine| machine.model().name == hello.flow);
            self.current = known.ok_or_else(|| {
                let names: Vec<_> =
                    self.machines.iter().map(|machine| machine.model().name.as_str()).collect();
                Refusal::Error(format!("there is no flow `{}` here, only {}", hello.flow, names.join(", ")))
            })?;
            self.universe = self.machine().universe(&Rows::new(), &[])?;
        }
        Ok(self.about.clone())
    }

    fn reset(&mut self, rows: &Rows, choices: &Fields) -> Result<(), Refusal> {
        let machine = self.machine();
        let choices = choice_values(machine.model(), choices)?;
        self.universe = machine.universe(&typed_keys(machine.model(), rows), &choices)?;
        Ok(())
    }

    fn open(
        &mut self,
        session: SessionId,
        at: Time,
        given: &Fields,
        told: &Told,
    ) -> Result<Observation, Refusal> {
        self.run(told, |machine, universe, picks| machine.open(universe, session, at, given, picks))
    }

    fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
        told: &Told,
    ) -> Result<Observation, Refusal> {
        self.run(told, |machine, universe, picks| machine.apply(universe, session, at, input, answers, picks))
    }

    fn advance(&mut self, to: Time, told: &Told) -> Result<Vec<(SessionId, Observation)>, Refusal> {
        self.run(told, |machine, universe, picks| machine.advance(universe, to, picks))
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Refusal> {
        self.run(&Told::default(), |machine, universe, picks| {
            machine.may(universe, capability, subject, at, picks)
        })
    }

    fn close(&mut self, session: SessionId) -> Result<(), Refusal> {
        let Self { machines, current, universe, .. } = self;
        Ok(machines[*current].close(universe, session)?)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Error(fault.to_string())
    }
}

/// Each choice's value as an index; the first of those that are not named.
fn choice_values(model: &Model, sent: &Fields) -> Result<Vec<usize>, Fault> {
    let unknown = |(name, _): &&(Text, Value)| model.choices.iter().all(|choice| choice.name != *name);
    if let Some((name, _)) = sent.0.iter().find(unknown) {
        return Err(Fault::Choice(name.clone()));
    }
    let machine_value = |choice: &crate::model::Choice| match sent.get(&choice.name) {
        Value::Unset => Ok(0),
        value => {
            let known = choice.values.iter().position(|known| wire(model, choice.kind, known) == *value);
            known.ok_or_else(|| Fault::Choice(choice.name.clone()))
        }
    };
    model.choices.iter().map(machine_value).collect()
}

fn wire(model: &Model, kind: crate::model::TypeId, value: &Value) -> Value {
    match (&model.kind(kind).kind, value) {
        (Kind::Money { digits, .. }, Value::Int(minor)) => Value::Text(crate::write_money(*minor, *digits)),
        _ => value.clone(),
    }
}

/// Keys are names of members on the wire: those of types that are not text are read from it.
fn typed_keys(model: &Model, rows: &Rows) -> Rows {
    let mut rows = rows.clone();
    for (name, table) in &mut rows {
        let Some(record) = model.records.iter().find(|record| record.name == *name) else { continue };
        if matches!(model.kind(record.key_kind).kind, Kind::Int | Kind::Duration | Kind::Instant | Kind::Bool)
        {
            for (key, _) in table.iter_mut() {
                if let Some(value) = key.as_text().and_then(|text| serde_json::from_str(text).ok()) {
                    *key = value;
                }
            }
        }
    }
    rows
}

/// Picks what it is told, otherwise what rule 31 says.
struct Picks<'a> {
    model: &'a Model,
    told: &'a Told,
    picked: &'a mut u32,
    asked: Vec<(OutputId, u16)>,
}

impl Resolve for Picks<'_> {
    fn pick(&mut self, point: Point, _: usize) -> Option<usize> {
        match point {
            Point::Either(_) => Some(self.told.pick.unwrap_or(0)),
            _ => Some(0),
        }
    }

    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        let declared = self.model.outputs.get(usize::from(output))?;
        let kind = declared.fields.get(usize::from(field))?;
        if let Some(chosen) = &self.told.chosen {
            let nth = self.asked.iter().filter(|asked| **asked == (output, field)).count();
            self.asked.push((output, field));
            let is_set = matches!(self.model.kind(kind.kind).kind, Kind::Set { .. });
            return match chosen.get(&declared.name)?.get(&kind.name) {
                Value::Unset => None,
                // A list holds a value for each output of the kind.
                Value::List(each) if !is_set => each.get(nth).cloned(),
                value => Some(value.clone()),
            };
        }
        *self.picked = self.picked.wrapping_add(1);
        let values = Values::new(self.model);
        values.nth(kind.kind, BEYOND.saturating_add(*self.picked)).or_else(|| values.nth(kind.kind, 0))
    }

    fn silent(&mut self, _: ElementId) -> bool {
        true
    }
}
