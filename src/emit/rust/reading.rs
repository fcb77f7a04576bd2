//! How plain fields become those of a struct: what is missing or invalid, and what is read only on a condition.

use flowspec_runtime::model::{EventId, Expr, Field};

use super::expr::Scope;
use super::flow::{EventStruct, Flow, is_optional};
use super::layout::{Code, code};
use super::statement::{Statement, print};
use super::view::reads_turn;
use crate::emit::names::Names;

/// So many fields can be read at once.
const AT_ONCE: usize = 8;

/// The functions of an event's struct; empty where `Flow::read` needs none.
pub(super) fn event(flow: &Flow, id: EventId, names: &EventStruct) -> String {
    if !has_function(flow, id) {
        return String::new();
    }
    let declared = &flow.model.event(id).fields;
    let conditional = reads_turn(flow, id);
    let scope = Scope { fields: None, ..Scope::turn(flow, Some(id)) };
    let fields = declared
        .iter()
        .zip(&names.fields)
        .map(|(field, name)| (field, name.as_str(), conditional_on(&scope, id, field)));
    let (mut body, mut made) = read_one_by_one(flow, fields.collect());
    for (actor, name) in &names.answers {
        body.push(Statement::line(format!("let {name} = {}::read(answers);", flow.answers[actor].name)));
        made.push(name.as_str().into());
    }
    body.push(Statement::Line(Code::call("Some", vec![Code::literal("Self", made)])));
    let mut parameters: Vec<Code> = Vec::new();
    if conditional {
        let turn = if super::statement::uses(&body, "turn") { "turn" } else { "_" };
        parameters.push(format!("{turn}: &Turn").into());
    }
    parameters.push("read: &mut Reading".into());
    if !names.answers.is_empty() {
        parameters.push("answers: &[Answer]".into());
    }
    let head = code![Code::call("fn read", parameters), " -> Option<Self> {"];
    let mut functions = vec![Statement::block(head, body)];
    if conditional {
        functions.push(Statement::Line("".into()));
        functions.push(settle(flow, id, names));
    }
    print(&[Statement::block(format!("impl {} {{", names.name), functions)], 0).replace("    \n", "\n")
}

/// Whether an event has a function of its own that reads it: a function costs a compiler more than what stands in it.
fn has_function(flow: &Flow, id: EventId) -> bool {
    reads_turn(flow, id) || flow.model.event(id).fields.len() > AT_ONCE
}

/// The arm of `Flow::read` that reads a variant of `Event`.
pub(super) fn arm(flow: &Flow, pattern: &str, id: EventId, variant: &str) -> String {
    let made = |inner: Code| Code::call("Some", vec![Code::call(format!("Event::{variant}"), vec![inner])]);
    let Some(names) = &flow.events[usize::from(id)] else {
        return Code::arm(pattern, format!("Some(Event::{variant})").into()).print(12);
    };
    if has_function(flow, id) {
        let mut arguments: Vec<Code> = Vec::new();
        if reads_turn(flow, id) {
            arguments.push("turn".into());
        }
        arguments.push("read".into());
        if !names.answers.is_empty() {
            arguments.push("answers".into());
        }
        let read = code![Code::call(format!("{}::read", names.name), arguments), "?"];
        return Code::arm(pattern, made(read)).print(12);
    }
    let answers = names.answers.iter().map(|(actor, name)| {
        let read = format!("{}::read(answers)", flow.answers[actor].name);
        (name.clone(), read)
    });
    let fields = &flow.model.event(id).fields;
    if fields.is_empty() {
        let parts = answers.map(|(name, read)| format!("{name}: {read}").into()).collect();
        return Code::arm(pattern, made(Code::literal(&*names.name, parts))).print(12);
    }
    let answers = answers.collect::<Vec<_>>();
    let mut body = answers.iter().map(|(name, read)| Statement::line(format!("let {name} = {read};")));
    let mut body = body.by_ref().collect::<Vec<_>>();
    let fields = fields.iter().zip(&names.fields).map(|(field, name)| (field, name.as_str()));
    let (read, mut parts) = read_at_once(flow, fields.collect());
    body.push(read);
    parts.extend(answers.iter().map(|(name, _)| name.as_str().into()));
    body.push(Statement::Line(made(Code::literal(&*names.name, parts))));
    print(&[Statement::block(format!("{pattern} => {{"), body)], 3).trim().to_owned()
}

