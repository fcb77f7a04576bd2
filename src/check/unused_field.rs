//! A field that an event asks for and that nothing uses, while other fields of the event are used.
//!
//! Collecting a value is a purpose of its own, so a field that says where it comes from is not held to this, nor is an
//! event of which nothing is used: that is a form.

use super::usage::Usage;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, ElementId};

pub(super) fn find(draft: &Draft, usage: &Usage, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    for (id, event) in (0..).zip(&model.events) {
        let used = |field: u16| usage.fields_read.contains(&(id, field));
        if !(0..).zip(&event.fields).any(|(field, _)| used(field)) {
            continue;
        }
        for (index, field) in (0..).zip(&event.fields) {
            if !used(index) && !is_carried(draft, field.element) {
                findings.push(finding(draft, field.element, &field.name, &event.name));
            }
        }
    }
}

fn is_carried(draft: &Draft, element: ElementId) -> bool {
    let element = draft.model.element(element);
    !element.facts.is_empty() || !element.assumptions.is_empty()
}

fn finding(draft: &Draft, element: ElementId, name: &str, event: &str) -> Diagnostic {
    draft
        .finding(codes::UNUSED_VALUE, element, format!("the field `{name}` of `{event}` is never used"))
        .note("it must be filled in, and nothing depends on it")
        .help(format!("use it: in a `when`, in a `send`, or keep it with `set {name}`"))
        .mend("or leave it out", draft.whole(element), "")
}
