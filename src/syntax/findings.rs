//! The diagnostics of one source while it is read: bounded, and in the order of the text.

use crate::diagnostic::{Diagnostic, MOST, codes};
use crate::source::{Location, SourceId, Span};

/// Whoever makes more than this many has given us something that is no spec; reading on would only take time.
const HOPELESS: usize = 10_000;

/// What was found so far.
pub(super) struct Findings {
    source: SourceId,
    kept: Vec<Diagnostic>,
    more: usize,
    last: Span,
}

impl Findings {
    pub(super) fn new(source: SourceId) -> Self {
        Self { source, kept: Vec::new(), more: 0, last: Span::default() }
    }

    /// A place in the source that is read.
    pub(super) fn location(&self, start: usize, end: usize) -> Location {
        Location { source: self.source, span: Span::new(start, end) }
    }

    /// Whether a further finding would only be counted, so that nobody need look for its mend.
    pub(super) fn full(&self) -> bool {
        self.kept.len() >= MOST
    }

    /// Whether there is no use in reading on.
    pub(super) fn hopeless(&self) -> bool {
        self.more >= HOPELESS
    }

    /// Keeps a finding, or counts it.
    pub(super) fn add(&mut self, finding: Diagnostic) {
        if self.full() {
            self.count(finding.primary.location.span);
        } else {
            self.kept.push(finding);
        }
    }

    /// Counts a finding that nobody will see.
    pub(super) fn count(&mut self, at: Span) {
        self.more += 1;
        self.last = at;
    }

    /// All of them in the order of the text, and how many more there were.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|finding| finding.primary.location.span);
        if self.more > 0 {
            let place = Location { source: self.source, span: self.last };
            let message = match self.more {
                1 => "1 more mistake is not shown".to_owned(),
                HOPELESS.. => {
                    "the rest of the file is not read: hardly anything in it is a statement".to_owned()
                }
                more => format!("{more} more mistakes are not shown"),
            };
            self.kept.push(
                Diagnostic::new(codes::TOO_MANY_MISTAKES, place, message)
                    .here("the last of them")
                    .help("mend some of those above and run again"),
            );
        }
        self.kept
    }
}
