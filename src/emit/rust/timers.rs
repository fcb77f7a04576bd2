//! Where a session begins, and its time-outs: when they are armed, and what they do.

use flowspec_runtime::model::{Expr, Step, Timer, TimerBase};

use super::body;
use super::expr::Scope;
use super::flow::Flow;
use super::layout::{Code, code};
use super::statement::{Statement, print, settle, uses};
use super::text::{comment, doc};
use super::view::{FieldView, TimeOutView};

/// What a session remembers when it begins; empty where that is nothing.
pub(super) fn session_literal(fields: &[FieldView]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let fields = fields.iter().map(|field| format!("{}: {}", field.name, field.initial).into());
    Code::literal("Session", fields.collect()).print(8)
}

/// The body of `Flow::start`.
pub(super) fn start(flow: &Flow) -> String {
    let model = flow.model;
    let mut scope = Scope::turn(flow, None);
    let mut statements = delays(&scope);
    statements.extend(body::bind_rows(&mut scope, model.requires.iter().map(|require| &require.guard)));
    let required = model
        .requires
        .iter()
        .map(|require| (Some(require.element), scope.negated(&require.guard), flow.reason(require.reason)));
    statements.extend(body::reasons(&scope, "reasons", required.collect()));
    scope.rows.clear();
    for (id, timer) in armed(flow) {
        if timer.step.is_none() && !matches!(timer.base, TimerBase::Since(_)) {
            statements.push(after(&scope, id, timer));
        }
    }
    statements.extend(body::start(&scope, &model.start));
    print(&statements, 2)
}

/// What a session is given must not make a time-out shorter than 1 ms.
fn delays(scope: &Scope) -> Vec<Statement> {
    let flow = scope.flow;
    let mut blamed = Vec::new();
    for timer in &flow.model.timers {
        let (mut givens, mut others) = (Vec::new(), false);
        timer.delay.each(&mut |expr| match expr {
            Expr::Given(given) => givens.push(*given),
            Expr::Variable(_) | Expr::Output { .. } | Expr::Attribute { .. } | Expr::Now => others = true,
            _ => {}
        });
        if !others {
            let short = || Code::joined("<", vec![body::time(scope, &timer.delay), "1".into()]);
            let reason = |given: u16| {
                let name = &flow.model.givens[usize::from(given)].name;
                flow.reason_word(&format!("{}:{name}", flow.model.defaults.invalid.0))
            };
            blamed.extend(givens.into_iter().map(|given| (Some(timer.element), short(), reason(given))));
        }
    }
    body::reasons(scope, "reasons", blamed)
}

/// The time-outs that the reference ever fires: `or later` may wait for ever, and does.
fn armed<'a>(flow: &'a Flow<'a>) -> impl Iterator<Item = (u16, &'a Timer)> {
    (0_u16..).zip(&flow.model.timers).filter(|(_, timer)| !timer.or_later)
}

fn after(scope: &Scope, id: u16, timer: &Timer) -> Statement {
    let arguments = vec![id.to_string().into(), body::time(scope, &timer.delay)];
    Statement::Line(code![Code::call("turn.after", arguments), ";"])
}

/// The body of `Flow::entered`: empty where entering a step arms nothing.
pub(super) fn entered(flow: &Flow) -> String {
    let scope = Scope::turn(flow, None);
    let steps = (0_u16..).zip(&flow.model.steps).map(|(step, _)| {
        let mut statements = Vec::new();
        if let Some(since) = flow.since.get(&step) {
            statements.push(Statement::line(format!("turn.session.{since} = Some(turn.now);")));
        }
        for (id, timer) in armed(flow) {
            match (timer.step, timer.base) {
                (None, TimerBase::Since(since)) if since == step => statements.push(after(&scope, id, timer)),
                (Some(own), TimerBase::Entry | TimerBase::Idle) if own == step => {
                    statements.push(after(&scope, id, timer));
                }
                (Some(own), TimerBase::Since(since)) if own == step => {
                    let place = &flow.since[&since];
                    let due = code!["since.saturating_add(", body::time(&scope, &timer.delay), ")"];
                    let at = Code::call("turn.at", vec![id.to_string().into(), code![due, ".max(turn.now)"]]);
                    let head = format!("if let Some(since) = turn.session.{place} {{");
                    statements.push(Statement::block(head, vec![Statement::Line(code![at, ";"])]));
                }
                _ => {}
            }
        }
        statements
    });
    by_step(flow, steps.collect())
}

