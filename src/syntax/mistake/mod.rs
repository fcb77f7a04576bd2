//! What is wrong with a line that is no statement.

pub(super) mod brace;

use super::findings::Findings;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Location;

/// What a mended line consists of: one statement, or several that stood on one line.
#[derive(Default)]
pub(super) struct Mended {
    /// Empty if nothing helped.
    pub(super) statements: Vec<Part>,
}

/// The text of a statement as it should have been.
pub(super) struct Part {
    pub(super) text: String,
    /// Where each byte of it stands in the source, and its end.
    pub(super) places: Vec<usize>,
}

/// Finds what is wrong with a line, reports it, and mends it in a copy where that is possible.
pub(super) fn mend(line: &str, start: usize, findings: &mut Findings) -> Mended {
    findings.add(Diagnostic::new(
        codes::UNREADABLE_SYNTAX,
        findings.location(start, start + line.len()),
        "hm",
    ));
    Mended::default()
}

/// Parentheses beyond the bound.
pub(super) fn too_many_parentheses(place: Location) -> Diagnostic {
    Diagnostic::new(codes::TOO_DEEP, place, "too many parentheses inside one another")
        .help("at most 32 may be open at once; keep a part of the expression in a remembered value")
}
