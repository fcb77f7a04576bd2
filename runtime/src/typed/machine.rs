//! Runs any flow whose steps are functions: the clock, the sessions, and their time-outs in order.

use serde::{Deserialize, Serialize};

use crate::typed::turn::{Standing, disarm};
use crate::typed::{Few, Flow, Invalid, Reasons, Session, Turn, Verdict, Word};
use crate::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Text, Time, Unsupported, Value,
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
            self.quiet = self.quiet.min(new.next_due().map_or(Time::MAX, |(due, _)| due));
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
        let place = self.find(session).map_err(|_| Fault::NoSession)?;
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
            self.quiet = self.quiet.min(session.next_due().map_or(Time::MAX, |(due, _)| due));
        }
        Ok(Shown { verdict, step: session.standing.step, outputs })
    }

    /// Fires what is due before an event, and says what to go back to where that comes to nothing.
    fn begin(&mut self, place: usize, at: Time, by_user: bool) -> Option<Before<F>> {
        let before = F::ASKS.then(|| Before {
            now: self.now,
            due: self.sessions[place].1.standing.due.clone(),
            fired: (self.quiet <= at).then(|| Box::new(self.clone())),
        });
        if self.quiet <= at {
            self.pump(at);
        }
        let session = &mut self.sessions[place].1;
        if by_user && !F::ENDS.contains(&session.standing.step) {
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
            let due = |(place, (_, session)): (usize, &(SessionId, Session<F>))| {
                session.next_due().map(|(due, timer)| (due, session.opened, timer, place))
            };
            let next = self.sessions.iter().enumerate().filter_map(due).min();
            self.quiet = next.map_or(Time::MAX, |(due, ..)| due);
            if let Some((due, _, timer, place)) = next.filter(|(due, ..)| *due <= to) {
                self.fire(place, timer, due);
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

/// The places of sessions in the order of their opening; no generic code, so that it is compiled once for all flows.
fn in_order(opened: Vec<u64>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..opened.len()).collect();
    places.sort_unstable_by_key(|place| opened[*place]);
    places
}

/// What an implementation shows of it.
fn observed<F: Flow>(shown: Result<Shown<F>, Fault>) -> Observation {
    let (verdict, step, outputs) = match shown {
        Ok(Shown { verdict: Ok(()), step, outputs }) => (crate::Verdict::Accepted, Some(step), outputs),
        Ok(Shown { verdict: Err(reasons), step, outputs }) => {
            (crate::Verdict::Refused(words(&reasons)), Some(step), outputs)
        }
        Err(fault) => (crate::Verdict::Refused(vec![Text::new_static(fault.word())]), None, Few::None),
    };
    Observation {
        verdict,
        step: step.map(|step| Text::new_static(step.word())),
        outputs: outputs.into_iter().map(Into::into).collect(),
        answers: Vec::new(),
    }
}

fn words<R: Word>(reasons: &Reasons<R>) -> Vec<Text> {
    reasons.iter().map(|reason| Text::new_static(reason.word())).collect()
}

/// Reads an event that the step lists, and judges it.
fn judge_input<F: Flow>(turn: &mut Turn<'_, F>, input: &Input, answers: &[Answer]) -> Verdict<F::Reason> {
    F::expects(turn, &input.event, &input.by)?;
    F::judge(turn, &mut F::read(turn, input, answers)?)
}

impl<F: Flow> Implementation for Machine<F> {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        let mut shared = std::mem::take(&mut self.shared);
        shared.reset(rows).map_err(|Invalid| Unsupported)?;
        *self = Self::new(shared);
        Ok(())
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        let shown = match F::read_given(given) {
            _ if self.find(session).is_ok() => Err(Fault::Open),
            Ok(given) => self.open(session, at, given),
            Err(reasons) => {
                self.advance(at).map(|()| Shown { verdict: Err(reasons), step: F::START, outputs: Few::None })
            }
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
        Machine::advance(self, to).map_err(|_| Unsupported)?;
        let opened = self.sessions.iter().map(|(_, session)| session.opened).collect();
        let shown = in_order(opened).into_iter().map(|place| {
            let (id, session) = &mut self.sessions[place];
            let outputs = std::mem::take(&mut session.sent);
            (*id, observed(Ok(Shown::<F> { verdict: Ok(()), step: session.standing.step, outputs })))
        });
        Ok(shown.collect())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        Machine::close(self, session).map_err(|_| Unsupported)
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        Machine::advance(self, at).map_err(|_| Unsupported)?;
        let id = subject.as_int().and_then(|id| SessionId::try_from(id).ok());
        let session = id.and_then(|id| self.session(id)).map(|session| &session.memory);
        let answer = self.shared.may(session, capability, subject, at).ok_or(Unsupported)?;
        Ok(answer.map(|reason| Text::new_static(reason.word())))
    }
}
