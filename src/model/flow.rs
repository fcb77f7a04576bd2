//! One flow, pass by pass: what it remembers, its steps, its events, then all that happens in them.

use std::collections::BTreeSet;

use super::builder::{Builder, index};
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{Branch, ElementKind, EndKind, Order, Require, Step, Unlisted, Waiting};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{
    self, Declaration, DefaultSubject, Name, OutcomeKind, Statement, StatementKind as Is,
};

impl<'a> Builder<'a> {
    /// Builds the model of a flow.
    pub(super) fn flow(&mut self, statement: &'a Statement) {
        let Is::Flow { name, actor, endless, .. } = &statement.kind else { return };
        self.check_shape(statement);
        self.model.element = self.element(ElementKind::Flow, "flow".into(), statement, None);
        self.model.endless = *endless;
        self.model.facts = self.program.files[self.file].facts.map(|facts| facts.value.clone());
        if let Some(actor) = actor {
            let finding = self.finding(
                codes::MISPLACED,
                actor.span,
                format!("`by` says nothing for the flow `{name}`"),
            );
            self.report(finding.help(format!("leave `by {actor}` out")));
        }
        self.defaults();
        statement.children().iter().for_each(|child| self.declare_value(child));
        let steps = self.declare_steps(statement);
        self.rows_and_requires(statement);
        let mut pending = Vec::new();
        for (child, step) in &steps {
            self.handler_heads(child, *step, &mut pending);
        }
        statement.children().iter().for_each(|child| self.declare_limit(child));
        pending.iter().for_each(|pending| self.handler(pending));
        self.timers(statement, &steps);
        self.limit_blocks(statement);
        self.start(statement);
        statement.children().iter().for_each(|child| self.rules_and_examples(child));
        self.row_keys();
        self.languages();
    }

    /// What the file says of events that no step lists, and the like.
    fn defaults(&mut self) {
        let mut first: Vec<(DefaultSubject, Span)> = Vec::new();
        for statement in &self.program.files[self.file].tree.statements {
            let Is::Default { subject } = &statement.kind else { continue };
            if let Some((_, before)) = first.iter().find(|(known, _)| known == subject) {
                let finding =
                    self.finding(codes::DUPLICATE_NAME, statement.head, "this default is there twice");
                let finding = finding.here("the second").label(self.at(*before), "the first");
                self.report(finding.help("leave one of them out"));
                continue;
            }
            first.push((*subject, statement.head));
            self.default(*subject, statement);
        }
        if self.model.reasons.is_empty() {
            self.built_in_reason("unexpected");
        }
    }

    fn default(&mut self, subject: DefaultSubject, statement: &'a Statement) {
        let word = match subject {
            DefaultSubject::Unlisted => "unlisted",
            DefaultSubject::Missing => "missing",
            DefaultSubject::Invalid => "invalid",
            DefaultSubject::Waiting => "waiting",
            DefaultSubject::OrderStrict => "order",
        };
        let element = Some(self.element(ElementKind::Default, format!("default/{word}"), statement, None));
        let outcome = statement.outcome.as_ref().map(|outcome| &outcome.kind);
        match (subject, outcome) {
            (DefaultSubject::OrderStrict, _) => self.model.defaults.order = (Order::Strict, element),
            (DefaultSubject::Unlisted, Some(OutcomeKind::Refuse { reason, .. })) => {
                if let Some(reason) = self.reason(reason) {
                    self.model.defaults.unlisted = (Unlisted::Refuse(reason), element);
                }
            }
            (DefaultSubject::Unlisted, Some(_)) => self.model.defaults.unlisted = (Unlisted::Silent, element),
            (DefaultSubject::Missing, Some(OutcomeKind::Refuse { reason, .. })) => {
                self.reason(reason);
                self.model.defaults.missing = (reason.text.clone(), element);
            }
            (DefaultSubject::Invalid, Some(OutcomeKind::Refuse { reason, .. })) => {
                self.reason(reason);
                self.model.defaults.invalid = (reason.text.clone(), element);
            }
            (DefaultSubject::Waiting, Some(OutcomeKind::Stay)) => {
                self.model.defaults.waiting = (Waiting::Stay, element)
            }
            (DefaultSubject::Waiting, Some(_)) => self.model.defaults.waiting = (Waiting::Silent, element),
            (_, _) => {
                let finding =
                    self.finding(codes::NO_OUTCOME, statement.head, "this default does not say what happens");
                self.report(finding.help("write `refuse REASON` or `silent` after it"));
            }
        }
    }

