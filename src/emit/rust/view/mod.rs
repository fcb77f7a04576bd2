//! A flow as flat structs whose every name and type is already Rust; the templates only loop and print.

mod capabilities;
mod implementation;
mod memory;
mod steps;
mod structs;
mod words;

use flowspec_runtime::model::Model;
use serde::Serialize;

use super::flow::Flow;
use super::text::{markdown, plain, wrapped};
use crate::emit::words::{PLAIN, Words};

pub(super) use implementation::reads_turn;
pub(super) use memory::shared_len;

/// A module.
#[derive(Debug, Serialize)]
pub(super) struct Module {
    pub source: String,
    pub docs: Vec<String>,
    pub steps: Vec<WordView>,
    pub reasons: Vec<WordView>,
    pub types: Vec<TypeView>,
    /// The entries of lists; `initial` is a field's name on the wire.
    pub entries: Vec<StructView>,
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
    /// Whether it can be stored.
    pub stored: bool,
    /// What stands behind it; empty where nothing does.
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
    /// What it is called where it is made plain.
    pub local: String,
    /// Its name on the wire.
    pub word: String,
    /// Its fields with their names on the wire.
    pub written: String,
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
    /// The function that says whether a session has ended in a step.
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
    /// Whether some time-out reads or changes something.
    pub times_turn: bool,
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
    pub uses_turn: bool,
    pub body: String,
}

/// A flow as a module.
pub(super) fn module(flow: &Flow) -> Module {
    let model = flow.model;
    let functions = steps::functions(flow);
    let implementation = implementation::implementation(flow);
    let capabilities = capabilities::capabilities(flow);
    let mut structs = structs::records(flow);
    structs.extend(structs::events(flow));
    structs.extend(structs::answer_structs(flow));
    Module {
        source: plain(model.files.first().map_or("", |file| file.as_str())),
        docs: docs(model),
        steps: words::steps(flow),
        types: words::types(flow),
        entries: structs::entries(flow),
        structs,
        events: structs::variants(flow),
        answers: structs::answers(flow),
        outputs: structs::outputs(flow),
        given: memory::given(flow),
        session: memory::session(flow),
        shared_default: memory::shared_default(&memory::shared(flow)),
        shared: memory::shared(flow),
        limits: memory::limits(flow),
        functions,
        capabilities,
        implementation,
        reasons: words::reasons(flow),
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

fn literal(text: &str) -> String {
    format!("{text:?}")
}
