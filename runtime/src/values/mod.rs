//! Sample values of a type: some that it takes, those at its edges, and some that it must refuse.

mod foreign;
mod list;
mod pattern;

use crate::model::{Constraint, ElementId, Kind, Length, Model, Rule, Type, TypeId};
use crate::time::{DAY, FIRST_DATE, LAST_DATE, parse_date, write_date};
use crate::{Text, Value, parse_money, write_money};

/// A value that a type must refuse.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The value as it is sent.
    pub value: Value,
    /// The constraint that it breaks; none where it is of another kind altogether.
    pub element: Option<ElementId>,
}

/// How many code points a text has at most where its type sets no bound.
const USUAL_LENGTH: u32 = 12;

/// Makes values of the types of one model, as they are sent.
#[derive(Debug, Clone, Copy)]
pub struct Values<'m> {
    model: &'m Model,
}

impl<'m> Values<'m> {
    /// A maker of values for a model.
    pub fn new(model: &'m Model) -> Self {
        Self { model }
    }

    /// The n-th of as many different values as the type has; fewer where it has no more.
    pub fn nth(&self, kind: TypeId, n: u32) -> Option<Value> {
        let kind = self.model.kind(kind);
        match &kind.kind {
            Kind::Bool => [true, false].get(n as usize).map(|truth| Value::Bool(*truth)),
            Kind::Word { members, .. } => members.get(n as usize).map(|member| member.name.clone().into()),
            Kind::Set { of } => self.set(*of, n),
            Kind::List { of, min, max } => self.list(*of, *min, *max, n),
            Kind::Entry { fields } => self.entry(fields, n),
            Kind::Text => nth_text(kind, n).map(Value::from),
            Kind::Int | Kind::Duration | Kind::Instant | Kind::Date | Kind::Money { .. } => {
                integers(kind).nth(n).map(|int| sent(&kind.kind, int))
            }
        }
    }

    /// The values at the type's edges that it takes, after an ordinary one.
    pub fn taken(&self, kind: TypeId) -> Vec<Value> {
        let described = self.model.kind(kind);
        let mut values: Vec<Value> = match &described.kind {
            Kind::Bool | Kind::Word { .. } => (0..64).map_while(|n| self.nth(kind, n)).collect(),
            Kind::Set { of } => self.sets(*of),
            Kind::List { of, min, max } => self.lists(*of, *min, *max),
            Kind::Entry { fields } => self.entries(fields),
            Kind::Text => texts_at_edges(described),
            Kind::Int | Kind::Duration | Kind::Instant | Kind::Date | Kind::Money { .. } => {
                let edges = integers(described).edges();
                edges.into_iter().map(|int| sent(&described.kind, int)).collect()
            }
        };
        values.extend(self.nth(kind, 0));
        values.rotate_right(1);
        without_repeats(values)
    }

    /// Values that the type must refuse: each constraint broken by as little as possible, then another kind.
    pub fn refused(&self, kind: TypeId) -> Vec<Refused> {
        let described = self.model.kind(kind);
        let mut refused: Vec<Refused> = Vec::new();
        for constraint in &described.constraints {
            let broken = breaking(described, constraint);
            refused
                .extend(broken.into_iter().map(|value| Refused { value, element: Some(constraint.element) }));
        }
        match &described.kind {
            Kind::List { of, min, max } => refused.extend(self.refused_lists(*of, *min, *max)),
            Kind::Entry { fields } => refused.extend(self.refused_entries(fields)),
            _ => {}
        }
        let other = match &described.kind {
            Kind::Text | Kind::Money { .. } | Kind::Set { .. } | Kind::List { .. } => Value::Int(7),
            Kind::Entry { .. } => Value::from("7"),
            Kind::Date => Value::from("2001-02-29"),
            Kind::Word { others: None, .. } => Value::from("no such word"),
            Kind::Word { .. } | Kind::Bool | Kind::Int | Kind::Duration | Kind::Instant => Value::from("7"),
        };
        let open = matches!(described.kind, Kind::Word { others: Some(_), .. });
        if !open {
            refused.push(Refused { value: other, element: None });
        }
        refused
    }

