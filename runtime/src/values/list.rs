//! Sample lists and entries: as short and as long as may be, and each field of an entry at its edges.

use crate::Value;
use crate::model::{EntryField, TypeId};

use super::{Refused, Values};

impl Values<'_> {
    /// The n-th list: one item, or as many as there must be.
    pub(super) fn list(&self, of: TypeId, min: u32, max: u32, n: u32) -> Option<Value> {
        if max == 0 {
            return (n == 0).then(|| Value::List(Vec::new()));
        }
        let first = self.nth(of, n)?;
        Some(self.filled(of, vec![first], min.max(1)))
    }

    /// Lists of the least and the greatest length and beside these, and one for each edge of the item's type.
    pub(super) fn lists(&self, of: TypeId, min: u32, max: u32) -> Vec<Value> {
        let lengths = [Some(min), Some(max), min.checked_add(1), max.checked_sub(1)];
        let fitting = lengths.into_iter().flatten().filter(|length| (min..=max).contains(length));
        let by_length = fitting.map(|length| self.filled(of, Vec::new(), length));
        let items = if max == 0 { Vec::new() } else { self.taken(of) };
        by_length.chain(items.into_iter().map(|item| self.filled(of, vec![item], min))).collect()
    }

    /// Lists that are too short or too long by one, and lists with one item that its type refuses.
    pub(super) fn refused_lists(&self, of: TypeId, min: u32, max: u32) -> Vec<Refused> {
        let lengths = [min.checked_sub(1), max.checked_add(1)].into_iter().flatten();
        let by_length =
            lengths.map(|length| Refused { value: self.filled(of, Vec::new(), length), element: None });
        let items = if max == 0 { Vec::new() } else { self.refused(of) };
        let broken = items
            .into_iter()
            .map(|item| Refused { value: self.filled(of, vec![item.value], min), element: item.element });
        by_length.chain(broken).collect()
    }

    /// A list that begins with these items and goes on with ordinary ones up to a length.
    pub(super) fn filled(&self, of: TypeId, mut items: Vec<Value>, length: u32) -> Value {
        for n in 0..length {
            if items.len() >= length as usize {
                break;
            }
            let Some(item) = self.nth(of, n).or_else(|| self.nth(of, 0)) else { break };
            items.push(item);
        }
        Value::List(items)
    }

    /// The n-th entry: each field at its n-th value, or at its first where it has no more.
    pub(super) fn entry(&self, fields: &[EntryField], n: u32) -> Option<Value> {
        if !fields.iter().any(|field| self.nth(field.kind, n).is_some()) {
            return None;
        }
        let values = fields.iter().map(|field| {
            let value = self.nth(field.kind, n).or_else(|| self.nth(field.kind, 0))?;
            Some((field.name.clone(), value))
        });
        values.collect::<Option<_>>().map(Value::Object)
    }

    /// An ordinary entry with each field in turn at each of its edges, or left out where it may be.
    pub(super) fn entries(&self, fields: &[EntryField]) -> Vec<Value> {
        let each = fields.iter().flat_map(|field| {
            let absent = field.optional.then_some(Value::Unset);
            self.taken(field.kind).into_iter().chain(absent).map(move |value| (field, value))
        });
        each.filter_map(|(field, value)| self.with(fields, field, value)).collect()
    }

    /// An ordinary entry with each field in turn missing, or broken in each way.
    pub(super) fn refused_entries(&self, fields: &[EntryField]) -> Vec<Refused> {
        let mut refused = Vec::new();
        for field in fields {
            let missing = Refused { value: Value::Unset, element: Some(field.element) };
            let broken = self.refused(field.kind).into_iter();
            let each = broken.chain((!field.optional).then_some(missing));
            refused.extend(each.filter_map(|Refused { value, element }| {
                Some(Refused { value: self.with(fields, field, value)?, element })
            }));
        }
        refused
    }

    /// An ordinary entry with another value in one field; unset leaves it out.
    pub(super) fn with(&self, fields: &[EntryField], field: &EntryField, value: Value) -> Option<Value> {
        let Value::Object(mut entry) = self.entry(fields, 0)? else { return None };
        if value.is_set() {
            entry.insert(field.name.clone(), value);
        } else {
            entry.remove(&field.name);
        }
        Some(Value::Object(entry))
    }
}
