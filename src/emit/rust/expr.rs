//! Expressions of the model as expressions of Rust.
//!
//! A value that may be unset is an `Option<&T>` here. Computed numbers are `i128`, so that nothing overflows before it is
//! kept or sent.

use std::collections::BTreeMap;

use flowspec_runtime::Value;
use flowspec_runtime::model::{Aggregate, AnswerCase, Comparison, EventId, Expr, Field, Kind, RowId, TypeId};

use super::flow::{Flow, is_optional};
use super::layout::{Code, code};
use super::types::{Shape, integer};

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

    fn compare(&self, how: Comparison, left: &Expr, right: &Expr) -> (Code, Binding) {
        let (a, b) = (self.operand(left), self.operand(right));
        let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
        let computed = |operand: &Operand| matches!(operand, Operand::Number(_) | Operand::Now(_));
        if !equality || computed(&a) || computed(&b) {
            return self.ordered(how, &a, &b);
        }
        match (a.kind(), b.kind()) {
            (None, Some(_)) => self.equal(how, &b, &a),
            _ => self.equal(how, &a, &b),
        }
    }

    /// `==` and `!=` of two values of one type; a constant stands on the right.
    fn equal(&self, how: Comparison, a: &Operand, b: &Operand) -> (Code, Binding) {
        let sign = if how == Comparison::Equal { " == " } else { " != " };
        let holds = if how == Comparison::Equal { ".is_some_and(|value| " } else { ".is_none_or(|value| " };
        let flow = self.flow;
        match (a, a.found(), b, b.found()) {
            (Operand::Plain { place, kind }, _, Operand::Const(value), _) => {
                self.is_constant(sign, place, *kind, value)
            }
            (_, Some(found), Operand::Const(value), _) => {
                let kind = a.kind().unwrap_or_default();
                match flow.kind(kind).shape {
                    Shape::Word | Shape::OpenWord | Shape::Bool | Shape::Int => {
                        let constant = flow.types.constant(kind, value, flow.model);
                        (
                            Code::joined(sign.trim(), vec![found, code!["Some(&", constant, ")"]]),
                            Binding::Compare,
                        )
                    }
                    _ => (
                        code![found, holds, self.is_constant(sign, "value", kind, value).0, ")"],
                        Binding::Atom,
                    ),
                }
            }
            (Operand::Plain { place: a, kind: of }, _, Operand::Plain { place: b, kind: other }, _) => {
                if flow.kind(*of).name == flow.kind(*other).name {
                    (code![a.clone(), sign, b.clone()], Binding::Compare)
                } else {
                    (code![flow.kind(*of).base(a), sign, flow.kind(*other).base(b)], Binding::Compare)
                }
            }
            (Operand::Plain { place, kind }, _, _, Some(found))
            | (_, Some(found), Operand::Plain { place, kind }, _) => {
                let other = if a.found().is_some() { a.kind() } else { b.kind() }.unwrap_or_default();
                if flow.kind(*kind).name == flow.kind(other).name {
                    (
                        Code::joined(sign.trim(), vec![found, format!("Some(&{place})").into()]),
                        Binding::Compare,
                    )
                } else {
                    let compared = code![flow.kind(other).base("value"), sign, flow.kind(*kind).base(place)];
                    (code![found, holds, compared, ")"], Binding::Atom)
                }
            }
            (_, Some(left), _, Some(right)) => {
                let (of, other) = (a.kind().unwrap_or_default(), b.kind().unwrap_or_default());
                let call = if flow.kind(of).name == flow.kind(other).name {
                    Code::call("typed::equal", vec![left, right])
                } else {
                    let based = |found: Code, of: TypeId| {
                        code![found, ".map(|value| ", flow.kind(of).base("value"), ").as_ref()"]
                    };
                    Code::call("typed::equal", vec![based(left, of), based(right, other)])
                };
                (if how == Comparison::Equal { call } else { code!["!", call] }, Binding::Atom)
            }
            (Operand::Const(a), _, Operand::Const(b), _) => {
                (((a == b) == (how == Comparison::Equal)).to_string().into(), Binding::Atom)
            }
            (Operand::Truth(a), _, b, _) => {
                (code!["(", a.clone(), ")", sign, self.boolean(b)], Binding::Compare)
            }
            (a, _, Operand::Truth(b), _) => {
                (code![self.boolean(a), sign, "(", b.clone(), ")"], Binding::Compare)
            }
            _ => ("false".into(), Binding::Atom),
        }
    }

    fn boolean(&self, operand: &Operand) -> Code {
        match operand {
            Operand::Plain { place, .. } => place.clone().into(),
            Operand::Const(Value::Bool(truth)) => truth.to_string().into(),
            Operand::Truth(code) => code!["(", code.clone(), ")"],
            _ => "false".into(),
        }
    }

    fn is_constant(&self, sign: &str, place: &str, kind: TypeId, value: &Value) -> (Code, Binding) {
        let shape = self.flow.kind(kind).shape;
        let quoted = || format!("{:?}", value.as_text().unwrap_or_default());
        let constant: Code = match (shape, value) {
            (Shape::Bool, Value::Bool(truth)) => {
                let plain = *truth == (sign == " == ");
                return (format!("{}{place}", if plain { "" } else { "!" }).into(), Binding::Atom);
            }
            (Shape::Text | Shape::NewText, _) => quoted().into(),
            (Shape::Int | Shape::NewInt, _) => integer(value.as_int().unwrap_or_default()).into(),
            _ => self.flow.types.constant(kind, value, self.flow.model),
        };
        let place = match shape {
            Shape::Text | Shape::NewText | Shape::NewInt => self.flow.kind(kind).base(place),
            _ => place.to_owned(),
        };
        (code![place, sign, constant], Binding::Compare)
    }

    /// A comparison of two numbers.
    fn ordered(&self, how: Comparison, a: &Operand, b: &Operand) -> (Code, Binding) {
        let sign = match how {
            Comparison::Equal => " == ",
            Comparison::NotEqual => " != ",
            Comparison::Less => " < ",
            Comparison::LessOrEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterOrEqual => " >= ",
        };
        let wide = matches!(a, Operand::Number(_)) || matches!(b, Operand::Number(_));
        let number = |operand: &Operand| self.narrow(operand, wide);
        match (a.found(), b.found()) {
            (Some(found), None) => {
                let value = Operand::Plain { place: "value".into(), kind: a.kind().unwrap_or_default() };
                let holds = if how == Comparison::NotEqual {
                    ".is_none_or(|&value| "
                } else {
                    ".is_some_and(|&value| "
                };
                (code![found, holds, number(&value), sign, number(b), ")"], Binding::Atom)
            }
            (None, Some(found)) => {
                let value = Operand::Plain { place: "value".into(), kind: b.kind().unwrap_or_default() };
                let holds = if how == Comparison::NotEqual {
                    ".is_none_or(|&value| "
                } else {
                    ".is_some_and(|&value| "
                };
                (code![found, holds, number(a), sign, number(&value), ")"], Binding::Atom)
            }
            _ => (Code::joined(sign.trim(), vec![number(a), number(b)]), Binding::Compare),
        }
    }

    /// A number, as `i128` where `wide`, otherwise as `i64`.
    fn narrow(&self, operand: &Operand, wide: bool) -> Code {
        let widened = |code: Code| if wide { Code::call("i128::from", vec![code]) } else { code };
        match operand {
            Operand::Const(value) => integer(value.as_int().unwrap_or_default()).into(),
            Operand::Plain { place, kind } => widened(self.flow.kind(*kind).base(place).into()),
            Operand::Now(now) => widened((*now).into()),
            Operand::Number(code) => code.clone(),
            Operand::Maybe { .. } | Operand::Found { .. } => {
                let found = operand.found().unwrap_or_else(|| "None".into());
                Code::call(if wide { "typed::wide" } else { "typed::int" }, vec![found])
            }
            Operand::Truth(_) => "0".into(),
        }
    }

    /// A number as `i64`; computed ones are brought within its bounds.
    pub(super) fn int(&self, expr: &Expr) -> Code {
        match self.operand(expr) {
            Operand::Number(code) => Code::call("typed::clamped", vec![code]),
            operand => self.narrow(&operand, false),
        }
    }

    /// A number as `i128`.
    pub(super) fn wide(&self, expr: &Expr) -> Code {
        self.narrow(&self.operand(expr), true)
    }

    /// A value as it can be had.
    pub(super) fn operand(&self, expr: &Expr) -> Operand {
        let flow = self.flow;
        match expr {
            Expr::Const(value) => Operand::Const(value.clone()),
            Expr::Field(index) => self.field(*index),
            Expr::AnswerField(index) => match &self.answer {
                Some((case, local)) => {
                    let field = &case.fields[usize::from(*index)];
                    kept(
                        format!("{local}.{}", self.answer_field(case, *index)),
                        field.kind,
                        is_optional(field),
                    )
                }
                None => Operand::Const(Value::Unset),
            },
            Expr::Variable(index) => {
                let (name, optional) = &flow.variables[usize::from(*index)];
                kept(
                    format!("{}.{name}", self.session),
                    flow.model.variables[usize::from(*index)].kind,
                    *optional,
                )
            }
            Expr::Given(index) => {
                let (name, optional) = &flow.givens[usize::from(*index)];
                kept(
                    format!("{}.{name}", self.session),
                    flow.model.givens[usize::from(*index)].kind,
                    *optional,
                )
            }
            Expr::Choice(choice) => {
                let name = &flow.choices[usize::from(*choice)];
                kept(format!("{}.{name}", self.shared), flow.model.choices[usize::from(*choice)].kind, false)
            }
            Expr::Output { output, field } => {
                let name = flow.last.get(&(*output, *field)).map(String::as_str).unwrap_or_default();
                let kind = flow.model.outputs[usize::from(*output)].fields[usize::from(*field)].kind;
                kept(format!("{}.{name}", self.session), kind, true)
            }
            Expr::Attribute { row, attribute } => {
                let record = flow.model.rows[usize::from(*row)].record;
                match self.row_calls(*row) {
                    Some((head, mut calls)) => {
                        let (name, kind) = self.attribute_names(record, *attribute);
                        calls.push(format!(".and_then(|row| row.{name}.as_ref())").into());
                        Operand::Found { by_ref: Code::chain(head.into(), calls), kind }
                    }
                    None => self.attribute(record, *attribute, self.row(*row)),
                }
            }
            Expr::Asked(attribute) => match &self.asked {
                Some((record, local)) => self.attribute(*record, *attribute, local.clone().into()),
                None => Operand::Const(Value::Unset),
            },
            Expr::RowKey(row) => match self.key(*row) {
                Some(key) => self.operand(key),
                None => Operand::Const(Value::Unset),
            },
            Expr::Now => Operand::Now(self.now),
            Expr::Add(a, b) => self.sum(a, " + ", b),
            Expr::Subtract(a, b) => self.sum(a, " - ", b),
            Expr::Multiply(a, by) => Operand::Number(code![self.factor(a), " * ", integer(*by)]),
            Expr::Percent { percent, of, rounding } => Operand::Number(Code::call(
                "percent_of",
                vec![integer(*percent).into(), self.wide(of), format!("Rounding::{rounding:?}").into()],
            )),
            Expr::DateOf { instant, offset } => Operand::Number(Code::call(
                "date_of",
                vec![self.wide(instant), integer((*offset).into()).into()],
            )),
            Expr::Aggregate { over, of, filter, .. } => {
                Operand::Number(self.added_up(over, of.as_deref(), filter.as_deref()))
            }
            Expr::Item => match self.item {
                Some(kind) => Operand::Plain { place: self.item_place(kind), kind },
                None => Operand::Const(Value::Unset),
            },
            Expr::ItemField(index) => self.item_field(*index),
            Expr::Number(set) => {
                let set = self.operand(set);
                Operand::Number(match (&set, set.found()) {
                    (Operand::Plain { place, .. }, _) => format!("{place}.len() as i128").into(),
                    (_, Some(found)) => code!["(", found, ".map_or(0, |value| value.len()) as i128)"],
                    _ => "0".into(),
                })
            }
            _ => Operand::Truth(self.condition(expr)),
        }
    }

    fn sum(&self, a: &Expr, sign: &str, b: &Expr) -> Operand {
        let left = self.wide(a);
        let right = if matches!(b, Expr::Add(..) | Expr::Subtract(..)) {
            code!["(", self.wide(b), ")"]
        } else {
            self.wide(b)
        };
        Operand::Number(Code::joined(sign.trim(), vec![left, right]))
    }

    fn factor(&self, expr: &Expr) -> Code {
        if matches!(expr, Expr::Add(..) | Expr::Subtract(..)) {
            code!["(", self.wide(expr), ")"]
        } else {
            self.wide(expr)
        }
    }

    fn field(&self, index: u16) -> Operand {
        let Some(event) = self.event else { return Operand::Const(Value::Unset) };
        let field: &Field = &self.flow.model.event(event).fields[usize::from(index)];
        let Some(names) = &self.flow.events[usize::from(event)] else { return Operand::Const(Value::Unset) };
        let name = &names.fields[usize::from(index)];
        match &self.fields {
            Some(local) => kept(format!("{local}.{name}"), field.kind, is_optional(field)),
            None => kept(name.clone(), field.kind, true),
        }
    }

    fn answer_field(&self, case: &AnswerCase, index: u16) -> String {
        let cases = self.flow.answers.values().flat_map(|answers| &answers.cases);
        let known = cases.into_iter().find(|(known, ..)| super::flow::same_case(known, case));
        let fields = known.and_then(|(_, _, fields)| fields.as_ref());
        fields.map(|fields| fields.fields[usize::from(index)].clone()).unwrap_or_default()
    }

    fn attribute(&self, record: u16, attribute: u16, row: Code) -> Operand {
        let (name, kind) = self.attribute_names(record, attribute);
        Operand::Found { by_ref: code![row, format!(".and_then(|row| row.{name}.as_ref())")], kind }
    }

    fn attribute_names(&self, record: u16, attribute: u16) -> (&str, TypeId) {
        let name = &self.flow.records[usize::from(record)].attributes[usize::from(attribute)];
        (name, self.flow.model.records[usize::from(record)].attributes[usize::from(attribute)].kind)
    }

    /// Looking a row up under a key that always has a value: where that begins, and each call of the chain.
    fn row_calls(&self, row: RowId) -> Option<(&'static str, Vec<Code>)> {
        if self.rows.contains_key(&row) {
            return None;
        }
        let Operand::Plain { place, .. } = self.operand(self.key(row)?) else { return None };
        let (head, rest) = self.shared.split_once('.').unwrap_or((self.shared, ""));
        let record = self.flow.model.rows[usize::from(row)].record;
        let fields = rest.split('.').filter(|field| !field.is_empty());
        let fields = fields.chain([self.flow.records[usize::from(record)].table.as_str()]);
        let mut calls: Vec<Code> = fields.map(|field| format!(".{field}").into()).collect();
        calls.push(format!(".get(&{place})").into());
        Some((head, calls))
    }

    /// The key of a row, as it reads here.
    pub(super) fn key(&self, row: RowId) -> Option<&'a Expr> {
        let binding = &self.flow.model.rows[usize::from(row)];
        let in_event = self.event.and_then(|event| binding.key_in.get(usize::from(event)));
        in_event.and_then(Option::as_ref).or(binding.key.as_ref())
    }

    /// A row, as an `Option` of a reference.
    pub(super) fn row(&self, row: RowId) -> Code {
        if let Some(local) = self.rows.get(&row) {
            return local.clone().into();
        }
        let binding = &self.flow.model.rows[usize::from(row)];
        let table = format!("{}.{}", self.shared, self.flow.records[usize::from(binding.record)].table);
        let Some(key) = self.key(row) else { return "None".into() };
        let operand = self.operand(key);
        match (&operand, operand.found()) {
            (Operand::Plain { place, .. }, _) => format!("{table}.get(&{place})").into(),
            (_, Some(found)) => code![found, format!(".and_then(|key| {table}.get(key))")],
            _ => "None".into(),
        }
    }
}

fn opposites(parts: &[Expr]) -> Vec<Expr> {
    parts.iter().map(|part| Expr::Not(Box::new(part.clone()))).collect()
}

fn kept(place: String, kind: TypeId, optional: bool) -> Operand {
    if optional { Operand::Maybe { place, kind } } else { Operand::Plain { place, kind } }
}
