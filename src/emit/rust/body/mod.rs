//! What a step, a time-out and the start of a flow do, as statements: gates, guards, branches, actions, outcomes.

mod actions;
mod gates;
mod send;
mod values;

use std::collections::BTreeSet;

use flowspec_runtime::model::{
    Action, ActorId, AnswerCase, Body, Branch, ElementId, Expr, Handler, LimitId, LimitOutcome, Outcome,
    Refusal,
};

use super::expr::Scope;
use super::layout::{Code, code};
use super::statement::Statement;
use super::text::comment;
use actions::actions;
use gates::{computed_limit, counted, gates, limits_of};

pub(super) use gates::{limit, time};

/// What follows an event in a step, from its gates to its branches.
pub(super) fn handler<'a>(scope: &Scope<'a>, handler: &'a Handler) -> Vec<Statement> {
    let mut scope = scope.clone();
    let mut statements = Vec::new();
    if let Some(local) = conditional_fields(&scope) {
        statements.push(Statement::line(format!("{local}.settle(turn)?;")));
    }
    let limits = limits_of(handler);
    statements.extend(limits.iter().flat_map(|limit| computed_limit(&scope, *limit)));
    statements.extend(gates(&scope, &handler.gates));
    let refused = handler.refusals.iter().map(|refusal| &refusal.guard);
    let guards = refused.chain(handler.branches.iter().filter_map(|branch| branch.guard.as_ref()));
    statements.extend(bind_rows(&mut scope, guards));
    statements.extend(refusals(&scope, &handler.refusals));
    statements.extend(branches(&scope, &handler.branches, &[]));
    super::statement::settle(&mut statements, &mut Vec::new());
    statements
}

/// A body that stands alone: that of a time-out.
pub(super) fn alone<'a>(scope: &Scope<'a>, body: &'a Body) -> Vec<Statement> {
    let mut statements = Vec::new();
    statements.extend(counted(&body.actions).flat_map(|limit| computed_limit(scope, limit)));
    statements.extend(outcome(scope, body, &[]));
    super::statement::settle(&mut statements, &mut Vec::new());
    statements
}

/// Where a flow begins.
pub(super) fn start<'a>(scope: &Scope<'a>, starts: &'a [Branch]) -> Vec<Statement> {
    let mut statements = branches(scope, starts, &[]);
    super::statement::settle(&mut statements, &mut Vec::new());
    statements
}

/// `refuse R when G`: all that hold are given together.
pub(super) fn refusals(scope: &Scope, refusals: &[Refusal]) -> Vec<Statement> {
    let guarded = refusals.iter().map(|refusal| {
        (Some(refusal.element), scope.condition(&refusal.guard), scope.flow.reason(refusal.reason))
    });
    reasons(scope, "reasons", guarded.collect())
}

/// Refuses for every reason whose condition holds.
pub(super) fn reasons(
    scope: &Scope,
    local: &str,
    guarded: Vec<(Option<ElementId>, Code, String)>,
) -> Vec<Statement> {
    let one = guarded.len() == 1;
    let mut statements = Vec::new();
    if guarded.len() > 1 {
        statements.push(Statement::line(format!("let mut {local} = Reasons::None;")));
    }
    for (element, condition, reason) in guarded {
        statements.extend(element.map(|element| comment(scope.flow.model, element)));
        let line = if one { refused(&reason, true) } else { format!("{local}.add({reason});") };
        statements.push(Statement::when(condition, vec![Statement::line(line)]));
    }
    if statements.len() > 2 && !one {
        statements.push(Statement::line(format!("{local}.none()?;")));
    }
    statements
}

fn refused(reason: &str, early: bool) -> String {
    let refused = format!("Err(Reasons::One({reason}))");
    if early { format!("return {refused};") } else { refused }
}

/// The event's local, where some of its fields are read on a condition.
fn conditional_fields(scope: &Scope) -> Option<String> {
    let event = scope.event?;
    let conditional = scope.flow.model.event(event).fields.iter().any(|field| field.when.is_some());
    conditional.then(|| scope.fields.clone()).flatten()
}

/// Looks up the rows that guards read.
pub(super) fn bind_rows<'a>(scope: &mut Scope, guards: impl Iterator<Item = &'a Expr>) -> Vec<Statement> {
    let mut rows = BTreeSet::new();
    for guard in guards {
        guard.each(&mut |expr| {
            if let Expr::Attribute { row, .. } | Expr::RowExists(row) = expr {
                rows.insert(*row);
            }
        });
    }
    let statements = rows.into_iter().map(|row| {
        let record = scope.flow.model.rows[usize::from(row)].record;
        let local = scope.flow.records[usize::from(record)].local.clone();
        let line = Statement::Line(Code::assign(format!("let {local}"), scope.row(row), ";"));
        scope.rows.insert(row, local);
        line
    });
    statements.collect()
}

