//! A model in words of a language: what things are called, and conditions, values and types said aloud.
//!
//! Every phrase stands in the table of its language. What the spec's author wrote is escaped for its target on the way in.

mod en;
mod guard;
mod kind;
mod phrases;
mod value;
mod zh;

use flowspec_runtime::model::{
    ActorId, Element, ElementId, ElementKind, Event, Field, Handler, LimitId, Model, OutputId, ReasonId,
    StepId, Texts, TypeId, USER,
};

pub(crate) use phrases::{Phrases, fill, own_name, phrases};

/// What the words are put into.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// Makes a text of the author's harmless there.
    pub(crate) escape: fn(&str) -> String,
    /// Sets a pattern in code font.
    pub(crate) code: fn(&str) -> String,
    /// Whether names may be set off by markup.
    pub(crate) markup: bool,
}

/// Texts as they are, for a target that is escaped as a whole.
pub(crate) const PLAIN: Target = Target { escape: str::to_owned, code: str::to_owned, markup: false };

/// A model in a language, for a target.
#[derive(Clone, Copy)]
pub(crate) struct Words<'m> {
    pub(crate) model: &'m Model,
    pub(crate) language: &'m str,
    pub(crate) say: &'static Phrases,
    target: Target,
}

/// The fields that a condition may speak of: those of the event, and those of the answer.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scope<'m> {
    /// The event's fields.
    pub(crate) fields: &'m [Field],
    /// The answer's fields.
    pub(crate) answer: &'m [Field],
    /// The type of the item that an aggregate looks at.
    pub(crate) item: Option<TypeId>,
    /// The output whose fields are spoken of.
    pub(crate) sent: Option<OutputId>,
    /// The record that a capability is asked about.
    pub(crate) record: Option<u16>,
}

impl<'m> Scope<'m> {
    /// Inside an event.
    pub(crate) fn event(event: &'m Event) -> Self {
        Self { fields: &event.fields, ..Self::default() }
    }
}

/// The number of each step, as pages and diagrams have it; ends have none.
pub(crate) fn step_numbers(model: &Model) -> Vec<Option<usize>> {
    let mut last = 0;
    let number = |is_end: bool| {
        last += usize::from(!is_end);
        (!is_end).then_some(last)
    };
    model.steps.iter().map(|step| step.end.is_some()).map(number).collect()
}

/// Whether a handler is a task of a checklist.
pub(crate) fn is_task(model: &Model, handler: &Handler) -> bool {
    is_of_task(model, handler.element)
}

/// Whether a statement was made of a task: its event, or the mark that it is done.
pub(crate) fn is_of_task(model: &Model, element: ElementId) -> bool {
    model.element(element).source.starts_with("task ")
}

/// The steps that call the part which a step belongs to, from the outside in.
pub(crate) fn calls_of(model: &Model, id: StepId) -> Vec<ElementId> {
    let around =
        std::iter::successors(model.element(model.step(id).element).parent, |id| model.element(*id).parent);
    let mut calls: Vec<_> = around.filter(|id| model.element(*id).kind == ElementKind::Call).collect();
    calls.reverse();
    calls
}

impl<'m> Words<'m> {
    /// Words of a language; the phrases are English where the language has no table.
    pub(crate) fn new(model: &'m Model, language: &'m str, target: Target) -> Self {
        Self { model, language, say: phrases(language), target }
    }

