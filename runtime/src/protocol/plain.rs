//! Any implementation, behind the protocol.

use super::{About, Hello, Refusal, Service, Told};
use crate::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Time, Unsupported, Value,
    Verdict,
};

/// An implementation that picks by itself what the spec leaves open.
#[derive(Debug)]
pub struct Plain<I> {
    about: About,
    implementation: I,
}

impl<I: Implementation> Plain<I> {
    /// An implementation, and what it says of itself.
    pub fn new(about: About, implementation: I) -> Self {
        Self { about, implementation }
    }
}

impl<I: Implementation> Service for Plain<I> {
    fn hello(&mut self, _: &Hello) -> Result<About, Refusal> {
        Ok(self.about.clone())
    }

    fn reset(&mut self, rows: &Rows, _: &Fields) -> Result<(), Refusal> {
        Ok(self.implementation.reset(rows)?)
    }

    fn open(
        &mut self,
        session: SessionId,
        at: Time,
        given: &Fields,
        _: &Told,
    ) -> Result<Observation, Refusal> {
        judged(self.implementation.open(session, at, given)?)
    }

    fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
        _: &Told,
    ) -> Result<Observation, Refusal> {
        judged(self.implementation.apply(session, at, input, answers))
    }

    fn advance(&mut self, to: Time, _: &Told) -> Result<Vec<(SessionId, Observation)>, Refusal> {
        Ok(self.implementation.advance(to)?)
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Refusal> {
        Ok(self.implementation.may(capability, subject, at)?)
    }

    fn close(&mut self, session: SessionId) -> Result<(), Refusal> {
        Ok(self.implementation.close(session)?)
    }
}

/// Generated machines name what is the caller's fault in a reason of its own.
fn judged(seen: Observation) -> Result<Observation, Refusal> {
    match &seen.verdict {
        Verdict::Refused(reasons) => match reasons.iter().find_map(|reason| reason.strip_prefix("fault:")) {
            Some(fault) => Err(Refusal::Error(format!("what was asked cannot be asked: {fault}"))),
            None => Ok(seen),
        },
        Verdict::Accepted => Ok(seen),
    }
}

impl From<Unsupported> for Refusal {
    fn from(Unsupported: Unsupported) -> Self {
        Self::Unsupported
    }
}
