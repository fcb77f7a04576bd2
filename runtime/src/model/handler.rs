//! What an event comes to: limits that are asked first, refusals, branches, actions and outcomes.

use serde::{Deserialize, Serialize};

use super::{ActorId, ElementId, EventId, Expr, Field, LimitId, OutputId, ReasonId, RowId, StepId};
use crate::Text;

/// What an event by an actor does in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handler {
    /// The event.
    pub event: EventId,
    /// Who may raise it.
    pub actor: ActorId,
    /// The statement.
    pub element: ElementId,
    /// Whether it comes from an `anywhere`: it may then interrupt the step, to be resumed later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anywhere: bool,
    /// The field statements here, one for each of the event's fields.
    pub fields: Vec<ElementId>,
    /// Every limit that is counted or checked anywhere in the handler, in the order of declaration.
    pub gates: Vec<Gate>,
    /// `refuse R when G`, in the order of the text.
    pub refusals: Vec<Refusal>,
    /// What follows; exactly one branch holds. One branch without a guard where the handler itself has the outcome.
    pub branches: Vec<Branch>,
}

/// A limit that a handler counts or checks, with the amount, which is the same in every branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The limit.
    pub limit: LimitId,
    /// The first statement that counts or checks it.
    pub element: ElementId,
    /// Whose uses are counted, as it reads in this event.
    pub key: Key,
    /// How much is used.
    pub amount: Expr,
    /// The limit's own block as it reads in this event, performed when the event is refused for the limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

/// Whose uses a limit counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// One key for the universe.
    Universe,
    /// A key per session.
    Session,
    /// A key per value; unset neither gates nor counts.
    Value(Expr),
}

/// `refuse R when G`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The statement.
    pub element: ElementId,
    /// The reason.
    pub reason: ReasonId,
    /// When it is given.
    pub guard: Expr,
}

/// What follows when a guard holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// The statement: `when`, `otherwise`, or the `on` or `start` itself.
    pub element: ElementId,
    /// When; none holds where no other does.
    pub guard: Option<Expr>,
    /// What then.
    pub body: Body,
}

/// What is performed: actions, then an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// The statement that has the outcome.
    pub element: ElementId,
    /// `set`, `reset`, `uncount`, `count` and `send`, in the order of the text.
    pub actions: Vec<Action>,
    /// What it comes to.
    pub outcome: Outcome,
}

/// What an event comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Accepted; leave and enter.
    To(StepId),
    /// Accepted; nothing moves.
    Stay,
    /// Accepted; leave and enter the same step.
    Restart,
    /// Accepted; back into the step that was interrupted.
    Resume,
    /// Refused.
    Refuse {
        /// Why.
        reason: ReasonId,
        /// Where to, if it moves.
        to: Option<StepId>,
    },
    /// An actor answers inside the event.
    Ask {
        /// Who.
        actor: ActorId,
        /// What it may say.
        answers: Vec<AnswerCase>,
    },
    /// Any of these, each time.
    Either(Vec<Body>),
    /// Nothing is said.
    Silent,
}

/// `on X` inside an `ask`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerCase {
    /// The answer's name.
    pub name: Text,
    /// The statement.
    pub element: ElementId,
    /// What it brings.
    pub fields: Vec<Field>,
    /// What follows; exactly one branch holds.
    pub branches: Vec<Branch>,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Keeps a value.
    Set {
        /// The statement.
        element: ElementId,
        /// Where.
        target: Target,
        /// What.
        value: Expr,
    },
    /// Forgets all uses under the key.
    Reset {
        /// The statement.
        element: ElementId,
        /// Which limit.
        limit: LimitId,
        /// Whose uses.
        key: Key,
    },
    /// Takes back the latest use of this amount.
    Uncount {
        /// The statement.
        element: ElementId,
        /// Which limit.
        limit: LimitId,
        /// Whose uses.
        key: Key,
        /// How much.
        amount: Expr,
    },
    /// Adds a use.
    Count {
        /// The statement.
        element: ElementId,
        /// Which limit.
        limit: LimitId,
        /// Whose uses.
        key: Key,
        /// How much.
        amount: Expr,
    },
    /// Sends an output.
    Send {
        /// The statement.
        element: ElementId,
        /// Which output.
        output: OutputId,
        /// The fields that are given, by their index; chosen ones are not among them.
        fields: Vec<(u16, Expr)>,
        /// When; always, if nothing is said.
        when: Option<Expr>,
    },
}

/// Where a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// In the session, by the index in `Model::variables`.
    Variable(u16),
    /// In a row.
    Attribute {
        /// Which row.
        row: RowId,
        /// Which attribute of its record.
        attribute: u16,
    },
}