/// The function of an answer's struct.
pub(super) fn answer(flow: &Flow, declared: &[Field], names: &EventStruct) -> String {
    let read = declared.iter().zip(&names.fields).map(|(field, name)| {
        let read = format!("typed::attribute(fields, {:?}).ok()?", field.name.as_str());
        match &field.default {
            _ if is_optional(field) => format!("{name}: {read}").into(),
            Some(default) => {
                code![
                    format!("{name}: {read}.unwrap_or("),
                    flow.types.constant(field.kind, default, flow.model),
                    ")"
                ]
            }
            None => format!("{name}: {read}?").into(),
        }
    });
    let body = vec![Statement::Line(Code::call("Some", vec![Code::literal("Self", read.collect())]))];
    let function = Statement::block("fn read(fields: &Fields) -> Option<Self> {", body);
    print(&[Statement::block(format!("impl {} {{", names.name), vec![function])], 0)
}

/// The body of `Flow::read_given`.
pub(super) fn given(flow: &Flow) -> String {
    let givens = flow.model.givens.iter().zip(&flow.givens);
    let fields = givens.map(|(given, (name, optional))| {
        let field = Field {
            name: given.name.clone(),
            element: given.element,
            kind: given.kind,
            optional: *optional,
            default: given.default.clone(),
            when: None,
        };
        (field, name.as_str())
    });
    let fields = fields.collect::<Vec<_>>();
    if fields.is_empty() {
        return String::new();
    }
    let (mut body, made) = if fields.len() > AT_ONCE {
        read_one_by_one(flow, fields.iter().map(|(field, name)| (field, *name, None)).collect())
    } else {
        let (read, made) = read_at_once(flow, fields.iter().map(|(field, name)| (field, *name)).collect());
        (vec![read], made)
    };
    body.push(Statement::Line(Code::call("Some", vec![Code::literal("Given", made)])));
    print(&body, 2)
}

/// Reads every field in one statement, and what then stands in the struct's literal.
fn read_at_once(flow: &Flow, fields: Vec<(&Field, &str)>) -> (Statement, Vec<Code>) {
    if let [(field, name)] = fields.as_slice() {
        let read = code![read_field(flow, field), if is_optional(field) { "" } else { "?" }];
        return (Statement::Line(Code::assign(format!("let {name}"), read, ";")), vec![(*name).into()]);
    }
    let defaults = &flow.model.defaults;
    let mut made = Vec::new();
    for (field, name) in &fields {
        made.push(match &field.default {
            Some(default) => {
                let default = flow.types.constant(field.kind, default, flow.model);
                code![format!("{name}: {name}.unwrap_or("), default, ")"]
            }
            None => (*name).into(),
        });
    }
    let declared = fields.iter().map(|(field, _)| {
        let quoted = format!("{:?}", field.name.as_str());
        let invalid = flow.reason_word(&format!("{}:{}", defaults.invalid.0, field.name));
        if field.optional || field.default.is_some() {
            return Code::call("Field::Optional", vec![quoted.into(), invalid.into()]);
        }
        let missing = flow.reason_word(&format!("{}:{}", defaults.missing.0, field.name));
        Code::call("Field::Required", vec![quoted.into(), missing.into(), invalid.into()])
    });
    let declared = Code::slice(declared.collect());
    let tuple = |parts: Vec<&str>| format!("({})", parts.join(", "));
    let names = tuple(fields.iter().map(|(_, name)| *name).collect());
    // The compiler must know of those that have a default that they are options before it knows of what.
    let kinds = fields.iter().map(|(field, _)| if field.default.is_some() { "Option<_>" } else { "_" });
    let kinds = tuple(kinds.collect());
    let kinds = if kinds.contains("Option") { format!(": {kinds}") } else { String::new() };
    let read = code![Code::call("read.fields", vec![declared]), "?"];
    (Statement::Line(Code::assign(format!("let {names}{kinds}"), read, ";")), made)
}

