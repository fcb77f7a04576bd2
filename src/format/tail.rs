//! Outcomes and marks.

use std::fmt::{self, Display, Formatter};

use crate::syntax::tree::{Mark, MarkKind, Outcome, OutcomeKind};

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for OutcomeKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            OutcomeKind::To(step) => write!(f, "-> {step}"),
            OutcomeKind::Stay => f.write_str("stay"),
            OutcomeKind::Restart => f.write_str("restart"),
            OutcomeKind::Resume => f.write_str("resume"),
            OutcomeKind::Refuse { reason, hold, to } => {
                write!(f, "refuse {reason}")?;
                hold.iter().try_for_each(|hold| write!(f, " for {hold}"))?;
                to.iter().try_for_each(|to| write!(f, " -> {to}"))
            }
            OutcomeKind::Ask(actor) => write!(f, "ask {actor}"),
            OutcomeKind::Either => f.write_str("either"),
            OutcomeKind::Silent => f.write_str("silent"),
            OutcomeKind::Allow => f.write_str("allow"),
            OutcomeKind::Deny(reason) => write!(f, "deny {reason}"),
            OutcomeKind::Unstated => f.write_str("unstated"),
        }
    }
}

impl Display for Mark {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            MarkKind::Fact(anchor) => write!(f, "@{anchor}"),
            MarkKind::Assumed { anchor, text } => {
                write!(f, "assumed {anchor}")?;
                text.iter().try_for_each(|text| write!(f, " {text}"))
            }
            MarkKind::Printed(text) => write!(f, "printed {text}"),
        }
    }
}
