//! Runs any flow whose steps are functions: the clock, the sessions, and their time-outs in order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::typed::{Flow, Invalid, Reasons, Session, Turn, Verdict, Word};
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
    sessions: BTreeMap<SessionId, Session<F>>,
}

/// What an event shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown<F: Flow> {
    /// Whether it was accepted.
    pub verdict: Verdict<F::Reason>,
    /// The step or end that the session is in now.
    pub step: F::Step,
    /// What was sent, in order; what time-outs sent comes first.
    pub outputs: Vec<F::Output>,
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
        Self { shared, now: 0, quiet: Time::MAX, opened: 0, sessions: BTreeMap::new() }
    }

    /// A session that was opened and not closed.
    pub fn session(&self, session: SessionId) -> Option<&Session<F>> {
        self.sessions.get(&session)
    }

    /// Opens a session; where that is refused, there is none.
    ///
    /// # Errors
    /// Where the instant has passed, or there is such a session.
    pub fn open(&mut self, session: SessionId, at: Time, given: F::Given) -> Result<Shown<F>, Fault> {
        if at < self.now {
            return Err(Fault::Past);
        }
        if self.sessions.contains_key(&session) {
            return Err(Fault::Open);
        }
        self.pump(at);
        let mut new = Session {
            opened: self.opened,
            step: F::START,
            due: Vec::new(),
            sent: Vec::new(),
            memory: F::session(given),
        };
        let verdict = F::start(&mut Turn::new(&mut self.shared, &mut new, at));
        let shown = Shown { verdict, step: new.step, outputs: std::mem::take(&mut new.sent) };
        if shown.verdict.is_ok() {
            self.opened += 1;
            self.quiet = self.quiet.min(new.next_due().map_or(Time::MAX, |(due, _)| due));
            self.sessions.insert(session, new);
        }
        Ok(shown)
    }

    /// Takes an event at an instant, after every time-out that is due by then.
    ///
    /// # Errors
    /// Where the instant has passed, there is no such session, or an answer is lacking.
    pub fn apply(&mut self, session: SessionId, at: Time, event: F::Event) -> Result<Shown<F>, Fault> {
        let by_user = F::by_user(&event);
        self.take(session, at, by_user, |turn| F::judge(turn, event))
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
        self.sessions.remove(&session).map(drop).ok_or(Fault::NoSession)
    }

    /// What a session was sent since it was last asked.
    pub fn sent(&mut self, session: SessionId) -> Vec<F::Output> {
        self.sessions.get_mut(&session).map(|session| std::mem::take(&mut session.sent)).unwrap_or_default()
    }

    fn take(
        &mut self,
        session: SessionId,
        at: Time,
        by_user: bool,
        judge: impl FnOnce(&mut Turn<'_, F>) -> Verdict<F::Reason>,
    ) -> Result<Shown<F>, Fault> {
        if at < self.now {
            return Err(Fault::Past);
        }
        // Only what fires before an event whose answer is lacking has to be taken back.
        let before = (F::ASKS && F::TIMES && self.sessions.contains_key(&session)).then(|| self.clone());
        if F::TIMES && self.quiet <= at && self.sessions.contains_key(&session) {
            self.pump(at);
        }
        let session = self.sessions.get_mut(&session).ok_or(Fault::NoSession)?;
        let mut turn = Turn::new(&mut self.shared, session, at);
        if F::TIMES && by_user && !F::ENDS.contains(&turn.step()) {
            F::active(&mut turn);
        }
        let verdict = judge(&mut turn);
        if F::ASKS && matches!(verdict, Err(Reasons::None)) {
            if let Some(before) = before {
                *self = before;
            }
            return Err(Fault::Unanswered);
        }
        self.now = at;
        let shown = Shown { verdict, step: session.step, outputs: std::mem::take(&mut session.sent) };
        if F::TIMES {
            self.quiet = self.quiet.min(session.next_due().map_or(Time::MAX, |(due, _)| due));
        }
        Ok(shown)
    }

    /// Fires every time-out that is due by an instant, in the order of the instants.
    fn pump(&mut self, to: Time) {
        while self.quiet <= to {
            let due = |(id, session): (&SessionId, &Session<F>)| {
                session.next_due().map(|(due, timer)| (due, session.opened, timer, *id))
            };
            let next = self.sessions.iter().filter_map(due).min();
            self.quiet = next.map_or(Time::MAX, |(due, ..)| due);
            if let Some((due, _, timer, id)) = next.filter(|(due, ..)| *due <= to) {
                self.fire(id, timer, due);
            }
        }
        self.now = to;
    }

    fn fire(&mut self, session: SessionId, timer: u16, due: Time) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.due.retain(|&(armed, _)| armed != timer);
            // Where it is refused, nothing happens, and nobody is there to be told.
            drop(F::time_out(&mut Turn::new(&mut self.shared, session, due), timer));
        }
    }
}

/// What an implementation shows of it.
fn observed<F: Flow>(shown: Result<Shown<F>, Fault>) -> Observation {
    let (verdict, step, outputs) = match shown {
        Ok(Shown { verdict: Ok(()), step, outputs }) => (crate::Verdict::Accepted, Some(step), outputs),
        Ok(Shown { verdict: Err(reasons), step, outputs }) => {
            (crate::Verdict::Refused(words(&reasons)), Some(step), outputs)
        }
        Err(fault) => (crate::Verdict::Refused(vec![Text::new_static(fault.word())]), None, Vec::new()),
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

impl<F: Flow> Implementation for Machine<F> {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        let mut shared = std::mem::take(&mut self.shared);
        shared.reset(rows).map_err(|Invalid| Unsupported)?;
        *self = Self::new(shared);
        Ok(())
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        let shown = match F::read_given(given) {
            _ if self.sessions.contains_key(&session) => Err(Fault::Open),
            Ok(given) => self.open(session, at, given),
            Err(reasons) => self.advance(at).map(|()| Shown {
                verdict: Err(reasons),
                step: F::START,
                outputs: Vec::new(),
            }),
        };
        let mut observation = observed(shown);
        if observation.verdict != crate::Verdict::Accepted {
            observation.step = None;
        }
        Ok(observation)
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        observed(self.take(session, at, input.by == "user", |turn| {
            F::expects(turn.step(), &input.event, &input.by)?;
            let event = F::read(turn, input, answers)?;
            F::judge(turn, event)
        }))
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        Machine::advance(self, to).map_err(|_| Unsupported)?;
        let mut open = self.sessions.iter_mut().collect::<Vec<_>>();
        open.sort_unstable_by_key(|(_, session)| session.opened);
        let shown = open.into_iter().map(|(id, session)| {
            let outputs = std::mem::take(&mut session.sent);
            (*id, observed(Ok(Shown::<F> { verdict: Ok(()), step: session.step, outputs })))
        });
        Ok(shown.collect())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        Machine::close(self, session).map_err(|_| Unsupported)
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        Machine::advance(self, at).map_err(|_| Unsupported)?;
        let id = subject.as_int().and_then(|id| SessionId::try_from(id).ok());
        let session = id.and_then(|id| self.sessions.get(&id)).map(|session| &session.memory);
        let answer = self.shared.may(session, capability, subject, at).ok_or(Unsupported)?;
        Ok(answer.map(|reason| Text::new_static(reason.word())))
    }
}
