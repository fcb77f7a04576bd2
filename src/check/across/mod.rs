//! What the flows of a folder leave behind for one another in the rows that they share: a flow that nobody can complete,
//! whatever was done before, and an attribute that is read although nothing ever sets it.
//!
//! Everything that is said here holds for more runs than there are: an attribute has any of the values that some flow may
//! set it to, and changes at any time. So what cannot be completed even then cannot be completed. Flows are looked at
//! alone first, by what exploring each has shown anyway; only if one of them then seems to be out of reach, they are
//! explored among others.

mod footprint;
mod nobody_completes;
mod never_supplied;
mod supply;
mod written;

pub(super) use footprint::Footprint;
pub(super) use written::Written;

use flowspec_runtime::machine::Machine;

use super::explored::AMONG_OTHERS;
use crate::diagnostic::Diagnostic;
use crate::explore::space::{Budget, Graph, Space};
use crate::model::Resolved;
use crate::source::Location;
use supply::Supply;

/// Looks at all flows of a run together.
pub(super) fn find(
    resolved: &Resolved,
    footprints: &[Option<Footprint>],
    budget: &Budget,
    findings: &mut Vec<Diagnostic>,
) {
    // A flow that is not understood may leave behind what is missing.
    if footprints.iter().any(Option::is_none) {
        return;
    }
    let footprints: Vec<&Footprint> = footprints.iter().flatten().collect();
    let mut supply = Supply::at_first(resolved, &footprints);
    let missing = nobody_completes(resolved, &footprints, budget, &mut supply, findings);
    never_supplied::find(resolved, &supply, &missing, findings);
}

/// Says which flows nobody can complete; the attributes that are missing there.
fn nobody_completes(
    resolved: &Resolved,
    footprints: &[&Footprint],
    budget: &Budget,
    supply: &mut Supply,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Location> {
    let all = || resolved.drafts.iter().zip(footprints.iter().copied());
    while all()
        .fold(false, |new, (draft, alone)| supply.take(draft, alone, supply.open_to(draft, alone)) | new)
    {
    }
    let mut missing = Vec::new();
    if all().all(|(draft, alone)| alone.completed.meets(supply.open_to(draft, alone))) {
        return missing;
    }
    let Some(among_others) = among_others(resolved, footprints, budget, supply) else { return missing };
    for ((draft, alone), among) in all().zip(&among_others) {
        if among.whole && !among.completed.meets(supply.open_to(draft, among)) {
            findings.extend(nobody_completes::finding(resolved, draft, [alone, among], supply, &mut missing));
        }
    }
    missing
}

/// What each flow can do while others change the rows, as far as these can be changed by then; none if that is not known.
fn among_others(
    resolved: &Resolved,
    footprints: &[&Footprint],
    budget: &Budget,
    supply: &mut Supply,
) -> Option<Vec<Footprint>> {
    let budget = Budget { situations: budget.situations.saturating_mul(AMONG_OTHERS), ..budget.clone() };
    loop {
        let (mut all, mut new) = (Vec::new(), false);
        for (draft, alone) in resolved.drafts.iter().zip(footprints) {
            let machine = Machine::new(draft.model.clone()).ok()?;
            let open = supply.open_to(draft, alone);
            let rows = (0..).zip(&alone.rows).filter(|(beginning, _)| open.contains(*beginning));
            let space = Space::new(&machine, Vec::new(), &[])
                .with_others(supply.elsewhere(draft))
                .beginning_with(rows.map(|(_, rows)| rows.clone()).collect());
            let among = Footprint::of(draft, &machine, &Graph::explore(&space, &budget))?;
            new |= if among.whole {
                supply.take(draft, &among, supply.open_to(draft, &among))
            } else {
                supply.take_all(draft)
            };
            all.push(among);
        }
        if !new {
            return Some(all);
        }
    }
}
