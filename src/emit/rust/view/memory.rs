//! What a session remembers, what all sessions share, and the limits that count in them.

use flowspec_runtime::Value;
use flowspec_runtime::model::{ElementId, Limit, TypeId};

use super::super::body;
use super::super::expr::Scope;
use super::super::flow::Flow;
use super::super::key::key_kind;
use super::super::layout::{Code, code};
use super::super::text::{doc, place, plain};
use super::{ConstantView, FieldView};

pub(super) fn given(flow: &Flow) -> Vec<FieldView> {
    let views =
        flow.model.givens.iter().zip(&flow.givens).map(|(given, (name, optional))| {
            kept(flow, given.element, &given.name, name, given.kind, *optional)
        });
    views.collect()
}

pub(super) fn session(flow: &Flow) -> Vec<FieldView> {
    let model = flow.model;
    let mut views = given(flow);
    for view in &mut views {
        view.initial = format!("given.{}", view.name);
    }
    for (variable, (name, optional)) in model.variables.iter().zip(&flow.variables) {
        let mut view = kept(flow, variable.element, &variable.name, name, variable.kind, *optional);
        view.initial = match &variable.default {
            Some(value) => flow.types.constant(variable.kind, value, model).print(0),
            None => "None".to_owned(),
        };
        views.push(view);
    }
    for ((output, field), name) in &flow.last {
        let declared = &model.outputs[usize::from(*output)];
        let field = &declared.fields[usize::from(*field)];
        let mut view = kept(flow, field.element, &field.name, name, field.kind, true);
        view.doc = format!("What `{}.{}` was last sent as.", declared.name, field.name);
        view.initial = "None".to_owned();
        views.push(view);
    }
    for (step, name) in &flow.since {
        let word = &model.step(*step).name;
        views.push(FieldView {
            doc: format!("When `{word}` was last entered."),
            name: name.clone(),
            kind: "Option<Time>".to_owned(),
            initial: "None".to_owned(),
        });
    }
    let counted = model.limits.iter().zip(&flow.limits);
    for (limit, names) in counted.filter(|(limit, names)| names.counts && is_per_session(limit)) {
        views.push(FieldView {
            doc: doc(model, limit.element, &limit.name, ""),
            name: names.uses.clone(),
            kind: "Counter".to_owned(),
            initial: "Counter::new()".to_owned(),
        });
    }
    views
}

pub(super) fn shared(flow: &Flow) -> Vec<FieldView> {
    let model = flow.model;
    let mut views = Vec::new();
    for (record, names) in model.records.iter().zip(&flow.records) {
        views.push(FieldView {
            doc: doc(model, record.element, &record.name, ""),
            name: names.table.clone(),
            kind: format!("Table<{}, {}>", flow.kind(record.key_kind).name, names.name),
            initial: String::new(),
        });
    }
    for (choice, name) in model.choices.iter().zip(&flow.choices) {
        let first = choice.values.first().unwrap_or(&Value::Unset);
        views.push(FieldView {
            doc: doc(model, choice.element, &choice.name, ""),
            name: name.clone(),
            kind: flow.kind(choice.kind).name.clone(),
            initial: flow.types.constant(choice.kind, first, model).print(0),
        });
    }
    let counted = (0_u16..).zip(model.limits.iter().zip(&flow.limits));
    for (id, (limit, names)) in counted.filter(|(_, (limit, names))| names.counts && !is_per_session(limit)) {
        let key = key_kind(model, id);
        views.push(FieldView {
            doc: doc(model, limit.element, &limit.name, ""),
            name: names.uses.clone(),
            kind: key.map_or_else(|| "Counter".to_owned(), |key| format!("Uses<{}>", flow.kind(key).name)),
            initial: String::new(),
        });
    }
    for ((output, field), name) in &flow.chosen {
        let declared = &model.outputs[usize::from(*output)];
        let field = &declared.fields[usize::from(*field)];
        views.push(FieldView {
            doc: format!("Where `{}.{}` is picked from.", declared.name, field.name),
            name: name.clone(),
            kind: format!("Chosen<{}>", flow.kind(field.kind).name),
            initial: String::new(),
        });
    }
    views
}

pub(super) fn shared_default(fields: &[FieldView]) -> String {
    if fields.iter().all(|field| field.initial.is_empty()) {
        return String::new();
    }
    let literal = fields.iter().map(|field| match field.initial.as_str() {
        "" => {
            let kind = field.kind.split('<').next().unwrap_or(&field.kind);
            format!("{}: {kind}::default()", field.name).into()
        }
        initial => format!("{}: {initial}", field.name).into(),
    });
    Code::literal("Self", literal.collect()).print(8)
}

pub(super) fn limits(flow: &Flow) -> Vec<ConstantView> {
    let limits = (0_u16..).zip(flow.model.limits.iter().zip(&flow.limits));
    let scope = Scope::turn(flow, None);
    let views =
        limits.filter(|(_, (_, names))| names.counts && !names.computed).map(|(id, (limit, names))| {
            let source = &flow.model.element(limit.element).source;
            let made = code![format!("const {}: Limit = ", names.name), body::limit(&scope, id), ";"];
            ConstantView {
                doc: format!(
                    "`{}` ({})",
                    plain(source).replace('`', "'"),
                    plain(&place(flow.model, limit.element))
                ),
                code: made.print(0),
            }
        });
    views.collect()
}

fn kept(flow: &Flow, element: ElementId, word: &str, name: &str, kind: TypeId, optional: bool) -> FieldView {
    let kind = &flow.kind(kind).name;
    FieldView {
        doc: doc(flow.model, element, word, ""),
        name: name.to_owned(),
        kind: if optional { format!("Option<{kind}>") } else { kind.clone() },
        initial: String::new(),
    }
}

fn is_per_session(limit: &Limit) -> bool {
    limit.per.as_deref() == Some("session")
}

/// How many fields `Shared` has.
pub(in crate::emit::rust) fn shared_len(flow: &Flow) -> usize {
    shared(flow).len()
}
