//! An attribute that flows read although nothing ever sets it: no flow, and no row that a scenario begins with.

use std::collections::HashSet;

use super::supply::Supply;
use super::written::{Written, place_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, Expr, Resolved};
use crate::source::Location;

/// `missing` are those of which it is said that somebody cannot go on without them.
pub(super) fn find(
    resolved: &Resolved,
    supply: &Supply,
    missing: &[Location],
    findings: &mut Vec<Diagnostic>,
) {
    let written = Written::by_all(&resolved.drafts);
    let shown = shown(resolved);
    let mut told: HashSet<Location> = missing.iter().copied().collect();
    for draft in &resolved.drafts {
        for (record, declared) in (0..).zip(&draft.model.records) {
            if !supply.is_made(draft.place(declared.element).name) {
                continue;
            }
            for (attribute, of) in (0..).zip(&declared.attributes) {
                let place = place_of(draft, record, attribute);
                let set = written.of(place).is_some() || supply.written.of(place).is_some();
                if set || of.default.is_some() || shown.contains(&place) || told.contains(&place) {
                    continue;
                }
                if reads(draft, record, attribute) {
                    told.insert(place);
                    let message =
                        format!("`{}` of `{}` is read, and nothing ever sets it", of.name, declared.name);
                    let finding = draft
                        .finding(codes::NEVER_SUPPLIED, of.element, message)
                        .here(format!("`{}` reads it, and finds it unset", draft.model.name))
                        .note("no flow sets it, and no scenario begins with a row that has it")
                        .help("set it in the flow that makes the row, or give it a default")
                        .help("or, if it comes from elsewhere, show it: begin a scenario with a row that has it");
                    findings.push(finding);
                }
            }
        }
    }
}

/// Whether a condition, a limit or a value of a flow reads an attribute.
fn reads(draft: &Draft, record: u16, attribute: u16) -> bool {
    let mut reads = false;
    draft.model.expressions(&mut |expr| {
        if let Expr::Attribute { row, attribute: read } = expr {
            reads |= draft.model.rows[usize::from(*row)].record == record && *read == attribute;
        }
    });
    reads
}

/// The attributes that rows of scenarios have.
fn shown(resolved: &Resolved) -> HashSet<Location> {
    let mut shown = HashSet::new();
    for draft in &resolved.drafts {
        for row in draft.model.scenarios.iter().flat_map(|scenario| &scenario.rows) {
            shown.extend(row.attributes.iter().map(|(attribute, _)| place_of(draft, row.record, *attribute)));
        }
    }
    shown
}
