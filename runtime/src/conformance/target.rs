//! What the steps of a test are done to: an implementation in this process, or one at the other end of a wire.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Time, Unsupported, Value,
};

/// An implementation that may be anywhere, and whose own failures are told apart from what it shows.
///
/// Each call is that of [`Implementation`]; see there.
pub trait Target {
    /// Begins a new universe.
    ///
    /// # Errors
    /// See [`Lapse`].
    fn reset(&mut self, rows: &Rows) -> Result<(), Lapse>;

    /// Opens a session.
    ///
    /// # Errors
    /// See [`Lapse`].
    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Lapse>;

    /// Takes an input.
    ///
    /// # Errors
    /// See [`Lapse`].
    fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
    ) -> Result<Observation, Lapse>;

    /// Moves the clock.
    ///
    /// # Errors
    /// See [`Lapse`].
    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Lapse>;

    /// Leaves a session.
    ///
    /// # Errors
    /// See [`Lapse`].
    fn close(&mut self, session: SessionId) -> Result<(), Lapse>;

    /// Answers whether something is allowed.
    ///
    /// # Errors
    /// See [`Lapse`].
    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Lapse>;
}

/// Why there is nothing to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lapse {
    /// It cannot do that.
    Unsupported,
    /// It panicked, or said that it could not, and goes on.
    Crashed(String),
    /// It is not there any more; the target knows why.
    Broken,
}

/// An implementation in this process: a panic of its is a finding like another.
pub struct InProcess<'a>(pub &'a mut dyn Implementation);

impl Target for InProcess<'_> {
    fn reset(&mut self, rows: &Rows) -> Result<(), Lapse> {
        Ok(guarded(|| self.0.reset(rows))??)
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Lapse> {
        Ok(guarded(|| self.0.open(session, at, given))??)
    }

    fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
    ) -> Result<Observation, Lapse> {
        guarded(|| self.0.apply(session, at, input, answers))
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Lapse> {
        Ok(guarded(|| self.0.advance(to))??)
    }

    fn close(&mut self, session: SessionId) -> Result<(), Lapse> {
        Ok(guarded(|| self.0.close(session))??)
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Lapse> {
        Ok(guarded(|| self.0.may(capability, subject, at))??)
    }
}

impl From<Unsupported> for Lapse {
    fn from(Unsupported: Unsupported) -> Self {
        Self::Unsupported
    }
}

fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Lapse> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| {
        if panic.is::<Unsupported>() {
            return Lapse::Unsupported;
        }
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Lapse::Crashed(text.unwrap_or_else(|| "it panicked".to_owned()))
    })
}
