//! An interpreter beside the oracle that judges it, both of which can be brought back to an earlier moment: that is how
//! many faulty variants are held against one suite without running it from the beginning each time.

use std::sync::Arc;

use super::bindings::Bindings;
use super::interpreter::{Interpreter, Picked};
use super::oracle::{Followed, Judgement, Oracle, Shown};
use super::{Habit, Say, Step};
use crate::machine::{Asked, Halt, Machine, Unfit, Universe};
use crate::model::{ElementId, Model, TypeId};
use crate::{Answer, Input, Observation, Rows, SessionId, Text, Verdict};

/// The two of them.
#[derive(Debug)]
pub struct Duel {
    oracle: Oracle,
    interpreter: Interpreter,
    bindings: Bindings,
}

/// Everything that either of them remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    followed: Followed,
    universe: Arc<Universe>,
    picked: Picked,
    bindings: Bindings,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// What was shown is allowed.
    Allowed,
    /// It is not.
    Told,
    /// Nothing can be said, or nothing could be asked.
    Open,
}

impl Duel {
    /// A duel in which the interpreter runs the flow as it is.
    ///
    /// # Errors
    /// Where no machine can run the flow.
    pub fn new(model: &Arc<Model>) -> Result<Self, Unfit> {
        let oracle = Oracle::new(Arc::clone(model))?.without_marks();
        // A copy of its own, which can be changed in place.
        let interpreter = Interpreter::new(&Arc::new(Model::clone(model)))?;
        Ok(Self { oracle, interpreter, bindings: Bindings::default() })
    }

    /// The flow as it is.
    pub fn flow(&self) -> &Arc<Model> {
        self.oracle.model()
    }

    /// The flow as the interpreter runs it.
    pub fn interpreter(&self) -> &Interpreter {
        &self.interpreter
    }

    /// The universe that the oracle believes in.
    pub fn believed(&self) -> Option<&Universe> {
        self.oracle.universe()
    }

    /// Has the interpreter run something else from now on: a changed model, or a habit. `timers` where steps, outcomes
    /// or time-outs change, `pattern` where a type's pattern does.
    pub fn change(
        &mut self,
        habit: Option<Habit>,
        timers: bool,
        pattern: Option<TypeId>,
        change: impl FnOnce(&mut Model),
    ) -> Result<(), Unfit> {
        self.interpreter.set_habit(habit);
        self.interpreter.machine_mut().change(timers, pattern, change)
    }

    /// Begins a universe; false where the rows fit no record.
    pub fn begin(&mut self, rows: &Rows) -> bool {
        self.bindings.clear();
        let among = self.oracle.every_combination();
        let begun = self.oracle.reset(rows, among) == Judgement::Consistent
            && self.interpreter.try_reset(rows).is_ok();
        if let Some(universe) = self.oracle.only() {
            self.interpreter.share_with(universe);
        }
        begun
    }

    /// Everything as it is now.
    pub fn moment(&self) -> Moment {
        Moment {
            followed: self.oracle.followed(),
            universe: Arc::clone(self.interpreter.universe()),
            picked: self.interpreter.picked(),
            bindings: self.bindings.clone(),
        }
    }

    /// Goes back to an earlier moment.
    pub fn back_to(&mut self, moment: &Moment) {
        self.oracle.follow(&moment.followed);
        self.interpreter.set(&moment.universe, moment.picked);
        self.bindings.clone_from(&moment.bindings);
    }

    /// The statements that the interpreter used since this was last asked, if it notes them.
    pub fn used(&mut self) -> Vec<ElementId> {
        self.interpreter.take_used()
    }

    /// Notes what the interpreter uses.
    pub fn note_used(&mut self) {
        self.interpreter.note_used();
    }

    /// What the guards of a handler would be asked in a step by the machine that is right, as far as that can be said.
    pub fn asked(&self, right: &Machine, step: &Step) -> Asked {
        let Step::Apply { session, at, event, by, fields, .. } = step else { return Asked::Nothing };
        let Some(believed) = self.oracle.universe() else { return Asked::Unknown };
        let fields = self.bindings.fields(self.oracle.model(), *session, fields);
        let input = Input { event: event.clone(), by: by.clone(), fields };
        right.asked_of(believed, *session, *at, &input)
    }

    /// Does a step: what the interpreter shows, and the moment's picks aside nothing else has changed yet.
    pub fn act(&mut self, step: &Step) -> Option<Shown> {
        let model = Arc::clone(self.oracle.model());
        let universe = self.oracle.universe()?;
        let is_open = step.session().is_some_and(|session| universe.session(session).is_some());
        let askable = match step {
            _ if step.at().is_some_and(|at| at < universe.now()) => false,
            Step::Open { .. } => !is_open,
            Step::Apply { .. } | Step::Close { .. } => is_open,
            Step::Advance { .. } | Step::May { .. } => true,
        };
        if !askable {
            return None;
        }
        let interpreter = &mut self.interpreter;
        Some(match step {
            Step::Open { session, at, given } => {
                let given = self.bindings.fields(&model, *session, given);
                shown(interpreter.try_open(*session, *at, &given))
            }
            Step::Apply { session, at, event, by, fields, answers } => {
                let fields = self.bindings.fields(&model, *session, fields);
                let answers = said(&self.bindings, &model, *session, answers);
                let input = Input { event: event.clone(), by: by.clone(), fields };
                shown(interpreter.try_apply(*session, *at, &input, &answers))
            }
            Step::Advance { to } => match interpreter.try_advance(*to) {
                Ok(seen) => Shown::Sessions(seen),
                Err(_) => Shown::Sessions(Vec::new()),
            },
            Step::May { capability, subject, at } => {
                let subject = self.bindings.value(&model, 0, subject);
                Shown::Permission(interpreter.try_may(capability, &subject, *at).ok()?)
            }
            Step::Close { session } => {
                interpreter.machine_close(*session);
                Shown::Nothing
            }
        })
    }

