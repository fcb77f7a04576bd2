//! What a machine by hand needs around its steps to do what the spec asks: sessions by their numbers, which share rows, and
//! a clock that never goes back.

use flowspec_generated::register_web_phone::{Event, Output, Reason, Step};
use flowspec_runtime::{SessionId, Time};

use crate::memory::Shared;
use crate::{Candidate, Outcome};

/// What an event shows, as one would write it by hand.
pub(crate) struct Shown {
    pub(crate) verdict: Result<(), Reason>,
    pub(crate) step: Step,
    pub(crate) output: Option<Output>,
}

/// One session of a machine by hand.
pub(crate) trait Session {
    fn new() -> Self;
    fn apply(&mut self, shared: &mut Shared, event: Event) -> Shown;
}

/// All sessions.
pub(crate) struct Service<S> {
    shared: Shared,
    now: Time,
    /// In the order of their numbers: for few of them the quickest there is.
    sessions: Vec<(SessionId, S)>,
}

impl Outcome for Option<Shown> {
    fn verdict(&self) -> Result<(), Reason> {
        self.as_ref().expect("the session is open").verdict
    }

    fn step(&self) -> Step {
        self.as_ref().expect("the session is open").step
    }

    fn output(&self) -> Option<&Output> {
        self.as_ref().and_then(|shown| shown.output.as_ref())
    }
}

impl<S: Session> Candidate for Service<S> {
    type Shown = Option<Shown>;

    fn new() -> Self {
        Self { shared: Shared::default(), now: 0, sessions: Vec::new() }
    }

    fn open(&mut self, session: SessionId, at: Time) {
        self.now = self.now.max(at);
        if let Err(place) = self.sessions.binary_search_by_key(&session, |(id, _)| *id) {
            self.sessions.insert(place, (session, S::new()));
        }
    }

    fn apply(&mut self, session: SessionId, at: Time, event: Event) -> Option<Shown> {
        if at < self.now {
            return None;
        }
        let place = self.sessions.binary_search_by_key(&session, |(id, _)| *id).ok()?;
        self.now = at;
        Some(self.sessions[place].1.apply(&mut self.shared, event))
    }
}
