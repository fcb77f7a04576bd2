//! The statements: one variant each, holding what stands between the keyword and the texts.

use super::{Currency, Expression, Name, Offset, Path, Quoted, Range};
use crate::source::Span;

/// Which statement it is, and its head.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each variant shows its statement, and the fields are named after its parts")]
pub enum StatementKind {
    /// `language 1`.
    Language { version: i64 },
    /// `facts "facts.md"`.
    Facts { path: Quoted },
    /// `use Phone, Name from "people.flow"`.
    Use { names: Vec<Name>, from: Quoted },
    /// `type Amount money CNY`; its block holds constraints.
    Type { name: Name, of: Box<TypeReference> },
    /// `record account by login: Login`; its block holds fields and capabilities.
    Record(Box<Record>),
    /// `reason wrong_code`.
    Reason { name: Name },
    /// `actor bank`.
    Actor { name: Name },
    /// `output sms`; its block holds fields.
    Output { name: Name },
    /// `choice code_model: one | two`.
    Choice { name: Name, of: Box<TypeReference> },
    /// `default unlisted`.
    Default { subject: DefaultSubject },
    /// `flow sign_in`, `part p`, `stub prove by authority`.
    Flow { kind: FlowKind, name: Name, actor: Option<Box<Name>>, endless: bool },

    /// `start`; its outcome, or its block of `when`, says where.
    Start,
    /// `given ip: Ip`.
    Given(Box<Declaration>),
    /// `remember phone: Phone`.
    Remember(Box<Declaration>),
    /// `row account by login`.
    Row { record: Name, by: Box<Path> },
    /// `require usual`.
    Require { condition: Expression },
    /// `limit resends: 5 per login within 15 min`.
    Limit(Box<Limit>),
    /// `step payment like choose`.
    Step { name: Name, like: Option<Box<Name>> },
    /// `checklist measures`; its block holds tasks.
    Checklist { name: Name },
    /// `end registered success`.
    End { name: Name, kind: EndKind },
    /// `anywhere`; its block holds handlers.
    Anywhere,
    /// `capability top_up`; its block holds `when` and `otherwise`.
    Capability { name: Name },
    /// `never entered a before accepted b`.
    Never { atom: Box<Atom>, before: Option<Box<Atom>> },
    /// `always usual`.
    Always { condition: Expression },
    /// `follow accepted a by entered b within 5 min`.
    Follow(Box<Follow>),
    /// `indistinguishable account is set, account is missing on ask to user without mail`.
    Indistinguishable(Box<Indistinguishable>),
    /// `scenario`; its block holds `do`, `answer`, `wait`, `may`.
    Scenario,

    /// `on submit by risk`.
    On { event: Name, actor: Option<Box<Name>> },
    /// `after 10 min idle or later`.
    After(Box<After>),
    /// `call prove(method = method)`.
    Call { part: Name, arguments: Vec<Argument> },
    /// `task freeze for each banks needs report optional`.
    Task(Box<Task>),

    /// `field login: Login`.
    Field(Box<Declaration>),
    /// `refuse too_late when now > due`: before the branches.
    RefuseWhen { reason: Name, condition: Box<Expression> },
    /// `when usual`.
    When { condition: Expression },
    /// `otherwise`.
    Otherwise,
    /// `check daily by amount`.
    Check { limit: Name, by: Option<Box<Expression>> },
    /// `count daily by amount`.
    Count { limit: Name, by: Option<Box<Expression>> },
    /// `uncount daily by amount`.
    Uncount { limit: Name, by: Option<Box<Expression>> },
    /// `reset wrong_by_login`.
    Reset { limit: Name },
    /// `set phone`, `set account.level = id_checked`.
    Set { target: Path, value: Option<Box<Expression>> },
    /// `send sms(to = phone) when usual`.
    Send { output: Name, arguments: Box<[Argument]>, when: Option<Box<Expression>> },
    /// An outcome alone, inside `either`.
    Alternative,

    /// `allow F0312 "because …"`: a warning is not said within the block that this stands in.
    Allow { code: Name },
    /// `note do "…"`.
    Note { kind: Option<Name> },
    /// `contact wechat missing`.
    Contact { name: Name, missing: bool },
    /// `link home "…"`.
    Link { name: Name },

    /// `run register(ip = "203.0.113.7")`: a session of a flow, in a scenario outside of flows.
    Run { flow: Name, arguments: Vec<Argument> },
    /// `do submit(code = "000000")`.
    Do { event: Name, arguments: Vec<Argument> },
    /// `answer bank number_matches(code = "1")`.
    Answer { actor: Name, answer: Box<Name>, arguments: Box<[Argument]> },
    /// `wait 30 min`.
    Wait { duration: Expression },
    /// `may top_up`.
    May { capability: Name },

    /// `member mainland_china`.
    Member { name: Name },
    /// `others 137`.
    Others { count: Option<i64> },
    /// `length 3..64`.
    Length { range: Box<Range> },
    /// `range 20.00 CNY..500.00 CNY`.
    Range { range: Box<Range> },
    /// `multiple of 10.00 CNY`.
    MultipleOf { step: Expression },
    /// `matches digits`.
    MatchesCheck { name: Name },
    /// `matches "[0-9]{6}"`.
    MatchesPattern { pattern: Quoted },

