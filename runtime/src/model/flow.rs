//! What a flow declares: defaults, records, what is remembered, events and steps.

use serde::{Deserialize, Serialize};

use super::{ElementId, Expr, Handler, ReasonId, TypeId};
use crate::{Text, Value};

/// What happens where a step says nothing; each with the statement that says so, if one does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Defaults {
    /// An event that the step does not list.
    pub unlisted: (Unlisted, Option<ElementId>),
    /// The word before the field in `missing:phone`.
    pub missing: (Text, Option<ElementId>),
    /// The word before the field in `invalid:phone`.
    pub invalid: (Text, Option<ElementId>),
    /// Waiting longer than patience in a step without a time-out.
    pub waiting: (Waiting, Option<ElementId>),
    /// Whether the order of the stages binds.
    pub order: (Order, Option<ElementId>),
}

/// What an event comes to that a step does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlisted {
    /// It is refused.
    Refuse(ReasonId),
    /// Nothing is said of it.
    Silent,
}

/// What waiting comes to in a step without a time-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// Nothing happens.
    Stay,
    /// Nothing is said of it.
    Silent,
}

/// Whether the order of fields, limits and guards binds an implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The first failing stage decides.
    Strict,
    /// Any failing stage may.
    Free,
}

/// A table: rows under a key, attributes that are set or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The name.
    pub name: Text,
    /// Its declaration.
    pub element: ElementId,
    /// The name of the key.
    pub key: Text,
    /// The type of the key.
    pub key_kind: TypeId,
    /// The attributes.
    pub attributes: Vec<Variable>,
}

/// A value that is kept: a given, a remembered value, an attribute of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// The name.
    pub name: Text,
    /// Its declaration.
    pub element: ElementId,
    /// Its type.
    pub kind: TypeId,
    /// Whether it may be absent (`?`; givens only).
    pub optional: bool,
    /// What it is at first; a constant.
    pub default: Option<Value>,
    /// Whether no branch may set it once it is set.
    pub fixed: bool,
}

/// `row account by phone`: the row of a record that the flow looks at; its key is read anew at each reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowBinding {
    /// An index into `Model::records`.
    pub record: u16,
    /// The statement.
    pub element: ElementId,
    /// The name whose value is the key: in every event that reads the row it means [`RowBinding::key_in`].
    pub key_path: Text,
    /// What the key means outside events: a given or a remembered value; none where only events have it.
    pub key: Option<Expr>,
    /// What the key means in each event, by the event's index; the expression is a field where the event has one.
    pub key_in: Vec<Option<Expr>>,
}

/// `require G refuse R`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Require {
    /// The statement.
    pub element: ElementId,
    /// What must hold.
    pub guard: Expr,
    /// The reason if it does not.
    pub reason: ReasonId,
}

/// An event with its one list of fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The name.
    pub name: Text,
    /// The first `on` that names it.
    pub element: ElementId,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of an event or an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The name.
    pub name: Text,
    /// Its first declaration.
    pub element: ElementId,
    /// Its type.
    pub kind: TypeId,
    /// Whether it may be absent.
    pub optional: bool,
    /// What it is when absent.
    pub default: Option<Value>,
    /// When it is read at all; over fields before it, memory and rows.
    pub when: Option<Expr>,
}

/// A step or an end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The name.
    pub name: Text,
    /// Its statement.
    pub element: ElementId,
    /// What kind of end it is; none for a step.
    pub end: Option<EndKind>,
    /// What may happen here, at most one for an event and actor.
    pub handlers: Vec<Handler>,
}

/// How an end is meant; presentation only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// What the person came for.
    Success,
    /// Not what the person came for.
    Failure,
    /// Somebody else goes on.
    Handover,
}
