//! Statements that stand on a text which changed since somebody confirmed it.

use std::collections::BTreeMap;

use super::citation::{Citation, citations};
use super::{Facts, State, named_by};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Sources;
use crate::syntax::Parsed;

/// At how many places more a finding points.
const PLACES: usize = 3;

/// A finding for each fact or reading whose text is another than the confirmed one, where it is cited first.
pub fn stale(sources: &Sources, parsed: &[Parsed], facts: &Facts) -> Vec<Diagnostic> {
    let mut cited: BTreeMap<(String, &str), Vec<Citation<'_>>> = BTreeMap::new();
    for ((id, source), parsed) in sources.iter().zip(parsed) {
        let Some(name) = named_by(source, &parsed.tree) else { continue };
        for citation in citations(id, &parsed.tree) {
            cited.entry((name.clone(), citation.id)).or_default().push(citation);
        }
    }
    let mut found = Vec::new();
    for ((name, id), citations) in cited {
        let Some(known) = facts.get(&name) else { continue };
        let (Some(fact), Some(lock)) = (known.document.get(id), &known.lock) else { continue };
        if lock.state(fact) == State::Changed {
            found.extend(finding(&name, id, &fact.text, &citations));
        }
    }
    found.sort_by_key(|finding| finding.primary.location);
    found
}

fn finding(name: &str, id: &str, text: &str, citations: &[Citation]) -> Option<Diagnostic> {
    let [first, others @ ..] = citations else { return None };
    let message = format!("`{id}` says something else than what was confirmed");
    let mut finding = Diagnostic::new(codes::STALE_FACT, first.at, message).here("this stands on it");
    for other in others.iter().take(PLACES) {
        finding = finding.label(other.at, "and this");
    }
    if others.len() > PLACES {
        finding = finding.note(format!("{} more statements stand on it", others.len() - PLACES));
    }
    let finding = finding.note(format!("{name} says now: {text}"));
    Some(finding.help(format!(
        "see that what stands on it still holds, and confirm the text: `flowspec facts --confirm={id}`"
    )))
}