    /// Judges what was shown of a step.
    pub fn judge(&mut self, step: &Step, shown: &Shown) -> Turn {
        let model = Arc::clone(self.oracle.model());
        let judgement = match (step, shown) {
            (Step::Open { session, at, given }, Shown::Observation(seen)) => {
                let given = self.bindings.fields(&model, *session, given);
                self.see(step, shown);
                self.oracle.open(*session, *at, &given, Some(seen))
            }
            (Step::Apply { session, at, event, by, fields, answers }, Shown::Observation(seen)) => {
                let fields = self.bindings.fields(&model, *session, fields);
                let answers = said(&self.bindings, &model, *session, answers);
                let input = Input { event: event.clone(), by: by.clone(), fields };
                self.see(step, shown);
                self.oracle.apply(*session, *at, &input, &answers, seen)
            }
            (Step::Advance { to }, Shown::Sessions(seen)) => {
                self.see(step, shown);
                self.oracle.advance(*to, seen)
            }
            (Step::May { capability, subject, at }, Shown::Permission(seen)) => {
                let subject = self.bindings.value(&model, 0, subject);
                self.oracle.may(capability, &subject, *at, seen)
            }
            (Step::Close { session }, _) => self.oracle.close(*session),
            _ => return Turn::Open,
        };
        match judgement {
            Judgement::Consistent => Turn::Allowed,
            Judgement::Contradiction(_) => Turn::Told,
            Judgement::Undetermined(_) | Judgement::Fault(_) => Turn::Open,
        }
    }

    /// The same while the interpreter runs the flow as it is: where that leaves nothing open, the oracle need not work
    /// out what it saw.
    pub fn step_right(&mut self, step: &Step) -> Option<(Shown, Turn)> {
        let together = self.oracle.only().is_some_and(|only| Arc::ptr_eq(only, self.interpreter.universe()));
        let shown = self.act(step)?;
        let (session, at) = match (step, &shown) {
            (Step::Open { session, at, .. } | Step::Apply { session, at, .. }, Shown::Observation(_)) => {
                (Some(*session), *at)
            }
            (Step::Advance { to }, Shown::Sessions(_)) => (None, *to),
            _ => return self.judged(step, shown),
        };
        let known = together && self.interpreter.is_settled();
        if !known || !self.oracle.go_along(at, session, self.interpreter.universe()) {
            return self.judged(step, shown);
        }
        self.see(step, &shown);
        Some((shown, Turn::Allowed))
    }

    fn judged(&mut self, step: &Step, shown: Shown) -> Option<(Shown, Turn)> {
        let turn = self.judge(step, &shown);
        if let (Turn::Allowed, Some(universe)) = (turn, self.oracle.only()) {
            self.interpreter.share_with(universe);
        }
        Some((shown, turn))
    }

    /// Keeps what was sent.
    fn see(&mut self, step: &Step, shown: &Shown) {
        if let Step::Open { session, .. } = step {
            self.bindings.opened(*session);
        }
        match (step.session(), shown) {
            (Some(session), Shown::Observation(seen)) => self.bindings.saw(session, seen),
            (None, Shown::Sessions(all)) => {
                all.iter().for_each(|(session, seen)| self.bindings.saw(*session, seen));
            }
            _ => {}
        }
    }

    /// Does a step and judges it.
    pub fn step(&mut self, step: &Step) -> Turn {
        self.act(step).map_or(Turn::Open, |shown| self.judge(step, &shown))
    }
}

impl Moment {
    /// What the interpreter remembers.
    pub fn universe(&self) -> &Universe {
        &self.universe
    }

    /// The same moment, but for what an interpreter remembers.
    #[must_use]
    pub fn with(&self, interpreter: &Interpreter) -> Self {
        Self { universe: Arc::clone(interpreter.universe()), picked: interpreter.picked(), ..self.clone() }
    }

    /// Whether the interpreter remembers the same in both.
    pub fn agrees(&self, universe: &Universe, picked: Picked) -> bool {
        self.picked == picked && *self.universe == *universe
    }
}

fn said(bindings: &Bindings, model: &Model, session: SessionId, says: &[Say]) -> Vec<Answer> {
    let answer = |say: &Say| Answer {
        actor: say.actor.clone(),
        answer: say.answer.clone(),
        fields: bindings.fields(model, session, &say.fields),
    };
    says.iter().map(answer).collect()
}

/// What halts shows as a refusal that no spec allows.
fn shown(seen: Result<Observation, Halt>) -> Shown {
    Shown::Observation(seen.unwrap_or_else(|_| Observation {
        verdict: Verdict::Refused(vec![Text::new_static("halted")]),
        step: None,
        outputs: Vec::new(),
        answers: Vec::new(),
    }))
}
