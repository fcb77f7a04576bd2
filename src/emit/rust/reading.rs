//! How plain fields become those of a struct: what is missing or invalid, and what is read only on a condition.

use flowspec_runtime::model::{EventId, Expr, Field};

use super::expr::Scope;
use super::flow::{EventStruct, Flow, is_optional};
use super::layout::{Code, code};
use super::statement::{Statement, print};
use super::view::{reads_turn, shorthand};
use crate::emit::names::Names;

/// The functions of an event's struct.
pub(super) fn event(flow: &Flow, id: EventId, names: &EventStruct) -> String {
    let declared = &flow.model.event(id).fields;
    let conditional = reads_turn(flow, id);
    let mut parameters: Vec<Code> = Vec::new();
    if conditional {
        parameters.push("turn: &Turn".into());
    }
    if !declared.is_empty() {
        parameters.push("fields: &Fields".into());
    }
    if !names.answers.is_empty() {
        parameters.push("answers: &[Answer]".into());
    }
    let scope = Scope { fields: None, ..Scope::turn(flow, Some(id)) };
    let fields = declared
        .iter()
        .zip(&names.fields)
        .map(|(field, name)| (field, name.as_str(), conditional_on(&scope, id, field)));
    let mut body = read_fields(flow, fields.collect());
    for (actor, name) in &names.answers {
        body.push(Statement::line(format!("let {name} = {}::read(answers);", flow.answers[actor].name)));
    }
    body.push(Statement::Line(Code::call("Ok", vec![shorthand(names)])));
    if conditional && !super::statement::uses(&body, "turn") {
        parameters[0] = "_: &Turn".into();
    }
    let head = code![Code::call("fn read", parameters), " -> Result<Self, Reasons<Reason>> {"];
    let mut functions = vec![Statement::block(head, body)];
    if conditional {
        functions.push(Statement::Line("".into()));
        functions.push(settle(flow, id, names));
    }
    print(&[Statement::block(format!("impl {} {{", names.name), functions)], 0).replace("    \n", "\n")
}

/// How an event's struct is read in `Flow::read`.
pub(super) fn call(flow: &Flow, id: EventId, names: &EventStruct) -> String {
    let mut arguments: Vec<Code> = Vec::new();
    if reads_turn(flow, id) {
        arguments.push("turn".into());
    }
    if !flow.model.event(id).fields.is_empty() {
        arguments.push("&input.fields".into());
    }
    if !names.answers.is_empty() {
        arguments.push("answers".into());
    }
    Code::call(format!("{}::read", names.name), arguments).print(0)
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
    let mut body = read_fields(flow, fields.iter().map(|(field, name)| (field, *name, None)).collect());
    let names = fields.iter().map(|(_, name)| (*name).into()).collect();
    body.push(Statement::Line(Code::call("Ok", vec![Code::literal("Given", names)])));
    print(&body, 2)
}

/// Reads every field, then gives up where a reason was found.
fn read_fields(flow: &Flow, fields: Vec<(&Field, &str, Option<Code>)>) -> Vec<Statement> {
    if fields.is_empty() {
        return Vec::new();
    }
    let mut statements = vec![Statement::line("let mut read = Reading::new(fields);")];
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
    let (optional, needed): (Vec<_>, Vec<_>) = fields.iter().partition(|(field, ..)| is_optional(field));
    for (_, name, _) in needed {
        statements.push(Statement::Line(Code::Group(vec![
            format!("let Some({name}) = {name} else {{").into(),
            Code::Nest(vec![Code::Break(" "), "return Err(read.reasons())".into(), Code::Broken(";")]),
            Code::Break(" "),
            "};".into(),
        ])));
    }
    if !optional.is_empty() {
        statements.push(Statement::line("read.reasons().none()?;"));
    }
    statements
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
