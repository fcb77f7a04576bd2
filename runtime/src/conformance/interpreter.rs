//! The machine as an implementation: right by definition for its own model, and faulty by one fault for a changed one.

use std::sync::Arc;

use crate::machine::{Fault, Halt, Machine, Reference, Unfit, Universe};
use crate::model::{Model, OutputId};
use crate::values::Values;
use crate::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Text, Time, Unsupported, Value,
    Verdict,
};

/// Values up to here are those that suites send; what is picked is none of them, as far as the type has so many.
const BEYOND: u32 = 100;

/// Runs a model as rule 31 says: the first alternative everywhere, and a fresh value wherever one is to be picked.
#[derive(Debug)]
pub struct Interpreter {
    machine: Machine,
    choices: Vec<usize>,
    universe: Universe,
    picked: u32,
}

impl Interpreter {
    /// An interpreter of a model, in an empty universe, every choice at its first value.
    ///
    /// # Errors
    /// [`Unfit`] where no machine can run the model.
    pub fn new(model: &Arc<Model>) -> Result<Self, Unfit> {
        let machine = Machine::new(Arc::clone(model))?;
        let universe = machine.universe(&Rows::new(), &[]).map_err(|fault| Unfit(fault.to_string()))?;
        Ok(Self { machine, choices: Vec::new(), universe, picked: 0 })
    }

    /// The same interpreter with other values of the choices, as indices into the values of each; they hold from the
    /// next reset on.
    #[must_use]
    pub fn with_choices(self, choices: Vec<usize>) -> Self {
        Self { choices, ..self }
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What the machine remembers.
    pub fn universe(&self) -> &Universe {
        &self.universe
    }

    /// Begins a new universe.
    ///
    /// # Errors
    /// Where the rows do not fit the records, or a choice has no such value.
    pub fn try_reset(&mut self, rows: &Rows) -> Result<(), Fault> {
        self.universe = self.machine.universe(rows, &self.choices)?;
        Ok(())
    }

    /// Opens a session.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Halt> {
        let Self { machine, universe, picked, .. } = self;
        let mut reference = Reference(|output, field| fresh(machine.model(), picked, output, field));
        machine.open(universe, session, at, given, &mut reference)
    }

    /// Takes an input.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
    ) -> Result<Observation, Halt> {
        let Self { machine, universe, picked, .. } = self;
        let mut reference = Reference(|output, field| fresh(machine.model(), picked, output, field));
        machine.apply(universe, session, at, input, answers, &mut reference)
    }

    /// Moves the clock.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Halt> {
        let Self { machine, universe, picked, .. } = self;
        let mut reference = Reference(|output, field| fresh(machine.model(), picked, output, field));
        machine.advance(universe, to, &mut reference)
    }

    /// Answers whether something is allowed.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Halt> {
        let Self { machine, universe, picked, .. } = self;
        let mut reference = Reference(|output, field| fresh(machine.model(), picked, output, field));
        machine.may(universe, capability, subject, at, &mut reference)
    }
}

/// A value that was not picked before, as far as the type has so many.
fn fresh(model: &Model, picked: &mut u32, output: OutputId, field: u16) -> Option<Value> {
    let kind = model.outputs[usize::from(output)].fields[usize::from(field)].kind;
    *picked += 1;
    Values::new(model).nth(kind, BEYOND + *picked).or_else(|| Values::new(model).nth(kind, 0))
}

/// A model in which something is lacking halts where a sound one does not: that shows as a refusal that no spec allows.
impl Implementation for Interpreter {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        self.try_reset(rows).map_err(|_| Unsupported)
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        Ok(self.try_open(session, at, given).unwrap_or_else(|halt| halted(&halt)))
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        self.try_apply(session, at, input, answers).unwrap_or_else(|halt| halted(&halt))
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        let halt = match self.try_advance(to) {
            Ok(seen) => return Ok(seen),
            Err(halt) => halted(&halt),
        };
        let sessions = self.universe.sessions().iter();
        Ok(sessions.map(|session| (session.id(), halt.clone())).collect())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        self.machine.close(&mut self.universe, session).map_err(|_| Unsupported)
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        Ok(self.try_may(capability, subject, at).unwrap_or_else(|halt| May::Denied(reason(&halt))))
    }
}

fn halted(halt: &Halt) -> Observation {
    let verdict = Verdict::Refused(vec![reason(halt)]);
    Observation { verdict, step: None, outputs: Vec::new(), answers: Vec::new() }
}

fn reason(halt: &Halt) -> Text {
    halt.to_string().into()
}
