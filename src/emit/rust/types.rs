//! Types of the model as types of Rust.

use flowspec_runtime::Value;
use flowspec_runtime::model::{EntryField, Kind, Model, Rule, Type, TypeId};

use super::layout::{Code, code};
use crate::emit::names::{Names, camel, snake};

/// A type of Rust for a type of the model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RustType {
    /// How it is written.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// Whether it has a declaration of its own, made from this type of the model.
    pub declared: Option<TypeId>,
}

/// What a type of Rust is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `bool`.
    Bool,
    /// `i64`.
    Int,
    /// `Text`.
    Text,
    /// A newtype around an `i64`.
    NewInt,
    /// A newtype around a `Text`.
    NewText,
    /// An enumeration.
    Word,
    /// An enumeration of which some words are not named.
    OpenWord,
    /// A set of words.
    Set,
    /// A list.
    List,
    /// An entry of a list.
    Entry,
}

impl RustType {
    /// Whether a copy costs nothing.
    pub(super) fn is_copy(&self) -> bool {
        matches!(self.shape, Shape::Bool | Shape::Int | Shape::NewInt | Shape::Word)
    }

    /// What is compared where two types differ: the text, the integer or the word of a place.
    pub(super) fn base(&self, place: &str) -> String {
        match self.shape {
            Shape::NewText => format!("{place}.as_str()"),
            Shape::Text => format!("{place}.as_str()"),
            Shape::NewInt => format!("{place}.get()"),
            Shape::Word | Shape::OpenWord => format!("{place}.word()"),
            Shape::Bool | Shape::Int | Shape::Set | Shape::List | Shape::Entry => place.to_owned(),
        }
    }
}

/// Every type of a model, by its index.
#[derive(Debug)]
pub(super) struct Types(Vec<RustType>);

impl Types {
    /// Names the types of a model; those that are alike are one.
    pub(super) fn of(model: &Model, names: &mut Names) -> Self {
        let uses = uses(model);
        let mut types: Vec<RustType> = Vec::with_capacity(model.types.len());
        let (mut sets, mut lists) = (Vec::new(), Vec::new());
        for (id, kind) in model.types.iter().enumerate() {
            let twin = model.types[..id].iter().position(|earlier| alike(earlier, kind));
            types.push(match (twin, &kind.kind) {
                (_, Kind::Set { of }) => {
                    sets.push((id, *of));
                    RustType { name: String::new(), shape: Shape::Set, declared: None }
                }
                (_, Kind::List { of, min, max }) => {
                    lists.push((id, *of, *min, *max));
                    RustType { name: String::new(), shape: Shape::List, declared: None }
                }
                (Some(twin), _) => RustType { declared: None, ..types[twin].clone() },
                (None, _) => declare(id, kind, uses[id], names),
            });
        }
        for (id, of) in sets {
            types[id].name = format!("BTreeSet<{}>", types[usize::from(of)].name);
        }
        for (id, of, min, max) in lists {
            types[id].name = format!("List<{}, {min}, {max}>", types[usize::from(of)].name);
        }
        Self(types)
    }

    /// A type.
    pub(super) fn get(&self, id: TypeId) -> &RustType {
        &self.0[usize::from(id)]
    }

    /// Those that have a declaration of their own.
    pub(super) fn declared(&self) -> impl Iterator<Item = (TypeId, &RustType)> {
        self.0.iter().filter_map(|known| known.declared.map(|id| (id, known)))
    }

    /// A constant of a type.
    pub(super) fn constant(&self, id: TypeId, value: &Value, model: &Model) -> Code {
        let known = self.get(id);
        let quoted = || format!("{:?}", value.as_text().unwrap_or_default());
        let int = value.as_int().unwrap_or_default();
        match known.shape {
            Shape::Bool => value.as_bool().unwrap_or_default().to_string().into(),
            Shape::Int => integer(int).into(),
            Shape::NewInt => format!("{}({})", known.name, integer(int)).into(),
            Shape::Text => format!("Text::new_static({})", quoted()).into(),
            Shape::NewText => format!("{}(Text::new_static({}))", known.name, quoted()).into(),
            Shape::Word | Shape::OpenWord => {
                let word = value.as_text().unwrap_or_default();
                let named = words(model, id).find(|(name, _)| name == word);
                match named {
                    Some((_, variant)) => format!("{}::{variant}", known.name).into(),
                    None => format!("{}::of({})", known.name, quoted()).into(),
                }
            }
            Shape::List => {
                let of = if let Kind::List { of, .. } = model.kind(id).kind { of } else { id };
                let items = if let Value::List(items) = value { items.as_slice() } else { &[] };
                let items = items.iter().map(|item| self.constant(of, item, model)).collect();
                Code::call("List::counted", vec![code!["vec!", array(items)]])
            }
            Shape::Entry => {
                let values = if let Value::List(values) = value { values.as_slice() } else { &[] };
                let fields = entry_fields(model, id).into_iter().zip(values).map(|((field, name), value)| {
                    let made = match (field.optional, value) {
                        (true, Value::Unset) => "None".into(),
                        (true, value) => {
                            code!["Some(", self.constant(field.kind, value, model), ")"]
                        }
                        (false, value) => self.constant(field.kind, value, model),
                    };
                    code![format!("{name}: "), made]
                });
                Code::literal(known.name.clone(), fields.collect())
            }
            Shape::Set => {
                let of = if let Kind::Set { of } = model.kind(id).kind { of } else { id };
                let words = if let Value::List(words) = value { words.as_slice() } else { &[] };
                let words = words.iter().map(|word| self.constant(of, word, model)).collect::<Vec<_>>();
                if words.is_empty() {
                    "BTreeSet::new()".into()
                } else {
                    Code::call("BTreeSet::from", vec![array(words)])
                }
            }
        }
    }
}

