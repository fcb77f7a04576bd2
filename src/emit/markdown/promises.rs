//! What a flow promises: what is allowed when, and the rules that hold over whole runs.

use flowspec_runtime::model::{AnswerCase, Atom, Capability, Claim, ElementId, Outcome, Permission};

use super::block::{Block, Line, bullets, flat};
use super::page::Page;
use crate::emit::words::{Scope, fill};

impl<'m> Page<'m> {
    /// Every capability with its rules.
    pub(super) fn allowed(&self) -> Vec<Block> {
        let told = self.model.capabilities.iter().filter(|it| self.told.is_told(it.element));
        let lines: Vec<_> = told.flat_map(|capability| self.capability(capability)).collect();
        if lines.is_empty() { Vec::new() } else { vec![bullets(lines)] }
    }

    fn capability(&self, capability: &'m Capability) -> Vec<Line> {
        let say = self.words.say;
        let scope = Scope { record: capability.record, ..Scope::default() };
        let name = self.words.escape(&self.words.label(Some(capability.element), &capability.name));
        let rules: Vec<_> = capability
            .rules
            .iter()
            .map(|rule| {
                let verdict = self.permission(rule.permission);
                match &rule.guard {
                    Some(guard) => {
                        let guard = fill(say.when, &[("guard", &self.words.guard(guard, scope))]);
                        format!("{guard}{}{verdict}", say.colon)
                    }
                    None if capability.rules.len() > 1 => format!("{}{}{verdict}", say.otherwise, say.colon),
                    None => verdict,
                }
            })
            .collect();
        if let [only] = rules.as_slice() {
            return vec![Line { depth: 0, text: format!("**{name}**{}{}", say.colon, self.sentence(only)) }];
        }
        let lead = Line { depth: 0, text: format!("**{name}**{}", say.colon.trim_end()) };
        let rules = rules.iter().map(|rule| Line { depth: 1, text: self.sentence(rule) });
        std::iter::once(lead).chain(rules).collect()
    }

    pub(super) fn permission(&self, permission: Permission) -> String {
        let say = self.words.say;
        match permission {
            Permission::Allow => say.allow.to_owned(),
            Permission::Deny(reason) => fill(say.deny, &[("reason", &self.words.reason(reason))]),
            Permission::Unstated => say.unstated.to_owned(),
        }
    }

    /// `never`, `always`, `follow` and `indistinguishable`.
    pub(super) fn rules(&self) -> Vec<Block> {
        let lines: Vec<_> = self
            .model
            .properties
            .iter()
            .map(|property| self.rule(property.element, &property.claim))
            .collect();
        if lines.is_empty() { Vec::new() } else { vec![flat(lines)] }
    }

    fn rule(&self, element: ElementId, claim: &'m Claim) -> String {
        let say = self.words.say;
        let own = self.words.text(&self.model.element(element).texts);
        let said = match claim {
            Claim::Never { what, before: None } => fill(say.never, &[("what", &self.atom(what))]),
            Claim::Never { what, before: Some(before) } => {
                fill(say.never_before, &[("what", &self.atom(what)), ("before", &self.atom(before))])
            }
            Claim::Always(guard) => {
                fill(say.always, &[("guard", &self.words.guard(guard, Scope::default()))])
            }
            Claim::Follow { what, by, within: None } => {
                fill(say.follow, &[("what", &self.atom(what)), ("by", &self.atom(by))])
            }
            Claim::Follow { what, by, within: Some(time) } => {
                let time = self.words.length(time, Scope::default());
                fill(
                    say.follow_within,
                    &[("what", &self.atom(what)), ("by", &self.atom(by)), ("time", &time)],
                )
            }
            Claim::Indistinguishable { one, other, event, to, without } => {
                let event = event.map(|event| self.model.event(event));
                let scope = event.map_or_else(Scope::default, Scope::event);
                let hidden: Vec<String> = without.iter().map(|output| self.words.output(*output)).collect();
                let at = match event {
                    Some(event) => self.words.name(&self.words.label(Some(event.element), &event.name)),
                    None => String::new(),
                };
                let form = match (event.is_some(), hidden.is_empty()) {
                    (true, true) => say.alike_on,
                    (true, false) => say.alike_on_without,
                    (false, true) => say.alike,
                    (false, false) => say.alike_without,
                };
                let parts = [
                    ("actor", self.words.actor(*to)),
                    ("one", self.words.guard(one, scope)),
                    ("other", self.words.guard(other, scope)),
                    ("event", at),
                    ("outputs", self.words.list(&hidden)),
                ];
                fill(form, &parts.each_ref().map(|(name, text)| (*name, text.as_str())))
            }
        };
        match own {
            Some(text) => format!("**{}**{}{said}", self.words.escape(text), say.colon),
            None => said,
        }
    }

    fn atom(&self, atom: &'m Atom) -> String {
        let say = self.words.say;
        match atom {
            Atom::Entered(step) => fill(say.entered, &[("step", &self.step(*step))]),
            Atom::Accepted(event) => {
                let event = self.model.event(*event);
                let name = self.words.name(&self.words.label(Some(event.element), &event.name));
                fill(say.accepted, &[("event", &name)])
            }
            Atom::Answered(answer) => {
                fill(say.answered, &[("answer", &self.words.name(&self.answer(answer)))])
            }
            Atom::Refused(reason) => fill(say.refused_for, &[("reason", &self.words.reason(*reason))]),
            Atom::Sent(output) => fill(say.was_sent, &[("output", &self.words.output(*output))]),
            Atom::Holds(guard) => self.words.guard(guard, Scope::default()),
            Atom::Where { what, condition } => {
                let scope = match &**what {
                    Atom::Accepted(event) => Scope::event(self.model.event(*event)),
                    Atom::Answered(answer) => {
                        let case = self.answer_case(answer);
                        Scope { answer: case.map_or(&[][..], |case| &case.fields), ..Scope::default() }
                    }
                    Atom::Sent(output) => Scope { sent: Some(*output), ..Scope::default() },
                    _ => Scope::default(),
                };
                let condition = self.words.guard(condition, scope);
                fill(say.in_case, &[("what", &self.atom(what)), ("guard", &condition)])
            }
        }
    }

    /// The caption of an answer, wherever it may be given.
    pub(super) fn answer(&self, name: &str) -> String {
        self.words.label(self.answer_case(name).map(|case| case.element), name)
    }

    /// The first statement of an answer.
    pub(super) fn answer_case(&self, name: &str) -> Option<&'m AnswerCase> {
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        handlers.flat_map(|handler| &handler.branches).find_map(|branch| match &branch.body.outcome {
            Outcome::Ask { answers, .. } => answers.iter().find(|case| case.name == name),
            _ => None,
        })
    }
}
