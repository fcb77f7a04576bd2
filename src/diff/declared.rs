//! What is declared otherwise: fields, what opens a session, outputs, limits, names, texts.

use std::collections::BTreeMap;

use flowspec_runtime::Text;

use super::pairing::Pairing;
use super::types::{Taken, difference};
use super::{Audience, Change};
use crate::model::{Element, Field, Model, Variable};

/// A change with what it is about, so that what happens differently is told once.
pub(super) struct Declared {
    pub(super) change: Change,
    /// The event of the new version, and the field.
    field: Option<(Text, Text)>,
}

impl Declared {
    pub(super) fn of(change: Change) -> Self {
        Self { change, field: None }
    }

    /// Whether what happens otherwise is what this says.
    pub(super) fn explains(&self, seen: &Change) -> bool {
        let Some((event, field)) = &self.field else { return false };
        let about = format!(":{field}");
        let in_reasons = |text: &str| text.split([' ', ',']).any(|word| word.ends_with(&about));
        seen.place.ends_with(&format!("on/{event}"))
            && seen.witness.as_ref().is_some_and(|seen| in_reasons(&seen.now) || in_reasons(&seen.before))
    }
}

pub(super) fn changes(pairing: &Pairing) -> Vec<Declared> {
    let mut found = Found { pairing, changes: Vec::new() };
    found.events();
    found.givens();
    found.outputs();
    found.limits();
    found.names();
    found.texts();
    found.changes
}

struct Found<'p, 'm> {
    pairing: &'p Pairing<'m>,
    changes: Vec<Declared>,
}

impl Found<'_, '_> {
    fn add(&mut self, audience: Audience, place: impl Into<String>, text: String) {
        let change = Change { audience, place: place.into(), text, witness: None };
        self.changes.push(Declared::of(change));
    }

    fn events(&mut self) {
        let (old, new) = (self.pairing.old, self.pairing.new);
        for (from, to) in self.pairing.events.clone() {
            let (before, now) = (old.event(from), new.event(to));
            if before.name != now.name {
                let text = format!("the event `{}` is called `{}`", before.name, now.name);
                self.add(Audience::Callers, format!("on/{}", now.name), text);
            }
            for field in &now.fields {
                let known = before.fields.iter().find(|known| known.name == field.name);
                self.field(&now.name, known, field);
            }
            for field in &before.fields {
                if now.fields.iter().all(|other| other.name != field.name) {
                    let text = format!("the field `{}` is gone, and ignored where it is sent", field.name);
                    self.add(Audience::Implementers, format!("on/{}", now.name), text);
                }
            }
        }
        let gone =
            (0..).zip(&old.events).filter(|(id, _)| self.pairing.events.iter().all(|(from, _)| from != id));
        let gone: Vec<Text> = gone.map(|(_, event)| event.name.clone()).collect();
        for name in gone {
            self.add(Audience::Callers, format!("on/{name}"), format!("the event `{name}` is gone"));
        }
        let added =
            (0..).zip(&new.events).filter(|(id, _)| self.pairing.events.iter().all(|(_, to)| to != id));
        let added: Vec<Text> = added.map(|(_, event)| event.name.clone()).collect();
        for name in added {
            self.add(Audience::Implementers, format!("on/{name}"), format!("the event `{name}` is new"));
        }
    }

    fn field(&mut self, event: &Text, before: Option<&Field>, now: &Field) {
        let required = |field: &Field| !field.optional && field.default.is_none() && field.when.is_none();
        let place = format!("on/{event}");
        let mut add = |audience, text| {
            let change = Change { audience, place: place.clone(), text, witness: None };
            self.changes.push(Declared { change, field: Some((event.clone(), now.name.clone())) });
        };
        let Some(before) = before else {
            return match required(now) {
                true => add(Audience::Callers, format!("the field `{}` must be sent", now.name)),
                false => add(Audience::Implementers, format!("the field `{}` may be sent", now.name)),
            };
        };
        match (required(before), required(now)) {
            (false, true) => {
                add(Audience::Callers, format!("the field `{}` may not be left out any more", now.name))
            }
            (true, false) => add(Audience::Implementers, format!("the field `{}` may be left out", now.name)),
            _ => {}
        }
        let Taken { less, more } = difference(self.pairing.old, before.kind, self.pairing.new, now.kind);
        less.into_iter()
            .for_each(|text| add(Audience::Callers, format!("of the field `{}`, {text}", now.name)));
        more.into_iter()
            .for_each(|text| add(Audience::Implementers, format!("of the field `{}`, {text}", now.name)));
    }

    fn givens(&mut self) {
        let (old, new) = (self.pairing.old, self.pairing.new);
        let required = |given: &Variable| !given.optional && given.default.is_none();
        for given in &new.givens {
            let place = format!("given/{}", given.name);
            match old.givens.iter().find(|known| known.name == given.name) {
                None if required(given) => {
                    self.add(
                        Audience::Callers,
                        place,
                        format!("`{}` must be given to open a session", given.name),
                    );
                }
                None => self.add(Audience::Implementers, place, format!("`{}` may be given", given.name)),
                Some(before) => {
                    let Taken { less, more } = difference(old, before.kind, new, given.kind);
                    for text in less {
                        self.add(Audience::Callers, &*place, format!("of `{}`, {text}", given.name));
                    }
                    for text in more {
                        self.add(Audience::Implementers, &*place, format!("of `{}`, {text}", given.name));
                    }
                }
            }
        }
    }

