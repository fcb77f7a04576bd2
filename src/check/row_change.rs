//! A branch that writes to a row and changes which row that is.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Action, Draft, Expr, Target};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    super::graph::all_bodies(model, &mut |_, body| {
        for action in &body.actions {
            let Action::Set { element, target: Target::Attribute { row, .. }, .. } = action else { continue };
            let binding = &model.rows[usize::from(*row)];
            let sets_key = |other: &&Action| matches!((other, &binding.key), (Action::Set { target: Target::Variable(set), .. }, Some(Expr::Variable(key))) if set == key);
            let Some(change) = body.actions.iter().find(sets_key) else { continue };
            let record = &model.records[usize::from(binding.record)].name;
            let message = format!(
                "this branch writes to `{record}` and changes `{}`, which says which row that is",
                binding.key_path
            );
            findings.push(
                draft
                    .finding(codes::ROW_CHANGES, *element, message)
                    .label(draft.place(super::graph::element_of(change)).name, "the key changes here")
                    .help("change the key in an event before this one"),
            );
        }
    });
}
