//! A flow as flat structs whose every name and type is already Rust; the templates only loop and print.

use flowspec_runtime::Value;
use flowspec_runtime::model::{
    ElementId, EndKind, Expr, Field, Handler, Kind, Limit, Model, Outcome, Permission, Rule, TimerBase,
    TypeId, USER,
};
use serde::Serialize;

use super::body;
use super::expr::Scope;
use super::flow::{EventStruct, Flow, is_optional};
use super::layout::{Code, code};
use super::statement::{Statement, print, uses};
use super::text::{comment, doc, markdown, place, plain, wrapped};
use super::types::{Shape, words};
use crate::emit::words::{PLAIN, Words};

/// A module.
#[derive(Debug, Serialize)]
pub(super) struct Module {
    pub source: String,
    pub docs: Vec<String>,
    pub steps: Vec<WordView>,
    pub reasons: Vec<WordView>,
    pub types: Vec<TypeView>,
    pub structs: Vec<StructView>,
    pub events: Vec<VariantView>,
    pub answers: Vec<AnswerView>,
    pub outputs: Vec<OutputView>,
    pub given: Vec<FieldView>,
    pub session: Vec<FieldView>,
    pub shared: Vec<FieldView>,
    /// The literal of what is shared at first; empty where each field has its type's default.
    pub shared_default: String,
    pub limits: Vec<ConstantView>,
    pub functions: Vec<FunctionView>,
    pub capabilities: Vec<CapabilityView>,
    pub implementation: ImplementationView,
}

/// A word of an enumeration.
#[derive(Debug, Serialize)]
pub(super) struct WordView {
    pub doc: String,
    pub variant: String,
    pub word: String,
}

/// A declared type.
#[derive(Debug, Serialize)]
pub(super) struct TypeView {
    pub doc: String,
    pub name: String,
    /// What it is around, with `secret ` before it; empty for an enumeration.
    pub inner: String,
    /// What its value is called where it is checked.
    pub value: String,
    pub valid: String,
    pub words: Vec<WordView>,
    /// The doc of the variant for words that are not named; empty if there is none.
    pub others: String,
    /// A pattern, as a literal; empty if it has none.
    pub pattern: String,
    /// The constant that holds the pattern.
    pub pattern_name: String,
    /// How the `n`-th value is made, where the implementation picks values of this type; otherwise empty.
    pub sample: String,
}

/// A struct of an event, an answer or a row.
#[derive(Debug, Serialize)]
pub(super) struct StructView {
    pub doc: String,
    pub name: String,
    pub fields: Vec<FieldView>,
    /// Derives beside `Debug` and `Clone`; for events none, because they are what compiling a module costs most.
    pub derives: &'static str,
    /// What stands behind it.
    pub code: String,
}

/// A field of a struct.
#[derive(Debug, Serialize)]
pub(super) struct FieldView {
    pub doc: String,
    pub name: String,
    pub kind: String,
    /// What it is at first; empty for the type's default.
    pub initial: String,
}

/// A variant of `Event` or `Output`.
#[derive(Debug, Serialize)]
pub(super) struct VariantView {
    pub doc: String,
    pub name: String,
    pub inner: String,
    pub event: String,
    /// The arm that reads it from the wire; empty for answers.
    pub read: String,
}

/// An enumeration of answers.
#[derive(Debug, Serialize)]
pub(super) struct AnswerView {
    pub doc: String,
    pub name: String,
    pub actor: String,
    pub cases: Vec<VariantView>,
}

/// An output.
#[derive(Debug, Serialize)]
pub(super) struct OutputView {
    pub doc: String,
    pub name: String,
    pub fields: Vec<FieldView>,
    /// The match arm that makes it plain.
    pub sent: String,
}

/// A constant.
#[derive(Debug, Serialize)]
pub(super) struct ConstantView {
    pub doc: String,
    pub code: String,
}

