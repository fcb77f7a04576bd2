//! What the suites drive: anything that opens sessions and takes inputs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Answer, Fields, Input, Observation, Text, Time, Value};

/// One session of a universe.
pub type SessionId = u32;

/// The rows that a universe begins with: by record, each with its key and its attributes.
pub type Rows = BTreeMap<Text, Vec<(Value, Fields)>>;

/// An implementation of a flow.
///
/// An implementation with a single session and no time-outs needs `reset` and `apply` only; what it leaves out is
/// reported as unsupported for the tests that need it, never as passed.
pub trait Implementation {
    /// Begins a new universe: these rows, no sessions, no counters, the clock at 0.
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported>;

    /// Opens a session.
    ///
    /// # Errors
    /// [`Unsupported`] where the only session there is begins by itself: it is then taken to be at its start.
    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        let _ = (session, at, given);
        Err(Unsupported)
    }

    /// Takes an input at an instant, after every time-out that is due by then; `answers` are what asked actors will say.
    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation;

    /// Moves the clock of all sessions and says what each of them shows then.
    ///
    /// # Errors
    /// [`Unsupported`] where the clock cannot be moved without an input.
    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        let _ = to;
        Err(Unsupported)
    }

    /// Forgets a session; rows and counters stay.
    ///
    /// # Errors
    /// [`Unsupported`] where sessions cannot be left.
    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        let _ = session;
        Err(Unsupported)
    }

    /// Answers whether something is allowed, of a row where `row` names its key, otherwise of a session.
    ///
    /// # Errors
    /// [`Unsupported`] where such questions cannot be asked.
    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        let _ = (capability, subject, at);
        Err(Unsupported)
    }
}

/// The answer to whether something is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum May<R = Text> {
    /// It is.
    Allowed,
    /// It is not, and why.
    Denied(R),
    /// The source does not say; never tested.
    Unstated,
}

impl<R> May<R> {
    /// The same answer, with another form of its reason.
    pub fn map<S>(self, reason: impl FnOnce(R) -> S) -> May<S> {
        match self {
            Self::Allowed => May::Allowed,
            Self::Denied(denied) => May::Denied(reason(denied)),
            Self::Unstated => May::Unstated,
        }
    }
}

/// An implementation cannot do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsupported;
