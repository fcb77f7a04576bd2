//! A `require` that nobody can meet: no session is ever opened past it.

use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let (draft, graph) = (explored.draft, &explored.graph);
    if !explored.is_exact() {
        return;
    }
    let complete = |edge: &crate::explore::space::Edge| {
        // What is missing or malformed is refused before any `require` is judged.
        edge.target.is_some()
            || draft.model.requires.iter().any(|require| edge.seen.visited.contains(&require.element))
    };
    for require in &draft.model.requires {
        let mut judged =
            graph.openings.iter().map(|(.., edge)| edge).filter(|edge| complete(edge)).peekable();
        let fails =
            judged.peek().is_some() && judged.all(|edge| edge.seen.visited.contains(&require.element));
        if fails {
            let finding = draft
                .finding(codes::NEVER_MET, require.element, "nobody can meet this")
                .here("it fails for every row and everything that a session can be opened with")
                .note("no session of this flow is ever opened")
                .help("ask for something that there can be");
            findings.push(finding);
        }
    }
}
