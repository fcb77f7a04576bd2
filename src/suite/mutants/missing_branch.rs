//! A handler, or one of its branches or of an answer's, is not there.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Branch, Expr, Model, Outcome};

use super::part::Part;
use super::places::{Found, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let name = &model.steps[step].name;
        let description = format!("`{}` is not expected in {name}", source(model, handler.element));
        found.push(Found::new(handler.element, description, Part::Missing(step, at, None)));
        let mut add = |missing: &Branch, part| {
            let description = format!("`{}` does nothing of its own", source(model, missing.element));
            found.push(Found::new(missing.element, description, part));
        };
        for (index, branch) in handler.branches.iter().enumerate() {
            if handler.branches.len() > 1 {
                let part = Part::Branch(step, at, index, without(&handler.branches, index));
                add(branch, part);
            }
            let Outcome::Ask { answers, .. } = &branch.body.outcome else { continue };
            for (answer, case) in answers.iter().enumerate().filter(|(_, case)| case.branches.len() > 1) {
                for (inner, missing) in case.branches.iter().enumerate() {
                    let mut changed = branch.clone();
                    if let Outcome::Ask { answers, .. } = &mut changed.body.outcome {
                        answers[answer].branches[inner] = without(&case.branches, inner);
                    }
                    add(missing, Part::Branch(step, at, index, changed));
                }
            }
        }
    }
    found
}

/// What stands in the place of a branch that is not there: it never holds where `otherwise` takes what it leaves, and else
/// does nothing.
fn without(branches: &[Branch], index: usize) -> Branch {
    let mut without = branches[index].clone();
    if without.guard.is_some() && branches.iter().any(|branch| branch.guard.is_none()) {
        without.guard = Some(Expr::Const(Value::Bool(false)));
    } else {
        (without.body.actions, without.body.outcome) = (Vec::new(), Outcome::Stay);
    }
    without
}
