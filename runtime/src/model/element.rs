//! Statements as a reader sees them: where they stand, what they are called, and what carries them.

use serde::{Deserialize, Serialize};

use super::ByLanguage;
use crate::Text;

/// An index into `Model::elements`.
pub type ElementId = u32;

/// A text per language (`en`, `zh`).
pub type Texts = ByLanguage;

/// One statement of the spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// A name for the requirement, unique in its flow and stable while the spec's names are:
    /// `password/submit/wrong_password`, `limit/wrong_by_login`, `submit/login/length`.
    pub path: String,
    /// What kind of statement it is.
    pub kind: ElementKind,
    /// The statement that it stands in.
    pub parent: Option<ElementId>,
    /// An index into `Model::files`.
    pub file: u16,
    /// Its line, from 1.
    pub line: u32,
    /// The statement's head as written, without texts, marks and block (`when code == sms.code -> profile`).
    pub source: String,
    /// What it is called, in each language that says so.
    pub texts: Texts,
    /// The `///` lines above it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// The facts that it cites itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Text>,
    /// The assumptions that it cites itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<Assumption>,
    /// Numbers and signs as the source printed them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<String>,
    /// Where it stands with the source, its own marks and those it takes from the statement around it.
    pub provenance: Provenance,
    /// Notes in its block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Contacts in its block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// Links in its block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// What kind of statement an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the keyword of the language")]
pub enum ElementKind {
    Flow,
    Type,
    Member,
    Constraint,
    Record,
    Attribute,
    Reason,
    Actor,
    Output,
    Choice,
    Default,
    Given,
    Remember,
    Row,
    Require,
    Start,
    Limit,
    /// A step that calls a part.
    Call,
    /// The part that a step calls.
    Part,
    /// Handlers of every step.
    Anywhere,
    Step,
    End,
    On,
    Field,
    Check,
    When,
    Otherwise,
    Refuse,
    Answer,
    Alternative,
    After,
    Set,
    Count,
    Uncount,
    Reset,
    Send,
    Capability,
    Rule,
    Property,
    Scenario,
    ScenarioLine,
}

/// Where a statement stands with the source document; the order is from strongest to weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// A fact carries it.
    Stated,
    /// The author decided it.
    Assumed,
    /// Nothing is said of it: the spec names no source.
    Unmarked,
}

/// `assumed ID "…"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// Its identifier.
    pub id: Text,
    /// What was assumed, where the mark says so; otherwise the file of facts does.
    pub text: Option<String>,
}

/// `note KIND "…"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// `do`, `dont`, `may`, `needs`, `duty`, `reason`, `opinion`, `unverified`, `looks`, `silent`, `when`; empty for a plain note.
    pub kind: Text,
    /// The statement around, texts, marks.
    #[serde(flatten)]
    pub label: Label,
}

/// `contact NAME "…"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its name.
    pub name: Text,
    /// Whether the source says that there is one and does not give it.
    pub missing: bool,
    /// Texts and marks.
    #[serde(flatten)]
    pub label: Label,
}

/// `link NAME "…"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its name.
    pub name: Text,
    /// Texts and marks.
    #[serde(flatten)]
    pub label: Label,
}

/// Texts with their marks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Label {
    /// The text in each language.
    pub texts: Texts,
    /// The facts that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Text>,
    /// The assumptions behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<Assumption>,
    /// Numbers and signs as the source printed them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<String>,
    /// Its line, from 1, in the file of the statement around it.
    pub line: u32,
}
