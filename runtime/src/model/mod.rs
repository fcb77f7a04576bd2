//! A flow as the compiler understood it: names resolved to indices, types known, sugar unfolded.
//!
//! One model holds one flow with everything that it uses, so that it can be stored with a suite and run anywhere. It is
//! plain data; `docs/model.md` describes its JSON. Every list is in the order of the text, and an index into a list is a
//! `u16`-sized number with a type name of its own below.

mod actions;
mod by_language;
mod element;
mod expr;
mod expressions;
mod flow;
mod handler;
mod kind;
mod limit;
mod promise;
mod resuming;
mod sound;

pub use by_language::ByLanguage;
pub use element::{
    Assumption, Contact, Element, ElementId, ElementKind, Label, Link, Note, Provenance, Texts,
};
pub use expr::{Aggregate, Comparison, Expr};
pub use flow::{
    Defaults, EndKind, Event, Field, Order, Record, Require, RowBinding, Step, Unlisted, Variable, Waiting,
};
pub use handler::{Action, AnswerCase, Body, Branch, Gate, Handler, Key, Outcome, Refusal, Target};
pub use kind::{Constraint, EntryField, Kind, Length, Member, Others, Rule, Type, TypeId};
pub use limit::{Bound, Limit, LimitOutcome, Timer, TimerBase, Trip, Window};
pub use promise::{
    Atom, Capability, CapabilityRule, Claim, Permission, Property, Scenario, ScenarioLine, ScenarioRow,
};

pub use crate::{Period, Rounding};

use serde::{Deserialize, Serialize};

use crate::Text;

/// An index into [`Model::steps`].
pub type StepId = u16;
/// An index into [`Model::events`].
pub type EventId = u16;
/// An index into [`Model::actors`]; 0 is `user`.
pub type ActorId = u16;
/// An index into [`Model::reasons`].
pub type ReasonId = u16;
/// An index into [`Model::outputs`].
pub type OutputId = u16;
/// An index into [`Model::limits`].
pub type LimitId = u16;
/// An index into [`Model::rows`].
pub type RowId = u16;
/// An index into [`Model::choices`].
pub type ChoiceId = u16;
/// The actor of events that name no other.
pub const USER: ActorId = 0;

/// One flow with everything that it uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The version of this format.
    pub format: u32,
    /// The flow's name.
    pub name: Text,
    /// The flow itself, as a statement.
    pub element: ElementId,
    /// Whether the flow says that it has no end.
    pub endless: bool,
    /// The languages of the texts, two letters each; the first is the language of texts without a mark.
    pub languages: Vec<Text>,
    /// The files that the elements come from, as paths relative to where the compiler ran; the first holds the flow.
    pub files: Vec<Text>,
    /// The file of facts, if the flow's file names one.
    pub facts: Option<Text>,
    /// The statements that carry texts, marks and notes.
    pub elements: Vec<Element>,
    /// Every type in use.
    pub types: Vec<Type>,
    /// What happens where a step says nothing.
    pub defaults: Defaults,
    /// Parties; the first is `user`.
    pub actors: Vec<Named>,
    /// Every reason that a statement names, declared or built in.
    pub reasons: Vec<Named>,
    /// What the flow sends.
    pub outputs: Vec<Output>,
    /// Constants of the implementation that the spec leaves open.
    pub choices: Vec<Choice>,
    /// Tables shared by the universe.
    pub records: Vec<Record>,
    /// The rows that this flow looks at.
    pub rows: Vec<RowBinding>,
    /// What `open` is given.
    pub givens: Vec<Variable>,
    /// What a session remembers.
    pub variables: Vec<Variable>,
    /// What must hold for a session to open.
    pub requires: Vec<Require>,
    /// Where a session begins: one branch without a guard, or several that exclude one another.
    pub start: Vec<Branch>,
    /// Limits, in the order of their declaration.
    pub limits: Vec<Limit>,
    /// Events, each with its one list of fields.
    pub events: Vec<Event>,
    /// Steps and ends.
    pub steps: Vec<Step>,
    /// Time-outs, in the order of the text, those of the flow itself among them.
    pub timers: Vec<Timer>,
    /// What may be asked.
    pub capabilities: Vec<Capability>,
    /// `never`, `always`, `follow` and `indistinguishable`.
    pub properties: Vec<Property>,
    /// Worked examples.
    pub scenarios: Vec<Scenario>,
}

/// A declared name that is nothing more than a name and a statement: an actor, a reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// The name.
    pub name: Text,
    /// Its declaration; none where the language brings it (`user`, `missing`, `unexpected`).
    pub element: Option<ElementId>,
}

/// Something that the flow sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// The name.
    pub name: Text,
    /// Its declaration.
    pub element: ElementId,
    /// What it carries.
    pub fields: Vec<OutputField>,
}

/// A field of an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputField {
    /// The name.
    pub name: Text,
    /// Its declaration.
    pub element: ElementId,
    /// Its type.
    pub kind: TypeId,
    /// Whether the implementation picks the value and the machine remembers it.
    pub chosen: bool,
}

/// A constant of the implementation that the spec leaves open: one of these values, for the whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The name.
    pub name: Text,
    /// Its declaration.
    pub element: ElementId,
    /// The type, an enumeration or `bool`.
    pub kind: TypeId,
    /// The values it may have, in the order of the type.
    pub values: Vec<crate::Value>,
}

impl Model {
    /// A type.
    pub fn kind(&self, id: TypeId) -> &Type {
        &self.types[usize::from(id)]
    }

    /// A statement.
    pub fn element(&self, id: ElementId) -> &Element {
        &self.elements[id as usize]
    }

    /// A step or end.
    pub fn step(&self, id: StepId) -> &Step {
        &self.steps[usize::from(id)]
    }

    /// An event.
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[usize::from(id)]
    }

    /// A limit.
    pub fn limit(&self, id: LimitId) -> &Limit {
        &self.limits[usize::from(id)]
    }

    /// The name of a reason.
    pub fn reason(&self, id: ReasonId) -> &Text {
        &self.reasons[usize::from(id)].name
    }
}
