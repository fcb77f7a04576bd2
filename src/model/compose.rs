//! Branches one behind the other, performed as one: what the later reads is what the earlier has set.

use flowspec_runtime::Value;

use super::{Action, Expr, Gate, Key, Target};

/// What earlier actions leave behind.
#[derive(Debug, Default)]
pub(super) struct Left(Vec<(Expr, Expr)>);

impl Left {
    /// By these actions, all of which read the state before them.
    pub(super) fn by<'m>(actions: impl IntoIterator<Item = &'m Action>) -> Self {
        let sets = actions.into_iter().filter_map(|action| match action {
            Action::Set { target, value, .. } => Some((place(*target), value.clone())),
            _ => None,
        });
        Self(sets.collect())
    }

    /// As if what is read first had been set to what stands after it.
    pub(super) fn renaming(places: Vec<(Expr, Expr)>) -> Self {
        Self(places)
    }

    /// An expression as it reads before the earlier actions.
    pub(super) fn before(&self, expr: &Expr) -> Expr {
        if let Some((_, value)) = self.0.iter().rev().find(|(place, _)| place == expr) {
            return value.clone();
        }
        let inner = |inner: &Expr| Box::new(self.before(inner));
        let all = |parts: &[Expr]| parts.iter().map(|part| self.before(part)).collect();
        match expr {
            Expr::IsSet(of) => match self.before(of) {
                Expr::Const(value) => Expr::Const(Value::Bool(value.is_set())),
                of => Expr::IsSet(of.into()),
            },
            Expr::IsEmpty(of) => Expr::IsEmpty(inner(of)),
            Expr::Not(of) => Expr::Not(inner(of)),
            Expr::And(parts) => Expr::And(all(parts)),
            Expr::Or(parts) => Expr::Or(all(parts)),
            Expr::Compare { how, left, right } => {
                Expr::Compare { how: *how, left: inner(left), right: inner(right) }
            }
            Expr::In { word, set } => Expr::In { word: inner(word), set: inner(set) },
            Expr::Add(left, right) => Expr::Add(inner(left), inner(right)),
            Expr::Subtract(left, right) => Expr::Subtract(inner(left), inner(right)),
            Expr::Multiply(of, by) => Expr::Multiply(inner(of), *by),
            Expr::Percent { percent, of, rounding } => {
                Expr::Percent { percent: *percent, of: inner(of), rounding: *rounding }
            }
            Expr::DateOf { instant, offset } => Expr::DateOf { instant: inner(instant), offset: *offset },
            Expr::Number(of) => Expr::Number(inner(of)),
            Expr::Aggregate { how, over, of, filter } => Expr::Aggregate {
                how: *how,
                over: inner(over),
                of: of.as_deref().map(inner),
                filter: filter.as_deref().map(inner),
            },
            Expr::Item
            | Expr::ItemField(_)
            | Expr::Const(_)
            | Expr::Field(_)
            | Expr::AnswerField(_)
            | Expr::Variable(_)
            | Expr::Given(_)
            | Expr::Choice(_)
            | Expr::Output { .. }
            | Expr::Attribute { .. }
            | Expr::RowKey(_)
            | Expr::RowExists(_)
            | Expr::Asked(_)
            | Expr::Now => expr.clone(),
        }
    }

    /// What an expression reads that the earlier actions change and that cannot be known before them: a row whose key
    /// they set.
    pub(super) fn hides(&self, expr: &Expr, key_of: impl Fn(u16) -> Option<Expr>) -> bool {
        let sets = |place: &Expr| self.0.iter().any(|(set, _)| set == place);
        expr.any(&mut |part| match part {
            Expr::Attribute { row, .. } | Expr::RowKey(row) | Expr::RowExists(row) => {
                !sets(part) && key_of(*row).is_some_and(|key| sets(&key))
            }
            _ => false,
        })
    }

    /// An action as it reads before the earlier ones.
    pub(super) fn action(&self, action: Action) -> Action {
        match action {
            Action::Set { element, target, value } => {
                Action::Set { element, target, value: self.before(&value) }
            }
            Action::Reset { element, limit, key } => Action::Reset { element, limit, key: self.key(key) },
            Action::Uncount { element, limit, key, amount } => {
                Action::Uncount { element, limit, key: self.key(key), amount: self.before(&amount) }
            }
            Action::Count { element, limit, key, amount } => {
                Action::Count { element, limit, key: self.key(key), amount: self.before(&amount) }
            }
            Action::Send { element, output, fields, when } => Action::Send {
                element,
                output,
                fields: fields.iter().map(|(index, value)| (*index, self.before(value))).collect(),
                when: when.map(|when| self.before(&when)),
            },
        }
    }

    /// A gate as it reads before the earlier actions.
    pub(super) fn gate(&self, gate: &mut Gate) {
        gate.key = self.key(gate.key.clone());
        gate.amount = self.before(&gate.amount);
    }

    fn key(&self, key: Key) -> Key {
        match key {
            Key::Value(expr) => Key::Value(self.before(&expr)),
            other => other,
        }
    }
}

/// All of some conditions, without conjunctions in conjunctions.
pub(super) fn all(parts: Vec<Expr>) -> Expr {
    let flat = parts.into_iter().flat_map(|part| match part {
        Expr::And(inner) => inner,
        other => vec![other],
    });
    Expr::And(flat.collect())
}

/// Any of some conditions, without disjunctions in disjunctions.
pub(super) fn any(parts: Vec<Expr>) -> Expr {
    let flat = parts.into_iter().flat_map(|part| match part {
        Expr::Or(inner) => inner,
        other => vec![other],
    });
    Expr::Or(flat.collect())
}

/// Puts actions behind others, and behind those that are performed around them: they read what all of these leave, and
/// what is set again is set once.
pub(super) fn append(around: &[Action], actions: &mut Vec<Action>, more: Vec<Action>) {
    let left = Left::by(around.iter().chain(actions.iter()));
    for action in more {
        let action = left.action(action);
        if let Action::Set { target, .. } = &action {
            let target = *target;
            actions.retain(|known| !matches!(known, Action::Set { target: set, .. } if *set == target));
        }
        actions.push(action);
    }
}

fn place(target: Target) -> Expr {
    match target {
        Target::Variable(variable) => Expr::Variable(variable),
        Target::Attribute { row, attribute } => Expr::Attribute { row, attribute },
    }
}
