//! Limits as they stand at an event, and what follows where one is full.

use flowspec_runtime::model::{Action, Bound, Expr, Gate, Handler, Key, LimitId, LimitOutcome, Window};

use super::super::expr::Scope;
use super::super::layout::{Code, code};
use super::super::statement::Statement;
use super::super::text::{comment, millis};
use super::super::types::integer;
use super::actions::actions;
use super::values::amount;
use super::{reasons, refused};

pub(super) fn limits_of(handler: &Handler) -> Vec<LimitId> {
    handler.gates.iter().map(|gate| gate.limit).collect()
}

pub(super) fn counted(actions: &[Action]) -> impl Iterator<Item = LimitId> {
    actions.iter().filter_map(|action| match action {
        Action::Count { limit, .. } => Some(*limit),
        _ => None,
    })
}

/// A limit whose bound, window, hold or condition is read now.
pub(super) fn computed_limit(scope: &Scope, id: LimitId) -> Vec<Statement> {
    let names = &scope.flow.limits[usize::from(id)];
    if !names.computed || !names.counts {
        return Vec::new();
    }
    let applies = format!("{}_applies", names.name);
    let condition = scope.flow.model.limit(id).active.as_ref();
    let condition =
        condition.map(|active| Code::assign(format!("let {applies}"), scope.condition(active), ";"));
    let limit = Code::assign(format!("let {}", names.name), limit(scope, id), ";");
    condition.into_iter().chain([limit]).map(Statement::Line).collect()
}

/// A call of a method of the runtime's `Limit` on the uses under a key.
pub(super) fn call(scope: &Scope, id: LimitId, key: &Key, method: &str, amount: Code) -> Option<Code> {
    let names = &scope.flow.limits[usize::from(id)];
    let borrow = if method == "fits" { "&" } else { "&mut " };
    let place = if matches!(key, Key::Session) { scope.session } else { scope.shared };
    let uses = format!("{borrow}{place}.{}", names.uses).into();
    let Key::Value(key) = key else {
        return Some(Code::call(
            format!("{}.{method}_alone", names.name),
            vec![uses, scope.now.into(), amount],
        ));
    };
    let key = scope.operand(key).by_ref()?;
    Some(Code::call(format!("{}.{method}", names.name), vec![uses, key, scope.now.into(), amount]))
}

/// The limits that the event must fit (rule 15).
pub(super) fn gates<'a>(scope: &Scope<'a>, gates: &'a [Gate]) -> Vec<Statement> {
    let flow = scope.flow;
    let full = gates.iter().filter(|gate| flow.limits[usize::from(gate.limit)].counts).filter_map(|gate| {
        let fits = call(scope, gate.limit, &gate.key, "fits", amount(scope, &gate.amount))?;
        Some((gate, code!["!", fits]))
    });
    let full = full.collect::<Vec<_>>();
    let has_effect = |gate: &Gate| {
        let limit = flow.model.limit(gate.limit);
        let moves =
            matches!(&limit.outcome, LimitOutcome::Trip(_) | LimitOutcome::Refuse { to: Some(_), .. });
        moves || !gate.actions.is_empty() || matches!(limit.outcome, LimitOutcome::Silent)
    };
    if !full.iter().any(|(gate, _)| has_effect(gate)) {
        let guarded = full.into_iter().map(|(gate, full)| {
            let limit = flow.model.limit(gate.limit);
            (Some(limit.element), full, flow.limit_reason(gate.limit))
        });
        return reasons(scope, "full", guarded.collect());
    }
    gates_with_effects(scope, full)
}