    fn declare_value(&mut self, statement: &'a Statement) {
        match &statement.kind {
            Is::Given(declaration) => {
                self.only_plain(declaration, "what a session is given", &["?", "default"]);
                if self.new_value(&declaration.name) {
                    let mut list = std::mem::take(&mut self.model.givens);
                    self.declare_variable(
                        &mut list,
                        ElementKind::Given,
                        declaration,
                        statement,
                        self.model.element,
                    );
                    self.model.givens = list;
                    self.names.givens.insert(declaration.name.as_str(), index(self.model.givens.len() - 1));
                }
            }
            Is::Remember(declaration) => self.remember(statement, declaration),
            Is::Choice { name, .. } if self.new_value(name) => {
                let id = self.build_choice(statement);
                self.names.choices.insert(name.as_str(), id);
            }
            _ => {}
        }
    }

    fn remember(&mut self, statement: &'a Statement, declaration: &'a Declaration) {
        self.only_plain(declaration, "a remembered value", &["default"]);
        if self.new_value(&declaration.name) {
            let mut list = std::mem::take(&mut self.model.variables);
            self.declare_variable(
                &mut list,
                ElementKind::Remember,
                declaration,
                statement,
                self.model.element,
            );
            self.model.variables = list;
            self.names.variables.insert(declaration.name.as_str(), index(self.model.variables.len() - 1));
        }
    }

    /// Whether a value of the flow has a name of its own.
    fn new_value(&mut self, name: &Name) -> bool {
        let names = &self.names;
        let given = names.givens.get(name.as_str()).map(|id| self.model.givens[usize::from(*id)].element);
        let variable =
            names.variables.get(name.as_str()).map(|id| self.model.variables[usize::from(*id)].element);
        let choice = names.choices.get(name.as_str()).map(|id| self.model.choices[usize::from(*id)].element);
        match given.or(variable).or(choice) {
            Some(first) => {
                let first = self.place(first).name;
                self.report(names::duplicate("value", name.as_str(), self.at(name.span), first));
                false
            }
            None => true,
        }
    }

    fn declare_steps(&mut self, statement: &'a Statement) -> Vec<(&'a Statement, u16)> {
        let mut steps = Vec::new();
        for child in statement.children() {
            let (name, kind, end) = match &child.kind {
                Is::Step { name, .. } => (name, ElementKind::Step, None),
                Is::End { name, kind } => (name, ElementKind::End, Some(end_kind(*kind))),
                _ => continue,
            };
            let element = self.element(kind, name.to_string(), child, Some(self.model.element));
            if let Some(first) = self.names.steps.get(name.as_str()) {
                let first = self.place(self.model.steps[usize::from(*first)].element).name;
                self.report(names::duplicate("step", name.as_str(), self.at(name.span), first));
                self.gap(child.span);
                continue;
            }
            let id = index(self.model.steps.len());
            self.model.steps.push(Step { name: name.text.clone(), element, end, handlers: Vec::new() });
            self.names.steps.insert(name.as_str(), id);
            if end.is_none() {
                steps.push((child, id));
            }
        }
        steps
    }

