//! A length, a range or a number that something is compared with is one more or one less.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Comparison, Constraint, ElementId, Expr, Length, Model, Rule, Type};

use super::part::Part;
use super::places::{Found, guards, instead, neighbours, rewrites};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = of_types(model);
    found.extend(guards(model, &mut |guard| rewrites(guard, true, &|expr, _| compared(expr))));
    found
}

fn of_types(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, kind) in model.types.iter().enumerate() {
        for (index, constraint) in kind.constraints.iter().enumerate() {
            for (what, rule) in beside(kind, &constraint.rule) {
                let description = format!("{} {what}", path(model, constraint.element));
                found.push(Found::new(constraint.element, description, with(kind, at, index, rule)));
            }
        }
    }
    found
}

/// A type with another rule in the place of one of its constraints.
pub(super) fn with(kind: &Type, at: usize, constraint: usize, rule: Rule) -> Part {
    let mut changed = kind.clone();
    let element = changed.constraints[constraint].element;
    changed.constraints[constraint] = Constraint { element, rule };
    Part::Type(at, changed)
}

/// The path of a statement.
pub(super) fn path(model: &Model, element: ElementId) -> &str {
    &model.element(element).path
}

/// A constraint of a type, one beside: where only multiples are taken, by one of these.
fn beside(kind: &Type, rule: &Rule) -> Vec<(String, Rule)> {
    let mut versions = Vec::new();
    let multiple = kind.constraints.iter().find_map(|constraint| match constraint.rule {
        Rule::MultipleOf(step) => Some(step),
        _ => None,
    });
    let unit = multiple.unwrap_or(1);
    match rule {
        Rule::Length(Length { min, max }) => {
            for other in [min.checked_sub(1), min.checked_add(1)].into_iter().flatten() {
                if max.is_none_or(|max| other <= max) {
                    let rule = Rule::Length(Length { min: other, max: *max });
                    versions.push((format!("takes {other} characters as the fewest instead of {min}"), rule));
                }
            }
            for max in max.iter() {
                for other in [max.checked_sub(1), max.checked_add(1)].into_iter().flatten() {
                    if other >= *min {
                        let rule = Rule::Length(Length { min: *min, max: Some(other) });
                        versions
                            .push((format!("takes {other} characters as the most instead of {max}"), rule));
                    }
                }
            }
        }
        Rule::Range { min, max } => {
            for (bound, is_min) in [(min, true), (max, false)] {
                for (bound, other) in
                    bound.iter().flat_map(|bound| [bound - unit, bound + unit].map(|other| (bound, other)))
                {
                    let rule = if is_min {
                        Rule::Range { min: Some(other), max: *max }
                    } else {
                        Rule::Range { min: *min, max: Some(other) }
                    };
                    let end = if is_min { "least" } else { "most" };
                    versions.push((format!("takes {other} as the {end} instead of {bound}"), rule));
                }
            }
        }
        Rule::MultipleOf(_) | Rule::Digits | Rule::Pattern(_) => {}
    }
    versions
}

/// The constants of a comparison, one beside.
fn compared(expr: &Expr) -> Vec<(String, Expr)> {
    let Expr::Compare { how, left, right } = expr else { return Vec::new() };
    if matches!(how, Comparison::Equal | Comparison::NotEqual) {
        return Vec::new();
    }
    let mut versions = Vec::new();
    let is_int = |side: &Expr| matches!(side, Expr::Const(Value::Int(_)));
    for (by, side) in neighbours(left).into_iter().filter(|_| is_int(left)) {
        let what = format!("compares with {}", instead(left, by, &|int| int.to_string()));
        versions.push((what, Expr::Compare { how: *how, left: Box::new(side), right: right.clone() }));
    }
    for (by, side) in neighbours(right).into_iter().filter(|_| is_int(right)) {
        let what = format!("compares with {}", instead(right, by, &|int| int.to_string()));
        versions.push((what, Expr::Compare { how: *how, left: left.clone(), right: Box::new(side) }));
    }
    versions
}
