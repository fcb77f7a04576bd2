//! Outputs that are sent, and what later expressions read of them.

use flowspec_runtime::model::{Expr, OutputId};

use super::super::layout::{Code, code};
use super::super::statement::Statement;
use super::values::Early;

/// Sends an output, and remembers what later expressions read of it.
pub(super) fn send(
    early: &mut Early,
    id: OutputId,
    fields: &[(u16, Expr)],
    when: Option<&Expr>,
) -> Vec<Statement> {
    let scope = early.scope;
    let flow = scope.flow;
    let names = &flow.outputs[usize::from(id)];
    let mut literal = Vec::new();
    for ((index, declared), (name, optional)) in
        (0_u16..).zip(&flow.model.outputs[usize::from(id)].fields).zip(&names.fields)
    {
        let sent = fields.iter().find(|(field, _)| *field == index);
        let value = match (flow.chosen.get(&(id, index)), sent) {
            (Some(place), _) => format!("{}.{place}.pick()", scope.shared).into(),
            (None, Some((_, value))) => early.owned(value, declared.kind, *optional, name),
            (None, None) => "None".into(),
        };
        let shorthand = matches!(&value, Code::Owned(local) | Code::Text(local) if local == name);
        literal.push(if shorthand { value } else { code![format!("{name}: "), value] });
    }
    let local = &names.local;
    let made = if literal.is_empty() {
        names.name.clone().into()
    } else {
        Code::literal(names.name.clone(), literal)
    };
    let remembered = flow.last.range((id, 0)..=(id, u16::MAX)).collect::<Vec<_>>();
    let mut statements = Vec::new();
    // What is picked borrows what the turn shares, so it is picked before.
    let picks = flow.model.outputs[usize::from(id)].fields.iter().any(|field| field.chosen);
    if remembered.is_empty() && !picks {
        let output = if names.fields.is_empty() {
            format!("Output::{}", names.name).into()
        } else {
            Code::call(format!("Output::{}", names.name), vec![made])
        };
        statements.push(Statement::Line(code![Code::call("turn.send", vec![output]), ";"]));
    } else {
        statements.push(Statement::Line(Code::assign(format!("let {local}"), made, ";")));
        for ((_, field), place) in remembered {
            let (name, optional) = &names.fields[usize::from(*field)];
            let copy =
                flow.kind(flow.model.outputs[usize::from(id)].fields[usize::from(*field)].kind).is_copy();
            let value = format!("{local}.{name}{}", if copy { "" } else { ".clone()" });
            let value = if *optional { value } else { format!("Some({value})") };
            statements.push(Statement::line(format!("{}.{place} = {value};", scope.session)));
        }
        statements.push(Statement::line(format!("turn.send(Output::{}({local}));", names.name)));
    }
    match when {
        Some(when) if early.written.is_read_by(scope, when) => {
            let local = early.locals.take("sends".to_owned(), "_");
            early.lines.push(Statement::Line(Code::assign(
                format!("let {local}"),
                scope.condition(when),
                ";",
            )));
            vec![Statement::when(local.into(), statements)]
        }
        Some(when) => vec![Statement::when(scope.condition(when), statements)],
        None => statements,
    }
}
