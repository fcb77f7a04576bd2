//! The machine as an implementation: right by definition for its own model, and faulty by one fault for a changed one.

use std::sync::Arc;

use crate::machine::{Fault, Halt, Machine, Miscount, Point, Resolve, Unfit, Universe};
use crate::model::{ElementId, LimitId, Model, OutputId};
use crate::values::Values;
use crate::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Text, Time, Unsupported, Value,
    Verdict,
};

/// Values up to here are those that suites send; what is picked is none of them, as far as the type has so many.
const BEYOND: u32 = 100;

/// After so many values the first one comes again.
const CYCLE: u32 = 512;

/// Runs a model as rule 31 says: the first alternative everywhere, and a fresh value wherever one is to be picked.
#[derive(Debug)]
pub struct Interpreter {
    machine: Machine,
    choices: Vec<usize>,
    habit: Option<Habit>,
    /// Shared with the moments that are kept of it, and copied when it then moves on.
    universe: Arc<Universe>,
    picked: Picked,
    /// Whether the last thing done left nothing open and did not halt: the spec allows nothing else then.
    settled: bool,
    /// What is used, where anybody wants to know.
    used: Option<Vec<ElementId>>,
}

/// How many values were picked so far.
pub type Picked = u32;

/// A way to run a model wrongly that no model can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Habit {
    /// The sessions of a universe share what one of them remembers, by its index in `Model::variables`.
    SharesVariable(u16),
    /// They share what was last sent to one of them.
    SharesOutput(OutputId),
    /// Where the order of the stages does not bind, a later one than the first that fails decides.
    LaterStageFirst,
    /// The rolling window of a limit, or of every one, opens with the first use in it and closes with all of them.
    WindowFromFirst(Option<LimitId>),
    /// What is refused for its fields, because one is missing or malformed, counts as a use of a limit, or of every one.
    CountsUnread {
        /// Which limit.
        limit: Option<LimitId>,
        /// Whether an event counts that lacks a field.
        missing: bool,
        /// Whether one counts that has a malformed field.
        invalid: bool,
    },
    /// What is refused while a limit holds, or every one, has it hold from then on.
    ProlongsHolds(Option<LimitId>),
}

impl Interpreter {
    /// An interpreter of a model, in an empty universe, every choice at its first value.
    ///
    /// # Errors
    /// [`Unfit`] where no machine can run the model.
    pub fn new(model: &Arc<Model>) -> Result<Self, Unfit> {
        let machine = Machine::new(Arc::clone(model))?;
        let universe = machine.universe(&Rows::new(), &[]).map_err(|fault| Unfit(fault.to_string()))?.into();
        Ok(Self {
            machine,
            choices: Vec::new(),
            habit: None,
            universe,
            picked: 0,
            settled: false,
            used: None,
        })
    }

    /// The same interpreter with other values of the choices, as indices into the values of each; they hold from the
    /// next reset on.
    #[must_use]
    pub fn with_choices(self, choices: Vec<usize>) -> Self {
        Self { choices, ..self }
    }

    /// The same interpreter with a habit.
    #[must_use]
    pub fn with_habit(self, habit: Option<Habit>) -> Self {
        Self { habit, ..self }
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What the machine remembers.
    pub fn universe(&self) -> &Arc<Universe> {
        &self.universe
    }

    /// Begins a new universe.
    ///
    /// # Errors
    /// Where the rows do not fit the records, or a choice has no such value.
    pub fn try_reset(&mut self, rows: &Rows) -> Result<(), Fault> {
        self.universe = self.machine.universe(rows, &self.choices)?.into();
        Ok(())
    }

    /// Opens a session.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Halt> {
        let seen =
            self.run(|machine, universe, picker| machine.open(universe, session, at, given, picker))?;
        self.share(session);
        Ok(seen)
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
        if let Some(Habit::WindowFromFirst(limit)) = self.habit {
            self.machine.close_windows(Arc::make_mut(&mut self.universe), limit, at);
        }
        let refused = match self.habit {
            Some(Habit::CountsUnread { limit, .. } | Habit::ProlongsHolds(limit)) => {
                self.machine.miscounts(&self.universe, session, at, input, limit)
            }
            _ => Vec::new(),
        };
        let seen = self
            .run(|machine, universe, picker| machine.apply(universe, session, at, input, answers, picker))?;
        self.miscount(session, at, &seen, refused);
        self.share(session);
        Ok(seen)
    }