/// Branches of which exactly one holds, after the actions that come before all of them.
fn branches<'a>(scope: &Scope<'a>, branches: &'a [Branch], before: &[&'a Action]) -> Vec<Statement> {
    let (guarded, open): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| branch.guard.is_some());
    let mut statements = Vec::new();
    let mut ordered = guarded.iter().chain(&open).peekable();
    while let Some(branch) = ordered.next() {
        let body = outcome(scope, &branch.body, before);
        if branches.len() > 1 {
            statements.push(comment(scope.flow.model, branch.element));
        }
        match &branch.guard {
            Some(guard) if ordered.peek().is_some() => {
                statements.push(Statement::when(scope.condition(guard), early(body)));
            }
            // One of them holds: the last needs no question.
            _ => statements.extend(body),
        }
    }
    statements
}

/// The same statements, whose last expression is returned.
fn early(mut body: Vec<Statement>) -> Vec<Statement> {
    match body.last_mut() {
        Some(Statement::Line(code)) => *code = code!["return ", code.clone(), ";"],
        Some(Statement::Block(parts, end)) => {
            if let Some((head, _)) = parts.first_mut() {
                *head = code!["return ", head.clone()];
            }
            *end = ";";
        }
        _ => {}
    }
    body
}

/// Actions, then what they come to; the last statement is the verdict.
fn outcome<'a>(scope: &Scope<'a>, body: &'a Body, before: &[&'a Action]) -> Vec<Statement> {
    let all: Vec<&Action> = before.iter().copied().chain(&body.actions).collect();
    match &body.outcome {
        Outcome::Silent => return vec![Statement::line(refused(&scope.flow.silence(), false))],
        Outcome::Either(bodies) => {
            let Some(first) = bodies.first() else { return Vec::new() };
            let text = format!("either: the first of {} is taken", bodies.len());
            let mut statements = vec![Statement::Comment(text)];
            statements.extend(outcome(scope, first, &all));
            return statements;
        }
        Outcome::Ask { actor, answers } => return vec![ask(scope, *actor, answers, &all)],
        _ => {}
    }
    let done = actions(scope, &all, true);
    let mut statements = done.statements;
    let to = match &body.outcome {
        Outcome::To(to) | Outcome::Refuse { to: Some(to), .. } => Some(scope.flow.step(*to)),
        Outcome::Restart => Some("turn.step()".to_owned()),
        _ => None,
    };
    statements.extend(moves(to, &done.trips, scope));
    if body.outcome == Outcome::Resume {
        statements.push(Statement::line("turn.resume();"));
    }
    statements.push(Statement::line(match &body.outcome {
        Outcome::Refuse { reason, .. } => refused(&scope.flow.reason(*reason), false),
        _ => "Ok(())".to_owned(),
    }));
    statements
}

/// Enters the step that a full limit leads to, or the branch's own.
fn moves(to: Option<String>, trips: &[(LimitId, String)], scope: &Scope) -> Vec<Statement> {
    let enter = if scope.interrupts { "interrupt" } else { "enter" };
    if trips.is_empty() {
        return to.map(|to| Statement::line(format!("turn.{enter}({to});"))).into_iter().collect();
    }
    let mut parts = Vec::new();
    for (index, (id, local)) in trips.iter().enumerate() {
        if let LimitOutcome::Trip(trip) = &scope.flow.model.limit(*id).outcome {
            let head = if index == 0 { "if " } else { "else if " };
            let enter = Statement::line(format!("turn.enter({});", scope.flow.step(trip.to)));
            parts.push((Code::condition(head, local.clone().into()), vec![enter]));
        }
    }
    if let Some(to) = to {
        parts.push(("else {".into(), vec![Statement::line(format!("turn.{enter}({to});"))]));
    }
    vec![Statement::Block(parts, "")]
}

/// What follows from what an actor answers.
fn ask<'a>(scope: &Scope<'a>, actor: ActorId, cases: &'a [AnswerCase], before: &[&'a Action]) -> Statement {
    let flow = scope.flow;
    let event = scope.event.and_then(|event| flow.events[usize::from(event)].as_ref());
    let place = event.and_then(|event| Some(format!("{}.{}", event.local, event.answers.get(&actor)?)));
    let known = &flow.answers[&actor];
    let (mut arms, mut by) = (Vec::new(), "");
    for case in cases {
        let Some((_, variant, fields)) =
            known.cases.iter().find(|(known, ..)| super::flow::same_case(known, case))
        else {
            continue;
        };
        let mut inner = scope.clone();
        let local = fields.as_ref().map(|fields| fields.local.clone());
        inner.answer = Some((case, local.clone().unwrap_or_default()));
        let mut body = vec![comment(flow.model, case.element)];
        body.extend(branches(&inner, &case.branches, before));
        let bound = match local {
            Some(local) if super::statement::uses(&body, &local) => {
                // What is bound is looked at where it is.
                by = "&";
                format!("({local})")
            }
            Some(_) => "(_)".to_owned(),
            None => String::new(),
        };
        arms.push(Statement::block(format!("Some({}::{variant}{bound}) => {{", known.name), body));
    }
    let rest = if arms.len() == known.cases.len() { "None" } else { "_" };
    arms.push(Statement::line(format!("{rest} => Err(Reasons::None),")));
    Statement::block(format!("match {by}{} {{", place.unwrap_or_default()), arms)
}
