//! An attribute that is `fixed`, and is set where it may be set already.

use super::graph::{Graph, all_bodies};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Action, Draft, ElementId, Outcome, StepId, Target};

struct Setting {
    element: ElementId,
    attribute: (u16, u16),
    from: StepId,
    to: StepId,
}

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let settings = settings(draft);
    if settings.is_empty() {
        return;
    }
    let graph = Graph::new(draft);
    for first in &settings {
        let after = graph.reached_from([first.to]);
        let again = settings
            .iter()
            .find(|again| again.attribute == first.attribute && after[usize::from(again.from)]);
        if let Some(again) = again {
            findings.push(finding(draft, first, again));
        }
    }
}

/// Every place where a fixed attribute is set.
fn settings(draft: &Draft) -> Vec<Setting> {
    let model = &draft.model;
    let mut settings = Vec::new();
    all_bodies(model, &mut |step, body| {
        let Some(from) = step else { return };
        for action in &body.actions {
            let Action::Set { element, target: Target::Attribute { row, attribute }, .. } = action else {
                continue;
            };
            let record = model.rows[usize::from(*row)].record;
            if model.records[usize::from(record)].attributes[usize::from(*attribute)].fixed {
                let to = match &body.outcome {
                    Outcome::To(to) | Outcome::Refuse { to: Some(to), .. } => *to,
                    _ => from,
                };
                settings.push(Setting { element: *element, attribute: (*row, *attribute), from, to });
            }
        }
    });
    settings
}

fn finding(draft: &Draft, first: &Setting, again: &Setting) -> Diagnostic {
    let record = &draft.model.records[usize::from(draft.model.rows[usize::from(first.attribute.0)].record)];
    let attribute = &record.attributes[usize::from(first.attribute.1)];
    let message = format!("`{}` is fixed, and may be set already when it is set here", attribute.name);
    let finding = draft.finding(codes::FIXED_TWICE, again.element, message);
    let finding = match first.element == again.element {
        true => finding.here("a session can come here more than once"),
        false => finding.label(draft.place(first.element).name, "it is set here before"),
    };
    finding
        .label(draft.place(attribute.element).name, "`fixed` here")
        .note("what is fixed never changes once it is set")
        .help("set it in one place that a session passes once, or leave `fixed` out")
}
