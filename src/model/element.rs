//! Statements as a reader sees them: path, place, texts, marks, notes.

use std::collections::hash_map::Entry;

use flowspec_runtime::Text;

use super::builder::Builder;
use super::{
    Assumption, Contact, Element, ElementId, ElementKind, Label, Link, Note, Place, Provenance, Texts,
};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{MarkKind, Statement, StatementKind};

/// The language of a text that names none.
pub(super) const FIRST_LANGUAGE: &str = "en";

impl Builder<'_> {
    /// Adds a statement to the model; the path is made unique.
    pub(super) fn element(
        &mut self,
        kind: ElementKind,
        path: String,
        statement: &Statement,
        parent: Option<ElementId>,
    ) -> ElementId {
        let label = self.label(statement);
        let around = parent.map_or(Provenance::Unmarked, |id| self.model.elements[id as usize].provenance);
        let element = Element {
            path: self.unique(path),
            kind,
            parent,
            file: self.file_index(),
            line: label.line,
            source: self.source(statement),
            provenance: own_provenance(&label).unwrap_or(around),
            texts: label.texts,
            doc: statement.docs(),
            facts: label.facts,
            assumptions: label.assumptions,
            printed: label.printed,
            notes: self.notes(statement),
            contacts: self.contacts(statement),
            links: self.links(statement),
        };
        let source = self.program.sources.get(self.program.files[self.written()].id);
        let column = source.lines.locate(&source.text, statement.span.start).column;
        self.places.push(Place {
            indent: column - 1,
            head: self.at(statement.head),
            name: self.at(name_span(statement, self.text(statement.head))),
            whole: statement.span,
            sourced: self.program.files[self.written()].facts.is_some(),
        });
        self.model.elements.push(element);
        ElementId::try_from(self.model.elements.len() - 1).unwrap_or(ElementId::MAX)
    }

    /// Adds the marks of the `call` in a step to the element of the step: the two are one statement to a reader.
    pub(super) fn marks_of_call(&mut self, element: ElementId, step: &Statement) {
        let is_call = |child: &&Statement| matches!(child.kind, StatementKind::Call { .. });
        let Some(call) = step.children().iter().find(is_call) else { return };
        let mut label = self.label(call);
        let element = &mut self.model.elements[element as usize];
        label.facts.retain(|fact| !element.facts.contains(fact));
        element.facts.append(&mut label.facts);
        element.assumptions.append(&mut label.assumptions);
        let (facts, assumptions) = (element.facts.clone(), element.assumptions.clone());
        let provenance = own_provenance(&Label { facts, assumptions, ..Label::default() });
        element.provenance = provenance.unwrap_or(element.provenance);
    }

    /// The path of an element with something below it.
    pub(super) fn below(&self, parent: ElementId, name: &str) -> String {
        format!("{}/{name}", self.model.elements[parent as usize].path)
    }

    fn unique(&mut self, path: String) -> String {
        match self.paths.entry(path) {
            Entry::Vacant(entry) => {
                let path = entry.key().clone();
                entry.insert(1);
                path
            }
            Entry::Occupied(mut entry) => {
                *entry.get_mut() += 1;
                let next = format!("{}-{}", entry.key(), entry.get());
                self.unique(next)
            }
        }
    }

    fn label(&mut self, statement: &Statement) -> Label {
        let source = self.program.sources.get(self.program.files[self.written()].id);
        let mut label = Label { line: source.lines.line(statement.head.start), ..Label::default() };
        label.texts = self.texts(statement);
        for mark in &statement.marks {
            match &mark.kind {
                MarkKind::Fact(anchor) => label.facts.push(anchor.text.clone()),
                MarkKind::Assumed { anchor, text } => label.assumptions.push(Assumption {
                    id: anchor.text.clone(),
                    text: text.as_ref().map(|text| text.value.to_string()),
                }),
                MarkKind::Printed(text) => label.printed.push(text.value.to_string()),
            }
        }
        label
    }

    fn texts(&mut self, statement: &Statement) -> Texts {
        let mut texts = Texts::new();
        for text in &statement.texts {
            let language = text.language.as_ref().map_or(FIRST_LANGUAGE, |language| language.as_str());
            if texts.insert(Text::new(language), text.value.value.to_string()).is_some() {
                let message = format!("there are two texts in one language, `{language}`");
                let finding = self.finding(codes::TWO_TEXTS, text.value.span, message);
                self.report(
                    finding.help("a text in another language begins with its two letters: `zh \"…\"`"),
                );
            }
        }
        texts
    }

    fn notes(&mut self, statement: &Statement) -> Vec<Note> {
        let mut notes = Vec::new();
        for child in statement.children() {
            if let StatementKind::Note { kind } = &child.kind {
                let kind = kind.as_ref().map_or(Text::default(), |kind| kind.text.clone());
                notes.push(Note { kind, label: self.label(child) });
            }
        }
        notes
    }

    fn contacts(&mut self, statement: &Statement) -> Vec<Contact> {
        let mut contacts = Vec::new();
        for child in statement.children() {
            if let StatementKind::Contact { name, missing } = &child.kind {
                let label = self.label(child);
                contacts.push(Contact { name: name.text.clone(), missing: *missing, label });
            }
        }
        contacts
    }

    fn links(&mut self, statement: &Statement) -> Vec<Link> {
        let mut links = Vec::new();
        for child in statement.children() {
            if let StatementKind::Link { name } = &child.kind {
                links.push(Link { name: name.text.clone(), label: self.label(child) });
            }
        }
        links
    }

    /// The head as written, without texts and marks.
    fn source(&self, statement: &Statement) -> String {
        let mut cuts: Vec<Span> = statement.marks.iter().map(|mark| mark.span).collect();
        cuts.extend(statement.texts.iter().map(|text| text.value.span));
        cuts.sort_unstable();
        let mut kept = String::new();
        let mut from = statement.head.start;
        for cut in cuts {
            let piece = self.text(Span { start: from, end: cut.start });
            kept.push_str(match statement.texts.iter().find(|text| text.value.span == cut) {
                Some(text) if text.language.is_some() => without_last_word(piece),
                _ => piece,
            });
            from = cut.end;
        }
        kept.push_str(self.text(Span { start: from, end: statement.head.end.max(from) }));
        kept.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn without_last_word(text: &str) -> &str {
    let text = text.trim_end();
    text.get(..text.len().saturating_sub(2)).unwrap_or_default()
}

/// The weakest of the marks that a statement has itself.
fn own_provenance(label: &Label) -> Option<Provenance> {
    match (label.assumptions.is_empty(), label.facts.is_empty()) {
        (false, _) => Some(Provenance::Assumed),
        (true, false) => Some(Provenance::Stated),
        (true, true) => None,
    }
}

/// The name in a statement's head; its keyword where it has none.
fn name_span(statement: &Statement, head: &str) -> Span {
    use StatementKind as Is;
    let name = match &statement.kind {
        Is::Type { name, .. }
        | Is::Reason { name }
        | Is::Actor { name }
        | Is::Output { name }
        | Is::Choice { name, .. }
        | Is::Flow { name, .. }
        | Is::Step { name, .. }
        | Is::End { name, .. }
        | Is::Capability { name }
        | Is::Member { name } => Some(name.span),
        Is::Record(record) => Some(record.name.span),
        Is::Given(declaration) | Is::Remember(declaration) | Is::Field(declaration) => {
            Some(declaration.name.span)
        }
        Is::Limit(limit) => Some(limit.name.span),
        Is::On { event, .. } | Is::Do { event, .. } => Some(event.span),
        Is::Run { flow, .. } => Some(flow.span),
        Is::Row { record, .. } => Some(record.span),
        Is::Set { target, .. } => Some(target.span),
        Is::Count { limit, .. }
        | Is::Uncount { limit, .. }
        | Is::Check { limit, .. }
        | Is::Reset { limit } => Some(limit.span),
        Is::Send { output, .. } => Some(output.span),
        Is::RefuseWhen { reason, .. } => Some(reason.span),
        Is::When { condition } | Is::Require { condition } | Is::Always { condition } => Some(condition.span),
        _ => None,
    };
    name.unwrap_or_else(|| keyword_span(statement, head))
}

/// The first word of a statement.
pub(super) fn keyword_span(statement: &Statement, head: &str) -> Span {
    let length = head.find(char::is_whitespace).unwrap_or(head.len());
    let start = statement.head.start as usize;
    Span::new(start, start + length)
}
