//! What is known to hold where an expression is read: which values are set, and which conditions are true.

use super::{Comparison, Expr, Field};

/// What is known at a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Knowledge {
    set: Vec<Expr>,
    holds: Vec<Expr>,
}

impl Knowledge {
    /// Takes in that an expression is true, or that it is false.
    pub(super) fn learn(&mut self, expr: &Expr, truth: bool) {
        match (expr, truth) {
            (Expr::Not(inner), _) => self.learn(inner, !truth),
            (Expr::And(parts), true) | (Expr::Or(parts), false) => {
                parts.iter().for_each(|part| self.learn(part, truth));
            }
            (Expr::IsSet(place), true) => self.learn_set(place),
            (Expr::Compare { how, left, right }, _)
                if (*how == Comparison::Equal) == truth
                    && matches!(how, Comparison::Equal | Comparison::NotEqual) =>
            {
                self.learn_set(left);
                self.learn_set(right);
            }
            _ => {}
        }
        if truth {
            self.holds.push(expr.clone());
        }
    }

    /// Takes in that a value is set.
    pub(super) fn learn_set(&mut self, place: &Expr) {
        if is_place(place) {
            self.set.push(place.clone());
        }
    }

    /// Whether a value is known to be set.
    pub(super) fn is_set(&self, place: &Expr) -> bool {
        self.set.contains(place)
    }

    /// Whether a row is known to exist.
    pub(super) fn row_exists(&self, row: u16) -> bool {
        self.holds.contains(&Expr::RowExists(row))
    }

    /// Whether a field is read at all, as far as its condition goes.
    pub(super) fn is_read(&self, field: &Field) -> bool {
        match &field.when {
            None => true,
            Some(Expr::And(parts)) => parts.iter().all(|part| self.holds.contains(part)),
            Some(condition) => self.holds.contains(condition),
        }
    }
}

/// Whether an expression is a value that may be unset, rather than computed.
pub(super) fn is_place(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Field(_)
            | Expr::AnswerField(_)
            | Expr::Variable(_)
            | Expr::Given(_)
            | Expr::Output { .. }
            | Expr::Attribute { .. }
            | Expr::RowKey(_)
            | Expr::Asked(_)
            | Expr::Item
            | Expr::ItemField(_)
    )
}
