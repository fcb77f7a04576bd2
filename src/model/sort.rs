//! What an expression gives: the kinds of values, without names and constraints.

use super::{Kind, Model, TypeId};
use crate::model;
use flowspec_runtime::Text;

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sort {
    Bool,
    Int,
    Money {
        currency: Text,
        digits: u8,
    },
    Duration,
    Instant,
    Date,
    Text,
    /// A word of this enumeration.
    Word(TypeId),
    /// A set of words of this enumeration.
    Set(TypeId),
    /// A list of items of this type.
    List(TypeId),
    /// An entry of a list, of this type.
    Entry(TypeId),
    /// Something is wrong with it and was reported; it fits everywhere.
    Unknown,
}

impl Sort {
    pub(super) fn of(model: &Model, id: TypeId) -> Self {
        let Some(kind) = model.types.get(usize::from(id)) else { return Self::Unknown };
        match &kind.kind {
            Kind::Bool => Self::Bool,
            Kind::Int => Self::Int,
            Kind::Money { currency, digits } => Self::Money { currency: currency.clone(), digits: *digits },
            Kind::Duration => Self::Duration,
            Kind::Instant => Self::Instant,
            Kind::Date => Self::Date,
            Kind::Text => Self::Text,
            Kind::Word { .. } => Self::Word(id),
            Kind::Set { of } => Self::Set(*of),
            Kind::List { of, .. } => Self::List(*of),
            Kind::Entry { .. } => Self::Entry(id),
        }
    }

    /// Whether values of the two can be compared and stored in one another's places.
    pub(super) fn fits(&self, other: &Self, model: &Model) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Word(a), Self::Word(b)) | (Self::Set(a), Self::Set(b)) => {
                a == b || model.kind(*a).kind == model.kind(*b).kind
            }
            _ => self == other,
        }
    }

    /// Whether its values have an order.
    pub(super) fn ordered(&self) -> bool {
        matches!(
            self,
            Self::Int | Self::Money { .. } | Self::Duration | Self::Instant | Self::Date | Self::Unknown
        )
    }

    /// How messages call several of it.
    fn several(&self, model: &Model) -> String {
        match self {
            Self::Bool => "truth values".into(),
            Self::Int => "whole numbers".into(),
            Self::Money { currency, .. } => format!("amounts in {currency}"),
            Self::Duration => "durations".into(),
            Self::Instant => "instants".into(),
            Self::Date => "dates".into(),
            Self::Text => "texts".into(),
            Self::Word(_) => "words".into(),
            Self::Entry(id) => match &model.kind(*id).name {
                Some(name) => format!("`{name}`"),
                None => "entries".into(),
            },
            Self::Set(_) | Self::List(_) | Self::Unknown => "items".into(),
        }
    }

    /// How messages call it.
    pub(super) fn describe(&self, model: &model::Model) -> String {
        match self {
            Self::Bool => "true or false".into(),
            Self::Int => "a whole number".into(),
            Self::Money { currency, .. } => format!("an amount in {currency}"),
            Self::Duration => "a duration".into(),
            Self::Instant => "an instant".into(),
            Self::Date => "a date".into(),
            Self::Text => "text".into(),
            Self::Word(id) => enumeration("a word of", model, *id),
            Self::Set(id) => enumeration("a set of words of", model, *id),
            Self::List(id) => format!("a list of {}", Self::of(model, *id).several(model)),
            Self::Entry(_) => "an entry".into(),
            Self::Unknown => "something unknown".into(),
        }
    }
}

fn enumeration(what: &str, model: &Model, id: TypeId) -> String {
    let of = model.kind(id);
    match (&of.name, &of.kind) {
        (Some(name), _) => format!("{what} `{name}`"),
        (None, Kind::Word { members, .. }) => {
            let members: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
            format!("{what} `{}`", members.join(" | "))
        }
        (None, _) => what.to_owned(),
    }
}
