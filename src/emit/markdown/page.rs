//! What every section of a page draws on: the words, and which statements stand in which step.

use std::collections::HashMap;

use flowspec_runtime::model::{Element, ElementId, ElementKind, Handler, Model, StepId, Timer};

use super::escape::{self, MARKDOWN};
use super::told::Told;
use crate::emit::words::{Words, fill, step_numbers};

/// From a page to the folder that the compiler ran in: pages lie in `generated/docs/LANGUAGE/`.
const ROOT: &str = "../../../";

/// A page in the making.
pub(super) struct Page<'m> {
    pub(super) model: &'m Model,
    pub(super) words: Words<'m>,
    /// The statements in each step, limit, capability …, by the statement that they stand in.
    within: HashMap<ElementId, Vec<ElementId>>,
    /// The time-outs of each step.
    timers: HashMap<StepId, Vec<&'m Timer>>,
    /// The number of each step; ends have none.
    numbers: Vec<Option<usize>>,
    /// What the page speaks of.
    pub(super) told: Told,
}

impl<'m> Page<'m> {
    pub(super) fn new(model: &'m Model, language: &'m str) -> Self {
        Self {
            model,
            words: Words::new(model, language, MARKDOWN),
            timers: timers(model),
            numbers: step_numbers(model),
            within: within(model),
            told: Told::of(model),
        }
    }

    /// A statement and all that stands in it, in the order of the text.
    pub(super) fn statements(&self, element: ElementId) -> &[ElementId] {
        self.within.get(&element).map_or(&[], Vec::as_slice)
    }

    /// The time-outs of a step, in the order of the text.
    pub(super) fn timers(&self, step: StepId) -> &[&'m Timer] {
        self.timers.get(&step).map_or(&[], Vec::as_slice)
    }

    /// The heading of a step: its number and caption.
    pub(super) fn step_heading(&self, id: StepId) -> String {
        let caption = self.words.step(id);
        let caption = self.words.escape(&caption);
        match self.numbers[usize::from(id)] {
            Some(number) => format!("{number}. {caption}"),
            None => caption,
        }
    }

    /// A step, as a link to its heading; an end by its name.
    pub(super) fn step(&self, id: StepId) -> String {
        let caption = self.words.step(id);
        match self.numbers[usize::from(id)] {
            Some(number) => {
                let fragment = escape::fragment(&format!("{number}. {caption}"));
                format!("[{number}. {}](#{fragment})", self.words.escape(&caption))
            }
            None => self.words.name(&caption),
        }
    }

    /// The caption of the event that a handler takes, set off as the start of a paragraph.
    pub(super) fn event_lead(&self, handler: &Handler) -> String {
        let event = format!("**{}**", self.words.escape(&self.words.event(handler)));
        if handler.actor == flowspec_runtime::model::USER {
            return event;
        }
        fill(self.words.say.by_actor, &[("event", &event), ("actor", &self.words.actor(handler.actor))])
    }

    /// A sentence: with a capital, and a stop unless it ends with one.
    pub(super) fn sentence(&self, text: &str) -> String {
        let stop =
            if text.ends_with(['.', '。', '!', '?', '！', '？']) { "" } else { self.words.say.stop };
        self.words.capital(text) + stop
    }

    /// Several sentences in a row.
    pub(super) fn sentences(&self, texts: &[String]) -> String {
        let sentences: Vec<_> = texts.iter().map(|text| self.sentence(text)).collect();
        sentences.join(self.words.say.space)
    }

    /// What a statement is called: its text, or else its head as written.
    pub(super) fn called(&self, element: &Element) -> String {
        match self.words.text(&element.texts) {
            Some(text) => self.words.escape(text),
            None => escape::code_in_table(&element.source),
        }
    }

    /// A text that leads to a line of the spec.
    pub(super) fn to_line(&self, text: &str, file: u16, line: u32) -> String {
        let path = self.model.files.get(usize::from(file)).map_or("", |path| path.as_str());
        self.to_file(text, &format!("{path}#L{line}"))
    }

    /// A text that leads to a file, where its path is one under the folder that the compiler ran in.
    pub(super) fn to_file(&self, text: &str, path: &str) -> String {
        if path.starts_with(['/', '\\']) || path.contains(':') {
            return text.to_owned();
        }
        format!("[{text}]({ROOT}{})", escape::address(path))
    }
}

fn timers(model: &Model) -> HashMap<StepId, Vec<&Timer>> {
    let mut timers: HashMap<StepId, Vec<&Timer>> = HashMap::new();
    for timer in &model.timers {
        if let Some(step) = timer.step {
            timers.entry(step).or_default().push(timer);
        }
    }
    timers
}

/// The statements of each step, end, limit and so on, by the nearest statement of such a kind that they stand in.
fn within(model: &Model) -> HashMap<ElementId, Vec<ElementId>> {
    let mut within: HashMap<ElementId, Vec<ElementId>> = HashMap::new();
    let mut owners: Vec<Option<ElementId>> = vec![None; model.elements.len()];
    for (id, element) in (0..).zip(&model.elements) {
        let owner = if owns(element.kind) {
            id
        } else {
            element.parent.and_then(|parent| owners.get(parent as usize).copied().flatten()).unwrap_or(id)
        };
        owners[id as usize] = Some(owner);
        within.entry(owner).or_default().push(id);
    }
    within
}

fn owns(kind: ElementKind) -> bool {
    use ElementKind as Kind;
    matches!(
        kind,
        Kind::Flow
            | Kind::Step
            | Kind::End
            | Kind::Limit
            | Kind::Capability
            | Kind::Record
            | Kind::Scenario
            | Kind::Output
            | Kind::Type
    )
}
