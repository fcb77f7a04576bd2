//! What a flow is made of: steps, handlers, branches, actions, limits, time-outs.

use serde::{Deserialize, Serialize};

use super::{ActorId, ElementId, EventId, Expr, LimitId, OutputId, Period, ReasonId, RowId, StepId, TypeId};
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

/// How many uses are allowed, of what, in which time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// The name.
    pub name: Text,
    /// The statement.
    pub element: ElementId,
    /// How many or how much.
    pub bound: Bound,
    /// What the bound is counted in: `int` or a type of money.
    pub kind: TypeId,
    /// Whether the bound is only the least that must be allowed.
    pub or_more: bool,
    /// The name whose value is the key, as written; none for one key for the universe.
    pub per: Option<Text>,
    /// In which time.
    pub window: Window,
    /// When it applies at all; always, if nothing is said.
    pub active: Option<Expr>,
    /// What happens when it is full.
    pub outcome: LimitOutcome,
}

/// How many uses are allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Any number.
    Unbounded,
    /// At most this, in the limit's kind.
    AtMost(Expr),
}

/// In which time uses are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// For ever.
    All,
    /// In the last so many milliseconds: a use at `u` counts while `now - u < width`.
    Rolling(Expr),
    /// In the period that contains now, at an offset from UTC in minutes.
    Calendar {
        /// Which.
        period: Period,
        /// Minutes east of UTC.
        offset: i16,
    },
}

/// What happens when a limit is full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitOutcome {
    /// The event is refused.
    Refuse {
        /// Why; `limit:NAME` where nothing is said.
        reason: Option<ReasonId>,
        /// How long the key is then held, in milliseconds.
        hold: Option<Expr>,
        /// Where the refused event moves to.
        to: Option<StepId>,
    },
    /// The event that fills it moves there; later ones are refused and moved too.
    Trip(Trip),
    /// Nothing is said.
    Silent,
}

/// Where a limit moves to when it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// The target.
    pub to: StepId,
}

/// A time-out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// The statement.
    pub element: ElementId,
    /// The step it belongs to; none for the flow itself.
    pub step: Option<StepId>,
    /// How long, in milliseconds; read when armed.
    pub delay: Expr,
    /// From when.
    pub base: TimerBase,
    /// Whether it may also fire later.
    pub or_later: bool,
    /// What then.
    pub body: Body,
}

/// From when a time-out runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerBase {
    /// From entering the step, or from the opening.
    Entry,
    /// From the later of that and the session's last user event.
    Idle,
    /// From the last entry of a step.
    Since(StepId),
}

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