/// The function of a step.
#[derive(Debug, Serialize)]
pub(super) struct FunctionView {
    pub doc: String,
    pub head: String,
    pub body: String,
}

/// A question whether something is allowed.
#[derive(Debug, Serialize)]
pub(super) struct CapabilityView {
    pub doc: String,
    pub head: String,
    pub body: String,
    pub word: String,
    /// How it is asked with plain values.
    pub call: String,
}

/// What differs in the implementation of `Flow`.
#[derive(Debug, Serialize)]
pub(super) struct ImplementationView {
    pub unlisted: String,
    pub start_step: String,
    pub ends: String,
    pub lasting: Vec<u16>,
    /// The constant that names the steps which lead back to an interrupted one; empty where nothing interrupts.
    pub resuming: String,
    pub since: Vec<u16>,
    pub times: bool,
    pub asks: bool,
    pub session: String,
    pub start: String,
    pub acting: Vec<ActingView>,
    /// Whether some step lists nothing.
    pub idle: bool,
    pub entered: String,
    pub active: String,
    pub others: String,
    pub time_outs: Vec<TimeOutView>,
    pub reset: String,
    pub read_given: String,
    pub reads_rows: bool,
    pub reads_answers: bool,
    pub reads_turn: bool,
    pub may: String,
}

/// A step that lists something.
#[derive(Debug, Serialize)]
pub(super) struct ActingView {
    pub variant: String,
    pub function: String,
    pub listed: Vec<ListedView>,
}

/// An event that a step lists.
#[derive(Debug, Serialize)]
pub(super) struct ListedView {
    pub event: String,
    pub by: String,
    pub verdict: String,
    /// Where it is not listed after all.
    pub guard: &'static str,
}

/// What a time-out does.
#[derive(Debug, Serialize)]
pub(super) struct TimeOutView {
    pub timer: u16,
    pub doc: String,
    pub name: String,
    /// What the turn is called; `_` where nothing uses it.
    pub turn: &'static str,
    pub body: String,
}

/// A flow as a module.
pub(super) fn module(flow: &Flow) -> Module {
    let model = flow.model;
    let functions = functions(flow);
    let implementation = implementation(flow);
    let capabilities = capabilities(flow);
    let mut structs = records(flow);
    structs.extend(events(flow));
    structs.extend(answer_structs(flow));
    Module {
        source: plain(model.files.first().map_or("", |file| file.as_str())),
        docs: docs(model),
        steps: steps(flow),
        types: types(flow),
        structs,
        events: variants(flow),
        answers: answers(flow),
        outputs: outputs(flow),
        given: given(flow),
        session: session(flow),
        shared_default: shared_default(&shared(flow)),
        shared: shared(flow),
        limits: limits(flow),
        functions,
        capabilities,
        implementation,
        reasons: reasons(flow),
    }
}

fn docs(model: &Model) -> Vec<String> {
    let element = model.element(model.element);
    let title = super::text::title(model, model.element).unwrap_or(&model.name);
    let mut docs = wrapped(&format!("{}.", markdown(title).trim_end_matches('.')), 100);
    let language = model.languages.first().map_or("en", |language| language.as_str());
    for paragraph in Words::new(model, language, PLAIN).doc(element) {
        docs.push(String::new());
        docs.extend(wrapped(&markdown(&paragraph), 100));
    }
    docs
}

fn steps(flow: &Flow) -> Vec<WordView> {
    let views = flow.model.steps.iter().zip(&flow.steps).map(|(step, (variant, _))| {
        let more = match step.end {
            None => "",
            Some(EndKind::Success) => "success",
            Some(EndKind::Failure) => "failure",
            Some(EndKind::Handover) => "somebody else goes on",
        };
        WordView {
            doc: doc(flow.model, step.element, &step.name, more),
            variant: variant.clone(),
            word: literal(&step.name),
        }
    });
    views.collect()
}