/// The fields of an entry, each with its name in Rust.
pub(super) fn entry_fields(model: &Model, id: TypeId) -> Vec<(&EntryField, String)> {
    let fields = if let Kind::Entry { fields } = &model.kind(id).kind { fields.as_slice() } else { &[] };
    let mut names = Names::with(&[]);
    fields.iter().map(|field| (field, names.take(snake(&field.name), "_"))).collect()
}

fn array(items: Vec<Code>) -> Code {
    let mut pieces = vec!["[".into()];
    for (index, item) in items.into_iter().enumerate() {
        pieces.push(if index > 0 { ", ".into() } else { "".into() });
        pieces.push(item);
    }
    pieces.push("]".into());
    Code::All(pieces)
}

/// The named words of an enumeration, each with its variant.
pub(super) fn words(model: &Model, id: TypeId) -> impl Iterator<Item = (String, String)> {
    let members = match &model.kind(id).kind {
        Kind::Word { members, .. } => members.as_slice(),
        _ => &[],
    };
    let mut names = Names::with(&["Other"]);
    members
        .iter()
        .map(move |member| (member.name.to_string(), names.take(camel(&member.name), "_")))
        .collect::<Vec<_>>()
        .into_iter()
}

/// An integer as Rust writes it.
pub(super) fn integer(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    if digits.len() < 5 {
        return value.to_string();
    }
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}", if value < 0 { "-" } else { "" })
}

/// What a type is called that the spec gives no name: after the first thing that has it.
fn uses(model: &Model) -> Vec<Option<&str>> {
    let mut uses = vec![None; model.types.len()];
    let variables =
        model.givens.iter().chain(&model.variables).chain(model.records.iter().flat_map(|r| &r.attributes));
    let named = (variables.map(|variable| (variable.kind, variable.name.as_str())))
        .chain(
            model
                .events
                .iter()
                .flat_map(|event| &event.fields)
                .map(|field| (field.kind, field.name.as_str())),
        )
        .chain(
            model
                .outputs
                .iter()
                .flat_map(|output| &output.fields)
                .map(|field| (field.kind, field.name.as_str())),
        )
        .chain(super::flow::answer_fields(model).map(|field| (field.kind, field.name.as_str())))
        .chain(model.choices.iter().map(|choice| (choice.kind, choice.name.as_str())))
        .chain(model.records.iter().map(|record| (record.key_kind, record.key.as_str())));
    for (kind, name) in named {
        let mut open = vec![(kind, name)];
        while let Some((id, name)) = open.pop() {
            uses[usize::from(id)].get_or_insert(name);
            match &model.kind(id).kind {
                Kind::Set { of } | Kind::List { of, .. } => open.push((*of, name)),
                Kind::Entry { fields } => {
                    open.extend(fields.iter().map(|field| (field.kind, field.name.as_str())));
                }
                _ => {}
            }
        }
    }
    uses
}

fn alike(a: &Type, b: &Type) -> bool {
    let rules = |kind: &Type| kind.constraints.iter().map(|c| c.rule.clone()).collect::<Vec<Rule>>();
    let words = |kind: &Kind| match kind {
        Kind::Word { members, others } => {
            Some((members.iter().map(|member| member.name.clone()).collect::<Vec<_>>(), others.is_some()))
        }
        _ => None,
    };
    let same_kind = match (words(&a.kind), words(&b.kind)) {
        (None, None) => a.kind == b.kind,
        (a, b) => a == b,
    };
    a.name == b.name && a.secret == b.secret && same_kind && rules(a) == rules(b)
}

fn declare(id: usize, kind: &Type, used: Option<&str>, names: &mut Names) -> RustType {
    let plain = kind.name.is_none() && kind.constraints.is_empty() && !kind.secret;
    let known = |name: &str, shape| RustType { name: name.to_owned(), shape, declared: None };
    match &kind.kind {
        Kind::Bool => return known("bool", Shape::Bool),
        Kind::Int if plain => return known("i64", Shape::Int),
        Kind::Text if plain => return known("Text", Shape::Text),
        _ => {}
    }
    let shape = match &kind.kind {
        Kind::Text => Shape::NewText,
        Kind::Entry { .. } => Shape::Entry,
        Kind::Word { others: Some(_), .. } => Shape::OpenWord,
        Kind::Word { .. } => Shape::Word,
        _ => Shape::NewInt,
    };
    let name = match (&kind.name, &kind.kind) {
        (Some(name), _) => camel(name),
        (None, Kind::Money { currency, .. }) if plain => camel(&currency.to_lowercase()),
        (None, Kind::Duration) if plain => "Duration".to_owned(),
        (None, Kind::Instant) if plain => "Instant".to_owned(),
        (None, Kind::Date) if plain => "Date".to_owned(),
        (None, _) => camel(used.unwrap_or("kind")),
    };
    if used.is_none() {
        return known(&name, shape);
    }
    RustType { name: names.take(name, "Type"), shape, declared: TypeId::try_from(id).ok() }
}
