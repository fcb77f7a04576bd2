//! Judges what was observed by the rules 22 to 30: the one place where they are kept.
//!
//! The oracle follows every universe that what was seen so far allows. As a rule that is a single one, which is then
//! moved on in place. Where the spec leaves something open, the machine asks what to pick; the oracle then tries every
//! sequence of picks from a copy of the universe and keeps what matches the observation.

use std::sync::Arc;

use super::{
    candidates::{Combinations, combinations, every},
    marks::Marks,
    matching::Expected,
    patience::{Patience, Since},
    script::{Outputs, Script},
    trial::{Stop, Trial, Witness},
};
use crate::{
    Answer, Fields, Input, May, Observation, Rows, SessionId, Time, Value,
    machine::{Fault, Halt, Machine, Unfit, Universe},
    model::{Action, ElementId, Model, Order, Provenance},
};

/// How many universes are followed, and sequences of picks tried, before the oracle gives up and claims nothing.
const MOST: usize = 1024;

/// Follows the universes that explain what was observed.
#[derive(Debug)]
pub struct Oracle {
    machine: Machine,
    strict: bool,
    combinations: Vec<Vec<usize>>,
    possible: Vec<Possible>,
    marks: Marks,
    patience: Patience,
    sends_late: bool,
    /// Whether the implementation always says itself what asked actors answered.
    reported: bool,
}

/// A universe that explains what was observed, and the combination of choices in it.
#[derive(Debug, Clone, PartialEq)]
struct Possible {
    combination: u8,
    /// Shared with the moments that are kept of it, and copied when it then moves on.
    universe: Arc<Universe>,
}

/// The universes that were followed at some moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    possible: Vec<Possible>,
    since: Since,
}

/// What the oracle says about one observation.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// It is allowed.
    Consistent,
    /// It is not; this would have been.
    Contradiction(Vec<Shown>),
    /// The spec is silent here, by this statement if one says so: nothing can be said from now on.
    Undetermined(Option<ElementId>),
    /// The question was wrong, not the answer: time ran backwards, or no such session was opened.
    Fault(Fault),
}

/// What can be seen of an implementation.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// By an opening or an input.
    Observation(Observation),
    /// By moving the clock.
    Sessions(Vec<(SessionId, Observation)>),
    /// By asking what is allowed.
    Permission(May),
    /// By leaving a session.
    Nothing,
}

impl Oracle {
    /// An oracle for a flow; [`Oracle::reset`] comes next.
    ///
    /// # Errors
    /// Where no machine can run the flow.
    pub fn new(model: Arc<Model>) -> Result<Self, Unfit> {
        Ok(Self {
            strict: model.defaults.order.0 == Order::Strict,
            combinations: combinations(&model),
            possible: Vec::new(),
            marks: Marks::new(&model),
            patience: Patience::new(&model),
            sends_late: sends_late(&model),
            reported: false,
            machine: Machine::new(model)?,
        })
    }

    /// The same oracle, which does not note what is used: [`Oracle::used`] and [`Oracle::provenance`] say nothing then.
    #[must_use]
    pub fn without_marks(mut self) -> Self {
        self.marks.ignore();
        self
    }

    /// From now on the implementation's world is real: what asked actors answered is found in what is seen, and what
    /// they were to say counts for nothing.
    pub fn follow_reports(&mut self) {
        self.reported = true;
    }

    /// The flow.
    pub fn model(&self) -> &Arc<Model> {
        self.machine.model()
    }

    /// What is followed now.
    pub fn followed(&self) -> Followed {
        Followed { possible: self.possible.clone(), since: self.patience.since.clone() }
    }

    /// Follows again what was followed then.
    pub fn follow(&mut self, followed: &Followed) {
        self.possible.clone_from(&followed.possible);
        self.patience.since.clone_from(&followed.since);
    }

    /// Begins a new universe with these rows, in which the choices are among these combinations.
    pub fn reset(&mut self, rows: &Rows, among: Combinations) -> Judgement {
        self.marks.clear();
        self.patience.clear();
        self.possible.clear();
        for (at, choices) in self.combinations.iter().enumerate().filter(|(at, _)| among >> at & 1 == 1) {
            match self.machine.universe(rows, choices) {
                Ok(universe) => {
                    self.possible.push(Possible { combination: at as u8, universe: Arc::new(universe) });
                }
                Err(fault) => return Judgement::Fault(fault),
            }
        }
        Judgement::Consistent
    }

    /// Judges an opening; nothing is known of it where the implementation cannot show it.
    pub fn open(
        &mut self,
        session: SessionId,
        at: Time,
        given: &Fields,
        seen: Option<&Observation>,
    ) -> Judgement {
        let witness = seen.map_or(Witness::NONE, Witness::one);
        let judgement = self.judge(at, witness, |machine, universe, script| {
            machine.open(universe, session, at, given, script)
        });
        self.patience.touch(session, at);
        judgement
    }

