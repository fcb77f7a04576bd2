//! Runs any flow whose steps are functions: the clock, the sessions, and their time-outs in order.

use serde::{Deserialize, Serialize};

use crate::typed::turn::{Standing, disarm};
use crate::typed::{Few, Flow, Reading, Reasons, Session, Turn, Verdict, Word};
use crate::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, Sent, SessionId, Text, Time, Unsupported,
    Value,
};

/// A universe of a flow: what its sessions share, and the sessions.
///
/// It can be stored at any moment, and goes on from there when it is read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Machine<F: Flow> {
    /// What all sessions share.
    pub shared: F,
    now: Time,
    /// No time-out is due before this instant.
    quiet: Time,
    opened: u64,
    /// By their numbers.
    sessions: Vec<(SessionId, Session<F>)>,
}

/// What to go back to where an event comes to nothing, because an answer is lacking.
struct Before<F: Flow> {
    now: Time,
    /// The session's time-outs, which the user's activity arms anew.
    due: Vec<(u16, Time)>,
    /// Everything, where time-outs fired.
    fired: Option<Box<Machine<F>>>,
}

/// What an event shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown<F: Flow> {
    /// Whether it was accepted.
    pub verdict: Verdict<F::Reason>,
    /// The step or end that the session is in now.
    pub step: F::Step,
    /// What was sent, in order; what time-outs sent comes first.
    pub outputs: Few<F::Output>,
}

crate::words! {
    /// The machine was used wrongly; nothing has changed.
    pub enum Fault {
        /// The instant lies before one that was used already.
        Past = "fault:past",
        /// There is no such session.
        NoSession = "fault:session",
        /// There is a session of this number already.
        Open = "fault:open",
        /// An actor was asked, and no answer was supplied that it can give here.
        Unanswered = "fault:answer",
    }
}

impl<F: Flow> Default for Machine<F> {
    fn default() -> Self {
        Self::new(F::default())
    }
}

impl<F: Flow> Machine<F> {
    /// A universe without sessions, its clock at 0.
    pub fn new(shared: F) -> Self {
        Self { shared, now: 0, quiet: Time::MAX, opened: 0, sessions: Vec::new() }
    }

    /// A session that was opened and not closed.
    pub fn session(&self, session: SessionId) -> Option<&Session<F>> {
        Some(&self.sessions[self.find(session).ok()?].1)
    }

    /// Where a session stands, or would stand.
    fn find(&self, session: SessionId) -> Result<usize, usize> {
        self.sessions.binary_search_by_key(&session, |(id, _)| *id)
    }

    /// Opens a session; where that is refused, there is none.
    ///
    /// # Errors
    /// Where the instant has passed, or there is such a session.
    pub fn open(&mut self, session: SessionId, at: Time, given: F::Given) -> Result<Shown<F>, Fault> {
        if at < self.now {
            return Err(Fault::Past);
        }
        let Err(place) = self.find(session) else { return Err(Fault::Open) };
        self.pump(at);
        let mut new = Session {
            opened: self.opened,
            standing: Standing { step: F::START, due: Vec::new(), saved: None },
            sent: Few::None,
            memory: F::session(given),
        };
        let mut outputs = Few::None;
        let verdict = F::start(&mut Turn::new(&mut self.shared, &mut new, at, &mut outputs));
        let shown = Shown { verdict, step: new.standing.step, outputs };
        if shown.verdict.is_ok() {
            self.opened += 1;
            self.quiet = self.quiet.min(first_due(&new.standing.due));
            if self.sessions.is_empty() {
                // Many a universe has a single session, and a vector would begin with room for four.
                self.sessions.reserve_exact(1);
            }
            self.sessions.insert(place, (session, new));
        }
        Ok(shown)
    }

    /// Takes an event at an instant, after every time-out that is due by then.
    ///
    /// # Errors
    /// Where the instant has passed, there is no such session, or an answer is lacking.
    pub fn apply(&mut self, session: SessionId, at: Time, mut event: F::Event) -> Result<Shown<F>, Fault> {
        let by_user = F::by_user(&event);
        self.perform(session, at, by_user, |turn| F::judge(turn, &mut event))
    }

    /// Moves the clock, and with it fires what is due.
    ///
    /// # Errors
    /// Where the instant has passed.
    pub fn advance(&mut self, to: Time) -> Result<(), Fault> {
        if to < self.now {
            return Err(Fault::Past);
        }
        self.pump(to);
        Ok(())
    }

    /// Forgets a session; what is shared stays.
    ///
    /// # Errors
    /// Where there is none.
    pub fn close(&mut self, session: SessionId) -> Result<(), Fault> {
        let Ok(place) = self.find(session) else { return Err(Fault::NoSession) };
        self.sessions.remove(place);
        Ok(())
    }

