//! Expressions of the model as expressions of Rust.
//!
//! A value that may be unset is an `Option<&T>` here. Computed numbers are `i128`, so that nothing overflows before it is
//! kept or sent.

use std::collections::BTreeMap;

use flowspec_runtime::Value;
use flowspec_runtime::model::{Aggregate, AnswerCase, Comparison, EventId, Expr, Kind, RowId, TypeId};

mod compare;
mod operand;

use super::flow::Flow;
use super::layout::{Code, code};
use super::types::Shape;

/// Where an expression stands, and what the things that it reads are called there.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub flow: &'a Flow<'a>,
    pub event: Option<EventId>,
    /// What the event is called; none where its fields are locals that are being read, each an `Option`.
    pub fields: Option<String>,
    /// The answer that is performed, and what it is called.
    pub answer: Option<(&'a AnswerCase, String)>,
    pub shared: &'static str,
    pub session: &'static str,
    pub now: &'static str,
    /// Rows that a local holds.
    pub rows: BTreeMap<RowId, String>,
    /// The record and the local of the row that a capability is asked about.
    pub asked: Option<(u16, String)>,
    /// Whether a step that is left is come back to.
    pub interrupts: bool,
    /// The type of the item that an aggregate looks at; it is called `item`.
    pub item: Option<TypeId>,
}

/// A value as it can be had.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// A place that always has a value.
    Plain { place: String, kind: TypeId },
    /// A place that is an `Option`.
    Maybe { place: String, kind: TypeId },
    /// An `Option` of a reference.
    Found { by_ref: Code, kind: TypeId },
    /// A constant.
    Const(Value),
    /// The instant of the event.
    Now(&'static str),
    /// A number that is computed.
    Number(Code),
    /// A truth value that is computed.
    Truth(Code),
}

