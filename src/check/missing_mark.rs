//! A statement that the source must carry or the author must own, and that says neither.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Body, Draft, ElementId, ElementKind, Outcome};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
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

fn refusal(body: &Body) -> Option<ElementId> {
    matches!(body.outcome, Outcome::Refuse { .. }).then_some(body.element)
}
