//! A statement that the source must carry or the author must own, and that says neither; a default among them that is
//! not even written.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Body, Draft, ElementId, ElementKind, Field, Outcome};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    unwritten_defaults(draft, findings);
    let mut owing: Vec<ElementId> = (0..)
        .zip(&model.elements)
        .filter(|(_, element)| {
            use ElementKind as Is;
            matches!(element.kind, Is::Refuse | Is::Limit | Is::After | Is::Default | Is::Constraint)
        })
        .map(|(id, _)| id)
        .collect();
    super::graph::all_bodies(model, &mut |_, body| owing.extend(refusal(body)));
    owing.sort_unstable();
    owing.dedup();
    for id in owing {
        let element = model.element(id);
        if !draft.place(id).sourced || !element.facts.is_empty() || !element.assumptions.is_empty() {
            continue;
        }
        let what = match element.kind {
            ElementKind::Limit => "limit",
            ElementKind::After => "time-out",
            ElementKind::Default => "default",
            ElementKind::Constraint => "constraint",
            _ => "refusal",
        };
        findings.push(
            Diagnostic::new(
                codes::NO_MARK,
                draft.place(id).head,
                format!("nothing says where this {what} comes from"),
            )
            .note("it would count as stated by the source wherever the statement around it is")
            .help("name the fact that carries it: `@FACT-01`")
            .mend("or say that you decided it", draft.behind_head(id), " assumed OWN-01"),
        );
    }
}

/// What holds of every step is claimed by more tests than anything else, so it is written down and says where it comes
/// from.
fn unwritten_defaults(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    if !draft.place(model.element).sourced {
        return;
    }
    let required = |field: &Field| !field.optional && field.default.is_none();
    let may_be_missing = model.events.iter().any(|event| event.fields.iter().any(required));
    let defaults = [
        (model.defaults.unlisted.1.is_none(), "unlisted", "unexpected", "an event that a step does not list"),
        (
            model.defaults.missing.1.is_none() && may_be_missing,
            "missing",
            "missing",
            "a field that is left out",
        ),
    ];
    for (_, word, reason, what) in defaults.into_iter().filter(|(unwritten, ..)| *unwritten) {
        let message = format!("nothing says where it comes from that {what} is refused");
        findings.push(
            draft
                .finding(codes::NO_MARK, model.element, message)
                .note("the file names its facts, and the suite would test this in every step")
                .help(format!("write at the top of the file: `default {word} refuse {reason} assumed OWN-01`, or the fact")),
        );
    }
}

fn refusal(body: &Body) -> Option<ElementId> {
    matches!(body.outcome, Outcome::Refuse { .. }).then_some(body.element)
}
