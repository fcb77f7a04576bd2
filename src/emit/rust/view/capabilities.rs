//! Questions whether something is allowed, as methods of what all sessions share.

use flowspec_runtime::model::{Capability, Expr, Model, Permission};

use super::super::expr::Scope;
use super::super::flow::Flow;
use super::super::layout::{Code, code};
use super::super::statement::{Statement, print};
use super::super::text::{comment, doc};
use super::{CapabilityView, literal};

pub(super) fn capabilities(flow: &Flow) -> Vec<CapabilityView> {
    let model = flow.model;
    let views = model.capabilities.iter().zip(&flow.capabilities).map(|(capability, method)| {
        let mut scope = Scope { shared: "self", session: "session", now: "now", ..Scope::turn(flow, None) };
        let mut statements = Vec::new();
        let mut parameters = vec!["&self".to_owned()];
        let mut arguments = Vec::new();
        let mut guards = Vec::new();
        for rule in &capability.rules {
            rule.guard.iter().for_each(|guard| guard.each(&mut |expr| guards.push(expr.clone())));
        }
        match capability.record {
            Some(record) => {
                let names = &flow.records[usize::from(record)];
                let asked = guards.iter().any(|expr| matches!(expr, Expr::Asked(_)));
                scope.asked = Some((record, names.local.clone()));
                let key = &flow.kind(model.records[usize::from(record)].key_kind).name;
                parameters.push(format!("{}: &{key}", if asked { "key" } else { "_" }));
                arguments.push("&typed::Typed::read(subject).ok()?".to_owned());
                if asked {
                    let line = format!("let {} = self.{}.get(key);", names.local, names.table);
                    statements.push(Statement::line(line));
                }
            }
            None => {
                let reads = guards.iter().any(|expr| {
                    matches!(
                        expr,
                        Expr::Variable(_)
                            | Expr::Given(_)
                            | Expr::Output { .. }
                            | Expr::Attribute { .. }
                            | Expr::RowExists(_)
                    )
                });
                parameters.push(format!("{}: &Session", if reads { "session" } else { "_" }));
                arguments.push("session?".to_owned());
            }
        }
        if guards.iter().any(|expr| matches!(expr, Expr::Now)) {
            parameters.push("now: Time".to_owned());
            arguments.push("now".to_owned());
        }
        statements.extend(permissions(&scope, capability));
        let parameters = parameters.into_iter().map(Code::from).collect();
        let head = code![Code::call(format!("pub fn {method}"), parameters), " -> May<Reason> {"];
        let call = Code::call(format!("self.{method}"), arguments.into_iter().map(Code::from).collect());
        CapabilityView {
            doc: doc(model, capability.element, &capability.name, ""),
            head: head.print(4),
            body: print(&statements, 2),
            word: literal(&capability.name),
            call: Code::arm(&literal(&capability.name), Code::call("Some", vec![call])).print(12),
        }
    });
    views.collect()
}

/// The head of `Flow::may`.
pub(super) fn may(model: &Model) -> String {
    let session = model.capabilities.iter().any(|capability| capability.record.is_none());
    let row = model.capabilities.iter().any(|capability| capability.record.is_some());
    let parameters = [
        "&self".to_owned(),
        format!("{}: Option<&Session>", if session { "session" } else { "_" }),
        "capability: &str".to_owned(),
        format!("{}: &Value", if row { "subject" } else { "_" }),
        format!("{}: Time", if reads_now(model) { "now" } else { "_" }),
    ];
    let call = Code::call("fn may", parameters.into_iter().map(Code::from).collect());
    code![call, " -> Option<May<Reason>> {"].print(4)
}

fn permissions(scope: &Scope, capability: &Capability) -> Vec<Statement> {
    let answer = |permission: &Permission| match permission {
        Permission::Allow => "May::Allowed".to_owned(),
        Permission::Deny(reason) => format!("May::Denied({})", scope.flow.reason(*reason)),
        Permission::Unstated => "May::Unstated".to_owned(),
    };
    let mut statements = Vec::new();
    let mut last = "May::Unstated".to_owned();
    for rule in &capability.rules {
        match &rule.guard {
            Some(guard) => {
                statements.push(comment(scope.flow.model, rule.element));
                let line = Statement::line(format!("return {};", answer(&rule.permission)));
                statements.push(Statement::when(scope.condition(guard), vec![line]));
            }
            None => last = answer(&rule.permission),
        }
    }
    statements.push(Statement::line(last));
    statements
}

/// Whether some capability reads the clock.
fn reads_now(model: &Model) -> bool {
    let rules = model.capabilities.iter().flat_map(|capability| &capability.rules);
    let mut reads = false;
    for guard in rules.filter_map(|rule| rule.guard.as_ref()) {
        guard.each(&mut |expr| reads |= matches!(expr, Expr::Now));
    }
    reads
}