fn literal(text: &str) -> String {
    format!("{text:?}")
}

fn reasons(flow: &Flow) -> Vec<WordView> {
    let model = flow.model;
    let views = flow.reasons().into_iter().map(|(word, variant)| WordView {
        doc: described(model, word),
        variant: variant.to_owned(),
        word: literal(word),
    });
    views.collect()
}

fn described(model: &Model, word: &str) -> String {
    let declared = model.reasons.iter().find(|reason| reason.name == word).and_then(|reason| reason.element);
    if let Some(element) = declared {
        return doc(model, element, word, "");
    }
    match word.split_once(':') {
        Some((kind, field)) if kind == model.defaults.missing.0 => format!("`{field}` is missing."),
        Some((kind, field)) if kind == model.defaults.invalid.0 => {
            format!("`{field}` lies outside its type.")
        }
        Some((_, limit)) => format!("The limit `{limit}` is full."),
        None if word == "overflow" => "A value that was computed lies outside its type.".to_owned(),
        None if word == "silent" => "The spec does not say what happens then.".to_owned(),
        None => "The step does not list the event.".to_owned(),
    }
}

fn types(flow: &Flow) -> Vec<TypeView> {
    let model = flow.model;
    let picked = |id: TypeId| {
        let fields = model.outputs.iter().flat_map(|output| &output.fields);
        fields.into_iter().any(|field| field.chosen && flow.kind(field.kind).name == flow.kind(id).name)
    };
    let views = flow.types.declared().map(|(id, known)| {
        let declared = model.kind(id);
        let rules = declared.constraints.iter().map(|constraint| &constraint.rule);
        let pattern_name = format!("{}_PATTERN", crate::emit::names::snake(&known.name).to_uppercase());
        let pattern = declared.constraints.iter().find_map(|constraint| match &constraint.rule {
            Rule::Pattern(pattern) => Some(literal(pattern)),
            _ => None,
        });
        let name = declared.name.as_deref().unwrap_or(&known.name);
        let (inner, value) = match (&declared.kind, known.shape) {
            (_, Shape::NewText) => ("text".to_owned(), "text"),
            (Kind::Money { digits, .. }, _) => (format!("money {digits}"), "minor"),
            (Kind::Duration | Kind::Instant, _) => ("time".to_owned(), "time"),
            (_, Shape::NewInt) => ("int".to_owned(), "int"),
            _ => (String::new(), ""),
        };
        let (rules, texts): (Vec<_>, Vec<_>) = rules.map(|rule| valid(rule, value, &pattern_name)).unzip();
        let doc = match declared.element {
            Some(element) => doc(model, element, name, &texts.join("; ")),
            None => {
                format!("{}{}{}.", known.name, if texts.is_empty() { "" } else { ": " }, texts.join("; "))
            }
        };
        let secret = if declared.secret && !inner.is_empty() { "secret " } else { "" };
        TypeView {
            doc,
            name: known.name.clone(),
            inner: format!("{secret}{inner}"),
            value: if rules.is_empty() { format!("_{value}") } else { value.to_owned() },
            valid: if rules.is_empty() { "true".to_owned() } else { rules.join(" && ") },
            words: named_words(model, id),
            others: if known.shape == Shape::OpenWord { others(model, id) } else { String::new() },
            pattern_name,
            pattern: pattern.unwrap_or_default(),
            sample: if picked(id) { super::sample::sample(model, id, known) } else { String::new() },
        }
    });
    views.collect()
}

fn named_words(model: &Model, id: TypeId) -> Vec<WordView> {
    let Kind::Word { members, .. } = &model.kind(id).kind else { return Vec::new() };
    let views = members.iter().zip(words(model, id)).map(|(member, (word, variant))| WordView {
        doc: member.element.map_or_else(|| format!("`{word}`."), |element| doc(model, element, &word, "")),
        variant,
        word: literal(&word),
    });
    views.collect()
}