    /// A value that a type has read, as it is sent.
    pub fn on_wire(&self, kind: TypeId, value: &Value) -> Value {
        match (&self.model.kind(kind).kind, value) {
            (Kind::List { of, .. }, Value::List(items)) => {
                Value::List(items.iter().map(|item| self.on_wire(*of, item)).collect())
            }
            (Kind::Entry { fields }, Value::List(values)) => {
                let set = fields.iter().zip(values).filter(|(_, value)| value.is_set());
                Value::Object(
                    set.map(|(field, value)| (field.name.clone(), self.on_wire(field.kind, value))).collect(),
                )
            }
            (kind, Value::Int(int)) => sent(kind, *int),
            (_, value) => value.clone(),
        }
    }

    fn sets(&self, of: TypeId) -> Vec<Value> {
        let members: Vec<Value> = (0..64).map_while(|n| self.nth(of, n)).collect();
        let singles = members.iter().map(|member| Value::List(vec![member.clone()]));
        std::iter::once(Value::List(Vec::new()))
            .chain(singles)
            .chain([Value::List(members.clone())])
            .collect()
    }

    fn set(&self, of: TypeId, n: u32) -> Option<Value> {
        let sets = self.sets(of);
        sets.get((n as usize + 1) % sets.len()).filter(|_| (n as usize) < sets.len()).cloned()
    }
}

/// An integer as it is sent: money is decimal text.
pub fn sent(kind: &Kind, int: i64) -> Value {
    match kind {
        Kind::Money { digits, .. } => write_money(int, *digits).into(),
        Kind::Date => write_date(int).into(),
        _ => Value::Int(int),
    }
}

/// The integer that is sent as this value: the inverse of [`sent`].
pub fn integer(kind: &Kind, value: &Value) -> Option<i64> {
    match (kind, value) {
        (Kind::Money { digits, .. }, Value::Text(text)) => parse_money(text, *digits),
        (Kind::Date, Value::Text(text)) => parse_date(text),
        (_, value) => value.as_int(),
    }
}

/// The integers that a type takes, as far as its constraints say.
struct Integers {
    min: i64,
    max: i64,
    step: i64,
    bounded: (bool, bool),
}

fn integers(kind: &Type) -> Integers {
    let (least, greatest, step) = match kind.kind {
        Kind::Int | Kind::Money { .. } => (i64::MIN, i64::MAX, 1),
        Kind::Date => (FIRST_DATE, LAST_DATE, DAY),
        _ => (0, i64::MAX, 1),
    };
    let mut integers = Integers { min: least, max: greatest, step, bounded: (least == 0, false) };
    for constraint in &kind.constraints {
        match constraint.rule {
            Rule::Range { min, max } => {
                integers.min = integers.min.max(min.unwrap_or(i64::MIN));
                integers.max = integers.max.min(max.unwrap_or(i64::MAX));
                integers.bounded.0 |= min.is_some();
                integers.bounded.1 |= max.is_some();
            }
            Rule::MultipleOf(step) if step > 0 => integers.step = step,
            _ => {}
        }
    }
    integers
}

impl Integers {
    fn first(&self) -> i64 {
        let wanted = if self.bounded.0 { self.min } else { 1.min(self.max) };
        let over = wanted.rem_euclid(self.step);
        if over == 0 { wanted } else { wanted.saturating_add(self.step - over) }
    }

    fn nth(&self, n: u32) -> Option<i64> {
        let int = self.first().checked_add(i64::from(n).checked_mul(self.step)?)?;
        (self.min..=self.max).contains(&int).then_some(int)
    }

    fn edges(&self) -> Vec<i64> {
        let first = self.bounded.0.then(|| self.first());
        let last = self.bounded.1.then(|| self.max - self.max.rem_euclid(self.step));
        let inner =
            [first.map(|int| int.saturating_add(self.step)), last.map(|int| int.saturating_sub(self.step))];
        let all = [first, last].into_iter().chain(inner).flatten();
        all.filter(|int| (self.min..=self.max).contains(int)).collect()
    }
}

fn length(kind: &Type) -> Length {
    let mut length = Length { min: 0, max: None };
    for constraint in &kind.constraints {
        if let Rule::Length(rule) = constraint.rule {
            length.min = length.min.max(rule.min);
            length.max = Some(length.max.unwrap_or(u32::MAX).min(rule.max.unwrap_or(u32::MAX)));
        }
    }
    length.max = length.max.filter(|max| *max != u32::MAX);
    length
}