/// The body of `Flow::active`: empty where the user's activity arms nothing.
pub(super) fn active(flow: &Flow) -> String {
    let scope = Scope::turn(flow, None);
    let idle = |step: Option<u16>| {
        let timers =
            armed(flow).filter(move |(_, timer)| timer.base == TimerBase::Idle && timer.step == step);
        timers.map(|(id, timer)| after(&scope, id, timer)).collect::<Vec<_>>()
    };
    let mut out = print(&idle(None), 2);
    let steps = (0_u16..).zip(&flow.model.steps).map(|(step, _): (u16, &Step)| idle(Some(step)));
    out.push_str(&by_step(flow, steps.collect()));
    out
}

/// Statements that depend on the step the session is in.
fn by_step(flow: &Flow, steps: Vec<Vec<Statement>>) -> String {
    let all = steps.len();
    let busy = (0_u16..).zip(steps).filter(|(_, statements)| !statements.is_empty()).collect::<Vec<_>>();
    match busy.as_slice() {
        [] => String::new(),
        [(step, statements)] => {
            let condition = format!("turn.step() == {}", flow.step(*step)).into();
            print(&[Statement::when(condition, statements.clone())], 2)
        }
        _ => {
            let mut arms = busy.iter().map(|(step, statements)| match statements.as_slice() {
                [Statement::Line(code)] => {
                    let line = code.print(12);
                    let line = line.strip_suffix(';').unwrap_or(&line).to_owned();
                    let assigns = line.contains(" = ");
                    if assigns {
                        Statement::block(format!("{} => {{", flow.step(*step)), statements.clone())
                    } else {
                        Statement::line(format!("{} => {line},", flow.step(*step)))
                    }
                }
                _ => Statement::block(format!("{} => {{", flow.step(*step)), statements.clone()),
            });
            let mut arms = arms.by_ref().collect::<Vec<_>>();
            if busy.len() < all {
                arms.push(Statement::line("_ => {}"));
            }
            print(&[Statement::block("match turn.step() {", arms)], 2)
        }
    }
}

/// What each time-out does.
pub(super) fn time_outs(flow: &Flow) -> Vec<TimeOutView> {
    let model = flow.model;
    let armed = armed(flow).collect::<Vec<_>>();
    let level = if armed.len() > 1 { 4 } else { 2 };
    let views = armed.into_iter().map(|(id, timer)| {
        let mut statements = vec![comment(model, timer.element)];
        statements.extend(body::alone(&Scope::turn(flow, None), &timer.body));
        let place = timer.step.map_or(model.element, |step| model.step(step).element);
        let of_step = timer.step.map_or(model.name.as_str(), |step| model.step(step).name.as_str());
        TimeOutView {
            timer: id,
            uses_turn: uses(&statements, "turn"),
            doc: doc(model, place, of_step, "its time is over"),
            body: print(&statements, level),
        }
    });
    views.collect()
}

/// The body of `Flow::reset`: empty where nothing is shared.
pub(super) fn reset(flow: &Flow) -> String {
    let model = flow.model;
    let tables = model.records.iter().zip(&flow.records);
    let mut kept = tables
        .map(|(record, names)| {
            let read = vec!["rows".into(), format!("{:?}", record.name.as_str()).into()];
            code![format!("{}: ", names.table), Code::call("Table::read", read), "?"]
        })
        .collect::<Vec<_>>();
    for (choice, name) in model.choices.iter().zip(&flow.choices) {
        let clone = if flow.kind(choice.kind).is_copy() { "" } else { ".clone()" };
        kept.push(format!("{name}: self.{name}{clone}").into());
    }
    let all = super::view::shared_len(flow);
    if all == 0 {
        return String::new();
    }
    let made = match (kept.is_empty(), kept.len() < all) {
        (true, _) => "Self::default()".into(),
        (false, false) => Code::literal("Self", kept),
        (false, true) => {
            kept.push("..Self::default()".into());
            Code::literal("Self", kept)
        }
    };
    let mut statements = vec![Statement::Line(Code::assign("*self", made, ";"))];
    settle(&mut statements, &mut Vec::new());
    print(&statements, 2)
}
