//! Implementations that run elsewhere: processes behind pipes, and services behind HTTP.

mod breakdown;
mod connect;
mod http;
mod line;
mod process;
mod remote;
mod reply;
mod stop;

pub use breakdown::Breakdown;
pub use connect::{Address, Connector};
pub use line::Line;
pub use remote::{Foreseen, Remote};
pub use stop::Stop;

use std::time::Duration;

/// A reply of more bytes is not read.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// What carries a line to an implementation and brings the next one back.
pub(super) trait Wire: Send {
    /// Sends a line and waits for one.
    ///
    /// # Errors
    /// Why there is none; nothing more can be said over this wire then.
    fn exchange(&mut self, line: &[u8], within: Duration) -> Result<&[u8], Breakdown>;

    /// Whether the other end is still there, as far as that can be seen without asking it.
    ///
    /// # Errors
    /// Why it is not.
    fn check(&mut self) -> Result<(), Breakdown>;

    /// Begins to keep what is written to standard error anew.
    fn mark(&mut self) {}

    /// What was written to standard error since the mark, the end of it.
    fn stderr(&self) -> String {
        String::new()
    }

    /// How many bytes were written to standard error in all.
    fn stderr_bytes(&self) -> u64 {
        0
    }

    /// Ends the conversation in peace; `bye` is the line that says so.
    ///
    /// # Errors
    /// What was wrong with the other end's way to go.
    fn end(&mut self, bye: &[u8], within: Duration) -> Result<(), Breakdown>;

    /// Ends the other end at once, as far as that can be done.
    fn kill(&mut self);
}
