//! Rules of a capability of which two answer at once.

use super::branches::is_broken;
use crate::decide::Formula;
use crate::diagnostic::{Diagnostic, codes};
use crate::guards::{Guards, Scope};
use crate::model::{Capability, CapabilityRule, Draft};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    for capability in &draft.model.capabilities {
        if !draft.has_gap(capability.element) {
            overlaps(draft, capability, findings);
        }
    }
}

fn overlaps(draft: &Draft, capability: &Capability, findings: &mut Vec<Diagnostic>) {
    let scope =
        Scope { model: &draft.model, event: None, answer: &[], asked: capability.record, known: None };
    let mut guards = Guards::new(scope);
    let mut rules: Vec<(&CapabilityRule, Formula)> = Vec::new();
    for rule in &capability.rules {
        if let Some(guard) = rule.guard.as_ref().filter(|guard| !is_broken(guard)) {
            rules.push((rule, guards.formula(guard)));
        }
    }
    for (index, (second, formula)) in rules.iter().enumerate() {
        for (first, other) in &rules[..index] {
            let against = [formula.negated(), other.negated()];
            let found = guards.cases(&[], &[other, formula], &[&against[0], &against[1]], 1);
            if let Some(case) = found.cases.first() {
                let message = format!("two rules of `{}` answer at once", capability.name);
                findings.push(
                    draft
                        .finding(codes::OVERLAPPING_RULES, second.element, message)
                        .here(format!("this one too when: {}", case.example(&guards)))
                        .label(draft.place(first.element).name, "this one answers")
                        .help("say in one of them that the other does not hold"),
                );
                break;
            }
        }
    }
}
