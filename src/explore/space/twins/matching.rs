//! What happens in two worlds, held against each other.

use flowspec_runtime::model::StepId;

use crate::explore::space::Happening;

/// Two things that happen, one in each world.
pub(super) type Two = [Happening; 2];

/// What happens in both and looks the same, and the first that does not. Where the spec is silent, nothing is asked.
pub(super) fn matched(ways: &[Vec<Happening>; 2]) -> (Vec<Two>, Option<Two>) {
    let (mut pairs, mut differing) = (Vec::new(), None);
    for (side, one) in (0..2).flat_map(|side| ways[side].iter().map(move |one| (side, one))) {
        let others = &ways[1 - side];
        if one.seen.silent || others.iter().any(|other| other.seen.silent) {
            continue;
        }
        let same_picks = others.iter().find(|other| other.seen.picks == one.seen.picks);
        let alike = others.iter().find(|other| looks_like(one, other));
        let Some(other) = same_picks.filter(|other| looks_like(one, other)).or(alike) else {
            let other = same_picks.or(others.first());
            differing = differing.or_else(|| other.map(|other| in_order(side, one, other)));
            continue;
        };
        let two = in_order(side, one, other);
        if side == 0 || same_picks.is_none() {
            pairs.push(two);
        }
    }
    (pairs, differing)
}

fn in_order(side: usize, one: &Happening, other: &Happening) -> Two {
    if side == 0 { [one.clone(), other.clone()] } else { [other.clone(), one.clone()] }
}

fn looks_like(one: &Happening, other: &Happening) -> bool {
    one.seen.reasons == other.seen.reasons
        && one.seen.shown == other.seen.shown
        && step_after(one) == step_after(other)
}

pub(super) fn step_after(happening: &Happening) -> Option<StepId> {
    happening.after.as_ref().map(|(session, _)| session.step())
}
