//! One flow, pass by pass: what it remembers, its steps, its events, then all that happens in them.

use std::collections::BTreeSet;

use super::builder::{Builder, Names, index};
use super::call::{Frame, Goal};
use super::event::{Layer, StepHead};
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{Branch, ElementId, ElementKind, EndKind, Order, Require, Step, Unlisted, Waiting};
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
        self.frames.push(Frame {
            file: self.file,
            names: Names::default(),
            statement,
            prefix: String::new(),
            calling: None,
        });
        let mut steps = Vec::new();
        self.declare_rows(statement);
        self.declare_steps(statement, self.model.element, &mut steps);
        self.requires(statement);
        let anywhere = self.anywhere(statement);
        let layers: Vec<_> = steps.iter().map(|head| self.layers(head, &anywhere)).collect();
        let mut pending = Vec::new();
        for (head, layers) in steps.iter().zip(&layers) {
            self.handler_heads(head, layers, &mut pending);
        }
        self.limits();
        pending.iter().for_each(|pending| self.handler(pending));
        self.timers(statement, &steps, &layers);
        self.all_limit_blocks();
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

    /// Whether what has this name can be read; said where it cannot.
    pub(super) fn readable(&mut self, name: &Name) {
        let unreadable = names::unreadable(name.as_str(), self.at(name.span));
        unreadable.into_iter().for_each(|finding| self.report(finding));
    }

    /// Whether a value of the flow has a name of its own.
    pub(super) fn new_value(&mut self, name: &Name) -> bool {
        self.readable(name);
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

    pub(super) fn declare_steps(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        steps: &mut Vec<StepHead<'a>>,
    ) {
        for child in statement.children() {
            match &child.kind {
                Is::Step { name, .. } => self.declare_step(name, child, parent, steps),
                // The ends of a part are what its caller speaks of.
                Is::End { name, kind } if self.frame == 0 => {
                    self.new_place(name, child, parent, Some(end_kind(*kind)));
                }
                _ => {}
            }
        }
    }

    fn declare_step(
        &mut self,
        name: &'a Name,
        statement: &'a Statement,
        parent: ElementId,
        steps: &mut Vec<StepHead<'a>>,
    ) {
        let called = self.called(statement);
        let calls = statement.children().iter().any(|child| matches!(child.kind, Is::Call { .. }));
        if calls && called.is_none() {
            self.gap(statement.span);
        }
        match called {
            Some((part, tree::FlowKind::Part)) if self.new_step(name) => {
                self.call(name, statement, part, parent, steps);
            }
            Some((_, tree::FlowKind::Part)) => {}
            other => {
                let stub = other.map(|(stub, _)| stub);
                let frame = self.frame;
                let id = self.new_place(name, statement, parent, None);
                if let (Some(id), Some(stub)) = (id, stub) {
                    let step = self.model.steps[usize::from(id)].element;
                    self.marks_of_call(step, statement);
                    self.stub_arguments(statement, stub, id);
                    let path = self.below(step, "stub");
                    self.in_file(stub.file, |builder| {
                        builder.element(ElementKind::Part, path, stub.statement, Some(step));
                    });
                }
                steps.extend(id.map(|id| StepHead { id, statement, frame, stub }));
            }
        }
    }

    /// Whether a step or end has a name of its own.
    pub(super) fn new_step(&mut self, name: &Name) -> bool {
        if !self.names.steps.contains_key(name.as_str()) {
            return true;
        }
        let siblings = self.frames[self.frame].statement.children().iter();
        let first = siblings.filter_map(|child| match &child.kind {
            Is::Step { name, .. } | Is::End { name, .. } => Some(name),
            _ => None,
        });
        let first =
            first.into_iter().find(|first| first.text == name.text).map_or(name.span, |first| first.span);
        self.report(names::duplicate("step", name.as_str(), self.at(name.span), self.at(first)));
        false
    }

    fn new_place(
        &mut self,
        name: &'a Name,
        statement: &'a Statement,
        parent: ElementId,
        end: Option<EndKind>,
    ) -> Option<u16> {
        let kind = if end.is_some() { ElementKind::End } else { ElementKind::Step };
        let full = format!("{}{name}", self.frames[self.frame].prefix);
        let element = self.element(kind, full.clone(), statement, Some(parent));
        if !self.new_step(name) {
            self.gap(statement.span);
            return None;
        }
        let id = index(self.model.steps.len());
        self.model.steps.push(Step { name: full.into(), element, end, handlers: Vec::new() });
        self.names.steps.insert(name.as_str(), Goal::Step(id));
        Some(id)
    }

    /// The handlers of every step.
    fn anywhere(&mut self, statement: &'a Statement) -> Vec<(&'a Statement, ElementId)> {
        let mut blocks = Vec::new();
        for child in statement.children() {
            if child.kind == Is::Anywhere {
                let flow = self.model.element;
                let element = self.element(ElementKind::Anywhere, "anywhere".into(), child, Some(flow));
                blocks.push((child, element));
            }
        }
        blocks
    }

    pub(super) fn declare_rows(&mut self, statement: &'a Statement) {
        for child in statement.children() {
            if let Is::Row { record, by } = &child.kind {
                self.row(child, record, by);
            }
        }
    }

    /// The limits of the flow and of its parts.
    fn limits(&mut self) {
        for frame in 0..self.frames.len() {
            let statement = self.frames[frame].statement;
            self.in_frame(frame, |builder| {
                statement.children().iter().for_each(|child| builder.declare_limit(child));
            });
        }
    }

    fn all_limit_blocks(&mut self) {
        for frame in 0..self.frames.len() {
            let statement = self.frames[frame].statement;
            self.in_frame(frame, |builder| builder.limit_blocks(statement));
        }
    }

    fn requires(&mut self, statement: &'a Statement) {
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

    fn timers(&mut self, statement: &'a Statement, steps: &[StepHead<'a>], layers: &[Vec<Layer<'a>>]) {
        let is_timer = |child: &&'a Statement| matches!(child.kind, Is::After(_));
        let own = statement.children().iter().filter(is_timer);
        // By the place in the flow, as the text has them.
        let mut timers: Vec<_> = own.map(|child| (child.span.start, child, None)).collect();
        for (head, layers) in steps.iter().zip(layers) {
            let at = self.outermost(head).span.start;
            for layer in layers {
                let children = layer.statement.children().iter().filter(is_timer);
                timers.extend(children.map(|child| (at, child, Some((head, layer)))));
            }
        }
        timers.sort_by_key(|(at, ..)| *at);
        for (_, child, place) in timers {
            let Is::After(after) = &child.kind else { continue };
            match place {
                None => self.timer(child, after, None, None),
                Some((head, layer)) => self.in_frame(layer.frame, |builder| {
                    builder.timer(child, after, Some(head.id), Some(layer));
                }),
            }
        }
    }

    /// The statement of the flow itself that a step belongs to.
    fn outermost(&self, head: &StepHead<'a>) -> &'a Statement {
        let (mut frame, mut statement) = (head.frame, head.statement);
        while let Some(calling) = &self.frames[frame].calling {
            (frame, statement) = (calling.outer, calling.step);
        }
        statement
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

    pub(super) fn no_start(&mut self, statement: &Statement) {
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
            Is::Never { .. } | Is::Always { .. } | Is::Follow(_) | Is::Indistinguishable(_) => {
                self.property(statement)
            }
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
