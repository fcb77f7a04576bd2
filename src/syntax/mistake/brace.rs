//! Braces that do not pair, or stand where no brace can.

use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::lines::Reader;
use crate::syntax::tree::Statement;

/// A block that the indentation says has ended.
pub(in crate::syntax) fn missing(
    reader: &Reader<'_>,
    brace: Span,
    indent: usize,
    line: usize,
    next: usize,
) -> Diagnostic {
    let (open, close) = (brace.start as usize, brace.end as usize);
    let here = reader.findings.location(next, next);
    let insertion = reader.findings.location(line, line);
    Diagnostic::new(codes::MISSING_BRACE, reader.findings.location(open, close), "this block is not closed")
        .here("opened here")
        .label(here, "this line stands outside of it, so a `}` seems to be missing before it")
        .mend("close the block", insertion, format!("{}}}\n", " ".repeat(indent)))
}

/// A block whose `{` is missing at the end of its statement's line.
pub(in crate::syntax) fn missing_open(reader: &Reader<'_>, end: u32, next: usize) -> Diagnostic {
    let end = end as usize;
    let last = reader.text[..end].chars().next_back().map_or(0, char::len_utf8);
    let insertion = reader.findings.location(end, end);
    Diagnostic::new(
        codes::MISSING_BRACE,
        reader.findings.location(end - last, end),
        "a `{` is missing at the end of this line",
    )
    .label(
        reader.findings.location(next, next),
        "this line seems to belong to a block of the statement above",
    )
    .mend("begin the block", insertion, " {")
}

/// Blocks that are still open at the end of the file: the innermost, and those around it.
pub(in crate::syntax) fn missing_at_end(reader: &Reader<'_>, innermost: Span, outer: &[Span]) -> Diagnostic {
    let place = |span: Span| reader.findings.location(span.start as usize, span.end as usize);
    let message = match outer.len() {
        0 => "this block is not closed".to_owned(),
        more => format!("{} blocks are not closed", more + 1),
    };
    let end = reader.text.len();
    let finding = Diagnostic::new(codes::MISSING_BRACE, place(innermost), message).here("opened here");
    let finding =
        outer.iter().rev().take(3).fold(finding, |finding, brace| finding.label(place(*brace), "and here"));
    let end = reader.findings.location(end, end);
    let closing = "}\n".repeat(outer.len().min(3) + 1);
    finding.mend("the file ends before a `}` does: close what is open", end, closing)
}

/// `}` that closes nothing.
pub(in crate::syntax) fn stray(reader: &Reader<'_>, start: usize, end: usize) -> Diagnostic {
    let place = reader.findings.location(start, end);
    Diagnostic::new(codes::STRAY_BRACE, place, "this `}` closes nothing").mend("remove it", place, "")
}

/// `{` below the line of its statement.
pub(in crate::syntax) fn own_line(
    reader: &Reader<'_>,
    above: &Statement,
    start: usize,
    end: usize,
) -> Diagnostic {
    let place = reader.findings.location(start, end);
    let line_end = above.head.end as usize;
    Diagnostic::new(codes::BRACE_WITHOUT_STATEMENT, place, "`{` stands on a line of its own")
        .label(reader.findings.location(line_end, line_end), "a newline ends the statement here")
        .mend("write it at the end of the statement's line", reader.findings.location(line_end, end), " {")
}

/// `{` that no statement stands before.
pub(in crate::syntax) fn without_statement(reader: &Reader<'_>, start: usize, end: usize) -> Diagnostic {
    Diagnostic::new(
        codes::BRACE_WITHOUT_STATEMENT,
        reader.findings.location(start, end),
        "`{` without a statement before it",
    )
    .note("a block belongs to the statement on its line; what is inside this one is used nowhere")
    .help("write the statement before it, as in `step welcome {`, or remove the braces")
}

/// More blocks inside one another than anyone can follow.
pub(in crate::syntax) fn too_deep(reader: &Reader<'_>, start: usize, end: usize) -> Diagnostic {
    Diagnostic::new(
        codes::TOO_DEEP,
        reader.findings.location(start, end),
        "too many blocks inside one another",
    )
    .note("what is inside this block is not read")
    .help("at most 64 blocks may stand inside one another; no flow needs more than five")
}

/// `｛` or `｝`.
pub(in crate::syntax) fn full_width(
    reader: &Reader<'_>,
    start: usize,
    end: usize,
    brace: &str,
) -> Diagnostic {
    let place = reader.findings.location(start, end);
    let written = &reader.text[start..end];
    Diagnostic::new(codes::WRONG_SYMBOL, place, format!("`{written}` is the full-width form of `{brace}`"))
        .mend("write the plain one", place, brace)
}

/// A statement after another one on a line.
pub(in crate::syntax) fn second_statement(reader: &Reader<'_>, start: usize, end: usize) -> Diagnostic {
    let line = reader.findings.location(start, end);
    let insertion = reader.findings.location(start, start);
    Diagnostic::new(codes::TWO_STATEMENTS, line, "a second statement on one line")
        .note("a newline ends a statement, so that every line can be read alone")
        .mend("begin a new line before it", insertion, "\n")
}
