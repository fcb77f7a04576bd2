//! Actions as statements: everything is read before anything changes.

use std::collections::BTreeSet;

use flowspec_runtime::model::{Action, Expr, Key, LimitId, LimitOutcome, OutputId, RowId, Target};

use super::super::expr::{Operand, Scope};
use super::super::layout::{Code, code};
use super::super::statement::Statement;
use super::gates::call;
use super::send::send;
use super::values::Early;
use crate::emit::names::Names;

/// Actions as statements, and the limits that may move the session.
pub(super) struct Done {
    pub(super) statements: Vec<Statement>,
    pub(super) trips: Vec<(LimitId, String)>,
}

/// Everything is read before anything changes: what is read after a change of it, or may lie outside its type, is kept
/// in a local first.
pub(super) fn actions(scope: &Scope, all: &[&Action], trips: bool) -> Done {
    let mut made = Done { statements: Vec::new(), trips: Vec::new() };
    let mut changes = Vec::new();
    let mut written = Written::default();
    let mut locals = Names::with(&["turn", "event", "key", "value", "row", "full", "reasons"]);
    let order = |action: &&&Action| match action {
        Action::Set { .. } => 0,
        Action::Reset { .. } => 1,
        Action::Uncount { .. } => 2,
        Action::Count { .. } => 3,
        Action::Send { .. } => 4,
    };
    let mut sorted = all.to_vec();
    sorted.sort_by_key(|action| order(&action));
    for action in sorted {
        let mut early = Early { scope, written: &written, locals: &mut locals, lines: &mut made.statements };
        match action {
            Action::Set { target, value, .. } => changes.extend(set(&mut early, *target, value)),
            Action::Reset { limit, key, .. } => changes.extend(reset(scope, *limit, key)),
            Action::Uncount { limit, key, amount, .. } => {
                let amount = early.amount(amount);
                let counts = scope.flow.limits[usize::from(*limit)].counts;
                let call = call(scope, *limit, key, "uncount", amount).filter(|_| counts);
                changes.extend(call.map(|call| Statement::Line(code![call, ";"])));
            }
            Action::Count { limit, key, amount, .. } => {
                let amount = early.amount(amount);
                changes.extend(count(scope, *limit, key, amount, trips, &mut made.trips));
            }
            Action::Send { output, fields, when, .. } => {
                changes.extend(send(&mut early, *output, fields, when.as_ref()));
            }
        }
        written.add(action);
    }
    made.statements.extend(group_rows(changes));
    made
}

/// Changes of one row look it up once: what comes later joins the first.
fn group_rows(changes: Vec<Statement>) -> Vec<Statement> {
    let mut grouped: Vec<Statement> = Vec::new();
    for change in changes {
        let looked_up = |known: &Statement, change: &Statement| match (known, change) {
            (Statement::Line(known), Statement::Line(line)) => known == line && is_row(line),
            _ => false,
        };
        match &change {
            Statement::Line(_) if grouped.iter().any(|known| looked_up(known, &change)) => {}
            Statement::Block(parts, _) => {
                let [(head, body)] = parts.as_slice() else {
                    grouped.push(change);
                    continue;
                };
                let same = grouped.iter_mut().find_map(|known| match known {
                    Statement::Block(known, _) if known.len() == 1 && known[0].0 == *head => {
                        Some(&mut known[0].1)
                    }
                    _ => None,
                });
                match (same, body.first()) {
                    (Some(known), Some(row)) if known.first().is_some_and(|first| looked_up(first, row)) => {
                        known.extend(body.iter().skip(1).cloned());
                    }
                    _ => grouped.push(change),
                }
            }
            _ => grouped.push(change),
        }
    }
    grouped
}

/// `if let Some(key) = &session.phone {`
fn if_key(operand: &Operand, found: Code) -> Code {
    match operand {
        Operand::Maybe { place, .. } => format!("if let Some(key) = &{place} {{").into(),
        _ => code!["if let Some(key) = ", found, " {"],
    }
}

fn is_row(line: &Code) -> bool {
    matches!(line, Code::Text(text) if text.starts_with("let ") && text.contains(".row("))
}

/// What an earlier action of the same branch has changed.
#[derive(Default)]
pub(super) struct Written {
    variables: BTreeSet<u16>,
    rows: BTreeSet<RowId>,
    outputs: BTreeSet<OutputId>,
}

impl Written {
    fn add(&mut self, action: &Action) {
        match action {
            Action::Set { target: Target::Variable(variable), .. } => drop(self.variables.insert(*variable)),
            Action::Set { target: Target::Attribute { row, .. }, .. } => drop(self.rows.insert(*row)),
            Action::Send { output, .. } => drop(self.outputs.insert(*output)),
            _ => {}
        }
    }