    /// What a session was sent since it was last asked.
    pub fn sent(&mut self, session: SessionId) -> Few<F::Output> {
        match self.find(session) {
            Ok(place) => std::mem::take(&mut self.sessions[place].1.sent),
            Err(_) => Few::None,
        }
    }

    /// Fires what is due before an event, judges it, and shows what it came to.
    #[inline]
    fn perform(
        &mut self,
        session: SessionId,
        at: Time,
        by_user: bool,
        judge: impl FnOnce(&mut Turn<'_, F>) -> Verdict<F::Reason>,
    ) -> Result<Shown<F>, Fault> {
        if at < self.now {
            return Err(Fault::Past);
        }
        let place = self.find(session).map_err(|_| Fault::NoSession)?;
        let before = if F::TIMES { self.begin(place, at, by_user) } else { None };
        let session = &mut self.sessions[place].1;
        let mut outputs = session.unshown();
        let verdict = judge(&mut Turn::new(&mut self.shared, session, at, &mut outputs));
        if F::ASKS && matches!(verdict, Err(Reasons::None)) {
            self.go_back(place, before, outputs);
            return Err(Fault::Unanswered);
        }
        self.now = at;
        if F::TIMES {
            self.quiet = self.quiet.min(first_due(&session.standing.due));
        }
        Ok(Shown { verdict, step: session.standing.step, outputs })
    }

    /// Fires what is due before an event, and says what to go back to where that comes to nothing.
    fn begin(&mut self, place: usize, at: Time, by_user: bool) -> Option<Before<F>> {
        // Not by a method of `bool`: what a flow never does is not compiled for it.
        let before = if F::ASKS {
            let due = self.sessions[place].1.standing.due.clone();
            let fired = if self.quiet <= at { Some(Box::new(self.clone())) } else { None };
            Some(Before { now: self.now, due, fired })
        } else {
            None
        };
        if self.quiet <= at {
            self.pump(at);
        }
        let session = &mut self.sessions[place].1;
        if by_user && !F::ended(session.standing.step) {
            // It arms time-outs, and sends nothing.
            F::active(&mut Turn::new(&mut self.shared, session, at, &mut Few::None));
        }
        before
    }

    /// As if an event had never come.
    #[cold]
    fn go_back(&mut self, place: usize, before: Option<Before<F>>, unshown: Few<F::Output>) {
        let Some(before) = before else { return };
        match before.fired {
            Some(machine) => *self = *machine,
            None => {
                let session = &mut self.sessions[place].1;
                self.now = before.now;
                (session.standing.due, session.sent) = (before.due, unshown);
            }
        }
    }

    /// Fires every time-out that is due by an instant, in the order of the instants.
    fn pump(&mut self, to: Time) {
        while self.quiet <= to {
            let mut next = None;
            for (place, (_, session)) in self.sessions.iter().enumerate() {
                first_of(&mut next, place, session.opened, &session.standing.due);
            }
            let Some(Due { at, timer, place, .. }) = next else {
                self.quiet = Time::MAX;
                break;
            };
            self.quiet = at;
            if at <= to {
                self.fire(place, timer, at);
            }
        }
        self.now = to;
    }

    fn fire(&mut self, place: usize, timer: u16, due: Time) {
        let session = &mut self.sessions[place].1;
        disarm(&mut session.standing.due, timer);
        let mut sent = session.unshown();
        // Where it is refused, nothing happens, and nobody is there to be told.
        drop(F::time_out(&mut Turn::new(&mut self.shared, session, due, &mut sent), timer));
        self.sessions[place].1.sent = sent;
    }
}

// What follows has no generic code, so that it is compiled once for all flows.

/// The time-out that fires next: by its instant, then of the session opened first, then in the order of the text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Time,
    opened: u64,
    timer: u16,
    place: usize,
}

/// Takes the first of a session's time-outs instead, where that is before.
fn first_of(next: &mut Option<Due>, place: usize, opened: u64, due: &[(u16, Time)]) {
    for &(timer, at) in due {
        let due = Due { at, opened, timer, place };
        if next.as_ref().is_none_or(|next| due < *next) {
            *next = Some(due);
        }
    }
}

/// When the first time-out is due.
fn first_due(due: &[(u16, Time)]) -> Time {
    due.iter().fold(Time::MAX, |first, (_, at)| first.min(*at))
}

/// The places of sessions in the order of their opening.
fn in_order(mut opened: Vec<(u64, usize)>) -> Vec<(u64, usize)> {
    opened.sort_unstable();
    opened
}

/// The session that a value names.
fn named(subject: &Value) -> Option<SessionId> {
    subject.as_int().and_then(|id| SessionId::try_from(id).ok())
}

