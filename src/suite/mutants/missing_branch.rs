//! A handler or one of its branches is not there.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, Model, Outcome};

use super::part::Part;
use super::places::{Found, handlers, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let name = &model.steps[step].name;
        let description = format!("`{}` is not expected in {name}", source(model, handler.element));
        found.push(Found::new(handler.element, description, Part::Missing(step, at, None)));
        for (index, branch) in handler.branches.iter().enumerate().filter(|_| handler.branches.len() > 1) {
            let mut without = branch.clone();
            if branch.guard.is_some() && handler.branches.iter().any(|branch| branch.guard.is_none()) {
                without.guard = Some(Expr::Const(Value::Bool(false)));
            } else {
                (without.body.actions, without.body.outcome) = (Vec::new(), Outcome::Stay);
            }
            let description = format!("`{}` does nothing of its own", source(model, branch.element));
            found.push(Found::new(branch.element, description, Part::Branch(step, at, index, without)));
        }
    }
    found
}
