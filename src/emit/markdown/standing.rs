//! Where a page stands with its source: what was assumed, and which facts are carried.

use std::collections::BTreeMap;

use flowspec_runtime::Text;
use flowspec_runtime::model::{Assumption, Contact, Element, Link, Note};

use super::block::{Block, paragraph, table};
use super::facts::Facts;
use super::page::Page;
use crate::emit::words::fill;
use crate::source::beside;

/// The facts and assumptions that a statement cites, those of its notes, contacts and links among them.
pub(super) fn marks(element: &Element) -> impl Iterator<Item = (&[Text], &[Assumption])> {
    carriers(element).map(|carrier| (carrier.facts, carrier.assumptions))
}

/// Something that cites facts or assumptions.
struct Carrier<'e> {
    /// What to call it; the statement itself has none.
    text: Option<&'e flowspec_runtime::model::Texts>,
    /// What to call it where it has no text.
    name: &'e str,
    line: u32,
    facts: &'e [Text],
    assumptions: &'e [Assumption],
    printed: &'e [String],
}

fn carriers(element: &Element) -> impl Iterator<Item = Carrier<'_>> {
    let own = Carrier {
        text: None,
        name: "",
        line: element.line,
        facts: &element.facts,
        assumptions: &element.assumptions,
        printed: &element.printed,
    };
    let notes = element.notes.iter().map(|Note { label, kind }| (label, kind.as_str()));
    let contacts = element.contacts.iter().map(|Contact { label, name, .. }| (label, name.as_str()));
    let links = element.links.iter().map(|Link { label, name, .. }| (label, name.as_str()));
    std::iter::once(own).chain(notes.chain(contacts).chain(links).map(|(label, name)| Carrier {
        text: Some(&label.texts),
        name,
        line: label.line,
        facts: &label.facts,
        assumptions: &label.assumptions,
        printed: &label.printed,
    }))
}

impl<'m> Page<'m> {
    /// What the author decided: each with what it says and the statements that rest on it.
    pub(super) fn assumptions(&self, known: &Facts) -> Vec<Block> {
        let say = self.words.say;
        let mut texts: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (element, carrier) in self.carriers() {
            for assumption in carrier.assumptions {
                let text = texts.entry(&assumption.id).or_default();
                *text = text.or(assumption.text.as_deref());
                places.entry(&assumption.id).or_default().push(self.place(element, &carrier));
            }
        }
        let rows = places.into_iter().map(|(id, places)| {
            let text = texts.get(id).copied().flatten().or_else(|| known.text(id, self.words.language));
            vec![
                self.words.escape(id),
                text.map_or_else(String::new, |text| self.words.escape(text)),
                joined(places),
            ]
        });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return Vec::new();
        }
        vec![
            paragraph(say.assumptions_lead),
            table(&[say.assumption, say.what_is_assumed, say.rests_on], rows),
        ]
    }

    /// The facts of the source, each with what it says and the statements that carry it.
    pub(super) fn facts(&self, known: &Facts) -> Vec<Block> {
        let say = self.words.say;
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (element, carrier) in self.carriers() {
            for fact in carrier.facts {
                let mut place = self.place(element, &carrier);
                for printed in carrier.printed {
                    let printed = fill(say.printed, &[("x", &self.words.quoted(printed))]);
                    place += &fill(say.aside, &[("x", &printed)]);
                }
                places.entry(fact).or_default().push(place);
            }
        }
        let rows: Vec<_> = places
            .into_iter()
            .map(|(id, places)| {
                let text = known
                    .text(id, self.words.language)
                    .map_or_else(String::new, |text| self.words.escape(text));
                vec![self.words.escape(id), text, joined(places)]
            })
            .collect();
        let mut blocks = Vec::new();
        if rows.is_empty() {
            return vec![paragraph(say.no_facts)];
        }
        if let Some(file) = &self.model.facts {
            let path = beside(self.model.files.first().map_or("", |path| path.as_str()), file);
            let file = self.to_file(&super::escape::code(file), &path);
            blocks.push(paragraph(fill(say.facts_lead, &[("file", &file)])));
        }
        blocks.push(table(&[say.fact, say.what_it_says, say.carried_by], rows));
        blocks
    }

    fn carriers(&self) -> impl Iterator<Item = (&'m Element, Carrier<'m>)> {
        let told = (0..).zip(&self.model.elements).filter(|(id, _)| self.told.is_told(*id));
        told.flat_map(|(_, element)| carriers(element).map(move |carrier| (element, carrier)))
    }

    /// What carries something, as a link to its line.
    fn place(&self, element: &Element, carrier: &Carrier<'_>) -> String {
        let text = match carrier.text {
            Some(texts) => self.words.escape(
                &self.words.text(texts).map_or_else(|| carrier.name.replace('_', " "), str::to_owned),
            ),
            None => self.called(element),
        };
        self.to_line(&text, element.file, carrier.line)
    }
}

/// Places, each once, in a cell.
fn joined(mut places: Vec<String>) -> String {
    let mut seen = std::collections::HashSet::new();
    places.retain(|place| seen.insert(place.clone()));
    places.join(" · ")
}
