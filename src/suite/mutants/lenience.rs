//! What a flow leaves to the implementation (`or more`, `or later`), a faulty variant makes no use of: behind it the
//! fault would hide.

use std::slice;

use flowspec_runtime::model::{Action, Branch, Limit, LimitId, Model, Timer};

use super::Kind;
use super::part::Part;
use super::places::{Found, bodies_of_branches};

/// The fault without lenience; none where all that it does is what the flow allows.
pub(super) fn strictly(model: &Model, kind: Kind, mut found: Found) -> Option<Found> {
    for part in &mut found.parts {
        if let Part::Timer(_, timer) = part {
            *timer = Timer { or_later: false, ..timer.clone() };
        }
    }
    let lenient = (0..).zip(&model.limits).filter(|(_, limit)| limit.or_more);
    for (id, limit) in lenient {
        if !found.parts.iter().any(|part| concerns(model, part, id)) {
            continue;
        }
        if matches!(kind, Kind::LimitMissing | Kind::CountLost | Kind::CapPerItem | Kind::ResetAdded) {
            return None;
        }
        let own = found.parts.iter_mut().find_map(|part| match part {
            Part::Limit(at, changed) if *at == usize::from(id) => Some(changed),
            _ => None,
        });
        match own {
            Some(changed) => changed.or_more = false,
            None => {
                let strict = Limit { or_more: false, ..limit.clone() };
                found.parts.push(Part::Limit(usize::from(id), strict));
            }
        }
    }
    Some(found)
}

/// Whether a limit is another one in the fault, or is used otherwise.
fn concerns(model: &Model, part: &Part, id: LimitId) -> bool {
    match part {
        Part::Limit(at, _) => *at == usize::from(id),
        Part::Handler(step, at, changed) => {
            uses(&model.steps[*step].handlers[*at].branches, id) != uses(&changed.branches, id)
        }
        Part::Branch(step, at, index, changed) => {
            let right = &model.steps[*step].handlers[*at].branches[*index];
            uses(slice::from_ref(right), id) != uses(slice::from_ref(changed), id)
        }
        _ => false,
    }
}

/// Everything that branches do to a limit.
fn uses(branches: &[Branch], id: LimitId) -> Vec<Action> {
    let mut uses = Vec::new();
    bodies_of_branches(&mut branches.to_vec(), &mut |body| {
        let of_it = body.actions.iter().filter(|action| match action {
            Action::Count { limit, .. } | Action::Uncount { limit, .. } | Action::Reset { limit, .. } => {
                *limit == id
            }
            Action::Set { .. } | Action::Send { .. } => false,
        });
        uses.extend(of_it.cloned());
    });
    uses
}
