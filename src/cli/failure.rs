//! How a run ends: fine, with findings, by wrong usage, or by a fault of ours.

use std::fmt::Display;
use std::io;
use std::panic;
use std::path::Path;
use std::process::ExitCode;

use super::console::Console;

/// The exit code for findings.
pub(super) const FINDINGS: u8 = 1;
/// The exit code for wrong usage.
pub(super) const USAGE: u8 = 2;
/// The exit code where less was found out than was asked for.
pub(super) const INCONCLUSIVE: u8 = 3;
/// The exit code for a fault of ours (`EX_SOFTWARE`).
pub(super) const FAULT: u8 = 70;

/// A run that did what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is nothing to mend.
    Fine,
    /// There is, and it was said.
    Findings,
    /// An implementation was tested, and this exit code says what came of it.
    Tested(u8),
    /// Less was found out than was asked for.
    Inconclusive,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Findings => Self::from(FINDINGS),
            Outcome::Tested(code) => Self::from(code),
            Outcome::Inconclusive => Self::from(INCONCLUSIVE),
        }
    }
}

/// A run that could not do what it was asked to.
#[derive(Debug)]
pub(super) enum Failure {
    /// What was asked for cannot be done, and what to do instead.
    Usage {
        /// The reason, a sentence without a full stop.
        reason: String,
        /// What to do instead, if there is something to say.
        help: Option<String>,
    },
    /// Nobody reads our output any more, as after `| head`; that is fine.
    Closed,
    /// Something that no spec and no argument may cause.
    Fault(String),
}

impl Failure {
    /// A wrong usage.
    pub(super) fn usage(reason: impl Into<String>) -> Self {
        Self::Usage { reason: reason.into(), help: None }
    }

    /// Says what to do instead.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        match self {
            Self::Usage { reason, .. } => Self::Usage { reason, help: Some(help.into()) },
            other => other,
        }
    }

    /// A fault of ours that was noticed before it could do harm.
    pub(super) fn fault(message: impl Display) -> Self {
        Self::Fault(message.to_string())
    }

    /// What the system refused to do to a file: `could not read specs/a.flow: permission denied`.
    pub(super) fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::usage(format!("could not {action} {}: {}", path.display(), plain(error)))
    }

    /// What writing to standard output ended with.
    pub(super) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::usage(format!("could not write to standard output: {}", plain(error))),
        }
    }

    /// Says it, and gives the exit code.
    pub(super) fn tell(&self, console: &Console) -> ExitCode {
        match self {
            Self::Closed => ExitCode::SUCCESS,
            Self::Usage { reason, help } => {
                console.complain(reason, help.as_deref());
                ExitCode::from(USAGE)
            }
            Self::Fault(message) => {
                Console::raw(&fault(message, ""));
                ExitCode::from(FAULT)
            }
        }
    }
}

/// An error of the system in plain words, without its number.
pub(super) fn plain(error: &io::Error) -> impl Display + use<> {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>()).unwrap_or_default()
}

/// Replaces the message of a panic by one that says whose fault it is and what to report.
pub(super) fn announce_faults() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        Console::raw(&fault(panic.payload_as_str().unwrap_or("no message"), &place));
    }));
}

fn fault(message: &str, place: &str) -> String {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(|argument| format!("{argument:?}")).collect();
    format!(
        "flowspec failed. This is a fault of flowspec, not of your specs; no file is half-written.\n\
         Please report it with these lines and, if you can, the spec:\n\n  \
         {message}{place}\n  flowspec {}, arguments: {}\n",
        env!("CARGO_PKG_VERSION"),
        arguments.join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_whose_it_is_and_what_to_report() {
        let told = fault("index out of bounds", " at src/check/mod.rs:7:9");
        assert!(told.contains("a fault of flowspec, not of your specs"));
        assert!(told.contains("\n  index out of bounds at src/check/mod.rs:7:9\n  flowspec "));
    }

    #[test]
    fn the_system_is_quoted_without_its_numbers() {
        let error = io::Error::from_raw_os_error(13);
        assert_eq!(plain(&error).to_string(), "permission denied");
    }
}
