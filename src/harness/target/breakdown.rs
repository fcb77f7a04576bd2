//! What can go wrong between the harness and an implementation, each named for what it is.

use std::fmt;
use std::process::ExitStatus;
use std::time::Duration;

/// Why an implementation could not be asked any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breakdown {
    /// It could not be started, or nobody listens there.
    NotStarted(String),
    /// Nothing came in time.
    Timeout {
        /// How long was waited.
        after: Duration,
        /// How many bytes of a line came, whose end did not.
        partial: usize,
    },
    /// It ended, and how.
    Exited(String),
    /// It closed its output and goes on.
    ClosedStdout,
    /// What came is no JSON.
    Garbage(String),
    /// What came is not UTF-8.
    NotUtf8,
    /// The line does not end.
    Oversized(usize),
    /// It ended, or closed its output, in the midst of a line.
    HalfLine(usize),
    /// The reply has no `id`.
    NoId,
    /// The reply has the `id` of an earlier request.
    RepeatedId {
        /// That of the request.
        expected: u64,
        /// That of the reply.
        got: u64,
    },
    /// The reply has an `id` that no request has.
    WrongId {
        /// That of the request.
        expected: u64,
        /// That of the reply.
        got: u64,
    },
    /// The reply has the `id` of a request that was not made yet.
    FutureId {
        /// That of the request.
        expected: u64,
        /// That of the reply.
        got: u64,
    },
    /// Something came that nobody asked for.
    Unasked(String),
    /// The reply is JSON, and not what the protocol says.
    Misshapen(String),
    /// The server answers with a status of its own.
    Status(u16),
    /// The harness could not do its part.
    Harness(String),
    /// Somebody stopped the run.
    Interrupted,
}

impl Breakdown {
    /// How a process ended.
    pub(super) fn exited(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        Self::Exited(match (status.code(), status.signal()) {
            (Some(0), _) => "it ended by itself, with exit code 0".to_owned(),
            (Some(code), _) => format!("it ended with exit code {code}"),
            (None, Some(signal)) => format!("it was killed by signal {signal}"),
            (None, None) => "it ended".to_owned(),
        })
    }

    /// Whether the two can be taken for the same misfortune: whoever breaks may do so in one way now, in another then.
    pub fn is_like(&self, other: &Self) -> bool {
        let ours = |breakdown: &Self| matches!(breakdown, Self::Harness(_) | Self::Interrupted);
        !ours(self) && !ours(other)
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::NotStarted(why) => write!(formatter, "it could not be started: {why}"),
            Self::Timeout { after, partial: 0 } => {
                write!(formatter, "no answer within {} ms", after.as_millis())
            }
            Self::Timeout { after, partial } => {
                write!(
                    formatter,
                    "a slow drip: {partial} bytes within {} ms, and no end of the line",
                    after.as_millis()
                )
            }
            Self::Exited(how) => formatter.write_str(how),
            Self::ClosedStdout => formatter.write_str("it closed its standard output and goes on running"),
            Self::Garbage(line) => write!(formatter, "garbage on standard output: {line}"),
            Self::NotUtf8 => formatter.write_str("the reply is not UTF-8"),
            Self::Oversized(bytes) => {
                write!(formatter, "an oversized line: more than {bytes} bytes without an end")
            }
            Self::HalfLine(bytes) => {
                write!(formatter, "half a line: {bytes} bytes, then the end of the output")
            }
            Self::NoId => formatter.write_str("the reply has no `id`"),
            Self::RepeatedId { expected, got } => {
                write!(
                    formatter,
                    "a repeated id: the reply to request {expected} has the id {got} of an earlier one"
                )
            }
            Self::WrongId { expected, got } => {
                write!(formatter, "a wrong id: the reply to request {expected} has the id {got}")
            }
            Self::FutureId { expected, got } => write!(
                formatter,
                "a reply from the future: request {expected} was made last, and the reply has the id {got}"
            ),
            Self::Unasked(line) => write!(formatter, "output that nobody asked for: {line}"),
            Self::Misshapen(what) => write!(formatter, "the reply {what}"),
            Self::Status(code) => write!(formatter, "the server answered with HTTP status {code}"),
            Self::Harness(what) => write!(formatter, "the harness failed: {what}"),
            Self::Interrupted => formatter.write_str("the run was stopped"),
        }
    }
}
