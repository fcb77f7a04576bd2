//! What an expression sees, and what it comes to. Nothing is copied: text and sets are looked at where they are.

use std::borrow::Cow;

use crate::model::{
    Aggregate, Comparison, EventId, Expr, Key, Limit, LimitId, RowId, TypeId, Window as Declared,
};
use crate::{Counter, Text, Time, Value, Window, date_of, percent_of};

use super::Machine;
use super::universe::{Session, World};

/// The state before an input, with the input's fields: everything that a reading may depend on.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f> {
    pub(super) machine: &'f Machine,
    pub(super) world: &'f World,
    pub(super) session: &'f Session,
    pub(super) now: Time,
    /// The event that is judged; none in time-outs, openings and capabilities.
    pub(super) event: Option<EventId>,
    pub(super) fields: &'f [Value],
    pub(super) answer: &'f [Value],
    /// The row that a capability is asked about.
    pub(super) asked: &'f [Value],
    /// The item that an aggregate looks at.
    pub(super) item: &'f Value,
}

/// A value as a reading sees it; integers may lie outside their type's 64 bits until they are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum View<'f> {
    Unset,
    Bool(bool),
    Int(i128),
    Text(&'f Text),
    Set(&'f [Value]),
}

impl<'f> From<&'f Value> for View<'f> {
    fn from(value: &'f Value) -> Self {
        match value {
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(int) => Self::Int(i128::from(*int)),
            Value::Text(text) => Self::Text(text),
            Value::List(list) => Self::Set(list),
            // No type takes the others.
            Value::Unset | Value::Real(_) | Value::Object(_) => Self::Unset,
        }
    }
}

impl View<'_> {
    /// A value of one's own; none for an integer that 64 bits do not hold.
    pub(super) fn to_value(self) -> Option<Value> {
        Some(match self {
            Self::Unset => Value::Unset,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Int(int) => Value::Int(i64::try_from(int).ok()?),
            Self::Text(text) => Value::Text(text.clone()),
            Self::Set(set) => Value::List(set.to_vec()),
        })
    }
}

const UNSET: &Value = &Value::Unset;

impl<'f> Frame<'f> {
    /// A frame outside events.
    pub(super) fn new(machine: &'f Machine, world: &'f World, session: &'f Session, now: Time) -> Self {
        Self { machine, world, session, now, event: None, fields: &[], answer: &[], asked: &[], item: UNSET }
    }