    /// Whether an expression reads something of it.
    pub(super) fn is_read_by(&self, scope: &Scope, expr: &Expr) -> bool {
        let mut read = false;
        expr.each(&mut |expr| {
            read |= match expr {
                Expr::Variable(variable) => self.variables.contains(variable),
                Expr::Output { output, .. } => self.outputs.contains(output),
                Expr::Attribute { row, .. } | Expr::RowExists(row) | Expr::RowKey(row) => {
                    let record = |row: RowId| scope.flow.model.rows[usize::from(row)].record;
                    let key = scope
                        .key(*row)
                        .is_some_and(|key| matches!(key, Expr::Variable(v) if self.variables.contains(v)));
                    key || self.rows.iter().any(|written| record(*written) == record(*row))
                }
                _ => false,
            }
        });
        read
    }
}

fn set(early: &mut Early, target: Target, value: &Expr) -> Vec<Statement> {
    let flow = early.scope.flow;
    match target {
        Target::Variable(variable) => {
            let declared = &flow.model.variables[usize::from(variable)];
            let (name, optional) = &flow.variables[usize::from(variable)];
            let value = early.owned(value, declared.kind, *optional, name);
            vec![Statement::Line(Code::assign(format!("{}.{name}", early.scope.session), value, ";"))]
        }
        Target::Attribute { row, attribute } => {
            let record = flow.model.rows[usize::from(row)].record;
            let names = &flow.records[usize::from(record)];
            let kind = flow.model.records[usize::from(record)].attributes[usize::from(attribute)].kind;
            let name = &names.attributes[usize::from(attribute)];
            let value = early.owned(value, kind, true, name);
            row_set(early.scope, row, Code::assign(format!("{}.{name}", names.local), value, ";"))
        }
    }
}

/// A change of a row, in a block where its key may be unset.
fn row_set(scope: &Scope, row: RowId, change: Code) -> Vec<Statement> {
    let record = scope.flow.model.rows[usize::from(row)].record;
    let names = &scope.flow.records[usize::from(record)];
    let table = format!("{}.{}", scope.shared, names.table);
    let bind = |key: &str| Statement::line(format!("let {} = {table}.row({key});", names.local));
    let Some(key) = scope.key(row) else { return Vec::new() };
    let operand = scope.operand(key);
    match (&operand, operand.found()) {
        (Operand::Plain { place, .. }, _) => {
            vec![bind(&format!("&{place}")), Statement::Line(change)]
        }
        (_, Some(found)) => {
            let head = if_key(&operand, found);
            vec![Statement::block(head, vec![bind("key"), Statement::Line(change)])]
        }
        _ => Vec::new(),
    }
}

fn reset(scope: &Scope, id: LimitId, key: &Key) -> Option<Statement> {
    let names = &scope.flow.limits[usize::from(id)];
    if !names.counts {
        return None;
    }
    let place = if matches!(key, Key::Session) { scope.session } else { scope.shared };
    let uses = format!("{place}.{}", names.uses);
    let Key::Value(key) = key else { return Some(Statement::line(format!("{uses}.reset();"))) };
    let operand = scope.operand(key);
    match (&operand, operand.found()) {
        (Operand::Plain { place, .. }, _) => Some(Statement::line(format!("{uses}.reset(&{place});"))),
        (_, Some(found)) => {
            let head = if_key(&operand, found);
            Some(Statement::block(head, vec![Statement::line(format!("{uses}.reset(key);"))]))
        }
        _ => None,
    }
}

fn count(
    scope: &Scope,
    id: LimitId,
    key: &Key,
    amount: Code,
    own: bool,
    trips: &mut Vec<(LimitId, String)>,
) -> Vec<Statement> {
    let flow = scope.flow;
    let names = &flow.limits[usize::from(id)];
    if !names.counts {
        let text = format!("count {}: it never refuses", flow.model.limit(id).name);
        return vec![Statement::Comment(text)];
    }
    let method = if own { "count" } else { "add" };
    let Some(call) = call(scope, id, key, method, amount) else { return Vec::new() };
    if !own || !matches!(flow.model.limit(id).outcome, LimitOutcome::Trip(_)) {
        return vec![Statement::Line(code![call, ";"])];
    }
    let local = format!("{}_full", names.uses);
    trips.push((id, local.clone()));
    trips.sort_unstable();
    vec![Statement::Line(Code::assign(format!("let {local}"), call, ";"))]
}
