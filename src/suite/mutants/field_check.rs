//! A constraint of a type is not checked, or only where the text begins or ends.

use flowspec_runtime::model::{Kind, Length, Model, Rule};

use super::bound_off_by_one::{path, with};
use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, kind) in model.types.iter().enumerate() {
        // A rule that takes everything of its kind.
        let anything = match kind.kind {
            Kind::Text => Rule::Length(Length { min: 0, max: None }),
            Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant => {
                Rule::Range { min: None, max: None }
            }
            _ => continue,
        };
        for (index, constraint) in kind.constraints.iter().enumerate() {
            let about = path(model, constraint.element);
            let mut add = |what: &str, rule| {
                let part = with(kind, at, index, rule);
                found.push(Found::new(constraint.element, format!("{about} {what}"), part));
            };
            add("is not checked", anything.clone());
            if let Rule::Pattern(pattern) = &constraint.rule {
                add("is only looked for at the beginning", Rule::Pattern(format!("(?:{pattern})(?s:.*)")));
                add("is only looked for at the end", Rule::Pattern(format!("(?s:.*)(?:{pattern})")));
            }
        }
    }
    found
}