/// An observation of a step in which nothing has happened yet.
fn unchanged(step: Option<&'static str>) -> Observation {
    let step = step.map(Text::new_static);
    Observation { verdict: crate::Verdict::Accepted, step, outputs: Vec::new(), answers: Vec::new() }
}

/// The machine was used wrongly.
fn misused(fault: Fault) -> Observation {
    let verdict = crate::Verdict::Refused(vec![Text::new_static(fault.word())]);
    Observation { verdict, ..unchanged(None) }
}

impl Observation {
    /// One more reason why it was refused.
    fn add_reason(&mut self, reason: &'static str) {
        let reason = Text::new_static(reason);
        match &mut self.verdict {
            crate::Verdict::Accepted => self.verdict = crate::Verdict::Refused(vec![reason]),
            crate::Verdict::Refused(reasons) => reasons.push(reason),
        }
    }

    /// One more thing that was sent.
    fn add_output(&mut self, output: Sent) {
        self.outputs.push(output);
    }
}

// Only what differs from flow to flow is generic from here on, and in loops: each closure would be compiled for each flow.

/// What an implementation shows of it.
fn observed<F: Flow>(shown: Result<Shown<F>, Fault>) -> Observation {
    let shown = match shown {
        Ok(shown) => shown,
        Err(fault) => return misused(fault),
    };
    let mut observation = outputs::<F>(shown.step, shown.outputs);
    if let Err(reasons) = &shown.verdict {
        for reason in reasons.as_slice() {
            observation.add_reason(reason.word());
        }
    }
    observation
}

/// What was sent, in a step.
fn outputs<F: Flow>(step: F::Step, outputs: Few<F::Output>) -> Observation {
    let mut observation = unchanged(Some(step.word()));
    match outputs {
        Few::None => {}
        Few::One(output) => observation.add_output(output.into()),
        Few::Many(many) => {
            for output in many {
                observation.add_output(output.into());
            }
        }
    }
    observation
}

/// Reads an event that the step lists, and judges it.
fn judge_input<F: Flow>(turn: &mut Turn<'_, F>, input: &Input, answers: &[Answer]) -> Verdict<F::Reason> {
    if let Err(reason) = F::expects(turn, &input.event, &input.by) {
        return Err(Reasons::One(reason));
    }
    let mut read = Reading::new(&input.fields);
    let event = F::read(turn, input, answers, &mut read);
    match read.end(event) {
        Ok(mut event) => F::judge(turn, &mut event),
        Err(reasons) => Err(reasons),
    }
}

impl<F: Flow> Implementation for Machine<F> {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        if self.shared.reset(rows).is_err() {
            return Err(Unsupported);
        }
        (self.now, self.quiet, self.opened, self.sessions) = (0, Time::MAX, 0, Vec::new());
        Ok(())
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        let mut read = Reading::new(given);
        let given = F::read_given(&mut read);
        let shown = match read.end(given) {
            _ if self.find(session).is_ok() => Err(Fault::Open),
            Ok(given) => self.open(session, at, given),
            Err(reasons) => match self.advance(at) {
                Ok(()) => Ok(Shown { verdict: Err(reasons), step: F::START, outputs: Few::None }),
                Err(fault) => Err(fault),
            },
        };
        let mut observation = observed(shown);
        if observation.verdict != crate::Verdict::Accepted {
            observation.step = None;
        }
        Ok(observation)
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        let by_user = input.by == "user";
        let shown = self.perform(session, at, by_user, |turn| judge_input(turn, input, answers));
        observed(shown)
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        if Machine::advance(self, to).is_err() {
            return Err(Unsupported);
        }
        let mut opened = Vec::new();
        for (place, (_, session)) in self.sessions.iter().enumerate() {
            opened.push((session.opened, place));
        }
        let mut shown = Vec::new();
        for (_, place) in in_order(opened) {
            let (id, session) = &mut self.sessions[place];
            let sent = std::mem::take(&mut session.sent);
            shown.push((*id, outputs::<F>(session.standing.step, sent)));
        }
        Ok(shown)
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        if Machine::close(self, session).is_err() { Err(Unsupported) } else { Ok(()) }
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        if Machine::advance(self, at).is_err() {
            return Err(Unsupported);
        }
        let session = match named(subject).map(|session| self.find(session)) {
            Some(Ok(place)) => Some(&self.sessions[place].1.memory),
            _ => None,
        };
        match self.shared.may(session, capability, subject, at) {
            Some(May::Allowed) => Ok(May::Allowed),
            Some(May::Denied(reason)) => Ok(May::Denied(Text::new_static(reason.word()))),
            Some(May::Unstated) => Ok(May::Unstated),
            None => Err(Unsupported),
        }
    }
}
