//! What is said of a flow beside how it goes: capabilities, rules over its runs, and scenarios.

use serde::{Deserialize, Serialize};

use super::{ActorId, ElementId, EventId, Expr, Outcome, OutputId, ReasonId, StepId};
use crate::{Text, Value};

/// Something that may be asked of a row, or of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// The name.
    pub name: Text,
    /// The statement.
    pub element: ElementId,
    /// The record whose rows it is asked about, an index into `Model::records`; none for the session. Guards of a
    /// record's capability read the row asked about by [`Expr::Asked`].
    pub record: Option<u16>,
    /// The rules; at most one holds.
    pub rules: Vec<CapabilityRule>,
}

/// `when G allow`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapabilityRule {
    /// The statement.
    pub element: ElementId,
    /// When; none holds where no other does.
    pub guard: Option<Expr>,
    /// The answer.
    pub permission: Permission,
}

/// What a capability answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Yes.
    Allow,
    /// No.
    Deny(ReasonId),
    /// The source does not say.
    Unstated,
}

/// A rule over whole runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Property {
    /// The statement.
    pub element: ElementId,
    /// What is claimed.
    pub claim: Claim,
}

/// What a property claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// It does not happen, or not before something else has.
    Never {
        /// What.
        what: Atom,
        /// Unless this came first.
        before: Option<Atom>,
    },
    /// It holds after every observation.
    Always(Expr),
    /// It is followed by something, within a time if one is given.
    Follow {
        /// What.
        what: Atom,
        /// By what.
        by: Atom,
        /// Within how long, in milliseconds.
        within: Option<Expr>,
    },
    /// Two universes that differ in nothing else look the same to an actor who does the same in both.
    Indistinguishable {
        /// What holds in one of them when the event is tried; where there is no event, when the session is opened.
        one: Expr,
        /// What holds in the other.
        other: Expr,
        /// The event; both conditions may read its fields.
        event: Option<EventId>,
        /// Who sees them.
        to: ActorId,
        /// Outputs that the actor does not get to see.
        without: Vec<OutputId>,
    },
}

/// Something that happens in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Atom {
    /// A step was entered.
    Entered(StepId),
    /// An event was accepted.
    Accepted(EventId),
    /// An asked actor gave this answer, in an event that was accepted.
    Answered(Text),
    /// Something was refused for this reason.
    Refused(ReasonId),
    /// An output was sent.
    Sent(OutputId),
    /// A guard holds.
    Holds(Expr),
    /// One of the others, where a condition holds right after it.
    Where {
        /// What happens.
        what: Box<Atom>,
        /// The condition. Fields in it ([`Expr::Field`]) are those of the accepted event or of the output that was
        /// sent, answers' fields ([`Expr::AnswerField`]) those of the answer.
        condition: Expr,
    },
}

/// A worked example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The statement; its text is the title.
    pub element: ElementId,
    /// The rows that the universe begins with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<ScenarioRow>,
    /// What `open` is given, by the index in `Model::givens`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub givens: Vec<(u16, Value)>,
    /// What is expected of opening the session; nothing, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Outcome>,
    /// What happens, in order. Every scenario runs in a fresh universe with one session.
    pub lines: Vec<ScenarioLine>,
}

/// A row that a scenario begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRow {
    /// The statement.
    pub element: ElementId,
    /// An index into `Model::records`.
    pub record: u16,
    /// Its key.
    pub key: Value,
    /// What is set, by the index of the attribute.
    pub attributes: Vec<(u16, Value)>,
}

/// A line of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioLine {
    /// An event.
    Do {
        /// The statement.
        element: ElementId,
        /// The event.
        event: EventId,
        /// Who raises it.
        actor: ActorId,
        /// The fields that are given, by their index; constants, attributes and outputs.
        fields: Vec<(u16, Expr)>,
        /// What is expected; nothing, if nothing is said.
        expect: Option<Outcome>,
    },
    /// What an actor will answer to the event before.
    Answer {
        /// The statement.
        element: ElementId,
        /// The actor.
        actor: ActorId,
        /// The answer.
        answer: Text,
        /// Its fields, by name.
        fields: Vec<(Text, Expr)>,
        /// What is expected of the event that asked.
        expect: Option<Outcome>,
    },
    /// Time passes.
    Wait {
        /// The statement.
        element: ElementId,
        /// How long, in milliseconds.
        time: i64,
        /// What is expected to have happened then.
        expect: Option<Outcome>,
    },
    /// A capability is asked.
    May {
        /// The statement.
        element: ElementId,
        /// The capability, an index into `Model::capabilities`.
        capability: u16,
        /// What is expected.
        expect: Permission,
    },
}
