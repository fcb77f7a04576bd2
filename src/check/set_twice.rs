//! One value set twice in one branch.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Action, Body, Draft, Outcome, Target};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    super::graph::all_bodies(&draft.model, &mut |_, body| {
        // What is performed together: the actions here, and those of the one answer or alternative that follows.
        for follower in followers(body) {
            let mut first: Vec<(&Target, u32)> = targets(body).collect();
            for (target, element) in follower.into_iter().flat_map(targets) {
                report(draft, &first, target, element, findings);
                first.push((target, element));
            }
        }
        let own: Vec<(&Target, u32)> = targets(body).collect();
        for (index, (target, element)) in own.iter().enumerate() {
            report(draft, &own[..index], target, *element, findings);
        }
    });
}

fn targets(body: &Body) -> impl Iterator<Item = (&Target, u32)> {
    body.actions.iter().filter_map(|action| match action {
        Action::Set { element, target, .. } => Some((target, *element)),
        _ => None,
    })
}

/// What may be performed after a body's own actions.
fn followers(body: &Body) -> Vec<Option<&Body>> {
    match &body.outcome {
        Outcome::Ask { answers, .. } => {
            answers.iter().flat_map(|answer| &answer.branches).map(|branch| Some(&branch.body)).collect()
        }
        Outcome::Either(bodies) => bodies.iter().map(Some).collect(),
        _ => Vec::new(),
    }
}

fn report(
    draft: &Draft,
    before: &[(&Target, u32)],
    target: &Target,
    element: u32,
    findings: &mut Vec<Diagnostic>,
) {
    let Some((_, first)) = before.iter().find(|(known, _)| *known == target) else { return };
    findings.push(
        draft
            .finding(codes::SET_TWICE, element, "this is set twice in one branch")
            .here("the second")
            .label(draft.place(*first).name, "the first")
            .note("all values of a branch are read before anything changes, so one of the two would be lost")
            .mend("leave one of them out", draft.whole(element), ""),
    );
}