    fn rows_and_requires(&mut self, statement: &'a Statement) {
        for child in statement.children() {
            if let Is::Row { record, by } = &child.kind {
                self.row(child, record, by);
            }
        }
        for child in statement.children() {
            let Is::Require { condition } = &child.kind else { continue };
            let Some(OutcomeKind::Refuse { reason, .. }) =
                child.outcome.as_ref().map(|outcome| &outcome.kind)
            else {
                let finding =
                    self.finding(codes::NO_OUTCOME, child.head, "this does not say why a session is refused");
                self.report(finding.help("write `refuse REASON` after the condition"));
                continue;
            };
            let path = format!("require/{reason}");
            let element = self.element(ElementKind::Require, path, child, Some(self.model.element));
            let guard = self.guard(condition, &Scope::session().as_guard(), &Knowledge::default());
            if let Some(reason) = self.reason(reason) {
                self.model.requires.push(Require { element, guard, reason });
            }
        }
    }

    fn timers(&mut self, statement: &'a Statement, steps: &[(&'a Statement, u16)]) {
        let mut steps = steps.iter().peekable();
        for child in statement.children() {
            if let Is::After(after) = &child.kind {
                self.timer(child, after, None);
            }
            let Some((_, step)) = steps.next_if(|(step, _)| std::ptr::eq(*step, child)) else { continue };
            for inner in child.children() {
                if let Is::After(after) = &inner.kind {
                    self.timer(inner, after, Some(*step));
                }
            }
        }
    }

    fn start(&mut self, statement: &'a Statement) {
        let mut starts = statement.children().iter().filter(|child| child.kind == Is::Start);
        let Some(start) = starts.next() else { return self.no_start(statement) };
        if let Some(second) = starts.next() {
            let finding = self.finding(codes::DUPLICATE_NAME, second.head, "the flow begins twice");
            let finding = finding.here("the second").label(self.at(start.head), "the first");
            self.report(
                finding.help("leave one of them out, or write `start` with a block of `when` branches"),
            );
        }
        let element = self.element(ElementKind::Start, "start".into(), start, Some(self.model.element));
        let branches: Vec<Branch> =
            self.branches(start, element, &Scope::session(), &Knowledge::default(), &mut None);
        self.model.start = branches;
    }

    fn no_start(&mut self, statement: &Statement) {
        let Is::Flow { name, .. } = &statement.kind else { return };
        self.gap(name.span);
        if statement.children().iter().any(|child| child.kind == Is::Unreadable) {
            self.sound = false;
            return;
        }
        let finding = self.finding(codes::NO_START, name.span, format!("nothing says where `{name}` begins"));
        let first = statement.children().iter().find_map(|child| match &child.kind {
            Is::Step { name, .. } => Some((name, child.span.start)),
            _ => None,
        });
        let finding = match first {
            Some((step, at)) => {
                let at = self.at(Span { start: at, end: at });
                finding.mend("say it", at, format!("start -> {step}\n  "))
            }
            None => finding.help("write a step, and `start -> STEP` above it"),
        };
        self.report(finding);
    }

    fn rules_and_examples(&mut self, statement: &'a Statement) {
        match &statement.kind {
            Is::Capability { name } => self.capability(statement, name, None, self.model.element),
            Is::Never { .. } | Is::Always { .. } | Is::Follow(_) => self.property(statement),
            Is::Scenario => self.scenario(statement),
            _ => {}
        }
    }

    /// The languages of all texts; the first is the one of texts that name none.
    fn languages(&mut self) {
        let mut languages = BTreeSet::new();
        for element in &self.model.elements {
            languages.extend(element.texts.keys());
            languages.extend(element.notes.iter().flat_map(|note| note.label.texts.keys()));
            languages.extend(element.contacts.iter().flat_map(|contact| contact.label.texts.keys()));
            languages.extend(element.links.iter().flat_map(|link| link.label.texts.keys()));
        }
        let mut languages: Vec<_> = languages.into_iter().cloned().collect();
        languages.sort_by_key(|language| language != super::element::FIRST_LANGUAGE);
        if languages.is_empty() {
            languages.push(super::element::FIRST_LANGUAGE.into());
        }
        self.model.languages = languages;
    }
}

fn end_kind(kind: tree::EndKind) -> EndKind {
    match kind {
        tree::EndKind::Success => EndKind::Success,
        tree::EndKind::Failure => EndKind::Failure,
        tree::EndKind::Handover => EndKind::Handover,
    }
}
