//! A finding as one line of JSON, for tools; `docs/diagnostics.md` documents the fields.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Diagnostic, Edit, Label, Severity, visible};
use crate::source::{Location, Sources};

/// The finding as one JSON object on one line, without a newline at the end.
pub fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let object = Object {
        code: diagnostic.code.id(),
        severity: match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        here: Here::at(&diagnostic.primary, sources),
        labels: diagnostic.labels.iter().map(|label| Here::at(label, sources)).collect(),
        notes: &diagnostic.notes,
        helps: diagnostic
            .helps
            .iter()
            .map(|help| Mend {
                text: &help.text,
                edit: help.edit.as_ref().map(|edit| Change::of(edit, sources)),
            })
            .collect(),
    };
    escape(&serde_json::to_string(&object).unwrap_or_default())
}

/// JSON may hold raw what steers a terminal; a line that ends up in one must not.
pub fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if visible::steers(c) {
            // All of them lie in the basic plane, so that one escape each is enough.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[derive(Serialize)]
struct Object<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    here: Here<'a>,
    labels: Vec<Here<'a>>,
    notes: &'a [String],
    helps: Vec<Mend<'a>>,
}

#[derive(Serialize)]
struct Here<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    label: &'a str,
}

impl<'a> Here<'a> {
    fn at(label: &'a Label, sources: &'a Sources) -> Self {
        Self { place: Place::at(label.location, sources), label: &label.text }
    }
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end: End,
    bytes: [u32; 2],
}

#[derive(Serialize)]
struct End {
    line: u32,
    column: u32,
}

impl<'a> Place<'a> {
    fn at(location: Location, sources: &'a Sources) -> Self {
        let source = sources.get(location.source);
        let start = source.lines.locate(&source.text, location.span.start);
        let end = source.lines.locate(&source.text, location.span.end);
        Self {
            file: &source.path,
            line: start.line,
            column: start.column,
            end: End { line: end.line, column: end.column },
            bytes: [location.span.start, location.span.end],
        }
    }
}

#[derive(Serialize)]
struct Mend<'a> {
    text: &'a str,
    edit: Option<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    replacement: &'a str,
}

impl<'a> Change<'a> {
    fn of(edit: &'a Edit, sources: &'a Sources) -> Self {
        Self { place: Place::at(edit.location, sources), replacement: &edit.text }
    }
}
