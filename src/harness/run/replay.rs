//! What was seen of an implementation, as an implementation: so that another judge, or another clock, can be asked.

use std::slice;

use flowspec_runtime::conformance::{Lapse, Line, Shown, Target};
use flowspec_runtime::{Answer, Fields, Input, May, Observation, Rows, SessionId, Time, Value};

/// Shows once more what was seen, step by step.
pub(super) struct Replay<'a>(slice::Iter<'a, Line>);

impl<'a> Replay<'a> {
    pub(super) fn of(lines: &'a [Line]) -> Self {
        Self(lines.iter())
    }

    fn observation(&mut self) -> Result<Observation, Lapse> {
        match self.0.next().map(|line| &line.seen) {
            Some(Shown::Observation(seen)) => Ok(seen.clone()),
            // The only session there is began by itself.
            _ => Err(Lapse::Unsupported),
        }
    }
}

impl Target for Replay<'_> {
    fn reset(&mut self, _: &Rows) -> Result<(), Lapse> {
        Ok(())
    }

    fn open(&mut self, _: SessionId, _: Time, _: &Fields) -> Result<Observation, Lapse> {
        self.observation()
    }

    fn apply(&mut self, _: SessionId, _: Time, _: &Input, _: &[Answer]) -> Result<Observation, Lapse> {
        self.observation()
    }

    fn advance(&mut self, _: Time) -> Result<Vec<(SessionId, Observation)>, Lapse> {
        match self.0.next().map(|line| &line.seen) {
            Some(Shown::Sessions(seen)) => Ok(seen.clone()),
            _ => Err(Lapse::Unsupported),
        }
    }

    fn close(&mut self, _: SessionId) -> Result<(), Lapse> {
        self.0.next();
        Ok(())
    }

    fn may(&mut self, _: &str, _: &Value, _: Time) -> Result<May, Lapse> {
        match self.0.next().map(|line| &line.seen) {
            Some(Shown::Permission(seen)) => Ok(seen.clone()),
            _ => Err(Lapse::Unsupported),
        }
    }
}