    fn outputs(&mut self) {
        let (old, new) = (self.pairing.old, self.pairing.new);
        for before in &old.outputs {
            let place = format!("output/{}", before.name);
            let Some(now) = new.outputs.iter().find(|output| output.name == before.name) else {
                self.add(Audience::Callers, place, format!("`{}` is not sent any more", before.name));
                continue;
            };
            for field in &before.fields {
                match now.fields.iter().find(|known| known.name == field.name) {
                    None => {
                        self.add(Audience::Callers, &*place, format!("its field `{}` is gone", field.name))
                    }
                    Some(known) => {
                        // What was never sent before surprises who reads it.
                        let more = difference(old, field.kind, new, known.kind).more;
                        for text in more {
                            self.add(
                                Audience::Callers,
                                &*place,
                                format!("of its field `{}`, {text}", field.name),
                            );
                        }
                    }
                }
            }
            for field in
                now.fields.iter().filter(|field| before.fields.iter().all(|known| known.name != field.name))
            {
                self.add(Audience::Implementers, &*place, format!("its field `{}` is new", field.name));
            }
        }
        for output in
            new.outputs.iter().filter(|output| old.outputs.iter().all(|known| known.name != output.name))
        {
            let text = format!("`{}` is to be sent", output.name);
            self.add(Audience::Implementers, format!("output/{}", output.name), text);
        }
    }

    /// Limits by what their lines say; how they bite is seen by what happens, where it is within reach.
    fn limits(&mut self) {
        let (old, new) = (self.pairing.old, self.pairing.new);
        let line = |model: &Model, element| -> String {
            let source = &model.element(element).source;
            source.split('"').next().unwrap_or(source).split(" @").next().unwrap_or(source).trim().to_owned()
        };
        for now in &new.limits {
            let place = format!("limit/{}", now.name);
            match old.limits.iter().find(|limit| limit.name == now.name) {
                None => self.add(Audience::Callers, place, format!("the limit `{}` is new", now.name)),
                Some(before) => {
                    let changed = before.bound != now.bound
                        || before.window != now.window
                        || before.per != now.per
                        || before.or_more != now.or_more
                        || line(old, before.element) != line(new, now.element);
                    if changed {
                        let (was, is) = (line(old, before.element), line(new, now.element));
                        self.add(Audience::Callers, place, format!("it was `{was}` and is `{is}`"));
                    }
                }
            }
        }
        for gone in old.limits.iter().filter(|limit| new.limits.iter().all(|known| known.name != limit.name))
        {
            let text = format!("the limit `{}` is gone", gone.name);
            self.add(Audience::Implementers, format!("limit/{}", gone.name), text);
        }
    }

    fn names(&mut self) {
        let (old, new) = (self.pairing.old, self.pairing.new);
        if old.name != new.name {
            let text = format!("the flow `{}` is called `{}`", old.name, new.name);
            self.add(Audience::Callers, new.name.as_str(), text);
        }
        for (from, to) in self.pairing.steps.clone() {
            let (before, now) = (&old.step(from).name, &new.step(to).name);
            if before != now {
                let text = format!("the step `{before}` is called `{now}`");
                self.add(Audience::Implementers, format!("step/{now}"), text);
            }
        }
    }

    /// Statements that both have and that read differently on the page.
    fn texts(&mut self) {
        let by_path = |model: &'_ Model| -> BTreeMap<String, Element> {
            model.elements.iter().map(|element| (element.path.clone(), element.clone())).collect()
        };
        let (before, now) = (by_path(self.pairing.old), by_path(self.pairing.new));
        for (path, element) in &now {
            let Some(known) = before.get(path) else { continue };
            let mut what = Vec::new();
            let languages = known.texts.keys().chain(element.texts.keys());
            let mut languages: Vec<_> = languages.collect();
            languages.sort();
            languages.dedup();
            for language in languages {
                let of = |element: &Element| {
                    element.texts.get(language).map_or("none".into(), |text| format!("“{text}”"))
                };
                if of(known) != of(element) {
                    what.push(format!("its text ({language}) was {} and is {}", of(known), of(element)));
                }
            }
            let mut said = |differs: bool, text: &str| what.extend(differs.then(|| text.to_owned()));
            said(known.doc != element.doc, "its description reads differently");
            said(
                known.notes != element.notes
                    || known.contacts != element.contacts
                    || known.links != element.links,
                "its notes, contacts or links differ",
            );
            said(
                known.facts != element.facts || known.provenance != element.provenance,
                "what it stands on differs",
            );
            for text in what {
                self.add(Audience::Readers, path.as_str(), text);
            }
        }
    }
}
