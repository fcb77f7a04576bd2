//! Rows, events, answers and outputs: what becomes a struct.

use flowspec_runtime::model::{Field, USER};

use super::super::flow::{Flow, is_optional};
use super::super::layout::{Code, code};
use super::super::reading;
use super::super::text::{doc, markdown};
use super::super::types::{Shape, entry_fields};
use super::{AnswerView, FieldView, OutputView, StructView, VariantView, literal};

pub(super) fn records(flow: &Flow) -> Vec<StructView> {
    let model = flow.model;
    let views = model.records.iter().zip(&flow.records).map(|(record, names)| {
        let attributes = || record.attributes.iter().zip(&names.attributes);
        let fields = attributes().map(|(attribute, name)| FieldView {
            doc: doc(model, attribute.element, &attribute.name, ""),
            name: name.clone(),
            kind: format!("Option<{}>", flow.kind(attribute.kind).name),
            initial: String::new(),
        });
        let read = attributes().map(|(attribute, name)| {
            let read = format!("{name}: typed::attribute(attributes, {})?", literal(&attribute.name));
            match &attribute.default {
                Some(value) => {
                    let default = flow.types.constant(attribute.kind, value, model);
                    code![read, ".or(Some(", default, "))"]
                }
                None => read.into(),
            }
        });
        let made = Code::call("Ok", vec![Code::literal("Self", read.collect())]);
        let defaults = attributes().any(|(attribute, _)| attribute.default.is_some());
        let mut code = format!(
            "impl Row for {} {{\n    fn read(attributes: &Fields) -> Result<Self, Invalid> {{\n        {}\n    }}\n}}\n",
            names.name,
            made.print(8)
        );
        if defaults {
            let initial = attributes().map(|(attribute, name)| match &attribute.default {
                Some(value) => code![format!("{name}: Some("), flow.types.constant(attribute.kind, value, model), ")"],
                None => format!("{name}: None").into(),
            });
            let made = Code::literal("Self", initial.collect());
            code = format!(
                "impl Default for {} {{\n    fn default() -> Self {{\n        {}\n    }}\n}}\n\n{code}",
                names.name,
                made.print(8)
            );
        }
        StructView {
            doc: doc(model, record.element, &record.name, &format!("a row under its `{}`", record.key)),
            name: names.name.clone(),
            fields: fields.collect(),
            derives: if defaults { "" } else { "Default" },
            stored: true,
            code,
        }
    });
    views.collect()
}

pub(super) fn entries(flow: &Flow) -> Vec<StructView> {
    let model = flow.model;
    let declared = flow.types.declared().filter(|(_, known)| known.shape == Shape::Entry);
    let views = declared.map(|(id, known)| {
        let fields = entry_fields(model, id).into_iter().map(|(field, name)| {
            let kind = &flow.kind(field.kind).name;
            FieldView {
                doc: doc(model, field.element, &field.name, ""),
                name,
                kind: if field.optional { format!("Option<{kind}>") } else { kind.clone() },
                initial: literal(&field.name),
            }
        });
        let own = model.kind(id).name.as_deref().unwrap_or(&known.name);
        let doc = model.kind(id).element.map_or_else(String::new, |element| doc(model, element, own, ""));
        StructView {
            doc,
            name: known.name.clone(),
            fields: fields.collect(),
            derives: "",
            stored: true,
            code: String::new(),
        }
    });
    views.collect()
}

pub(super) fn events(flow: &Flow) -> Vec<StructView> {
    let model = flow.model;
    let named = (0_u16..).zip(model.events.iter().zip(&flow.events));
    let views = named.filter_map(|(id, (event, names))| {
        let names = names.as_ref()?;
        let mut view_fields = fields(flow, &event.fields, &names.fields);
        view_fields.extend(names.answers.iter().map(|(actor, name)| FieldView {
            doc: format!(
                "What {} answers, where it is asked.",
                markdown(&model.actors[usize::from(*actor)].name)
            ),
            name: name.clone(),
            kind: format!("Option<{}>", flow.answers[actor].name),
            initial: String::new(),
        }));
        Some(StructView {
            doc: doc(model, event.element, &event.name, ""),
            name: names.name.clone(),
            fields: view_fields,
            derives: "",
            stored: false,
            code: reading::event(flow, id, names),
        })
    });
    views.collect()
}

