//! The actions of a handler, wherever in its branches, answers and alternatives they stand.

use flowspec_runtime::model::{Action, Body, ElementId, Handler, Outcome};

/// The statements of the actions of a handler that are wanted.
pub fn actions_of(handler: &Handler, wanted: impl Fn(&Action) -> bool) -> Vec<ElementId> {
    let mut found = Vec::new();
    for branch in &handler.branches {
        collect(&branch.body, &wanted, &mut found);
    }
    found
}

fn collect(body: &Body, wanted: &dyn Fn(&Action) -> bool, found: &mut Vec<ElementId>) {
    found.extend(body.actions.iter().filter(|action| wanted(action)).map(Action::element));
    match &body.outcome {
        Outcome::Either(alternatives) => alternatives.iter().for_each(|body| collect(body, wanted, found)),
        Outcome::Ask { answers, .. } => {
            let branches = answers.iter().flat_map(|case| &case.branches);
            branches.for_each(|branch| collect(&branch.body, wanted, found));
        }
        _ => {}
    }
}
