//! Where specs cite facts and readings.

use crate::source::{Location, Source, SourceId};
use crate::syntax::Tree;
use crate::syntax::tree::{MarkKind, Statement};

/// A mark that names a fact or a reading.
pub(super) struct Citation<'a> {
    /// What it names.
    pub(super) id: &'a str,
    /// Whether it says itself what was assumed, so that the file of facts need not.
    pub(super) explains: bool,
    /// The mark.
    pub(super) at: Location,
    /// The statement that has it.
    pub(super) statement: &'a Statement,
}

/// Every mark of a file that names something, in the order of the text.
pub(super) fn citations(source: SourceId, tree: &Tree) -> Vec<Citation<'_>> {
    let mut found = Vec::new();
    collect(source, &tree.statements, &mut found);
    found
}

fn collect<'a>(source: SourceId, statements: &'a [Statement], found: &mut Vec<Citation<'a>>) {
    for statement in statements {
        for mark in &statement.marks {
            let (id, explains) = match &mark.kind {
                MarkKind::Fact(anchor) => (anchor.as_str(), false),
                MarkKind::Assumed { anchor, text } => (anchor.as_str(), text.is_some()),
                MarkKind::Printed(_) => continue,
            };
            found.push(Citation { id, explains, at: Location { source, span: mark.span }, statement });
        }
        collect(source, statement.children(), found);
    }
}

/// The head of a statement as written, without its marks and block.
pub(super) fn head(source: &Source, statement: &Statement) -> String {
    let mut span = statement.head;
    if let Some(mark) = statement.marks.iter().min_by_key(|mark| mark.span.start) {
        span.end = mark.span.start.max(span.start);
    }
    source.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
}
