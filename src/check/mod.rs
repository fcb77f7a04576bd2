//! What is wrong with a flow whose names and types are known: one file for each finding.
//!
//! A check reads a [`Draft`] and says what it found; checks do not know of one another. Where something of a flow is
//! not known, because it was reported already, a check says nothing that could follow from that alone.

mod across;
mod branches;
mod capability_rules;
mod control;
mod counted_and_reset;
mod dead_end;
mod example;
mod explored;
mod fixed_twice;
mod graph;
mod missing_mark;
mod missing_translation;
mod never_bites;
mod never_counted;
mod never_entered;
mod never_met;
mod never_taken;
mod no_end;
mod overshadowed;
mod places;
mod properties;
mod property_fails;
mod row_change;
mod scenario;
mod set_twice;
mod silenced;
mod stranded;
mod success_by_failure;
mod time_out_cycle;
mod told_apart;
mod unlimited;
mod unreachable_step;
mod unset;
mod unused_attribute;
mod unused_field;
mod unused_value;
mod usage;
mod way_round;

pub use crate::explore::space::Budget;
pub use explored::Judged;
pub use properties::Verdict;

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Draft, Resolved};
use rayon::prelude::*;
pub use silenced::silence;
use usage::Usage;

/// What looks at a flow and says what is wrong.
type Check = fn(&Draft, &mut Vec<Diagnostic>);

/// Every check of a single flow for what cannot be meant.
const MISTAKES: &[Check] = &[
    unreachable_step::find,
    no_end::find,
    dead_end::find,
    branches::find,
    capability_rules::find,
    unset::find,
    set_twice::find,
    fixed_twice::find,
    row_change::find,
    counted_and_reset::find,
    time_out_cycle::find,
    way_round::find,
    missing_mark::find,
    missing_translation::find,
];

/// Every check for what is not used or not there; a mistake elsewhere may be all that is behind it.
const LEFTOVERS: &[fn(&Draft, &Usage, &mut Vec<Diagnostic>)] =
    &[never_counted::find, unused_value::find, unused_field::find];

/// So many situations of each flow are looked at, unless said.
pub const BUDGET: usize = 2_000;

/// Looks for mistakes in all flows, exploring each as far as so many situations; a flow in which one is an error has no
/// model any more. What becomes of the rules over runs is returned in the order of the flows and of the text.
pub fn check(resolved: &mut Resolved, budget: &Budget) -> Vec<Judged> {
    let written = across::Written::by_all(&resolved.drafts);
    let check = |draft: &mut Draft| {
        let mut findings = Vec::new();
        MISTAKES.iter().for_each(|find| find(draft, &mut findings));
        draft.sound &= findings.iter().all(|finding| finding.severity() != Severity::Error);
        let readable = draft.sound;
        scenario::find(draft, &mut findings);
        draft.sound &= findings.iter().all(|finding| finding.severity() != Severity::Error);
        if draft.sound {
            let usage = Usage::of(draft);
            LEFTOVERS.iter().for_each(|find| find(draft, &usage, &mut findings));
        }
        let (judged, footprint) = match (readable, draft.sound) {
            (_, true) => explored::explore(draft, &written, budget, &mut findings),
            // What a flow leaves behind does not depend on what its scenarios expect.
            (true, false) => (Vec::new(), explored::footprint(draft, budget)),
            (false, false) => <_>::default(),
        };
        draft.sound &= findings.iter().all(|finding| finding.severity() != Severity::Error);
        (findings, judged, footprint)
    };
    let findings: Vec<_> = resolved.drafts.par_iter_mut().map(check).collect();
    let (mut judged, mut footprints) = (Vec::new(), Vec::new());
    for (findings, rules, footprint) in findings {
        resolved.diagnostics.extend(findings);
        judged.extend(rules);
        footprints.push(footprint);
    }
    let mut across = Vec::new();
    across::find(resolved, &footprints, budget, &mut across);
    resolved.diagnostics.extend(across);
    unused_attribute::find(&resolved.drafts, &mut resolved.diagnostics);
    let mut journeys = Vec::new();
    scenario::find_journeys(resolved, &mut journeys);
    resolved.diagnostics.extend(journeys);
    resolved.models =
        resolved.drafts.iter().filter(|draft| draft.sound).map(|draft| draft.model.clone()).collect();
    judged
}
