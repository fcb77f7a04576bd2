//! Does the steps of a test to an implementation, and has the oracle judge each.

use super::{
    Combinations, InProcess, Judgement, Lapse, Oracle, Say, Shown, Step, Target, bindings::Bindings,
};
use crate::{Answer, Fields, Implementation, Input, Rows, machine::Fault, model::ElementId};

/// What was done, what was seen, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// Each step as far as it came.
    pub lines: Vec<Line>,
    /// How it ended; unless it passed, at the last of the lines.
    pub end: End,
}

/// One step, as it was done and what it showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// An index into the steps.
    pub step: usize,
    /// The values that were sent.
    pub fields: Fields,
    /// What asked actors were to say.
    pub answers: Vec<Answer>,
    /// What was seen.
    pub seen: Shown,
}

/// How a test ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// Everything was allowed.
    Passed,
    /// What was seen last is not allowed; this would have been.
    Failed(Vec<Shown>),
    /// The implementation panicked, or answered that it could not do what it was asked.
    Crashed(String),
    /// It could not be reached any more, so that nothing can be said of it; the target knows why.
    Broken,
    /// The spec is silent here, by this statement if one says so.
    Undetermined(Option<ElementId>),
    /// The implementation cannot do what the test needs.
    Unsupported(&'static str),
    /// The test asks what cannot be asked.
    Invalid(Fault),
}

impl Play {
    /// Plays steps in a new universe.
    pub fn new<'s>(
        oracle: &mut Oracle,
        implementation: &mut dyn Implementation,
        rows: &Rows,
        among: Combinations,
        steps: impl IntoIterator<Item = &'s Step>,
    ) -> Self {
        Self::on(oracle, &mut InProcess(implementation), rows, among, steps)
    }

    /// Plays steps in a new universe of an implementation that may be anywhere.
    pub fn on<'s>(
        oracle: &mut Oracle,
        target: &mut dyn Target,
        rows: &Rows,
        among: Combinations,
        steps: impl IntoIterator<Item = &'s Step>,
    ) -> Self {
        let mut player = Player { oracle, target, bindings: Bindings::default(), lines: Vec::new() };
        let end = player
            .begin(rows, among)
            .and_then(|()| steps.into_iter().enumerate().try_for_each(|(at, step)| player.step(at, step)));
        let end = end.err().unwrap_or(End::Passed);
        Self { lines: player.lines, end }
    }

    /// Whether the implementation did what the spec does not allow; not where it could not be reached.
    pub fn has_failed(&self) -> bool {
        matches!(self.end, End::Failed(_) | End::Crashed(_))
    }
}

struct Player<'a> {
    oracle: &'a mut Oracle,
    target: &'a mut dyn Target,
    bindings: Bindings,
    lines: Vec<Line>,
}

impl Player<'_> {
    fn begin(&mut self, rows: &Rows, among: Combinations) -> Result<(), End> {
        ended(self.oracle.reset(rows, among))?;
        supported("rows that a universe begins with", self.target.reset(rows))
    }

    fn step(&mut self, at: usize, step: &Step) -> Result<(), End> {
        self.askable(step)?;
        let line = Line { step: at, fields: Fields::default(), answers: Vec::new(), seen: Shown::Nothing };
        self.lines.push(line);
        match step {
            Step::Open { session, at, given } => {
                let given = self.bindings.fields(self.oracle.model(), *session, given);
                self.line(|line| line.fields = given.clone());
                let seen = match self.target.open(*session, *at, &given) {
                    // The only session there is begins by itself.
                    Err(Lapse::Unsupported) if !self.bindings.has_sessions() => None,
                    seen => Some(supported("several sessions", seen)?),
                };
                self.bindings.opened(*session);
                self.show(*session, seen.as_ref());
                ended(self.oracle.open(*session, *at, &given, seen.as_ref()))
            }
            Step::Apply { session, at, event, by, fields, answers } => {
                let fields = self.bindings.fields(self.oracle.model(), *session, fields);
                let answers: Vec<_> = answers.iter().map(|say| self.answer(*session, say)).collect();
                let input = Input { event: event.clone(), by: by.clone(), fields };
                self.line(|line| (line.fields, line.answers) = (input.fields.clone(), answers.clone()));
                let seen = self.target.apply(*session, *at, &input, &answers);
                let seen = supported("an event that it cannot cause", seen)?;
                self.show(*session, Some(&seen));
                ended(self.oracle.apply(*session, *at, &input, &answers, &seen))
            }
            Step::Advance { to } => {
                let seen = supported("a clock that can be moved", self.target.advance(*to))?;
                for (session, observation) in &seen {
                    self.bindings.saw(*session, observation);
                }
                self.line(|line| line.seen = Shown::Sessions(seen.clone()));
                ended(self.oracle.advance(*to, &seen))
            }
            Step::May { capability, subject, at } => {
                let subject = self.bindings.value(self.oracle.model(), 0, subject);
                self.line(|line| line.fields = Fields::from_iter([(capability.clone(), subject.clone())]));
                let seen = self.target.may(capability, &subject, *at);
                let seen = supported("questions about what is allowed", seen)?;
                self.line(|line| line.seen = Shown::Permission(seen.clone()));
                ended(self.oracle.may(capability, &subject, *at, &seen))
            }
            Step::Close { session } => {
                supported("sessions that can be left", self.target.close(*session))?;
                ended(self.oracle.close(*session))
            }
        }
    }

    /// Whether the step can be asked for at all: an implementation need not bear what is the caller's fault.
    fn askable(&self, step: &Step) -> Result<(), End> {
        let Some(universe) = self.oracle.universe() else { return Ok(()) };
        let is_open = step.session().is_some_and(|session| universe.session(session).is_some());
        match step {
            _ if step.at().is_some_and(|at| at < universe.now()) => Err(End::Invalid(Fault::TimeGoesBack)),
            Step::Open { .. } if is_open => Err(End::Invalid(Fault::SessionExists)),
            Step::Apply { .. } | Step::Close { .. } if !is_open => Err(End::Invalid(Fault::UnknownSession)),
            _ => Ok(()),
        }
    }

    fn answer(&self, session: crate::SessionId, say: &Say) -> Answer {
        let fields = self.bindings.fields(self.oracle.model(), session, &say.fields);
        Answer { actor: say.actor.clone(), answer: say.answer.clone(), fields }
    }

    fn show(&mut self, session: crate::SessionId, seen: Option<&crate::Observation>) {
        if let Some(seen) = seen {
            self.bindings.saw(session, seen);
            self.line(|line| line.seen = Shown::Observation(seen.clone()));
        }
    }

    fn line(&mut self, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.lines.last_mut() {
            change(line);
        }
    }
}

fn ended(judgement: Judgement) -> Result<(), End> {
    match judgement {
        Judgement::Consistent => Ok(()),
        Judgement::Contradiction(allowed) => Err(End::Failed(allowed)),
        Judgement::Undetermined(element) => Err(End::Undetermined(element)),
        Judgement::Fault(fault) => Err(End::Invalid(fault)),
    }
}

fn supported<T>(what: &'static str, result: Result<T, Lapse>) -> Result<T, End> {
    result.map_err(|lapse| match lapse {
        Lapse::Unsupported => End::Unsupported(what),
        Lapse::Crashed(text) => End::Crashed(text),
        Lapse::Broken => End::Broken,
    })
}
