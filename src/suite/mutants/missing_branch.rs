//! A handler or one of its branches is not there.

use flowspec_runtime::model::{Model, Outcome};

use super::part::Part;
use super::places::{Found, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let name = &model.steps[step].name;
        let description = format!("`{}` is not expected in {name}", source(model, handler.element));
        found.push(Found::new(handler.element, description, Part::Missing(step, at, None)));
        for (index, branch) in handler.branches.iter().enumerate().filter(|_| handler.branches.len() > 1) {
            let mut without = handler.clone();
            if branch.guard.is_some() && handler.branches.iter().any(|branch| branch.guard.is_none()) {
                without.branches.remove(index);
            } else {
                let body = &mut without.branches[index].body;
                (body.actions, body.outcome) = (Vec::new(), Outcome::Stay);
            }
            let description = format!("`{}` does nothing of its own", source(model, branch.element));
            found.push(Found::new(branch.element, description, Part::Handler(step, at, without)));
        }
    }
    found
}