    /// What an expression comes to.
    pub(super) fn view(&self, expr: &'f Expr) -> View<'f> {
        if let Some(value) = self.place(expr) {
            return value.into();
        }
        match expr {
            Expr::Now => View::Int(i128::from(self.now)),
            Expr::Add(left, right) => self.calculate(left, right, i128::saturating_add),
            Expr::Subtract(left, right) => self.calculate(left, right, i128::saturating_sub),
            Expr::Multiply(inner, by) => {
                self.int(inner).map_or(View::Unset, |int| View::Int(int.saturating_mul(i128::from(*by))))
            }
            Expr::Percent { percent, of, rounding } => {
                self.int(of).map_or(View::Unset, |of| View::Int(percent_of(*percent, of, *rounding)))
            }
            Expr::DateOf { instant, offset } => {
                self.int(instant).map_or(View::Unset, |instant| View::Int(date_of(instant, *offset)))
            }
            Expr::Number(set) => match self.view(set) {
                View::Set(set) => View::Int(set.len() as i128),
                _ => View::Unset,
            },
            Expr::Aggregate { how: Aggregate::Number | Aggregate::Total, over, of, filter } => {
                self.added_up(over, of.as_deref(), filter.as_deref())
            }
            _ => View::Bool(self.holds(expr)),
        }
    }

    /// Whether a condition holds; what is unset does not.
    pub(super) fn holds(&self, expr: &'f Expr) -> bool {
        match expr {
            Expr::Not(inner) => !self.holds(inner),
            Expr::And(all) => all.iter().all(|one| self.holds(one)),
            Expr::Or(any) => any.iter().any(|one| self.holds(one)),
            Expr::Compare { how, left, right } => compare(*how, self.view(left), self.view(right)),
            Expr::IsSet(inner) => self.view(inner) != View::Unset,
            Expr::RowExists(row) => self.row(*row).is_some(),
            Expr::In { word, set } => match (self.view(word), self.view(set)) {
                (word, View::Set(set)) if word != View::Unset => {
                    set.iter().any(|one| View::from(one) == word)
                }
                _ => false,
            },
            Expr::Aggregate { how: Aggregate::Every, over, filter, .. } => match self.view(over) {
                View::Set(items) => items.iter().all(|item| self.holds_for(item, filter.as_deref())),
                _ => false,
            },
            Expr::Aggregate { how: Aggregate::Some, over, filter, .. } => match self.view(over) {
                View::Set(items) => items.iter().any(|item| self.holds_for(item, filter.as_deref())),
                _ => false,
            },
            Expr::IsEmpty(inner) => match self.view(inner) {
                View::Set(set) => set.is_empty(),
                View::Text(text) => text.is_empty(),
                _ => false,
            },
            _ => self.place(expr).is_some_and(|value| *value == Value::Bool(true)),
        }
    }

    /// Whether a condition on an item holds; without one it does.
    fn holds_for(&self, item: &'f Value, filter: Option<&'f Expr>) -> bool {
        filter.is_none_or(|filter| Frame { item, ..*self }.holds(filter))
    }

    /// The sum of something over the items that a condition holds for; how many these are, where nothing is added up.
    fn added_up(&self, over: &'f Expr, of: Option<&'f Expr>, filter: Option<&'f Expr>) -> View<'f> {
        let View::Set(items) = self.view(over) else { return View::Unset };
        let counted = items.iter().filter(|item| self.holds_for(item, filter));
        let amount = |item| of.map_or(1, |of| Frame { item, ..*self }.int(of).unwrap_or(0));
        View::Int(counted.map(amount).sum())
    }

    /// An integer, if it is set.
    pub(super) fn int(&self, expr: &'f Expr) -> Option<i128> {
        if let View::Int(int) = self.view(expr) { Some(int) } else { None }
    }

    /// A duration, brought into 64 bits.
    pub(super) fn time(&self, expr: &'f Expr) -> i64 {
        self.int(expr).unwrap_or(0).clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }

    /// A value to keep as a type; none if the type does not take it.
    pub(super) fn value_of(&self, expr: &'f Expr, kind: TypeId) -> Option<Value> {
        let value = self.view(expr).to_value()?;
        let known = matches!(expr, Expr::Const(_)) || self.kind_of(expr) == Some(kind);
        (known || value == Value::Unset || self.machine.takes(kind, &value)).then_some(value)
    }

    /// The key whose uses of a limit are meant; none if it is unset.
    pub(super) fn key(&self, key: &'f Key) -> Option<KeyOf<'f>> {
        match key {
            Key::Session => Some(KeyOf::Session),
            Key::Universe => Some(KeyOf::Shared(Cow::Borrowed(UNSET))),
            Key::Value(expr) => {
                let value = match self.place(expr) {
                    Some(value) => Cow::Borrowed(value),
                    None => Cow::Owned(self.view(expr).to_value()?),
                };
                value.is_set().then_some(KeyOf::Shared(value))
            }
        }
    }

    /// The uses of a limit under a key, if there are any.
    pub(super) fn counter(&self, limit: LimitId, key: &KeyOf) -> Option<&'f Counter> {
        match key {
            KeyOf::Session => self.session.counter(limit),
            KeyOf::Shared(key) => self.world.uses.get(usize::from(limit))?.get(key),
        }
    }

    /// A limit's window.
    pub(super) fn window(&self, limit: &'f Limit) -> Window {
        match &limit.window {
            Declared::All => Window::All,
            Declared::Rolling(width) => Window::Rolling(self.time(width)),
            Declared::Calendar { period, offset } => Window::Calendar(*period, *offset),
        }
    }

    /// The expression of a row's key in this event, or outside events.
    pub(super) fn row_key(&self, row: RowId) -> Option<&'f Expr> {
        let binding = self.machine.model.rows.get(usize::from(row))?;
        let in_event = self.event.and_then(|event| binding.key_in.get(usize::from(event)));
        in_event.and_then(Option::as_ref).or(binding.key.as_ref())
    }

    /// The key of a row.
    pub(super) fn row_key_value(&self, row: RowId) -> &'f Value {
        self.row_key(row).and_then(|key| self.place(key)).unwrap_or(UNSET)
    }

