//! A rule over runs that a run breaks, and one that says nothing.

use super::example::Example;
use super::explored::{Explored, Judged};
use super::properties::Verdict;
use super::told_apart::Compared;
use crate::diagnostic::{Diagnostic, codes};
use crate::explore::space::Run;
use crate::model::Property;

/// Judges every rule, and says which are broken.
pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) -> Vec<Judged> {
    let draft = explored.draft;
    let judge = explored.judge();
    let mut judged = Vec::new();
    for property in &draft.model.properties {
        let verdict = match Compared::of(explored, property) {
            Some(compared) => {
                findings.extend(compared.finding(explored, property));
                compared.verdict()
            }
            None => judge.judge(property),
        };
        if let Verdict::Refuted(run) = &verdict {
            findings.push(broken(explored, property, run));
        }
        let rule = draft.model.element(property.element).source.clone();
        let location = draft.place(property.element).head;
        judged.push(Judged { flow: draft.model.name.clone(), rule, location, verdict });
    }
    judged
}

/// Says which rules are about nothing that ever happens.
pub(super) fn find_vacuous(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let judge = explored.judge();
    for property in &explored.draft.model.properties {
        if judge.is_vacuous(property) && !explored.is_told(property.element, findings) {
            findings.push(vacuous(explored, property));
        }
    }
}

fn broken(explored: &Explored, property: &Property, run: &Run) -> Diagnostic {
    let draft = explored.draft;
    let rule = &draft.model.element(property.element).source;
    let finding = draft
        .finding(codes::PROPERTY_FAILS, property.element, "a run of the flow breaks this rule")
        .here("this does not hold in every run");
    Example::shown(finding, draft, "breaks it", &format!("it breaks the rule: {rule}"), run)
        .help("mend the flow, or the rule")
}

pub(super) fn vacuous(explored: &Explored, property: &Property) -> Diagnostic {
    explored
        .draft
        .finding(
            codes::VACUOUS_PROPERTY,
            property.element,
            "this rule says nothing: what it is about never happens",
        )
        .here("no run ever comes to this")
        .note("it would hold whatever the rest of the flow says")
        .help("mend the rule, or lead the flow to what it is about")
}