fn others(model: &Model, id: TypeId) -> String {
    match &model.kind(id).kind {
        Kind::Word { others: Some(others), .. } => doc(model, others.element, "Any other", ""),
        _ => String::new(),
    }
}

/// A rule as a condition on a value, and in words.
fn valid(rule: &Rule, value: &str, pattern: &str) -> (String, String) {
    match rule {
        Rule::Length(length) => {
            let words = match length.max {
                Some(max) if max == length.min => format!("{max} characters"),
                Some(max) => format!("{} to {max} characters", length.min),
                None => format!("{} characters or more", length.min),
            };
            (format!("has_length({value}, {}, {:?})", length.min, length.max), words)
        }
        Rule::Digits => (format!("is_digits({value})"), "digits".to_owned()),
        Rule::Pattern(text) => (
            format!("{pattern}.as_ref().is_some_and(|pattern| pattern.matches({value}))"),
            format!("matches {}", markdown(text)),
        ),
        Rule::Range { min, max } => {
            let bound = |bound: &Option<i64>| match bound {
                Some(bound) => format!("Some({})", super::types::integer(*bound)),
                None => "None".to_owned(),
            };
            let words = match (min, max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("{min} or more"),
                (None, Some(max)) => format!("{max} or less"),
                (None, None) => "any".to_owned(),
            };
            (format!("is_within({value}, {}, {})", bound(min), bound(max)), words)
        }
        Rule::MultipleOf(of) => (
            format!("is_multiple_of({value}, {})", super::types::integer(*of)),
            format!("a multiple of {of}"),
        ),
    }
}

fn records(flow: &Flow) -> Vec<StructView> {
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
            derives: if defaults {
                ", PartialEq, Serialize, Deserialize"
            } else {
                ", PartialEq, Default, Serialize, Deserialize"
            },
            code,
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

fn events(flow: &Flow) -> Vec<StructView> {
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
            code: super::reading::event(flow, id, names),
        })
    });
    views.collect()
}

fn answer_structs(flow: &Flow) -> Vec<StructView> {
    let cases = flow.answers.values().flat_map(|answers| &answers.cases);
    let views = cases.filter_map(|(case, _, names)| {
        let names = names.as_ref()?;
        Some(StructView {
            doc: doc(flow.model, case.element, &case.name, ""),
            name: names.name.clone(),
            fields: fields(flow, &case.fields, &names.fields),
            derives: ", PartialEq",
            code: super::reading::answer(flow, &case.fields, names),
        })
    });
    views.collect()
}

fn variants(flow: &Flow) -> Vec<VariantView> {
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
            read: {
                let made = match names {
                    Some(names) => {
                        format!(
                            "{}.map(Event::{})",
                            super::reading::call(flow, variant.event, names),
                            variant.name
                        )
                    }
                    None => format!("Ok(Event::{})", variant.name),
                };
                Code::arm(&format!("({}, {})", literal(&event.name), literal(by)), made.into()).print(12)
            },
        }
    });
    views.collect()
}

fn answers(flow: &Flow) -> Vec<AnswerView> {
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

fn outputs(flow: &Flow) -> Vec<OutputView> {
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
        let written = output.fields.iter().zip(&names.fields).map(|(field, (name, _))| {
            Code::from(format!("({}, {}.{name}.write())", literal(&field.name), names.local))
        });
        let written = Code::Group(vec!["[".into(), Code::items(written.collect()), "]".into()]);
        let sent = Code::call("typed::sent", vec![literal(&output.name).into(), written]);
        OutputView {
            doc: doc(model, output.element, &output.name, ""),
            name: names.name.clone(),
            fields: fields.collect(),
            sent: {
                let bound =
                    if names.fields.is_empty() { String::new() } else { format!("({})", names.local) };
                Code::arm(&format!("Output::{}{bound}", names.name), sent).print(12)
            },
        }
    });
    views.collect()
}

