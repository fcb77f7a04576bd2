//! Values, lengths of time and amounts in words.

use flowspec_runtime::Value;
use flowspec_runtime::model::{ElementId, Kind, TypeId};
use flowspec_runtime::time::write_date;

use super::{Words, fill};

impl Words<'_> {
    /// A constant of a type: words by their captions, money with its point, secrets hidden.
    pub(crate) fn value(&self, value: &Value, kind: Option<TypeId>) -> String {
        let kind = kind.map(|id| self.model.kind(id));
        if kind.is_some_and(|kind| kind.secret) {
            return self.say.hidden.to_owned();
        }
        match (value, kind.map(|kind| &kind.kind)) {
            (Value::Int(minor), Some(Kind::Money { currency, digits })) => money(*minor, currency, *digits),
            (Value::Int(ms), Some(Kind::Duration)) => self.time(*ms),
            (Value::Int(at), Some(Kind::Date)) => write_date(*at).into(),
            (Value::Int(int), _) => int.to_string(),
            (Value::Bool(truth), _) => self.quoted(if *truth { self.say.truth } else { self.say.untruth }),
            (Value::Text(word), Some(Kind::Word { .. })) => {
                self.quoted(&self.word(word, kind.map(|kind| &kind.kind)))
            }
            (Value::Text(text), _) => self.quoted(text),
            (Value::List(words), _) if words.is_empty() => self.say.no_members.to_owned(),
            (Value::List(words), Some(Kind::Set { of })) => {
                let words: Vec<_> = words.iter().map(|word| self.value(word, Some(*of))).collect();
                self.list(&words)
            }
            (Value::List(items), Some(Kind::List { of, .. })) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item, Some(*of))).collect();
                self.list(&items)
            }
            (Value::List(values), Some(Kind::Entry { fields })) => {
                let set = fields.iter().zip(values).filter(|(_, value)| value.is_set());
                let said = set.map(|(field, value)| {
                    let name = self.label(Some(field.element), &field.name);
                    format!("{}{}{}", self.escape(&name), self.say.colon, self.value(value, Some(field.kind)))
                });
                fill(self.say.grouped, &[("x", &self.list(&said.collect::<Vec<_>>()))])
            }
            (Value::Unset, _) => self.say.nothing.to_owned(),
            (other, _) => self.quoted(&serde_json::to_string(other).unwrap_or_default()),
        }
    }

    /// A distance from UTC: `+08:00`.
    pub(crate) fn offset(&self, offset: i16) -> String {
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs();
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// The caption of a word.
    fn word(&self, word: &str, kind: Option<&Kind>) -> String {
        let Some(Kind::Word { members, .. }) = kind else { return word.to_owned() };
        let element: Option<ElementId> =
            members.iter().find(|member| member.name == word).and_then(|m| m.element);
        self.label(element, word)
    }

    /// A length of time in the greatest unit that leaves no rest, or in two or more units.
    pub(crate) fn time(&self, ms: i64) -> String {
        let units = [
            (86_400_000, self.say.days),
            (3_600_000, self.say.hours),
            (60_000, self.say.minutes),
            (1_000, self.say.seconds),
            (1, self.say.milliseconds),
        ];
        let mut rest = ms;
        let mut parts = Vec::new();
        for (unit, phrase) in units {
            let n = rest / unit;
            rest %= unit;
            if n != 0 {
                parts.push(fill(phrase, &[("n", &n.to_string())]));
            }
        }
        if parts.is_empty() { fill(self.say.seconds, &[("n", "0")]) } else { parts.join(" ") }
    }
}

/// An amount with its point and currency.
fn money(minor: i64, currency: &str, digits: u8) -> String {
    let digits = usize::from(digits);
    let text = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, part) = text.split_at(text.len() - digits);
    let sign = if minor < 0 { "-" } else { "" };
    let point = if digits == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{part} {currency}")
}

#[cfg(test)]
mod tests {
    use super::money;

    #[test]
    fn money_has_the_digits_of_its_currency() {
        assert_eq!(money(100_000, "CNY", 2), "1000.00 CNY");
        assert_eq!(money(-5, "CNY", 2), "-0.05 CNY");
        assert_eq!(money(500, "JPY", 0), "500 JPY");
    }
}