    /// Judges an input.
    pub fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        told: &[Answer],
        seen: &Observation,
    ) -> Judgement {
        let reported = self.reported || !seen.answers.is_empty();
        let answers = if reported { &seen.answers } else { told };
        let witness = Witness { reported, ..Witness::one(seen) };
        let judgement = self.judge(at, witness, |machine, universe, script| {
            machine.apply(universe, session, at, input, answers, script)
        });
        self.patience.touch(session, at);
        judgement
    }

    /// Judges what moving the clock shows of every session.
    pub fn advance(&mut self, to: Time, seen: &Vec<(SessionId, Observation)>) -> Judgement {
        self.judge(
            to,
            Witness { outputs: Outputs::All(seen), ..Witness::of(seen) },
            |machine, universe, script| machine.advance(universe, to, script),
        )
    }

    /// Judges the answer to whether something is allowed.
    pub fn may(&mut self, capability: &str, subject: &Value, at: Time, seen: &May) -> Judgement {
        self.judge(at, Witness::of(seen), |machine, universe, script| {
            machine.may(universe, capability, subject, at, script)
        })
    }

    /// Leaves a session.
    pub fn close(&mut self, session: SessionId) -> Judgement {
        let now = self.possible.first().map_or(0, |possible| possible.universe.now());
        self.judge(now, Witness::of(&()), |machine, universe, _| Ok(machine.close(universe, session)?))
    }

    /// The one universe that is followed, if it is one.
    pub(super) fn only(&self) -> Option<&Arc<Universe>> {
        if let [only] = self.possible.as_slice() { Some(&only.universe) } else { None }
    }

    /// Follows a machine of the same flow that was where the oracle is, and has gone on by its only way: at this
    /// instant, in this session. False, and nothing done, where waiting that long is not judged.
    pub(super) fn go_along(
        &mut self,
        to: Time,
        session: Option<SessionId>,
        universe: &Arc<Universe>,
    ) -> bool {
        let waits = to > self.patience();
        let [only] = self.possible.as_mut_slice() else { return false };
        if waits {
            return false;
        }
        self.patience.pass(&only.universe, to);
        only.universe = Arc::clone(universe);
        if let Some(session) = session {
            self.patience.touch(session, to);
        }
        true
    }

    /// The combinations of choices that still explain what was seen.
    pub fn explained(&self) -> Combinations {
        self.possible.iter().fold(0, |all, possible| all | 1 << possible.combination)
    }

    /// All combinations of choices.
    pub fn every_combination(&self) -> Combinations {
        every(self.combinations.len())
    }

    /// The weakest mark among the statements used since the reset.
    pub fn provenance(&self) -> Provenance {
        self.marks.weakest()
    }

    /// The statements used since the reset.
    pub fn used(&self) -> impl Iterator<Item = ElementId> {
        self.marks.used()
    }

    /// Until when a test may wait now.
    pub fn patience(&self) -> Time {
        let until = self.possible.iter().map(|possible| self.patience.until(&possible.universe));
        until.min().unwrap_or(Time::MAX)
    }

    /// A universe that explains what was seen; the only one, as a rule.
    pub fn universe(&self) -> Option<&Universe> {
        self.possible.first().map(|possible| &*possible.universe)
    }

    /// Moves every universe on by `call` and keeps those whose results allow what was seen.
    fn judge<E: Expected + Into<Shown>>(
        &mut self,
        to: Time,
        witness: Witness<E>,
        call: impl Fn(&Machine, &mut Universe, &mut Script) -> Result<E, Halt>,
    ) -> Judgement {
        if to > self.patience() {
            return Judgement::Undetermined(self.patience.default);
        }
        if let Some(possible) = self.possible.first() {
            self.patience.pass(&possible.universe, to);
        }
        let late = witness.seen.is_none() || self.sends_late;
        let (machine, strict, marks) = (&self.machine, self.strict, &mut self.marks);
        let mut trial = Trial { machine, call, witness, strict, late, marks, allowed: Vec::new() };
        match explain(&mut self.possible, &mut trial) {
            Err(stop) => stopped(stop),
            Ok(()) if self.possible.is_empty() => {
                Judgement::Contradiction(trial.allowed.into_iter().map(Into::into).collect())
            }
            Ok(()) => Judgement::Consistent,
        }
    }
}

/// Replaces the universes by those that follow from them and explain what was seen (rule 23).
fn explain<E: Expected, F>(possible: &mut Vec<Possible>, trial: &mut Trial<E, F>) -> Result<(), Stop>
where
    F: Fn(&Machine, &mut Universe, &mut Script) -> Result<E, Halt>,
{
    let mut split = Vec::new();
    let mut at = 0;
    while let Some(Possible { combination, universe }) = possible.get_mut(at) {
        match trial.run(Arc::make_mut(universe), &[]) {
            Ok(true) => {
                at += 1;
                continue;
            }
            Ok(false) => {}
            Err(Stop::Undecided { .. }) => {
                for universe in trial.branches(universe, MOST)? {
                    let branch = Possible { combination: *combination, universe: Arc::new(universe) };
                    if !split.contains(&branch) {
                        split.push(branch);
                    }
                }
            }
            Err(stop) => return Err(stop),
        }
        possible.remove(at);
    }
    possible.append(&mut split);
    if possible.len() > MOST { Err(Stop::Silent(None)) } else { Ok(()) }
}

fn stopped(stop: Stop) -> Judgement {
    match stop {
        Stop::Silent(element) => Judgement::Undetermined(element),
        Stop::Fault(fault) => Judgement::Fault(fault),
        // Every pick is tried, so that nothing is left undecided.
        Stop::Undecided { .. } => Judgement::Undetermined(None),
    }
}

/// Whether a time-out may send a value that is picked: another session's input can make it fire, and shows it later.
fn sends_late(model: &Model) -> bool {
    let picks = |action: &Action| match action {
        Action::Send { output, .. } => {
            model.outputs[usize::from(*output)].fields.iter().any(|field| field.chosen)
        }
        _ => false,
    };
    model.timers.iter().any(|timer| timer.body.actions.iter().any(picks))
}

impl From<Observation> for Shown {
    fn from(observation: Observation) -> Self {
        Self::Observation(observation)
    }
}

impl From<Vec<(SessionId, Observation)>> for Shown {
    fn from(sessions: Vec<(SessionId, Observation)>) -> Self {
        Self::Sessions(sessions)
    }
}

impl From<May> for Shown {
    fn from(permission: May) -> Self {
        Self::Permission(permission)
    }
}

impl From<()> for Shown {
    fn from((): ()) -> Self {
        Self::Nothing
    }
}