/// A limit as it stands now.
pub(in crate::emit::rust) fn limit(scope: &Scope, id: LimitId) -> Code {
    let limit = scope.flow.model.limit(id);
    let bound = match &limit.bound {
        Bound::AtMost(Expr::Const(value)) => integer(value.as_int().unwrap_or_default()).into(),
        Bound::AtMost(bound) => scope.wide(bound),
        Bound::Unbounded => "i128::MAX".into(),
    };
    let (window, varies) = match &limit.window {
        Window::All => ("Window::All".into(), false),
        Window::Rolling(Expr::Const(value)) => {
            (format!("Window::Rolling({})", millis(value.as_int().unwrap_or_default())).into(), false)
        }
        Window::Rolling(width) => (Code::call("Window::Rolling", vec![scope.int(width)]), true),
        Window::Calendar { period, offset } => {
            (format!("Window::Calendar(Period::{period:?}, {offset})").into(), false)
        }
    };
    let mut calls: Vec<Code> = Vec::new();
    if let LimitOutcome::Refuse { hold: Some(hold), .. } = &limit.outcome {
        calls.push(code![".holding(", time(scope, hold), ")"]);
    }
    if varies {
        calls.push(".varying()".into());
    }
    if limit.active.is_some() {
        calls.push(format!(".applies({}_applies)", scope.flow.limits[usize::from(id)].name).into());
    }
    let made = Code::call("Limit::new", vec![bound, window]);
    if calls.is_empty() { made } else { Code::chain(made, calls) }
}

/// So many milliseconds.
pub(in crate::emit::rust) fn time(scope: &Scope, expr: &Expr) -> Code {
    match expr {
        Expr::Const(value) => millis(value.as_int().unwrap_or_default()).into(),
        _ => scope.int(expr),
    }
}

fn gates_with_effects(scope: &Scope, full: Vec<(&Gate, Code)>) -> Vec<Statement> {
    let flow = scope.flow;
    if let [(gate, condition)] = full.as_slice() {
        let mut body = limit_effects(scope, gate);
        body.push(Statement::line(refused(&flow.limit_reason(gate.limit), true)));
        return vec![
            comment(flow.model, flow.model.limit(gate.limit).element),
            Statement::when(condition.clone(), body),
        ];
    }
    let locals = full
        .iter()
        .map(|(gate, _)| format!("{}_full", flow.limits[usize::from(gate.limit)].uses))
        .collect::<Vec<_>>();
    let mut statements = Vec::new();
    for ((gate, condition), local) in full.iter().zip(&locals) {
        statements.push(comment(flow.model, flow.model.limit(gate.limit).element));
        statements.push(Statement::Line(Code::assign(format!("let {local}"), condition.clone(), ";")));
    }
    for ((gate, _), local) in full.iter().zip(&locals) {
        if matches!(flow.model.limit(gate.limit).outcome, LimitOutcome::Silent) {
            let line = Statement::line(refused(&flow.silence(), true));
            statements.push(Statement::when(local.clone().into(), vec![line]));
        }
    }
    statements.push(Statement::line("let mut full = Reasons::None;"));
    for ((gate, _), local) in full.iter().zip(&locals) {
        let line = Statement::line(format!("full.add({});", flow.limit_reason(gate.limit)));
        statements.push(Statement::when(local.clone().into(), vec![line]));
    }
    let effects = full.iter().zip(&locals).enumerate().map(|(index, ((gate, _), local))| {
        let head = if index == 0 { "if " } else { "else if " };
        (Code::condition(head, local.clone().into()), limit_effects(scope, gate))
    });
    statements.push(Statement::Block(effects.collect(), ""));
    statements.push(Statement::line("full.none()?;"));
    statements
}

/// What happens to an event that is refused for a limit.
fn limit_effects(scope: &Scope, gate: &Gate) -> Vec<Statement> {
    let limit = scope.flow.model.limit(gate.limit);
    let mut statements = actions(scope, &gate.actions.iter().collect::<Vec<_>>(), false).statements;
    let to = match &limit.outcome {
        LimitOutcome::Refuse { to, .. } => *to,
        LimitOutcome::Trip(trip) => Some(trip.to),
        LimitOutcome::Silent => None,
    };
    statements.extend(to.map(|to| Statement::line(format!("turn.enter({});", scope.flow.step(to)))));
    statements
}
