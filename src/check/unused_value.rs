//! A value that is kept or given and never read, read and never set, or an output that is not filled.

use super::usage::Usage;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, ElementId};

pub(super) fn find(draft: &Draft, usage: &Usage, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    for (id, variable) in (0..).zip(&model.variables) {
        let name = &variable.name;
        // What a part remembers is there for whoever calls it.
        let of_part = name.contains('/');
        if !of_part && !usage.variables_read.contains(&id) {
            findings.push(unused(draft, variable.element, format!("`{name}` is remembered and never read")));
        } else if !of_part && !usage.variables_set.contains(&id) && variable.default.is_none() {
            let message = format!("`{name}` is read and never set");
            let finding = draft.finding(codes::UNUSED_VALUE, variable.element, message);
            findings.push(finding.help(format!("write `set {name} = …` where it becomes known")));
        }
    }
    for (id, given) in (0..).zip(&model.givens) {
        if !usage.givens_read.contains(&id) {
            findings.push(unused(draft, given.element, format!("`{}` is given and never read", given.name)));
        }
    }
    for (id, choice) in (0..).zip(&model.choices) {
        let own = model.element(choice.element).parent == Some(model.element);
        if own && !usage.choices_read.contains(&id) {
            findings.push(unused(
                draft,
                choice.element,
                format!("nothing depends on the choice `{}`", choice.name),
            ));
        }
    }
    outputs(draft, usage, findings);
}

fn outputs(draft: &Draft, usage: &Usage, findings: &mut Vec<Diagnostic>) {
    for (id, output) in (0..).zip(&draft.model.outputs) {
        if !usage.sent.contains(&id) {
            let message = format!("`{}` is read and never sent", output.name);
            let finding = draft.finding(codes::UNUSED_VALUE, output.element, message);
            if usage.outputs_read.contains(&id) {
                findings.push(finding.help(format!("write `send {}` where it is sent", output.name)));
            }
            continue;
        }
        for (field, declared) in (0..).zip(&output.fields) {
            if !declared.chosen && !usage.fields_sent.contains(&(id, field)) {
                let message = format!("the field `{}` of `{}` is never filled", declared.name, output.name);
                let finding = draft.finding(codes::UNUSED_VALUE, declared.element, message);
                findings.push(finding.help(format!(
                    "fill it where it is sent: `send {}({} = …)`",
                    output.name, declared.name
                )));
            }
        }
    }
}

fn unused(draft: &Draft, element: ElementId, message: String) -> Diagnostic {
    draft.finding(codes::UNUSED_VALUE, element, message).note("nothing changes if it is left out").mend(
        "leave it out, or use it",
        draft.whole(element),
        "",
    )
}