    /// A statement that could not be read. It has a diagnostic; what its block holds is still here.
    Unreadable,
}

/// What kind of flow it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// `flow`.
    Flow,
    /// `part`: callable.
    Part,
    /// `stub`: callable, its ends are an actor's answers.
    Stub,
}

/// What a folder's default is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultSubject {
    /// An event that the step does not list.
    Unlisted,
    /// A required field that is absent.
    Missing,
    /// A field that its type does not admit.
    Invalid,
    /// A long wait in a step without `after`.
    Waiting,
    /// `order strict`: the stages of judging bind in their order.
    OrderStrict,
}

/// How an end is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum EndKind {
    Success,
    Failure,
    Handover,
}

/// `account by login: Login`.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The record's name.
    pub name: Name,
    /// The name of its key.
    pub key: Name,
    /// The type of its key.
    pub key_type: TypeReference,
}

/// `phone?: Phone = default when usual chosen fixed`, of fields, givens and remembered values.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// The name.
    pub name: Name,
    /// `?`: may be left out.
    pub optional: bool,
    /// The type.
    pub of: TypeReference,
    /// `= value`.
    pub default: Option<Box<Expression>>,
    /// `when`: read only if it holds.
    pub when: Option<Box<Expression>>,
    /// `chosen`: the implementation picks the value.
    pub chosen: bool,
    /// `fixed`: never changed once set.
    pub fixed: bool,
}

/// A type as it is referred to.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeReference {
    /// The whole reference.
    pub span: Span,
    /// What it refers to.
    pub kind: TypeKind,
    /// `secret`: never shown.
    pub secret: bool,
    /// The words after `|`. In `one | two` the first word stands in `kind` as a name; in `word | one | two` that is `word`.
    pub words: Box<[Name]>,
}

/// What a type reference refers to.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `text`, `Phone`, `money CNY`.
    Named {
        /// The type's name, in either case of its first letter.
        name: Name,
        /// The currency after it.
        currency: Option<Currency>,
    },
    /// `list 1..50 of Line`.
    List {
        /// How many elements.
        length: Box<Range>,
        /// The type of one.
        of: Box<TypeReference>,
    },
    /// `set of Method`.
    Set {
        /// The type of an element.
        of: Box<TypeReference>,
    },
}

/// The head of `limit`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Its name.
    pub name: Name,
    /// How many; `None` is `unbounded`.
    pub bound: Option<Expression>,
    /// `or more`: the implementation is free above the bound.
    pub or_more: bool,
    /// `per`: the key; `None` is one for the universe.
    pub per: Option<Path>,
    /// Which uses count; `None` is all.
    pub window: Option<Window>,
    /// `while`: when it is active; `None` is always.
    pub active: Option<Expression>,
}

/// Which uses a limit counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// `within 15 min`: rolling.
    Within(Expression),
    /// `each day at +08:00`: calendar.
    Each {
        /// `hour`, `day`, `week`, `month`, `year`.
        period: Name,
        /// Where the day begins.
        offset: Offset,
    },
}

/// The head of `after`.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    /// How long.
    pub delay: Expression,
    /// Since when.
    pub from: AfterFrom,
    /// `or later`: the implementation may take longer.
    pub or_later: bool,
}

/// Since when a time-out runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterFrom {
    /// Since the step was entered.
    Entry,
    /// `idle`: since the user's last event.
    Idle,
    /// `since step`: since that step was last entered.
    Since(Name),
}

/// The head of `task`.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its name.
    pub name: Name,
    /// `for each`: the list whose members each are ticked.
    pub for_each: Option<Path>,
    /// `needs`: the tasks that come before.
    pub needs: Vec<Name>,
    /// `optional`.
    pub optional: bool,
}

/// The head of `follow`.
#[derive(Debug, Clone, PartialEq)]
pub struct Follow {
    /// What happens first.
    pub cause: Atom,
    /// What must follow.
    pub effect: Atom,
    /// `within`: how soon.
    pub within: Option<Expression>,
}

/// The head of `indistinguishable`.
#[derive(Debug, Clone, PartialEq)]
pub struct Indistinguishable {
    /// One case.
    pub one: Expression,
    /// The other.
    pub other: Expression,
    /// `on`: the event that finds the one or the other; `None` is the opening.
    pub event: Option<Name>,
    /// `to`: who must not see a difference.
    pub actor: Name,
    /// `without`: the outputs that this actor does not get to see.
    pub without: Vec<Name>,
}

/// What a property speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// The whole atom.
    pub span: Span,
    /// Which one.
    pub kind: AtomKind,
}

/// Every atom there is; the condition is what follows `where`.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum AtomKind {
    /// A step or an end was entered.
    Entered { step: Name, condition: Option<Expression> },
    /// An event was accepted.
    Accepted { event: Name, condition: Option<Expression> },
    /// Something was refused with a reason.
    Refused { reason: Name, condition: Option<Expression> },
    /// An output was sent.
    Sent { output: Name, condition: Option<Expression> },
    /// `holds usual`.
    Holds { condition: Expression },
}

/// `name = value` inside parentheses.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// The parameter.
    pub name: Name,
    /// Its value.
    pub value: Expression,
}
