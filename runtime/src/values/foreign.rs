//! Values as programs write them that are not careful: texts whose length depends on what is counted, and other ways to write
//! what a type takes.

use super::{Values, has_pattern, integer, length, only_digits};
use crate::Value;
use crate::model::{Kind, Length, Rule, Type, TypeId};

/// A character that is one code point, two units of UTF-16 and four bytes of UTF-8.
const WIDE: char = '\u{1F600}';

/// Texts that a type takes and that look otherwise: capitals among small letters, as long as may be of wide characters, as
/// short as may be with a blank at each end. Where no length is asked for, what an implementation does with a text is its
/// own affair, so that only letters are sent.
pub(super) fn texts(kind: &Type, min: u32, max: Option<u32>) -> Vec<Value> {
    if only_digits(kind) || has_pattern(kind) {
        return Vec::new();
    }
    let bounded = kind.constraints.iter().any(|constraint| matches!(constraint.rule, Rule::Length(_)));
    if !bounded {
        return vec![Value::from("VvVvVb")];
    }
    let wide = max.map(|max| WIDE.to_string().repeat(max as usize));
    let blanks = (min >= 3).then(|| format!(" {} ", "V".repeat(min as usize - 2)));
    wide.into_iter().chain(blanks).map(Value::from).collect()
}

impl Values<'_> {
    /// Values that a type must refuse because they are written otherwise: numbers as texts and texts as numbers, other digits,
    /// amounts with too few places, words in capitals.
    pub fn foreign(&self, kind: TypeId) -> Vec<Value> {
        let described = self.model.kind(kind);
        // A text of which nothing is asked is tested with one value of another kind, and many programs can be sent none.
        if described.kind == Kind::Text && described.constraints.is_empty() {
            return Vec::new();
        }
        let Some(usual) = self.nth(kind, 0) else { return Vec::new() };
        let text = usual.as_text().unwrap_or_default();
        let list = || Value::List(vec![usual.clone()]);
        let texts = |versions: Vec<String>| versions.into_iter().map(Value::from);
        let mut foreign: Vec<Value> = match &described.kind {
            Kind::Text => {
                let number = text.parse::<i64>().ok().map(Value::Int);
                number
                    .into_iter()
                    .chain([Value::Bool(true), list()])
                    .chain(other_texts(described, text))
                    .collect()
            }
            Kind::Money { digits, .. } => {
                let whole =
                    integer(&described.kind, &usual).unwrap_or_default() / 10_i64.pow(u32::from(*digits));
                let mut versions =
                    vec![format!("+{text}"), format!("0{text}"), format!(" {text}"), format!("{text}0")];
                if *digits > 0 {
                    versions.extend([whole.to_string(), format!("{whole}.0"), text.replace('.', ",")]);
                }
                texts(versions).chain([Value::Int(whole.max(1))]).collect()
            }
            Kind::Int | Kind::Duration | Kind::Instant => {
                let int = usual.as_int().unwrap_or(1);
                vec![Value::from(int.to_string().as_str()), Value::from(7.5), Value::Bool(true)]
            }
            Kind::Bool => vec![Value::from("true"), Value::from("false"), Value::Int(1), Value::Int(0)],
            Kind::Date => texts(vec![text.replace('-', ""), format!("{text}T00:00:00Z")])
                .chain([Value::Int(7)])
                .collect(),
            Kind::Word { others: None, .. } => {
                texts(vec![text.to_uppercase(), format!(" {text}"), String::new()])
                    .chain([Value::Int(0)])
                    .collect()
            }
            Kind::Word { .. } => vec![Value::Int(0)],
            Kind::Set { .. } | Kind::List { .. } => vec![Value::from("v"), Value::Bool(true)],
            Kind::Entry { .. } => vec![Value::from("v"), Value::Int(7)],
        };
        if let Kind::List { of, min, max } = &described.kind
            && *max > 0
        {
            foreign.extend(self.foreign(*of).into_iter().map(|item| self.filled(*of, vec![item], *min)));
        }
        if let Kind::Entry { fields } = &described.kind {
            for field in fields {
                let each = self.foreign(field.kind).into_iter();
                foreign.extend(each.filter_map(|value| self.with(fields, field, value)));
            }
        }
        foreign
    }
}

/// Texts that a type refuses for its constraints, and that a careless check takes.
fn other_texts(kind: &Type, text: &str) -> Vec<Value> {
    let Length { min, max } = length(kind);
    let mut texts = Vec::new();
    if only_digits(kind) {
        let arabic =
            |digit: char| digit.to_digit(10).and_then(|digit| char::from_u32(0x660 + digit)).unwrap_or(digit);
        texts.push(text.chars().map(arabic).collect::<String>());
        texts.push(format!("{text}\n"));
        texts.push(format!("-{}", text.chars().skip(1).collect::<String>()));
        texts.push(format!("{}.5", text.chars().skip(2).collect::<String>()));
    } else if !has_pattern(kind) && min > 1 {
        texts.push(WIDE.to_string().repeat(min as usize - 1));
        texts.push(" ".to_owned() + &"V".repeat(min as usize - 2));
        texts.push(String::new());
    }
    if let Some(max) = max
        && !has_pattern(kind)
    {
        texts.push(format!("{} ", "1".repeat(max as usize)));
    }
    texts.into_iter().map(Value::from).collect()
}