/// Reads a field a statement, and what then stands in the struct's literal.
fn read_one_by_one(flow: &Flow, fields: Vec<(&Field, &str, Option<Code>)>) -> (Vec<Statement>, Vec<Code>) {
    let mut statements = Vec::new();
    let typed = fields.iter().any(|(.., condition)| condition.is_some());
    for (field, name, condition) in &fields {
        let read = read_field(flow, field);
        let kind = if typed { format!(": Option<{}>", flow.kind(field.kind).name) } else { String::new() };
        let Some(condition) = condition else {
            statements.push(Statement::Line(Code::assign(format!("let {name}{kind}"), read, ";")));
            continue;
        };
        let mut names = Names::default();
        fields.iter().for_each(|(_, name, _)| drop(names.take((*name).to_owned(), "_")));
        let asked = names.take(format!("{name}_asked"), "_");
        statements.push(Statement::Line(Code::assign(format!("let {asked}"), condition.clone(), ";")));
        let choice = Code::Group(vec![
            format!("if {asked} {{").into(),
            Code::Nest(vec![Code::Break(" "), read]),
            Code::Break(" "),
            "} else {".into(),
            Code::Nest(vec![Code::Break(" "), "None".into()]),
            Code::Break(" "),
            "}".into(),
        ]);
        statements.push(Statement::Line(Code::assign(format!("let {name}{kind}"), choice, ";")));
    }
    let made = fields.iter().map(|(field, name, _)| {
        if is_optional(field) { (*name).into() } else { format!("{name}: {name}?").into() }
    });
    let made = made.collect();
    (statements, made)
}

fn read_field(flow: &Flow, field: &Field) -> Code {
    let defaults = &flow.model.defaults;
    let quoted = format!("{:?}", field.name.as_str());
    let invalid = flow.reason_word(&format!("{}:{}", defaults.invalid.0, field.name));
    match &field.default {
        Some(default) => {
            let default = flow.types.constant(field.kind, default, flow.model);
            Code::call("read.defaulted", vec![quoted.into(), default, invalid.into()])
        }
        None if field.optional => Code::call("read.optional", vec![quoted.into(), invalid.into()]),
        None => {
            let missing = flow.reason_word(&format!("{}:{}", defaults.missing.0, field.name));
            Code::call("read.required", vec![quoted.into(), missing.into(), invalid.into()])
        }
    }
}

/// When a field is read at all: its condition holds, and what that reads could be read.
fn conditional_on(scope: &Scope, event: EventId, field: &Field) -> Option<Code> {
    let condition = field.when.as_ref()?;
    let declared = &scope.flow.model.event(event).fields;
    let names = scope.flow.events[usize::from(event)].as_ref()?;
    let mut operands = Vec::new();
    condition.each(&mut |expr| {
        if let Expr::Field(index) = expr {
            let index = usize::from(*index);
            let line = Code::from(format!("{}.is_some()", names.fields[index]));
            if !is_optional(&declared[index]) && !operands.contains(&line) {
                operands.push(line);
            }
        }
    });
    let holds = scope.condition(condition);
    let holds =
        if matches!(condition, Expr::Or(_)) && !operands.is_empty() { code!["(", holds, ")"] } else { holds };
    operands.push(holds);
    Some(Code::joined("&&", operands))
}

/// Clears the fields that are not asked for, and misses those that are.
fn settle(flow: &Flow, id: EventId, names: &EventStruct) -> Statement {
    let scope = Scope { fields: Some("self".to_owned()), ..Scope::turn(flow, Some(id)) };
    let mut body = vec![Statement::line("let mut missing = Reasons::None;")];
    let mut misses = false;
    for (field, name) in flow.model.event(id).fields.iter().zip(&names.fields) {
        let Some(condition) = &field.when else { continue };
        let clear = vec![Statement::line(format!("self.{name} = None;"))];
        let fill = match &field.default {
            Some(default) => Some(code![
                format!("self.{name} = Some("),
                flow.types.constant(field.kind, default, flow.model),
                ");"
            ]),
            None if field.optional => None,
            None => {
                misses = true;
                let missing = flow.reason_word(&format!("{}:{}", flow.model.defaults.missing.0, field.name));
                Some(format!("missing.add({missing});").into())
            }
        };
        body.push(Statement::Block(
            [(Code::condition("if ", scope.negated(condition)), clear)]
                .into_iter()
                .chain(fill.map(|fill| {
                    (
                        Code::condition("else if ", format!("self.{name}.is_none()").into()),
                        vec![Statement::Line(fill)],
                    )
                }))
                .collect(),
            "",
        ));
    }
    if misses {
        body.push(Statement::line("missing.none()"));
    } else {
        body.remove(0);
        body.push(Statement::line("Ok(())"));
    }
    let turn = if super::statement::uses(&body, "turn") { "turn" } else { "_" };
    Statement::block(format!("fn settle(&mut self, {turn}: &Turn) -> Verdict {{"), body)
}