    /// A text of the author's in this language, or else in the spec's first.
    pub(crate) fn text<'t>(&self, texts: &'t Texts) -> Option<&'t str> {
        let first = self.model.languages.first();
        texts
            .get(self.language)
            .or_else(|| first.and_then(|first| texts.get(first)))
            .or_else(|| texts.values().next())
            .map(String::as_str)
    }

    /// What a statement is called, or else its name with its words parted.
    pub(crate) fn label(&self, element: Option<ElementId>, name: &str) -> String {
        let text = element.and_then(|id| self.text(&self.model.element(id).texts));
        let own = name.rsplit('/').next().unwrap_or(name);
        text.map_or_else(|| own.replace('_', " "), str::to_owned)
    }

    /// A text of the author's, harmless in the target.
    pub(crate) fn escape(&self, text: &str) -> String {
        (self.target.escape)(text)
    }

    /// A caption or a name within a sentence.
    pub(crate) fn name(&self, text: &str) -> String {
        let around = if self.target.markup { self.say.name } else { self.say.plain_name };
        fill(around, &[("x", &self.escape(text))])
    }

    /// A pattern, as code.
    pub(crate) fn code(&self, text: &str) -> String {
        (self.target.code)(text)
    }

    /// What somebody sees or types.
    pub(crate) fn quoted(&self, text: &str) -> String {
        fill(self.say.quoted, &[("x", &self.escape(text))])
    }

    /// The caption of a step or end.
    pub(crate) fn step(&self, id: StepId) -> String {
        let step = self.model.step(id);
        let own = self.label(Some(step.element), &step.name);
        let named = !self.model.element(step.element).texts.is_empty();
        let calls = calls_of(self.model, id);
        let caption = calls.last().and_then(|call| self.text(&self.model.element(*call).texts));
        match caption {
            Some(caption) if !named => caption.to_owned(),
            Some(caption) if caption != own => format!("{caption}{}{own}", self.say.colon),
            _ => own,
        }
    }

    /// The name of an actor, within a sentence.
    pub(crate) fn actor(&self, id: ActorId) -> String {
        let actor = &self.model.actors[usize::from(id)];
        match actor.element {
            None if id == USER => self.say.user.to_owned(),
            element => {
                let label = self.label(element, &actor.name);
                let article = self.say.article;
                match label.strip_prefix(article).filter(|_| !article.is_empty()) {
                    Some(noun) => article.to_lowercase() + &self.escape(noun),
                    None => self.escape(&label),
                }
            }
        }
    }

    /// The caption of the event that a handler takes.
    pub(crate) fn event(&self, handler: &Handler) -> String {
        let event = self.model.event(handler.event);
        let own = self.text(&self.model.element(handler.element).texts);
        own.map_or_else(|| self.label(Some(event.element), &event.name), str::to_owned)
    }

    /// The `///` lines above a statement, a text for each paragraph. Lines that begin with a language, as in `/// zh: …`,
    /// and those after them, are of that language; the others are of the spec's first.
    pub(crate) fn doc(&self, element: &Element) -> Vec<String> {
        let first = self.model.languages.first().map_or("", |first| first.as_str());
        let mut of_language: Vec<(&str, String)> = Vec::new();
        for line in element.doc.lines().map(str::trim) {
            let marked =
                line.split_once(": ").filter(|(mark, _)| self.model.languages.iter().any(|it| it == mark));
            match (marked, of_language.last_mut()) {
                (Some((mark, text)), _) => of_language.push((mark, text.to_owned())),
                (None, None) => of_language.push((first, line.to_owned())),
                (None, Some((mark, _))) if line.is_empty() => {
                    let mark = *mark;
                    of_language.push((mark, String::new()));
                }
                (None, Some((_, text))) => {
                    if !text.is_empty() {
                        text.push(' ');
                    }
                    text.push_str(line);
                }
            }
        }
        of_language.retain(|(_, text)| !text.is_empty());
        let has_own = of_language.iter().any(|(mark, _)| *mark == self.language);
        let wanted = if has_own { self.language } else { first };
        of_language.into_iter().filter(|(mark, _)| *mark == wanted).map(|(_, text)| text).collect()
    }

    /// “fifth”.
    pub(crate) fn ordinal(&self, n: i64) -> String {
        let word =
            usize::try_from(n - 1).ok().and_then(|index| self.say.ordinals.split_whitespace().nth(index));
        word.map_or_else(|| fill(self.say.nth, &[("n", &n.to_string())]), str::to_owned)
    }

    /// The text of a reason, quoted; in words of our own where it is one that the language brings.
    pub(crate) fn reason(&self, id: ReasonId) -> String {
        let reason = &self.model.reasons[usize::from(id)];
        let text = reason.element.and_then(|id| self.text(&self.model.element(id).texts));
        match text {
            Some(text) => self.quoted(text),
            None => self.quoted(&self.built_in_reason(&reason.name)),
        }
    }

    /// `needs:replace_sim` and the like in words, not escaped; a name of the author's with its words parted.
    pub(crate) fn built_in_reason(&self, name: &str) -> String {
        let say = self.say;
        let about = |phrase, hole, text: &str| fill(phrase, &[(hole, text)]);
        let Some((word, of)) = name.split_once(':') else {
            return match name {
                "unexpected" => say.reason_unexpected.to_owned(),
                "overflow" => say.reason_overflow.to_owned(),
                other => other.replace('_', " "),
            };
        };
        let defaults = &self.model.defaults;
        let own = self.model.reasons.iter().find(|reason| reason.name == word);
        let own = own.and_then(|reason| self.text(&self.model.element(reason.element?).texts));
        match (word, own) {
            ("needs", _) => about(say.reason_needs, "task", &self.event_named(of)),
            ("limit", _) => about(say.reason_limit, "limit", &self.limit_named(of)),
            (_, Some(text)) => format!("{text}{}{}", say.colon, self.field_named(of)),
            (word, _) if word == defaults.missing.0 => {
                about(say.reason_missing, "field", &self.field_named(of))
            }
            (word, _) if word == defaults.invalid.0 => {
                about(say.reason_invalid, "field", &self.field_named(of))
            }
            _ => name.replace('_', " "),
        }
    }

    fn event_named(&self, name: &str) -> String {
        let event = self.model.events.iter().find(|event| event.name == name);
        self.label(event.map(|event| event.element), name)
    }

    fn limit_named(&self, name: &str) -> String {
        let limit = self.model.limits.iter().find(|limit| limit.name == name);
        self.label(limit.map(|limit| limit.element), name)
    }

    fn field_named(&self, name: &str) -> String {
        let fields = self.model.events.iter().flat_map(|event| &event.fields);
        let found = fields.filter(|field| field.name == name).map(|field| field.element).next();
        let given = || self.model.givens.iter().find(|given| given.name == name).map(|given| given.element);
        self.label(found.or_else(given), name)
    }

    /// The name of an output, within a sentence.
    pub(crate) fn output(&self, id: OutputId) -> String {
        let output = &self.model.outputs[usize::from(id)];
        self.name(&self.label(Some(output.element), &output.name))
    }

    /// The name of a limit, within a sentence.
    pub(crate) fn limit(&self, id: LimitId) -> String {
        let limit = self.model.limit(id);
        self.name(&self.label(Some(limit.element), &limit.name))
    }

    /// The same with a capital at its start.
    pub(crate) fn capital(&self, text: &str) -> String {
        let mut chars = text.chars();
        let first = chars.next().map(|char| char.to_ascii_uppercase());
        first.into_iter().chain(chars).collect()
    }

    /// Several things of which each is meant: “a, b and c”.
    pub(crate) fn all_of(&self, things: &[String]) -> String {
        match things {
            [] => String::new(),
            [only] => only.clone(),
            [before @ .., last] => format!("{}{}{last}", before.join(self.say.alternative), self.say.both),
        }
    }

    /// Several things in a row.
    pub(crate) fn list(&self, things: &[String]) -> String {
        things.join(self.say.between)
    }
}
