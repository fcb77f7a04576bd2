//! What a page says of what nobody has decided: what the source does not say, and what is left to each implementation.

use flowspec_runtime::model::{
    Body, Bound, Branch, ElementKind, Kind, LimitOutcome, Outcome, Permission, Unlisted, Waiting,
};

use super::block::{Block, flat};
use super::page::Page;
use crate::emit::words::{Scope, fill};

impl<'m> Page<'m> {
    /// What the source does not say, as far as the spec says so.
    pub(super) fn silences(&self) -> Vec<Block> {
        let say = self.words.say;
        let mut lines = Vec::new();
        for note in
            self.model.elements.iter().flat_map(|element| &element.notes).filter(|note| note.kind == "silent")
        {
            lines.extend(
                self.words.text(&note.label.texts).map(|text| self.sentence(&self.words.escape(text))),
            );
        }
        lines.extend(self.silent_events());
        for timer in self.model.timers.iter().filter(|timer| is_silent(&timer.body)) {
            lines.push(fill(say.silent_after, &[("when", &self.timer_lead(timer))]));
        }
        for (id, limit) in (0..).zip(&self.model.limits) {
            if limit.outcome == LimitOutcome::Silent
                && matches!(limit.bound, Bound::AtMost(_))
                && !limit.or_more
            {
                lines.push(fill(say.silent_limit, &[("limit", &self.limit_name(id))]));
            }
        }
        lines.extend(self.silent_capabilities());
        for kind in &self.model.types {
            if let (Kind::Word { others: Some(others), .. }, Some(element)) = (&kind.kind, kind.element)
                && self.told.is_told(element)
            {
                let name = kind.name.as_deref().unwrap_or_default();
                let name = self.words.name(&self.words.label(Some(element), name));
                let others = self.words.others(others);
                lines.push(fill(say.silent_others, &[("name", &name), ("others", &others)]));
            }
        }
        if self.model.defaults.unlisted.0 == Unlisted::Silent {
            lines.push(say.unlisted_silent.to_owned());
        }
        if self.model.defaults.waiting.0 == Waiting::Silent {
            lines.push(say.waiting_silent.to_owned());
        }
        lines_of(lines)
    }

    fn silent_events(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (id, step) in (0..).zip(&self.model.steps) {
            for handler in &step.handlers {
                let scope = Scope::event(self.model.event(handler.event));
                let event = self.words.name(&self.words.event(handler));
                // What is written for every step is said once.
                let step = if handler.anywhere { self.words.say.any_step.to_owned() } else { self.step(id) };
                let values = [("event", event), ("step", step)];
                for branch in &handler.branches {
                    lines.extend(self.silent_branch(branch, scope, &values, None));
                }
            }
        }
        lines
    }

    fn silent_branch(
        &self,
        branch: &'m Branch,
        scope: Scope<'m>,
        values: &[(&str, String); 2],
        answer: Option<&str>,
    ) -> Vec<String> {
        let say = self.words.say;
        let [event, step] = values;
        let guard = branch.guard.as_ref().map(|guard| self.words.guard(guard, scope));
        let values =
            [(event.0, event.1.as_str()), (step.0, step.1.as_str()), ("answer", answer.unwrap_or_default())];
        match (&branch.body.outcome, guard) {
            (Outcome::Silent, _) if answer.is_some() => vec![fill(say.silent_answer, &values)],
            (Outcome::Silent, Some(guard)) => {
                vec![fill(say.silent_event_when, &[values[0], values[1], ("guard", &guard)])]
            }
            (Outcome::Silent, None) if self.is_otherwise(branch) => {
                vec![fill(say.silent_event_otherwise, &values)]
            }
            (Outcome::Silent, None) => vec![fill(say.silent_event, &values)],
            (Outcome::Ask { answers, .. }, _) => answers
                .iter()
                .flat_map(|case| {
                    let name = self.words.name(&self.words.label(Some(case.element), &case.name));
                    let scope = Scope { answer: &case.fields, ..scope };
                    let values = [(event.0, event.1.clone()), (step.0, step.1.clone())];
                    case.branches
                        .iter()
                        .flat_map(|branch| self.silent_branch(branch, scope, &values, Some(&name)))
                        .collect::<Vec<_>>()
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn is_otherwise(&self, branch: &Branch) -> bool {
        self.model.element(branch.element).kind == ElementKind::Otherwise
    }

    fn silent_capabilities(&self) -> Vec<String> {
        let say = self.words.say;
        let capabilities = self.model.capabilities.iter();
        capabilities
            .filter(|capability| self.told.is_told(capability.element))
            .filter(|capability| capability.rules.iter().any(|rule| rule.permission == Permission::Unstated))
            .map(|capability| {
                let name = self.words.name(&self.words.label(Some(capability.element), &capability.name));
                let always = capability.rules.len() == 1;
                fill(
                    if always { say.silent_capability } else { say.silent_capability_else },
                    &[("capability", &name)],
                )
            })
            .collect()
    }

    /// What the spec leaves to each implementation.
    pub(super) fn open(&self) -> Vec<Block> {
        let say = self.words.say;
        let mut lines = Vec::new();
        for choice in &self.model.choices {
            let name = self.words.name(&self.words.label(Some(choice.element), &choice.name));
            let values: Vec<_> =
                choice.values.iter().map(|value| self.words.value(value, Some(choice.kind))).collect();
            lines.push(fill(say.open_choice, &[("name", &name), ("values", &values.join(say.or_else))]));
        }
        for (id, step) in (0..).zip(&self.model.steps) {
            for handler in &step.handlers {
                if handler.branches.iter().any(|branch| is_either(&branch.body)) {
                    let event = self.words.name(&self.words.event(handler));
                    lines.push(fill(say.open_either, &[("event", &event), ("step", &self.step(id))]));
                }
            }
        }
        for (id, limit) in (0..).zip(&self.model.limits) {
            if let (Bound::AtMost(bound), true) = (&limit.bound, limit.or_more) {
                let n = self.words.noun(bound, Some(limit.kind), Scope::default());
                lines.push(fill(say.open_or_more, &[("limit", &self.limit_name(id)), ("n", &n)]));
            }
        }
        for timer in self.model.timers.iter().filter(|timer| timer.or_later) {
            lines.push(fill(say.open_or_later, &[("when", &self.timer_lead(timer))]));
        }
        lines_of(lines.into_iter().map(|line| self.sentence(&line)).collect())
    }
}

/// Lines, each once.
fn lines_of(mut lines: Vec<String>) -> Vec<Block> {
    let mut told = std::collections::HashSet::new();
    lines.retain(|line| told.insert(line.clone()));
    if lines.is_empty() { Vec::new() } else { vec![flat(lines)] }
}

fn is_silent(body: &Body) -> bool {
    body.outcome == Outcome::Silent
}

fn is_either(body: &Body) -> bool {
    match &body.outcome {
        Outcome::Either(_) => true,
        Outcome::Ask { answers, .. } => {
            answers.iter().flat_map(|answer| &answer.branches).any(|branch| is_either(&branch.body))
        }
        _ => false,
    }
}