    /// Moves the clock.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Halt> {
        self.run(|machine, universe, picker| machine.advance(universe, to, picker))
    }

    /// Answers whether something is allowed.
    ///
    /// # Errors
    /// See [`Halt`]; nothing has changed then.
    pub fn try_may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Halt> {
        self.run(|machine, universe, picker| machine.may(universe, capability, subject, at, picker))
    }

    pub(super) fn machine_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }

    pub(super) fn machine_close(&mut self, session: SessionId) {
        // Whoever asks has made sure that the session is open.
        let _ = self.machine.close(Arc::make_mut(&mut self.universe), session);
    }

    pub(super) fn set_habit(&mut self, habit: Option<Habit>) {
        self.habit = habit;
    }

    /// Whether the last thing done left nothing open and did not halt.
    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Remembers in one place with somebody who remembers the same.
    pub(super) fn share_with(&mut self, universe: &Arc<Universe>) {
        if self.universe == *universe {
            self.universe = Arc::clone(universe);
        }
    }

    /// How many values were picked so far.
    pub fn picked(&self) -> Picked {
        self.picked
    }

    pub(super) fn set(&mut self, universe: &Arc<Universe>, picked: Picked) {
        self.universe = Arc::clone(universe);
        self.picked = picked;
    }

    pub(super) fn note_used(&mut self) {
        self.used = Some(Vec::new());
    }

    pub(super) fn take_used(&mut self) -> Vec<ElementId> {
        self.used.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn run<T>(
        &mut self,
        call: impl FnOnce(&Machine, &mut Universe, &mut Picker) -> Result<T, Halt>,
    ) -> Result<T, Halt> {
        let Self { machine, universe, picked, habit, used, .. } = self;
        let used = used.as_mut();
        let mut picker = Picker { model: machine.model(), picked, habit: *habit, settled: true, used };
        let result = call(machine, Arc::make_mut(universe), &mut picker);
        self.settled = picker.settled && result.is_ok();
        result
    }

    /// Counts by habit what was refused.
    fn miscount(&mut self, session: SessionId, at: Time, seen: &Observation, refused: Vec<Miscount>) {
        let (Verdict::Refused(reasons), false) = (&seen.verdict, refused.is_empty()) else { return };
        let defaults = &self.machine.model().defaults;
        let of = |kind: &Text| {
            reasons
                .iter()
                .any(|reason| reason.split(':').next() == Some(kind.as_str()) && reason.contains(':'))
        };
        let (lacks, malformed) = (of(&defaults.missing.0), of(&defaults.invalid.0));
        match self.habit {
            Some(Habit::CountsUnread { missing, invalid, .. })
                if lacks && missing || malformed && invalid =>
            {
                self.machine.count_all(Arc::make_mut(&mut self.universe), session, at, refused);
            }
            Some(Habit::ProlongsHolds(_)) if !lacks && !malformed => {
                self.machine.prolong_all(Arc::make_mut(&mut self.universe), session, at, refused);
            }
            _ => {}
        }
    }

    /// What a session shares with the others by habit.
    fn share(&mut self, session: SessionId) {
        match self.habit {
            Some(Habit::SharesVariable(variable)) => {
                self.machine.share_variable(Arc::make_mut(&mut self.universe), session, variable);
            }
            Some(Habit::SharesOutput(output)) => {
                self.machine.share_output(Arc::make_mut(&mut self.universe), session, output);
            }
            Some(_) | None => {}
        }
    }
}

/// Decides what the spec leaves open.
struct Picker<'a> {
    model: &'a Model,
    picked: &'a mut Picked,
    habit: Option<Habit>,
    /// Whether nothing was asked so far.
    settled: bool,
    used: Option<&'a mut Vec<ElementId>>,
}

impl Resolve for Picker<'_> {
    fn pick(&mut self, point: Point, _: usize) -> Option<usize> {
        self.settled = false;
        let later = self.habit == Some(Habit::LaterStageFirst) && point == Point::Order;
        Some(usize::from(later))
    }

    /// A value that was not picked lately, as far as the type has so many.
    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        self.settled = false;
        let kind = self.model.outputs[usize::from(output)].fields[usize::from(field)].kind;
        *self.picked = self.picked.wrapping_add(1);
        let values = Values::new(self.model);
        values.nth(kind, BEYOND + *self.picked % CYCLE).or_else(|| values.nth(kind, 0))
    }

    fn visit(&mut self, element: ElementId) {
        if let Some(used) = &mut self.used {
            used.push(element);
        }
    }

    fn silent(&mut self, _: ElementId) -> bool {
        self.settled = false;
        true
    }
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
        self.machine.close(Arc::make_mut(&mut self.universe), session).map_err(|_| Unsupported)
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
