//! What is allowed is denied, or the other way round.

use flowspec_runtime::model::{CapabilityRule, Model, Permission};

use super::part::Part;
use super::places::{Found, source};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (id, capability) in model.capabilities.iter().enumerate() {
        for (at, rule) in capability.rules.iter().enumerate() {
            let (permission, what) = match rule.permission {
                Permission::Allow if model.reasons.is_empty() => continue,
                Permission::Allow => (Permission::Deny(0), "denies"),
                Permission::Deny(_) => (Permission::Allow, "allows"),
                Permission::Unstated => continue,
            };
            let changed = CapabilityRule { permission, ..rule.clone() };
            let description = format!("{}: `{}` {what}", capability.name, source(model, rule.element));
            found.push(Found::new(rule.element, description, Part::Rule(id, at, changed)));
        }
    }
    found
}
