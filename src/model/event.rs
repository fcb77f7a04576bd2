//! Events and the fields of events and answers: one list for each event, wherever it happens.

use super::builder::{Builder, index};
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{ElementId, ElementKind, Event, EventId, Field, Handler, StepId, USER};
use crate::diagnostic::codes;
use crate::syntax::tree::{Declaration, Name, Statement, StatementKind};

/// A handler whose branches are still to be read.
pub(super) struct Pending<'a> {
    pub(super) step: StepId,
    pub(super) handler: usize,
    pub(super) event: EventId,
    pub(super) statement: &'a Statement,
}

impl<'a> Builder<'a> {
    /// Reads the heads and fields of all handlers of a step.
    pub(super) fn handler_heads(
        &mut self,
        statement: &'a Statement,
        step: StepId,
        pending: &mut Vec<Pending<'a>>,
    ) {
        for child in statement.children() {
            let StatementKind::On { event, actor } = &child.kind else { continue };
            let actor = match actor {
                Some(name) => self.actor(name).unwrap_or(USER),
                None => USER,
            };
            let parent = self.model.steps[usize::from(step)].element;
            let element =
                self.element(ElementKind::On, self.below(parent, event.as_str()), child, Some(parent));
            let (id, fields) = self.event(event, child, element, step);
            let handlers = &self.model.steps[usize::from(step)].handlers;
            if let Some(first) = handlers.iter().find(|first| first.event == id && first.actor == actor) {
                let first = self.place(first.element).name;
                let finding = self.finding(
                    codes::TWO_HANDLERS,
                    event.span,
                    format!("`{event}` happens twice in this step"),
                );
                let finding = finding.here("the second").label(first, "the first");
                self.report(finding.help("write one `on` with a `when` for each case"));
                self.gap(child.span);
                continue;
            }
            let handlers = &mut self.model.steps[usize::from(step)].handlers;
            pending.push(Pending { step, handler: handlers.len(), event: id, statement: child });
            let (gates, refusals, branches) = (Vec::new(), Vec::new(), Vec::new());
            handlers.push(Handler {
                event: id,
                actor,
                element,
                anywhere: false,
                fields,
                gates,
                refusals,
                branches,
            });
        }
    }

    /// The event that a handler names, with the field statements of this handler. Where the fields differ from
    /// those elsewhere, that is said, and the handler has an event of its own.
    fn event(
        &mut self,
        name: &'a Name,
        statement: &'a Statement,
        element: ElementId,
        step: StepId,
    ) -> (EventId, Vec<ElementId>) {
        let known = self.names.events.get(name.as_str()).copied();
        self.model.events.push(Event { name: name.text.clone(), element, fields: Vec::new() });
        let id = index(self.model.events.len() - 1);
        let elements = self.event_fields(statement, element, id, step);
        let Some(known) = known else {
            self.names.events.insert(name.as_str(), id);
            return (id, elements);
        };
        if same_fields(&self.model.events[usize::from(known)], &self.model.events[usize::from(id)]) {
            self.model.events.pop();
            return (known, elements);
        }
        let (first, second) = (&self.model.events[usize::from(known)], &self.model.events[usize::from(id)]);
        let what = difference(first, second);
        let first = self.place(first.element).name;
        let finding = self.finding(
            codes::DIFFERENT_FIELDS,
            name.span,
            format!("`{name}` has other fields here than elsewhere"),
        );
        let finding = finding.here(what).label(first, "it happens here too");
        let finding = finding.note("an event has one list of fields, in whichever step it happens");
        self.report(finding.mend("give it another name here", self.at(name.span), format!("{name}_2")));
        (id, elements)
    }

    fn event_fields(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        event: EventId,
        step: StepId,
    ) -> Vec<ElementId> {
        let mut elements = Vec::new();
        for child in statement.children() {
            let StatementKind::Field(declaration) = &child.kind else { continue };
            let scope = Scope::event(event, step);
            let before = self.model.events[usize::from(event)].fields.clone();
            if let Some(field) = self.field(declaration, child, parent, &scope, &before) {
                elements.push(field.element);
                self.model.events[usize::from(event)].fields.push(field);
            }
        }
        elements
    }

    /// The fields that an answer brings.
    pub(super) fn answer_fields(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        scope: &Scope,
    ) -> Vec<Field> {
        let mut scope = scope.clone();
        let asking =
            scope.event.map(|event| self.model.events[usize::from(event)].fields.clone()).unwrap_or_default();
        for child in statement.children() {
            let StatementKind::Field(declaration) = &child.kind else { continue };
            let before = [asking.as_slice(), &scope.answer].concat();
            if let Some(field) = self.field(declaration, child, parent, &scope, &before) {
                scope.answer.push(field);
            }
        }
        scope.answer
    }

    fn field(
        &mut self,
        declaration: &'a Declaration,
        statement: &'a Statement,
        parent: ElementId,
        scope: &Scope,
        before: &[Field],
    ) -> Option<Field> {
        let name = &declaration.name;
        let element =
            self.element(ElementKind::Field, self.below(parent, name.as_str()), statement, Some(parent));
        self.only_plain(declaration, "a field of an event", &["?", "default", "when"]);
        if let Some(first) = before.iter().find(|first| first.name == name.text) {
            let first = self.place(first.element).name;
            self.report(names::duplicate("field", name.as_str(), self.at(name.span), first));
            return None;
        }
        let kind = self.type_of(&declaration.of);
        let default = declaration.default.as_ref().and_then(|default| self.constant_of(default, kind));
        let guard = scope.as_guard();
        let when = declaration.when.as_ref().map(|when| self.guard(when, &guard, &Knowledge::default()));
        Some(Field { name: name.text.clone(), element, kind, optional: declaration.optional, default, when })
    }
}

fn same_fields(one: &Event, other: &Event) -> bool {
    let same = |(a, b): (&Field, &Field)| {
        a.name == b.name
            && a.kind == b.kind
            && a.optional == b.optional
            && a.default == b.default
            && a.when == b.when
    };
    one.fields.len() == other.fields.len() && one.fields.iter().zip(&other.fields).all(same)
}

fn difference(first: &Event, second: &Event) -> String {
    let lacks = |of: &Event, name: &str| of.fields.iter().all(|field| field.name != name);
    if let Some(field) = first.fields.iter().find(|field| lacks(second, &field.name)) {
        return format!("the field `{}` is not here", field.name);
    }
    if let Some(field) = second.fields.iter().find(|field| lacks(first, &field.name)) {
        return format!("the field `{}` is only here", field.name);
    }
    let differs = |(a, b): &(&Field, &Field)| {
        a.name != b.name
            || a.kind != b.kind
            || a.optional != b.optional
            || a.default != b.default
            || a.when != b.when
    };
    match first.fields.iter().zip(&second.fields).find(differs) {
        Some((a, b)) if a.name == b.name => format!("the field `{}` is declared differently", a.name),
        _ => "the fields stand in another order".into(),
    }
}