fn only_digits(kind: &Type) -> bool {
    kind.constraints.iter().any(|constraint| constraint.rule == Rule::Digits)
}

/// The n-th text: its number at the end, so that texts differ in their last characters.
fn nth_text(kind: &Type, n: u32) -> Option<Text> {
    if has_pattern(kind) {
        return pattern::matching(kind, n);
    }
    let Length { min, max } = length(kind);
    let usual = if only_digits(kind) { 11 } else { 6 };
    text_of_length(kind, usual.clamp(min.max(1), max.unwrap_or(u32::MAX).max(1)), n)
}

fn has_pattern(kind: &Type) -> bool {
    kind.constraints.iter().any(|constraint| matches!(constraint.rule, Rule::Pattern(_)))
}

/// A text of exactly this length, or none where the length leaves no room for so many different ones.
fn text_of_length(kind: &Type, length: u32, n: u32) -> Option<Text> {
    let digits = only_digits(kind);
    let (first, alphabet): (char, &[u8]) =
        if digits { ('1', b"0123456789") } else { ('v', b"abcdefghijklmnopqrstuvwxyz") };
    let base = u32::try_from(alphabet.len()).unwrap_or(1);
    let (mut text, mut rest) = (Vec::new(), n);
    while text.len() < length as usize {
        let last_place = text.len() + 1 == length as usize;
        if rest == 0 && !text.is_empty() {
            text.push(first);
        } else {
            text.push(char::from(alphabet[(rest % base) as usize]));
            rest /= base;
        }
        if last_place && rest > 0 {
            return None;
        }
    }
    (n == 0 || length > 0).then(|| text.into_iter().rev().collect::<String>().into())
}

fn texts_at_edges(kind: &Type) -> Vec<Value> {
    if has_pattern(kind) {
        return Vec::new();
    }
    let Length { min, max } = length(kind);
    let bounded = kind.constraints.iter().any(|constraint| matches!(constraint.rule, Rule::Length(_)));
    let lengths = if bounded {
        vec![Some(min), max, Some(min + 1), max.map(|max| max.saturating_sub(1))]
    } else {
        Vec::new()
    };
    let fits = |length: &u32| *length >= min && max.is_none_or(|max| *length <= max);
    let mut texts: Vec<Value> = lengths
        .into_iter()
        .flatten()
        .filter(fits)
        .filter_map(|length| text_of_length(kind, length, 0))
        .map(Value::from)
        .collect();
    texts.extend(foreign::texts(kind, min, max));
    texts
}

fn breaking(kind: &Type, constraint: &Constraint) -> Vec<Value> {
    match &constraint.rule {
        Rule::Length(length) => {
            let short = length.min.checked_sub(1);
            let long = length.max.and_then(|max| max.checked_add(1));
            let lengths = [short, long].into_iter().flatten();
            lengths.filter_map(|length| text_of_length(kind, length, 0)).map(Value::from).collect()
        }
        Rule::Range { min, max } => {
            let step = integers(kind).step;
            let below = min.and_then(|min| min.checked_sub(step));
            let above = max.and_then(|max| max.checked_add(step));
            [below, above].into_iter().flatten().map(|int| sent(&kind.kind, int)).collect()
        }
        Rule::MultipleOf(step) if *step > 1 => {
            let first = integers(kind).first();
            let mut off = vec![1, step / 10, step / 2];
            off.retain(|by| by % step != 0);
            off.dedup();
            off.into_iter().map(|by| sent(&kind.kind, first.saturating_add(by))).collect()
        }
        Rule::MultipleOf(_) => Vec::new(),
        Rule::Digits => {
            let Length { min, max } = length(kind);
            let length = USUAL_LENGTH.min(6).clamp(min.max(1), max.unwrap_or(u32::MAX).max(1));
            let letter = "1".repeat(length as usize - 1) + "a";
            vec![Value::from(letter.as_str())]
        }
        Rule::Pattern(pattern) => pattern::missing(pattern),
    }
}

/// The same values, each where it first stands.
pub fn without_repeats(values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