impl Operand {
    pub(super) fn kind(&self) -> Option<TypeId> {
        match self {
            Self::Plain { kind, .. } | Self::Maybe { kind, .. } | Self::Found { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// A reference, or an `Option` of one where the value may be unset.
    pub(super) fn by_ref(&self) -> Option<Code> {
        match self {
            Self::Plain { place, .. } => Some(format!("&{place}").into()),
            _ => self.found(),
        }
    }

    /// The value as an `Option` of a reference, where it may be unset.
    pub(super) fn found(&self) -> Option<Code> {
        match self {
            Self::Maybe { place, .. } => Some(format!("{place}.as_ref()").into()),
            Self::Found { by_ref, .. } => Some(by_ref.clone()),
            _ => None,
        }
    }
}

/// How tightly an expression binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Compare,
    Atom,
}

impl<'a> Scope<'a> {
    /// A function that has a turn.
    pub(super) fn turn(flow: &'a Flow<'a>, event: Option<EventId>) -> Self {
        let local = event.and_then(|event| flow.events[usize::from(event)].as_ref());
        Self {
            flow,
            event,
            fields: Some(local.map(|event| event.local.clone()).unwrap_or_default()),
            answer: None,
            shared: "turn.shared",
            session: "turn.session",
            now: "turn.now",
            rows: BTreeMap::new(),
            asked: None,
            interrupts: false,
            item: None,
        }
    }

    /// A condition.
    pub(super) fn condition(&self, expr: &Expr) -> Code {
        self.bound(expr).0
    }

    /// The opposite of a condition.
    pub(super) fn negated(&self, expr: &Expr) -> Code {
        self.not(expr).0
    }

    fn bound(&self, expr: &Expr) -> (Code, Binding) {
        match expr {
            Expr::And(parts) => (self.joined("&&", parts, Binding::And), Binding::And),
            Expr::Or(parts) => (self.joined("||", parts, Binding::Or), Binding::Or),
            Expr::Not(inner) => self.not(inner),
            Expr::Compare { how, left, right } => self.compare(*how, left, right),
            Expr::IsSet(inner) => (self.is_set(inner, "is_some"), Binding::Atom),
            Expr::RowExists(row) => (code![self.row(*row), ".is_some()"], Binding::Atom),
            Expr::IsEmpty(inner) => (self.is_empty(inner), Binding::Atom),
            Expr::Aggregate { how: how @ (Aggregate::Every | Aggregate::Some), over, filter, .. } => {
                (self.items_hold(*how, over, filter.as_deref()), Binding::Atom)
            }
            Expr::In { word, set } => (self.contains(word, set), Binding::Atom),
            Expr::Const(Value::Bool(truth)) => (truth.to_string().into(), Binding::Atom),
            _ => (self.truth(expr), Binding::Atom),
        }
    }

    /// An operand as a condition of its own.
    fn truth(&self, expr: &Expr) -> Code {
        let operand = self.operand(expr);
        match (&operand, operand.found()) {
            (Operand::Plain { place, .. }, _) => place.clone().into(),
            (_, Some(found)) => code![found, ".is_some_and(|value| *value)"],
            (Operand::Truth(code), None) => code.clone(),
            _ => "true".into(),
        }
    }

    fn joined(&self, operator: &str, parts: &[Expr], binding: Binding) -> Code {
        let operands = parts.iter().map(|part| {
            let (code, inner) = self.bound(part);
            if inner < binding || (inner == Binding::And && binding == Binding::Or) {
                code!["(", code, ")"]
            } else {
                code
            }
        });
        Code::joined(operator, operands.collect())
    }

    fn not(&self, inner: &Expr) -> (Code, Binding) {
        match inner {
            Expr::Not(inner) => self.bound(inner),
            Expr::And(parts) => self.bound(&Expr::Or(opposites(parts))),
            Expr::Or(parts) => self.bound(&Expr::And(opposites(parts))),
            Expr::IsSet(inner) => (self.is_set(inner, "is_none"), Binding::Atom),
            Expr::RowExists(row) => (code![self.row(*row), ".is_none()"], Binding::Atom),
            Expr::Compare { how: Comparison::Equal, left, right } => {
                self.compare(Comparison::NotEqual, left, right)
            }
            Expr::Compare { how: Comparison::NotEqual, left, right } => {
                self.compare(Comparison::Equal, left, right)
            }
            _ => {
                let (code, binding) = self.bound(inner);
                (
                    if binding == Binding::Atom { code!["!", code] } else { code!["!(", code, ")"] },
                    Binding::Atom,
                )
            }
        }
    }

    fn is_set(&self, inner: &Expr, method: &str) -> Code {
        match self.operand(inner) {
            Operand::Maybe { place, .. } => format!("{place}.{method}()").into(),
            Operand::Found { by_ref, .. } => code![by_ref, format!(".{method}()")],
            _ => (method == "is_some").to_string().into(),
        }
    }

    fn is_empty(&self, inner: &Expr) -> Code {
        let operand = self.operand(inner);
        let empty = |kind: Option<TypeId>, place: &str| match kind.map(|kind| self.flow.kind(kind).shape) {
            Some(Shape::NewText) => format!("{place}.as_str().is_empty()"),
            _ => format!("{place}.is_empty()"),
        };
        match (&operand, operand.found()) {
            (Operand::Plain { place, kind }, _) => empty(Some(*kind), place).into(),
            (_, Some(found)) => code![found, ".is_some_and(|value| ", empty(operand.kind(), "value"), ")"],
            _ => "false".into(),
        }
    }

    fn contains(&self, word: &Expr, set: &Expr) -> Code {
        let (word, set) = (self.operand(word), self.operand(set));
        let of = set.kind().and_then(|kind| match self.flow.model.kind(kind).kind {
            Kind::Set { of } | Kind::List { of, .. } => Some(of),
            _ => None,
        });
        let reference = |operand: &Operand| match operand {
            Operand::Const(value) => {
                let of = of.unwrap_or_default();
                code!["&", self.flow.types.constant(of, value, self.flow.model)]
            }
            _ => operand.by_ref().unwrap_or_else(|| "None".into()),
        };
        match (&set, word.found()) {
            (Operand::Plain { place, .. }, None) => {
                code![format!("{place}.contains("), reference(&word), ")"]
            }
            (set, found) => {
                let some = |code: Code| code!["Some(", code, ")"];
                let set = set.found().unwrap_or_else(|| some(reference(set)));
                let word = found.unwrap_or_else(|| some(reference(&word)));
                Code::call("typed::contains", vec![set, word])
            }
        }
    }
}

fn opposites(parts: &[Expr]) -> Vec<Expr> {
    parts.iter().map(|part| Expr::Not(Box::new(part.clone()))).collect()
}