fn given(flow: &Flow) -> Vec<FieldView> {
    let views =
        flow.model.givens.iter().zip(&flow.givens).map(|(given, (name, optional))| {
            kept(flow, given.element, &given.name, name, given.kind, *optional)
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

fn session(flow: &Flow) -> Vec<FieldView> {
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

fn is_per_session(limit: &Limit) -> bool {
    limit.per.as_deref() == Some("session")
}

fn shared(flow: &Flow) -> Vec<FieldView> {
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
        let key = super::key::key_kind(model, id);
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

/// How many fields `Shared` has.
pub(super) fn shared_len(flow: &Flow) -> usize {
    shared(flow).len()
}

fn shared_default(fields: &[FieldView]) -> String {
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

fn limits(flow: &Flow) -> Vec<ConstantView> {
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

fn functions(flow: &Flow) -> Vec<FunctionView> {
    let model = flow.model;
    let steps = model.steps.iter().zip(&flow.steps).filter(|(step, _)| !step.handlers.is_empty());
    let views = steps.map(|(step, (_, function))| {
        let statements = step_body(flow, &step.handlers);
        let turn = if uses(&statements, "turn") || calls_with_turn(&statements) { "turn" } else { "_" };
        let body = print(&statements, 1);
        let parameters = vec![format!("{turn}: &mut Turn").into(), "event: Event".into()];
        let head = code![Code::call(format!("fn {function}"), parameters), " -> Verdict {"];
        FunctionView { doc: doc(model, step.element, &step.name, ""), head: head.print(0), body }
    });
    views.collect()
}

/// Whether the turn is handed on.
fn calls_with_turn(statements: &[Statement]) -> bool {
    print(statements, 0).contains("(turn)")
}

/// An event a match arm, in the order of the text.
fn step_body(flow: &Flow, handlers: &[Handler]) -> Vec<Statement> {
    let unlisted = || flow.unlisted();
    let bound = |handler: &Handler, body: &[Statement]| {
        let names = flow.events[usize::from(handler.event)].as_ref();
        let conditional = flow.model.event(handler.event).fields.iter().any(|field| field.when.is_some());
        match names {
            Some(names) if uses(body, &names.local) => {
                format!("({}{})", if conditional { "mut " } else { "" }, names.local)
            }
            Some(_) => "(_)".to_owned(),
            None => String::new(),
        }
    };
    let bodies = handlers.iter().map(|handler| {
        let mut statements = vec![comment(flow.model, handler.element)];
        let interrupts = flow.interrupts(handler);
        if interrupts {
            let refused = Statement::line(format!("return Err({}.into());", unlisted()));
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
            let refused = format!("return Err({}.into())", unlisted());
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
        arms.push(Statement::line(format!("_ => Err({}.into()),", unlisted())));
    }
    vec![Statement::block("match event {", arms)]
}

fn capabilities(flow: &Flow) -> Vec<CapabilityView> {
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

fn permissions(scope: &Scope, capability: &flowspec_runtime::model::Capability) -> Vec<Statement> {
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

fn implementation(flow: &Flow) -> ImplementationView {
    let model = flow.model;
    let armed = || (0_u16..).zip(&model.timers).filter(|(_, timer)| !timer.or_later);
    let lasting = armed().filter(|(_, timer)| timer.step.is_none()).map(|(id, _)| id).collect();
    let ends = (0_u16..).zip(&model.steps).filter(|(_, step)| step.end.is_some());
    let ends = steps_constant(flow, "ENDS", ends.map(|(id, _)| id));
    let interrupts =
        model.steps.iter().flat_map(|step| &step.handlers).any(|handler| flow.interrupts(handler));
    let resuming = (0_u16..).zip(&flow.resuming).filter(|(_, is)| **is && interrupts).map(|(id, _)| id);
    let resuming = if interrupts { steps_constant(flow, "RESUMING", resuming) } else { String::new() };
    let since = armed()
        .filter(|(_, timer)| interrupts && timer.step.is_some() && matches!(timer.base, TimerBase::Since(_)));
    let acting = acting(flow);
    let first = model.start.iter().find_map(|branch| match branch.body.outcome {
        Outcome::To(step) => Some(step),
        _ => None,
    });
    let others = flow.variants.iter().filter(|variant| variant.actor != USER).map(|variant| {
        let inner = if flow.events[usize::from(variant.event)].is_some() { "(_)" } else { "" };
        format!("Event::{}{inner}", variant.name)
    });
    let others = others.collect::<Vec<_>>();
    let idles = armed().any(|(_, timer)| timer.base == TimerBase::Idle);
    ImplementationView {
        unlisted: flow.unlisted(),
        start_step: flow.step(first.unwrap_or_default()),
        ends,
        lasting,
        resuming,
        since: since.map(|(id, _)| id).collect(),
        times: armed().next().is_some(),
        asks: !flow.answers.is_empty(),
        session: super::timers::session_literal(&session(flow)),
        start: super::timers::start(flow),
        idle: acting.len() < model.steps.len(),
        acting,
        entered: super::timers::entered(flow),
        active: super::timers::active(flow),
        others: if idles { others.join(" | ") } else { String::new() },
        time_outs: super::timers::time_outs(flow),
        reset: super::timers::reset(flow),
        read_given: super::reading::given(flow),
        reads_rows: !model.records.is_empty(),
        may: may(model),
        reads_answers: !flow.answers.is_empty(),
        reads_turn: model.events.iter().flat_map(|event| &event.fields).any(|field| field.when.is_some()),
    }
}

/// A constant that names steps.
fn steps_constant(flow: &Flow, name: &str, steps: impl Iterator<Item = u16>) -> String {
    let steps = steps.map(|id| flow.step(id).into()).collect();
    let list = Code::Group(vec!["&[".into(), Code::items(steps), "]".into()]);
    code![format!("const {name}: &'static [Step] = "), list, ";"].print(4)
}

/// The head of `Flow::may`.
fn may(model: &Model) -> String {
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

/// Whether some capability reads the clock.
fn reads_now(model: &Model) -> bool {
    let rules = model.capabilities.iter().flat_map(|capability| &capability.rules);
    let mut reads = false;
    for guard in rules.filter_map(|rule| rule.guard.as_ref()) {
        guard.each(&mut |expr| reads |= matches!(expr, Expr::Now));
    }
    reads
}

fn acting(flow: &Flow) -> Vec<ActingView> {
    let model = flow.model;
    let steps = model.steps.iter().zip(&flow.steps).filter(|(step, _)| !step.handlers.is_empty());
    let views = steps.map(|(step, (variant, function))| {
        let listed = step.handlers.iter().map(|handler| {
            let silent = matches!(handler.branches.as_slice(), [branch] if branch.guard.is_none() && branch.body.outcome == Outcome::Silent);
            ListedView {
                event: literal(&model.event(handler.event).name),
                by: literal(&model.actors[usize::from(handler.actor)].name),
                guard: if flow.interrupts(handler) { " if !turn.is_interrupted()" } else { "" },
                verdict: if silent { format!("Err({})", flow.silence()) } else { "Ok(())".to_owned() },
            }
        });
        ActingView { variant: variant.clone(), function: function.clone(), listed: listed.collect() }
    });
    views.collect()
}

/// Whether a struct's event is read with a view of the session.
pub(super) fn reads_turn(flow: &Flow, event: u16) -> bool {
    flow.model.event(event).fields.iter().any(|field| field.when.is_some())
}

/// The names of a struct's fields, for its literal.
pub(super) fn shorthand(names: &EventStruct) -> Code {
    let fields = names.fields.iter().chain(names.answers.values());
    Code::literal("Self", fields.map(|name| name.as_str().into()).collect())
}