    fn row(&self, row: RowId) -> Option<&'f Vec<Value>> {
        let record = self.machine.model.rows.get(usize::from(row))?.record;
        self.world.rows.get(usize::from(record))?.0.get(self.row_key_value(row))
    }

    /// The place that an expression names, if it names one.
    fn place(&self, expr: &'f Expr) -> Option<&'f Value> {
        let tables = &self.machine.tables;
        Some(match expr {
            Expr::Const(value) => value,
            Expr::Field(index) => at(self.fields, *index),
            Expr::AnswerField(index) => at(self.answer, *index),
            Expr::Variable(index) => self.session.variable(tables, *index),
            Expr::Given(index) => self.session.given(*index),
            Expr::Output { output, field } => self.session.last(tables, *output, *field),
            Expr::Attribute { row, attribute } => self.row(*row).map_or(UNSET, |row| at(row, *attribute)),
            Expr::RowKey(row) => self.row_key_value(*row),
            Expr::Asked(attribute) => at(self.asked, *attribute),
            Expr::Item => self.item,
            Expr::ItemField(field) => match self.item {
                Value::List(fields) => at(fields, *field),
                _ => UNSET,
            },
            Expr::Choice(choice) => self.machine.choice(self.world, *choice),
            _ => return None,
        })
    }

    /// The type that a place's values have been read by.
    fn kind_of(&self, expr: &Expr) -> Option<TypeId> {
        let model = &self.machine.model;
        match expr {
            Expr::Field(index) => {
                Some(model.events.get(usize::from(self.event?))?.fields.get(usize::from(*index))?.kind)
            }
            Expr::Variable(index) => Some(model.variables.get(usize::from(*index))?.kind),
            Expr::Given(index) => Some(model.givens.get(usize::from(*index))?.kind),
            _ => None,
        }
    }

    fn calculate(&self, left: &'f Expr, right: &'f Expr, by: fn(i128, i128) -> i128) -> View<'f> {
        match (self.int(left), self.int(right)) {
            (Some(left), Some(right)) => View::Int(by(left, right)),
            _ => View::Unset,
        }
    }
}

/// Whose uses are meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum KeyOf<'f> {
    /// The session's own.
    Session,
    /// Those under a key that sessions share.
    Shared(Cow<'f, Value>),
}

impl KeyOf<'_> {
    pub(super) fn into_owned(self) -> KeyOf<'static> {
        match self {
            Self::Session => KeyOf::Session,
            Self::Shared(value) => KeyOf::Shared(Cow::Owned(value.into_owned())),
        }
    }
}

fn at(values: &[Value], index: u16) -> &Value {
    values.get(usize::from(index)).unwrap_or(UNSET)
}

fn compare(how: Comparison, left: View, right: View) -> bool {
    let equal = left != View::Unset && left == right;
    match (how, left, right) {
        (Comparison::Equal, ..) => equal,
        (Comparison::NotEqual, ..) => !equal,
        (Comparison::Less, View::Int(left), View::Int(right)) => left < right,
        (Comparison::LessOrEqual, View::Int(left), View::Int(right)) => left <= right,
        (Comparison::Greater, View::Int(left), View::Int(right)) => left > right,
        (Comparison::GreaterOrEqual, View::Int(left), View::Int(right)) => left >= right,
        _ => false,
    }
}
