//! Comments of other languages.

use super::stop::Stop;
use super::{Slip, codes};
use crate::diagnostic::Diagnostic;
use crate::source::{Location, Span};

/// What begins a comment elsewhere.
const STARTS: &[&str] = &["#", "--", "/*", "<!--", ";;", "%%"];

/// A comment after a statement.
pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    let Some(start) = STARTS.iter().find(|start| stop.rest().starts_with(**start)) else { return Vec::new() };
    let place = stop.at..stop.at + start.len();
    let mut slip = Slip::new(codes::WRONG_COMMENT, message(start), place, HELP, "//");
    slip.cut = Some(stop.at);
    vec![slip]
}

/// A line that is a comment and nothing else.
pub(in crate::syntax) fn comment_line(line: &str, place: Location) -> Option<Diagnostic> {
    let start = STARTS.iter().find(|start| line.starts_with(**start))?;
    let begin = place.span.start as usize;
    let replaced = Location { span: Span::new(begin, begin + start.len()), ..place };
    Some(Diagnostic::new(codes::WRONG_COMMENT, place, message(start)).mend(HELP, replaced, "//"))
}

const HELP: &str = "a comment begins with `//`";

fn message(start: &str) -> String {
    format!("`{start}` begins no comment here")
}
