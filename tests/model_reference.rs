//! `docs/model.md` lists every field of the model's JSON, made of the documentation in `runtime/src/model`.
//!
//! After a change there, `UPDATE=1 cargo test --test model_reference` writes the page anew.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::{env, fs};

const PAGE: &str = "docs/model.md";
const MADE: &str = "<!-- From here on made of runtime/src/model by tests/model_reference.rs. -->\n";
const FILES: [&str; 8] = ["mod", "element", "kind", "flow", "handler", "limit", "promise", "expr"];

#[test]
fn the_page_lists_every_field_of_the_model() {
    let page = fs::read_to_string(PAGE).unwrap();
    let by_hand = page.split(MADE).next().unwrap();
    let made: String = FILES
        .iter()
        .map(|file| reference(&fs::read_to_string(format!("runtime/src/model/{file}.rs")).unwrap()))
        .collect();
    let fresh = format!("{by_hand}{MADE}{made}");
    if env::var_os("UPDATE").is_some() {
        fs::write(PAGE, &fresh).unwrap();
    }
    assert!(page == fresh, "{PAGE} is stale: run UPDATE=1 cargo test --test model_reference");
}

#[test]
fn types_and_forms_are_written_as_json_has_them() {
    let source = "/// A thing.\n#[serde(rename_all = \"snake_case\")]\npub enum Thing {\n    /// Nothing.\n    NoMove,\n    /// One.\n    To(StepId),\n    /// More.\n    Both {\n        /// First.\n        first: Option<Box<Expr>>,\n        /// Second.\n        second: Vec<(u16, Value)>,\n    },\n}\n";
    assert_eq!(
        reference(source),
        "\n## Thing\n\nA thing.\n\n| form | meaning |\n| --- | --- |\n| `\"no_move\"` | Nothing. |\n| `{\"to\": StepId}` | One. |\n\
         | `{\"both\": {…}}` | More. |\n| … `first`: `Expr` or `null` | First. |\n| … `second`: list of [number, `Value`] | Second. |\n"
    );
}

/// A section for each public type of a source file.
fn reference(source: &str) -> String {
    let mut page = String::new();
    let mut doc = String::new();
    let mut attributes = String::new();
    let mut kind = None;
    for line in source.lines() {
        let text = line.trim();
        if let Some(words) = text.strip_prefix("///") {
            doc = format!("{doc} {}", words.trim()).trim().to_owned();
            continue;
        }
        if text.starts_with("#[") {
            attributes.push_str(text);
            continue;
        }
        if let Some(name) = named(text, "pub struct ").or_else(|| named(text, "pub enum ")) {
            kind = Some(if text.contains("struct") { "field | type" } else { "form" });
            let columns = if text.contains("struct") { "--- | ---" } else { "---" };
            write!(page, "\n## {name}\n\n{doc}\n\n| {} | meaning |\n| {columns} | --- |\n", kind.unwrap())
                .unwrap();
        } else if let Some((name, of)) =
            text.strip_prefix("pub type ").and_then(|rest| rest.split_once(" = "))
        {
            write!(
                page,
                "\n## {name}\n\n{} JSON has {}.\n",
                linkless(&doc),
                article(of.trim_end_matches(';'))
            )
            .unwrap();
        } else if line.starts_with('}') {
            kind = None;
        } else if let Some(columns) = kind.filter(|_| !text.is_empty() && !text.starts_with('}')) {
            page.push_str(&row(text, columns == "form", &meaning(&doc, &attributes)));
        }
        doc.clear();
        attributes.clear();
    }
    page
}

/// Without the brackets of links that only rustdoc can follow.
fn linkless(doc: &str) -> String {
    doc.replace("[`", "`").replace("`]", "`")
}

fn article(of: &str) -> String {
    let shown = shown(of);
    if shown == "number" { format!("a {shown}") } else { shown }
}

fn named<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    line.strip_prefix(keyword)?.strip_suffix(" {")
}

fn meaning(doc: &str, attributes: &str) -> String {
    let absent = if attributes.contains("skip_serializing_if") { " Left out where it is empty." } else { "" };
    let flat = if attributes.contains("flatten") { " Its fields stand here." } else { "" };
    let doc = if doc.is_empty() { "As its name says." } else { doc };
    format!("{}{absent}{flat}", linkless(doc).replace('|', "\\|"))
}

/// A field, a form, or a field of a form.
fn row(text: &str, is_enum: bool, meaning: &str) -> String {
    let code = text.trim_start_matches("pub ").trim_end_matches(',');
    match (code.split_once(": "), code.split_once('(')) {
        (Some((name, of)), _) if is_enum => format!("| … `{name}`: {} | {meaning} |\n", shown(of)),
        (Some((name, of)), _) => format!("| `{name}` | {} | {meaning} |\n", shown(of)),
        (None, Some((name, inside))) => {
            let inside = inside.trim_end_matches(')').split(", ").map(bare).collect::<Vec<_>>();
            let inside =
                if let [one] = inside.as_slice() { one.clone() } else { format!("[{}]", inside.join(", ")) };
            format!("| `{{\"{}\": {inside}}}` | {meaning} |\n", snake(name))
        }
        (None, None) if code.ends_with('{') => {
            format!("| `{{\"{}\": {{…}}}}` | {meaning} |\n", snake(code.trim_end_matches(" {")))
        }
        (None, None) => format!("| `\"{}\"` | {meaning} |\n", snake(code)),
    }
}

/// A Rust type as JSON has it, in prose.
fn shown(of: &str) -> String {
    let inside = |outer: &str| of.strip_prefix(outer)?.strip_suffix('>');
    if let Some(inner) = inside("Option<") {
        return format!("{} or `null`", shown(inner));
    }
    if let Some(inner) = inside("Vec<") {
        return format!("list of {}", shown(inner));
    }
    if let Some(inner) = inside("Box<") {
        return shown(inner);
    }
    if let Some(tuple) = of.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return format!("[{}]", tuple.split(", ").map(shown).collect::<Vec<_>>().join(", "));
    }
    match of.trim_start_matches("crate::") {
        "Text" | "String" => "text".to_owned(),
        "u8" | "u16" | "u32" | "i16" | "i64" => "number".to_owned(),
        "ByLanguage" => "an object of texts by language".to_owned(),
        other => format!("`{other}`"),
    }
}

/// A Rust type as JSON has it, in code.
fn bare(of: &str) -> String {
    shown(of).replace('`', "")
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (index, c) in name.char_indices() {
        if c.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
