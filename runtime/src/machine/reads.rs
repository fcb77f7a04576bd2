//! Which conditions and actions read a field that could not be read: a stage that does cannot decide.

use crate::model::{Action, Body, Bound, Expr, Gate, Key, Target, Window};

use super::frame::Frame;
use super::judge::Failed;

impl Frame<'_> {
    /// Whether an expression reads a field that could not be read.
    pub(super) fn reads(&self, expr: &Expr, failed: &Failed) -> bool {
        let is_failed = |expr: &Expr| matches!(expr, Expr::Field(field) if failed.contains(field));
        !failed.is_empty()
            && expr.any(&mut |inner| match inner {
                Expr::Attribute { row, .. } | Expr::RowKey(row) | Expr::RowExists(row) => {
                    self.row_key(*row).is_some_and(is_failed)
                }
                _ => is_failed(inner),
            })
    }

    fn key_reads(&self, key: &Key, failed: &Failed) -> bool {
        matches!(key, Key::Value(expr) if self.reads(expr, failed))
    }

    /// Whether a limit cannot be judged, or its own block not be performed, by what was read.
    pub(super) fn gate_reads(&self, gate: &Gate, failed: &Failed) -> bool {
        if failed.is_empty() {
            return false;
        }
        let limit = self.machine.model.limit(gate.limit);
        let bound = if let Bound::AtMost(bound) = &limit.bound { Some(bound) } else { None };
        let width = if let Window::Rolling(width) = &limit.window { Some(width) } else { None };
        let mut exprs = [Some(&gate.amount), bound, width, limit.active.as_ref()].into_iter().flatten();
        self.key_reads(&gate.key, failed)
            || exprs.any(|expr| self.reads(expr, failed))
            || gate.actions.iter().any(|action| self.action_reads(action, failed))
    }

    pub(super) fn body_reads(&self, body: &Body, failed: &Failed) -> bool {
        body.actions.iter().any(|action| self.action_reads(action, failed))
    }

    fn action_reads(&self, action: &Action, failed: &Failed) -> bool {
        match action {
            Action::Set { value, target, .. } => {
                let row =
                    if let Target::Attribute { row, .. } = target { Some(Expr::RowKey(*row)) } else { None };
                self.reads(value, failed) || row.is_some_and(|key| self.reads(&key, failed))
            }
            Action::Reset { key, .. } => self.key_reads(key, failed),
            Action::Uncount { key, amount, .. } | Action::Count { key, amount, .. } => {
                self.key_reads(key, failed) || self.reads(amount, failed)
            }
            Action::Send { fields, when, .. } => {
                let exprs = fields.iter().map(|(_, value)| value).chain(when);
                exprs.into_iter().any(|expr| self.reads(expr, failed))
            }
        }
    }
}
