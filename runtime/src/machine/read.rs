//! Values on their way in and out: what a type takes from the wire, and how what it took is written again.

use crate::model::{ElementId, EntryField, Kind, Others, Rule, Type, TypeId};
use crate::time::{is_date, parse_date, write_date};
use crate::{Value, has_length, is_digits, is_multiple_of, is_within, parse_money, write_money};

use super::Machine;

impl Machine {
    /// Reads a value from the wire; none if the type does not take it. Tells which constraints were asked.
    pub(super) fn read(&self, id: TypeId, raw: &Value, visit: &mut impl FnMut(ElementId)) -> Option<Value> {
        let kind = self.model.types.get(usize::from(id))?;
        let value = match (&kind.kind, raw) {
            (Kind::Money { digits, .. }, Value::Text(text)) => Value::Int(parse_money(text, *digits)?),
            (Kind::Date, Value::Text(text)) => Value::Int(parse_date(text)?),
            (Kind::Set { of }, Value::List(words)) => Value::List(self.set(*of, words)?),
            (Kind::List { of, min, max }, Value::List(items)) if counts(*min, *max, items) => {
                let items = items.iter().map(|item| self.read(*of, item, visit));
                Value::List(items.collect::<Option<_>>()?)
            }
            (Kind::Entry { fields }, Value::Object(raw)) => {
                let fields = fields.iter().map(|field| match raw.get(&field.name) {
                    None | Some(Value::Unset) => field.optional.then_some(Value::Unset),
                    Some(value) => self.read(field.kind, value, visit),
                });
                return fields.collect::<Option<_>>().map(Value::List);
            }
            (Kind::Bool, Value::Bool(_))
            | (Kind::Int | Kind::Duration | Kind::Instant, Value::Int(_))
            | (Kind::Text | Kind::Word { .. }, Value::Text(_)) => raw.clone(),
            _ => return None,
        };
        let fits = self.has_kind(kind, &value);
        // Every constraint is asked, whether or not an earlier one failed.
        let fulfils = (kind.constraints.iter().enumerate()).fold(true, |fulfils, (index, constraint)| {
            visit(constraint.element);
            self.fulfils(id, index, &constraint.rule, &value) && fulfils
        });
        (fits && fulfils).then_some(value)
    }

    /// A value from the wire as a type reads it; none if the type does not take it.
    pub fn read_as(&self, id: TypeId, raw: &Value) -> Option<Value> {
        self.read(id, raw, &mut |_| ())
    }

    /// Whether a type takes a value that was computed, or read by another type.
    pub(super) fn takes(&self, id: TypeId, value: &Value) -> bool {
        self.model.types.get(usize::from(id)).is_some_and(|kind| {
            self.has_kind(kind, value)
                && (kind.constraints.iter().enumerate())
                    .all(|(index, constraint)| self.fulfils(id, index, &constraint.rule, value))
        })
    }

    /// A value as it stands on the wire.
    pub fn on_wire(&self, id: TypeId, value: &Value) -> Value {
        match (self.model.types.get(usize::from(id)).map(|kind| &kind.kind), value) {
            (Some(Kind::Money { digits, .. }), Value::Int(minor)) => {
                Value::Text(write_money(*minor, *digits))
            }
            (Some(Kind::List { of, .. }), Value::List(items)) => {
                Value::List(items.iter().map(|item| self.on_wire(*of, item)).collect())
            }
            (Some(Kind::Entry { fields }), Value::List(values)) => {
                let set = fields.iter().zip(values).filter(|(_, value)| value.is_set());
                let sent = set.map(|(field, value)| (field.name.clone(), self.on_wire(field.kind, value)));
                Value::Object(sent.collect())
            }
            (Some(Kind::Date), Value::Int(at)) => Value::Text(write_date(*at)),
            _ => value.clone(),
        }
    }

    fn has_kind(&self, kind: &Type, value: &Value) -> bool {
        match (&kind.kind, value) {
            (Kind::Duration | Kind::Instant, Value::Int(int)) => *int >= 0,
            (Kind::Date, Value::Int(at)) => is_date(*at),
            (Kind::Word { members, others }, Value::Text(word)) => {
                others.is_some() || members.iter().any(|member| member.name == *word)
            }
            (Kind::Set { of }, Value::List(words)) => self.set(*of, words).is_some(),
            (Kind::List { of, min, max }, Value::List(items)) => {
                counts(*min, *max, items) && items.iter().all(|item| self.takes(*of, item))
            }
            (Kind::Entry { fields }, Value::List(values)) => {
                let fits = |(field, value): (&EntryField, &Value)| {
                    if value.is_set() { self.takes(field.kind, value) } else { field.optional }
                };
                fields.len() == values.len() && fields.iter().zip(values).all(fits)
            }
            (Kind::Bool, Value::Bool(_))
            | (Kind::Int | Kind::Money { .. }, Value::Int(_))
            | (Kind::Text, Value::Text(_)) => true,
            _ => false,
        }
    }

    fn fulfils(&self, id: TypeId, index: usize, rule: &Rule, value: &Value) -> bool {
        match (rule, value) {
            (Rule::Length(length), Value::Text(text)) => has_length(text, length.min, length.max),
            (Rule::Digits, Value::Text(text)) => is_digits(text),
            (Rule::Pattern(_), Value::Text(text)) => {
                self.tables.pattern(id, index).is_some_and(|pattern| pattern.matches(text))
            }
            (Rule::Range { min, max }, Value::Int(int)) => is_within(*int, *min, *max),
            (Rule::MultipleOf(of), Value::Int(int)) => is_multiple_of(*int, *of),
            _ => false,
        }
    }

    /// Words in the order of their type's members, each once; words of `others` follow by code points.
    fn set(&self, of: TypeId, words: &[Value]) -> Option<Vec<Value>> {
        let Kind::Word { members, others } = &self.model.types.get(usize::from(of))?.kind else {
            return None;
        };
        let place = |word: &Value| {
            let text = word.as_text()?;
            let named = members.iter().position(|member| member.name == text);
            named.or(others.as_ref().map(|_: &Others| members.len()))
        };
        let mut placed: Vec<(usize, &Value)> =
            words.iter().map(|word| Some((place(word)?, word))).collect::<Option<_>>()?;
        placed.sort_unstable();
        placed.dedup();
        Some(placed.into_iter().map(|(_, word)| word.clone()).collect())
    }
}

/// Whether a list has as many items as its type wants.
fn counts(min: u32, max: u32, items: &[Value]) -> bool {
    (min as usize..=max as usize).contains(&items.len())
}
