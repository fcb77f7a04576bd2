//! The function of each step: an event a match arm, in the order of the text.

use flowspec_runtime::model::Handler;

use super::super::body;
use super::super::expr::Scope;
use super::super::flow::Flow;
use super::super::layout::{Code, code};
use super::super::statement::{Statement, print, uses};
use super::super::text::{comment, doc};
use super::FunctionView;

pub(super) fn functions(flow: &Flow) -> Vec<FunctionView> {
    let model = flow.model;
    let steps = model.steps.iter().zip(&flow.steps).filter(|(step, _)| !step.handlers.is_empty());
    let views = steps.map(|(step, (_, function))| {
        let statements = step_body(flow, &step.handlers);
        let turn = if uses(&statements, "turn") || calls_with_turn(&statements) { "turn" } else { "_" };
        let body = print(&statements, 1);
        let settles = step.handlers.iter().any(|handler| is_settled(flow, handler));
        let event = if settles { "event: &mut Event" } else { "event: &Event" };
        let parameters = vec![format!("{turn}: &mut Turn").into(), event.into()];
        let head = code![Code::call(format!("fn {function}"), parameters), " -> Verdict {"];
        FunctionView { doc: doc(model, step.element, &step.name, ""), head: head.print(0), body }
    });
    views.collect()
}

/// Whether the turn is handed on.
fn calls_with_turn(statements: &[Statement]) -> bool {
    print(statements, 0).contains("(turn)")
}

/// Whether what is asked of an event hangs on a condition, so that its fields are settled before anything else.
fn is_settled(flow: &Flow, handler: &Handler) -> bool {
    flow.model.event(handler.event).fields.iter().any(|field| field.when.is_some())
}

/// An event a match arm, in the order of the text.
fn step_body(flow: &Flow, handlers: &[Handler]) -> Vec<Statement> {
    let unlisted = || flow.unlisted();
    let bound = |handler: &Handler, body: &[Statement]| match flow.events[usize::from(handler.event)].as_ref()
    {
        Some(names) if uses(body, &names.local) => format!("({})", names.local),
        Some(_) => "(_)".to_owned(),
        None => String::new(),
    };
    let bodies = handlers.iter().map(|handler| {
        let mut statements = vec![comment(flow.model, handler.element)];
        let interrupts = flow.interrupts(handler);
        if interrupts {
            let refused = Statement::line(format!("return Err(Reasons::One({}));", unlisted()));
            statements.push(Statement::when("turn.is_interrupted()".into(), vec![refused]));
        }
        let scope = Scope { interrupts, ..Scope::turn(flow, Some(handler.event)) };
        statements.extend(body::handler(&scope, handler));
        (handler, statements)
    });
    let bodies = bodies.collect::<Vec<_>>();
    if let [(handler, statements)] = bodies.as_slice() {
        let pattern = format!("let Event::{}{} = event", flow.variant(handler), bound(handler, statements));
        let first = if flow.variants.len() == 1 {
            Statement::line(format!("{pattern};"))
        } else {
            let refused = format!("return Err(Reasons::One({}))", unlisted());
            let rest = vec![Code::Break(" "), refused.into(), Code::Broken(";")];
            Statement::Line(Code::Group(vec![
                format!("{pattern} else {{").into(),
                Code::Nest(rest),
                Code::Break(" "),
                "};".into(),
            ]))
        };
        let mut all = vec![first];
        all.extend(statements.iter().cloned());
        return all;
    }
    let arms = bodies.iter().map(|(handler, statements)| {
        let pattern = format!("Event::{}{} => {{", flow.variant(handler), bound(handler, statements));
        Statement::block(pattern, statements.clone())
    });
    let mut arms = arms.collect::<Vec<_>>();
    if handlers.len() < flow.variants.len() {
        arms.push(Statement::line(format!("_ => Err(Reasons::One({})),", unlisted())));
    }
    vec![Statement::block("match event {", arms)]
}
