//! Types in words: what a field takes.

use flowspec_runtime::model::{EntryField, Kind, Length, Others, Rule, TypeId};

use super::{Words, fill};

impl Words<'_> {
    /// What a type takes, with its bounds, as a cell of a table.
    pub(crate) fn kind(&self, id: TypeId) -> String {
        let kind = self.model.kind(id);
        let mut parts = vec![self.base(&kind.kind)];
        parts.extend(kind.constraints.iter().map(|constraint| self.rule(&constraint.rule, id)));
        if kind.secret {
            parts.push(self.say.secret.to_owned());
        }
        self.list(&parts)
    }

    fn base(&self, kind: &Kind) -> String {
        let say = self.say;
        match kind {
            Kind::Bool => say.boolean.to_owned(),
            Kind::Int => say.integer.to_owned(),
            Kind::Money { currency, .. } => fill(say.money, &[("currency", currency)]),
            Kind::Duration => say.duration.to_owned(),
            Kind::Instant => say.instant.to_owned(),
            Kind::Date => say.date.to_owned(),
            Kind::Text => say.text.to_owned(),
            Kind::Word { .. } => fill(say.one_of, &[("members", &self.members(kind))]),
            Kind::List { of, min, max } => {
                let count = if min == max { max.to_string() } else { format!("{min}–{max}") };
                match &self.model.kind(*of).kind {
                    Kind::Entry { .. } => {
                        let fields = self.base(&self.model.kind(*of).kind);
                        fill(say.list_of_entries, &[("count", &count), ("fields", &fields)])
                    }
                    _ => fill(say.list_of, &[("count", &count), ("kind", &self.kind(*of))]),
                }
            }
            Kind::Entry { fields } => {
                let fields: Vec<_> = fields.iter().map(|field| self.entry_field(field)).collect();
                self.list(&fields)
            }
            Kind::Set { of } => fill(say.any_of, &[("members", &self.members(&self.model.kind(*of).kind))]),
        }
    }

    fn entry_field(&self, field: &EntryField) -> String {
        let name = self.name(&self.label(Some(field.element), &field.name));
        let mut kind = self.kind(field.kind);
        if field.optional {
            kind = self.list(&[kind, self.say.entry_optional.to_owned()]);
        }
        fill(self.say.entry_field, &[("name", &name), ("kind", &kind)])
    }

    fn members(&self, kind: &Kind) -> String {
        let Kind::Word { members, others } = kind else { return self.base(kind) };
        let mut names: Vec<_> =
            members.iter().map(|member| self.quoted(&self.label(member.element, &member.name))).collect();
        names.extend(others.as_ref().map(|others| self.others(others)));
        names.join(self.say.alternative)
    }

    /// The members of an enumeration that are not named.
    pub(crate) fn others(&self, others: &Others) -> String {
        let text = self.text(&self.model.element(others.element).texts).map(|text| self.escape(text));
        let text = text.unwrap_or_else(|| self.say.others.to_owned());
        match others.count {
            Some(count) => fill(self.say.others_counted, &[("n", &count.to_string()), ("text", &text)]),
            None => text,
        }
    }

    fn rule(&self, rule: &Rule, kind: TypeId) -> String {
        let amount = |int: i64| self.value(&int.into(), Some(kind));
        match rule {
            Rule::Length(length) => self.characters(*length),
            Rule::Range { min: Some(min), max: Some(max) } => {
                fill(self.say.range, &[("min", &amount(*min)), ("max", &amount(*max))])
            }
            Rule::Range { min: Some(min), .. } => fill(self.say.at_least, &[("n", &amount(*min))]),
            Rule::Range { max: Some(max), .. } => fill(self.say.at_most, &[("n", &amount(*max))]),
            Rule::Range { .. } => String::new(),
            Rule::MultipleOf(n) => fill(self.say.multiple_of, &[("n", &amount(*n))]),
            Rule::Digits => self.say.digits.to_owned(),
            Rule::Pattern(pattern) => fill(self.say.pattern, &[("pattern", &self.code(pattern))]),
        }
    }

    fn characters(&self, length: Length) -> String {
        let min = length.min.to_string();
        match length.max {
            Some(max) if max == length.min => fill(self.say.characters, &[("n", &min)]),
            Some(max) => fill(self.say.characters_from, &[("min", &min), ("max", &max.to_string())]),
            None => fill(self.say.characters_least, &[("n", &min)]),
        }
    }
}
