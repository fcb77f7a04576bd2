//! Rules of a capability of which two answer at once.

use super::case::Case;
use super::guards::{Guards, Verdict};
use super::missing_branch::is_broken;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Capability, Draft};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    for capability in &draft.model.capabilities {
        if !draft.has_gap(capability.element) {
            overlaps(draft, capability, findings);
        }
    }
}

fn overlaps(draft: &Draft, capability: &Capability, findings: &mut Vec<Diagnostic>) {
    let guards =
        Guards { model: &draft.model, event: None, answer: &[], asked: capability.record, known: None };
    let rules: Vec<_> = capability
        .rules
        .iter()
        .filter_map(|rule| {
            rule.guard
                .as_ref()
                .filter(|guard| !is_broken(guard))
                .map(|guard| (rule, guards.formula(guard, true)))
        })
        .collect();
    for (index, (second, formula)) in rules.iter().enumerate() {
        for (first, other) in &rules[..index] {
            if let Verdict::Possible(state) = guards.solve(&[other.clone(), formula.clone()]) {
                let case = Case::new(guards, state);
                let message = format!("two rules of `{}` answer at once", capability.name);
                findings.push(
                    draft
                        .finding(codes::OVERLAPPING_RULES, second.element, message)
                        .here(format!("this one too when: {}", case.example()))
                        .label(draft.place(first.element).name, "this one answers")
                        .help("say in one of them that the other does not hold"),
                );
                break;
            }
        }
    }
}