pub(super) fn answer_structs(flow: &Flow) -> Vec<StructView> {
    let cases = flow.answers.values().flat_map(|answers| &answers.cases);
    let views = cases.filter_map(|(case, _, names)| {
        let names = names.as_ref()?;
        Some(StructView {
            doc: doc(flow.model, case.element, &case.name, ""),
            name: names.name.clone(),
            fields: fields(flow, &case.fields, &names.fields),
            derives: ", PartialEq",
            stored: false,
            code: reading::answer(flow, &case.fields, names),
        })
    });
    views.collect()
}

pub(super) fn variants(flow: &Flow) -> Vec<VariantView> {
    let model = flow.model;
    let views = flow.variants.iter().map(|variant| {
        let event = model.event(variant.event);
        let by = &model.actors[usize::from(variant.actor)].name;
        let names = flow.events[usize::from(variant.event)].as_ref();
        let more = if variant.actor == USER { String::new() } else { format!("by {}", markdown(by)) };
        VariantView {
            doc: doc(model, event.element, &event.name, &more),
            name: variant.name.clone(),
            inner: names.map(|names| names.name.clone()).unwrap_or_default(),
            event: literal(&event.name),
            read: reading::arm(
                flow,
                &format!("({}, {})", literal(&event.name), literal(by)),
                variant.event,
                &variant.name,
            ),
        }
    });
    views.collect()
}

pub(super) fn answers(flow: &Flow) -> Vec<AnswerView> {
    let model = flow.model;
    let views = flow.answers.iter().map(|(actor, answers)| {
        let declared = &model.actors[usize::from(*actor)];
        let cases = answers.cases.iter().map(|(case, variant, names)| VariantView {
            doc: doc(model, case.element, &case.name, ""),
            name: variant.clone(),
            inner: names.as_ref().map(|names| names.name.clone()).unwrap_or_default(),
            event: literal(&case.name),
            read: String::new(),
        });
        AnswerView {
            doc: declared.element.map_or_else(String::new, |element| {
                doc(model, element, &declared.name, "what it may answer")
            }),
            name: answers.name.clone(),
            actor: literal(&declared.name),
            cases: cases.collect(),
        }
    });
    views.collect()
}

pub(super) fn outputs(flow: &Flow) -> Vec<OutputView> {
    let model = flow.model;
    let views = model.outputs.iter().zip(&flow.outputs).map(|(output, names)| {
        let fields = output.fields.iter().zip(&names.fields).map(|(field, (name, optional))| {
            let kind = &flow.kind(field.kind).name;
            FieldView {
                doc: doc(
                    model,
                    field.element,
                    &field.name,
                    if field.chosen { "picked by the implementation" } else { "" },
                ),
                name: name.clone(),
                kind: if *optional { format!("Option<{kind}>") } else { kind.clone() },
                initial: String::new(),
            }
        });
        let written = output.fields.iter().zip(&names.fields);
        let written = written.map(|(field, (name, _))| format!("{name}: {}", literal(&field.name)));
        OutputView {
            doc: doc(model, output.element, &output.name, ""),
            name: names.name.clone(),
            fields: fields.collect(),
            local: names.local.clone(),
            word: literal(&output.name),
            written: written.collect::<Vec<_>>().join(", "),
        }
    });
    views.collect()
}

/// The fields of an event, an answer or a given.
fn fields(flow: &Flow, declared: &[Field], names: &[String]) -> Vec<FieldView> {
    let views = declared.iter().zip(names).map(|(field, name)| {
        let kind = &flow.kind(field.kind).name;
        FieldView {
            doc: doc(flow.model, field.element, &field.name, ""),
            name: name.clone(),
            kind: if is_optional(field) { format!("Option<{kind}>") } else { kind.clone() },
            initial: String::new(),
        }
    });
    views.collect()
}
