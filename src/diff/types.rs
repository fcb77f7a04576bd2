//! What a type takes that it did not, and the other way round.

use crate::model::{Constraint, Kind, Member, Model, Rule, Type, TypeId};

/// How what a type takes has changed, in words.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// What it took and does not any more.
    pub(super) less: Vec<String>,
    /// What it did not take and does now.
    pub(super) more: Vec<String>,
}

pub(super) fn difference(old: &Model, one: TypeId, new: &Model, other: TypeId) -> Taken {
    let (one, other) = (old.kind(one), new.kind(other));
    let mut taken = Taken::default();
    match (&one.kind, &other.kind) {
        (Kind::Word { members: before, others: open }, Kind::Word { members: now, others: still }) => {
            if open.is_none() || still.is_none() {
                words(before, now, &mut taken);
            }
            match (open, still) {
                (Some(_), None) => taken.less.push("only the words that are named are taken".into()),
                (None, Some(_)) => taken.more.push("words are taken that are not named".into()),
                _ => {}
            }
        }
        (Kind::Set { of: before }, Kind::Set { of: now }) => return difference(old, *before, new, *now),
        (before, now) if named(before) != named(now) => {
            taken.less.push(format!("it was {} and is {}", named(before), named(now)));
        }
        _ => constraints(one, other, &mut taken),
    }
    taken
}

fn words(before: &[Member], now: &[Member], taken: &mut Taken) {
    let missing = |from: &[Member], of: &[Member]| -> Vec<String> {
        let gone = from.iter().filter(|member| of.iter().all(|other| other.name != member.name));
        gone.map(|member| format!("`{}`", member.name)).collect()
    };
    taken.less.extend(missing(before, now).into_iter().map(|word| format!("{word} is not taken any more")));
    taken.more.extend(missing(now, before).into_iter().map(|word| format!("{word} is taken")));
}

fn named(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "a truth value".into(),
        Kind::Int => "a whole number".into(),
        Kind::Money { currency, .. } => format!("an amount of {currency}"),
        Kind::Duration => "a duration".into(),
        Kind::Instant => "an instant".into(),
        Kind::Date => "a date".into(),
        Kind::Text => "text".into(),
        Kind::Word { .. } => "a word".into(),
        _ => "several values".into(),
    }
}

fn constraints(before: &Type, now: &Type, taken: &mut Taken) {
    let (least, most) = (bounds(&before.constraints, false), bounds(&now.constraints, false));
    compare_bounds(least, most, "", taken);
    let (least, most) = (bounds(&before.constraints, true), bounds(&now.constraints, true));
    compare_bounds(least, most, " characters", taken);
    let others = |of: &Type| -> Vec<String> { of.constraints.iter().filter_map(other_rule).collect() };
    let (before, now) = (others(before), others(now));
    let gone = before.iter().filter(|rule| !now.contains(rule));
    taken.more.extend(gone.map(|rule| format!("it need not be {rule} any more")));
    let added = now.iter().filter(|rule| !before.contains(rule));
    taken.less.extend(added.map(|rule| format!("it must be {rule}")));
}

/// The least and the greatest value, or length.
fn bounds(constraints: &[Constraint], length: bool) -> (Option<i64>, Option<i64>) {
    let (mut least, mut most) = (None::<i64>, None::<i64>);
    for constraint in constraints {
        let (low, high) = match &constraint.rule {
            Rule::Range { min, max } if !length => (*min, *max),
            Rule::Length(of) if length => (Some(i64::from(of.min)), of.max.map(i64::from)),
            _ => continue,
        };
        least = low.max(least);
        most = match (most, high) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    (least, most)
}

fn compare_bounds(
    before: (Option<i64>, Option<i64>),
    now: (Option<i64>, Option<i64>),
    unit: &str,
    taken: &mut Taken,
) {
    let shown = |bound: Option<i64>| bound.map_or("no bound".to_owned(), |bound| format!("{bound}{unit}"));
    if before.0 != now.0 {
        let text = format!("the least is {}, it was {}", shown(now.0), shown(before.0));
        let tighter = now.0.unwrap_or(i64::MIN) > before.0.unwrap_or(i64::MIN);
        if tighter { taken.less.push(text) } else { taken.more.push(text) }
    }
    if before.1 != now.1 {
        let text = format!("the most is {}, it was {}", shown(now.1), shown(before.1));
        let tighter = now.1.unwrap_or(i64::MAX) < before.1.unwrap_or(i64::MAX);
        if tighter { taken.less.push(text) } else { taken.more.push(text) }
    }
}

fn other_rule(constraint: &Constraint) -> Option<String> {
    Some(match &constraint.rule {
        Rule::MultipleOf(step) => format!("a multiple of {step}"),
        Rule::Digits => "digits alone".into(),
        Rule::Pattern(pattern) => format!("of the form {pattern}"),
        _ => return None,
    })
}
