//! A bare line to an implementation, for whoever looks at replies one by one.

use std::time::Duration;

use flowspec_runtime::protocol::Reply;

use super::reply::{identified, read};
use super::{Breakdown, Wire};

/// How long the other end has to go in peace.
const PEACE: Duration = Duration::from_secs(2);

/// A line to an implementation.
pub struct Line(pub(super) Box<dyn Wire>);

impl Line {
    /// The reply to a request, which has this number.
    ///
    /// # Errors
    /// Why there is none.
    pub fn ask(&mut self, request: &[u8], id: u64, within: Duration) -> Result<Reply, Breakdown> {
        let reply = read(self.0.exchange(&[request, b"\n"].concat(), within)?)?;
        identified(reply.id, id, id)?;
        Ok(reply)
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// What was wrong with its way to go.
    pub fn end(&mut self, bye: &[u8]) -> Result<(), Breakdown> {
        self.0.end(&[bye, b"\n"].concat(), PEACE)
    }

    /// The end of what was written to standard error.
    pub fn stderr(&self) -> String {
        self.0.stderr()
    }

    /// How many bytes were written to standard error.
    pub fn stderr_bytes(&self) -> u64 {
        self.0.stderr_bytes()
    }
}
