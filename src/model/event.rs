//! Events and the fields of events and answers: one list for each event, wherever it happens.

use super::builder::{Builder, index};
use super::call::{Goal, is_end};
use super::knowledge::Knowledge;
use super::names;
use super::program::Declared;
use super::scope::Scope;
use super::{Body, Branch, ElementId, ElementKind, Event, EventId, Field, Handler, Outcome, StepId, USER};
use crate::diagnostic::codes;
use crate::syntax::tree::{Declaration, Name, Statement, StatementKind};

/// A handler whose branches are still to be read.
pub(super) struct Pending<'a> {
    pub(super) step: StepId,
    pub(super) handler: usize,
    pub(super) event: EventId,
    pub(super) statement: &'a Statement,
    /// Whose names it uses.
    pub(super) frame: usize,
    /// Whether it was written for several steps.
    pub(super) copied: bool,
}

/// A step that is still to be read.
pub(super) struct StepHead<'a> {
    pub(super) id: StepId,
    pub(super) statement: &'a Statement,
    /// The frame that it belongs to.
    pub(super) frame: usize,
    /// The stub that it calls.
    pub(super) stub: Option<Declared<'a>>,
}

/// Statements whose handlers a step has; a nearer layer goes before a farther one.
pub(super) struct Layer<'a> {
    pub(super) statement: &'a Statement,
    /// Whose names it uses.
    pub(super) frame: usize,
    /// What marks its handlers where they have none of their own.
    pub(super) parent: ElementId,
    /// How near it is: handlers of one event in layers of the same distance are a mistake.
    distance: u8,
}

impl Layer<'_> {
    /// Whether it was written for other steps, too.
    pub(super) fn is_shared(&self) -> bool {
        self.distance != OWN
    }
}

const OWN: u8 = 0;
const LIKE: u8 = 1;
const CALLING: u8 = 2;
const ANYWHERE: u8 = u8::MAX;

impl<'a> Builder<'a> {
    /// The layers of a step: its own, those of the step that it is like, of the steps that call, of the whole flow.
    pub(super) fn layers(
        &mut self,
        head: &StepHead<'a>,
        anywhere: &[(&'a Statement, ElementId)],
    ) -> Vec<Layer<'a>> {
        let parent = self.model.steps[usize::from(head.id)].element;
        let mut layers = vec![Layer { statement: head.statement, frame: head.frame, parent, distance: OWN }];
        for (statement, parent) in self.likes(head) {
            layers.push(Layer { statement, frame: head.frame, parent, distance: LIKE });
        }
        let mut frame = head.frame;
        let mut distance = CALLING;
        while let Some(calling) = &self.frames[frame].calling {
            let (statement, parent) = (calling.step, calling.element);
            frame = calling.outer;
            layers.push(Layer { statement, frame, parent, distance });
            distance = distance.saturating_add(1).min(ANYWHERE - 1);
        }
        for (statement, parent) in anywhere {
            layers.push(Layer { statement, frame: 0, parent: *parent, distance: ANYWHERE });
        }
        layers
    }

    /// The steps that a step is like, and those that they are like.
    fn likes(&mut self, head: &StepHead<'a>) -> Vec<(&'a Statement, ElementId)> {
        let mut found: Vec<(&'a Statement, ElementId)> = Vec::new();
        let mut from = head.statement;
        while let StatementKind::Step { like: Some(name), .. } = &from.kind {
            let siblings = self.frames[head.frame].statement.children();
            let named = siblings.iter().find(|step| matches!(&step.kind, StatementKind::Step { name: other, .. } if other.text == name.text));
            let Some(step) = named else {
                self.in_frame(head.frame, |builder| builder.unknown_step(name));
                break;
            };
            if std::ptr::eq(step, head.statement) || found.iter().any(|(known, _)| std::ptr::eq(*known, step))
            {
                self.in_frame(head.frame, |builder| {
                    let message = format!("`{name}` is in the end like this step itself");
                    let finding = builder.finding(codes::LIKE_ITSELF, name.span, message);
                    builder.report(finding.help("leave one `like` out"));
                });
                break;
            }
            let goal = self.in_frame(head.frame, |builder| builder.goal(name));
            let Some(Goal::Step(id)) = goal else {
                self.in_frame(head.frame, |builder| {
                    let message =
                        format!("`{name}` calls a part, so it has no events of its own to take over");
                    let finding = builder.finding(codes::LIKE_ITSELF, name.span, message);
                    builder.report(finding.help("write the call in this step, too"));
                });
                break;
            };
            found.push((step, self.model.steps[usize::from(id)].element));
            from = step;
        }
        found
    }

    /// Reads the heads and fields of all handlers of a step.
    pub(super) fn handler_heads(
        &mut self,
        head: &StepHead<'a>,
        layers: &[Layer<'a>],
        pending: &mut Vec<Pending<'a>>,
    ) {
        let mut near = Vec::new();
        for layer in layers {
            self.in_frame(layer.frame, |builder| {
                for child in layer.statement.children() {
                    let StatementKind::On { event, actor } = &child.kind else { continue };
                    let calling = (CALLING..ANYWHERE).contains(&layer.distance);
                    if calling && builder.speaks_of_end(layer, event) && actor.is_none() {
                        continue;
                    }
                    let actor = match (actor, &head.stub) {
                        (Some(name), _) => builder.actor(name).unwrap_or(USER),
                        (None, Some(stub)) if layer.distance == OWN && has_end(stub.statement, event) => {
                            builder.stub_actor(*stub)
                        }
                        (None, _) => builder.user(),
                    };
                    builder.handler_head(head.id, layer, child, event, actor, &mut near, pending);
                }
            });
        }
        if let Some(stub) = &head.stub {
            self.silent_ends(head, *stub);
        }
    }

    /// Whether a handler of a calling step speaks of an end of what it calls.
    fn speaks_of_end(&self, layer: &Layer, event: &Name) -> bool {
        let frame = self.called_by(layer.statement);
        frame.is_some_and(|frame| has_end(self.frames[frame].statement, event))
    }

    #[expect(clippy::too_many_arguments, reason = "a handler is where all of these meet")]
    fn handler_head(
        &mut self,
        step: StepId,
        layer: &Layer<'a>,
        statement: &'a Statement,
        event: &'a Name,
        actor: u16,
        near: &mut Vec<(u8, usize)>,
        pending: &mut Vec<Pending<'a>>,
    ) {
        let named = |builder: &Self, handler: &Handler| {
            builder.model.events[usize::from(handler.event)].name == event.text && handler.actor == actor
        };
        let handlers = &self.model.steps[usize::from(step)].handlers;
        if let Some(first) = handlers.iter().position(|handler| named(self, handler)) {
            if near.iter().any(|(distance, handler)| *handler == first && *distance == layer.distance) {
                self.two_handlers(step, first, event, statement);
            }
            return;
        }
        let path = self.below(self.model.steps[usize::from(step)].element, event.as_str());
        let element = self.element(ElementKind::On, path, statement, Some(layer.parent));
        let (id, fields) = self.event(event, statement, element, step);
        let handlers = &mut self.model.steps[usize::from(step)].handlers;
        near.push((layer.distance, handlers.len()));
        let handler = handlers.len();
        pending.push(Pending {
            step,
            handler,
            event: id,
            statement,
            frame: layer.frame,
            copied: layer.is_shared(),
        });
        handlers.push(Handler {
            event: id,
            actor,
            element,
            anywhere: layer.distance == ANYWHERE,
            fields,
            gates: Vec::new(),
            refusals: Vec::new(),
            branches: Vec::new(),
        });
    }

    fn two_handlers(&mut self, step: StepId, first: usize, event: &Name, statement: &Statement) {
        let first = self.model.steps[usize::from(step)].handlers[first].element;
        let first = self.place(first).name;
        let finding =
            self.finding(codes::TWO_HANDLERS, event.span, format!("`{event}` happens twice in this step"));
        let finding = finding.here("the second").label(first, "the first");
        self.report(finding.help("write one `on` with a `when` for each case"));
        self.gap(statement.span);
    }

    /// The actor whose answers the ends of a stub are: who it names, else one of its own name.
    fn stub_actor(&mut self, stub: Declared<'a>) -> u16 {
        let StatementKind::Flow { name, actor, .. } = &stub.statement.kind else { return USER };
        self.in_file(stub.file, |builder| match actor {
            Some(actor) => builder.actor(actor).unwrap_or(USER),
            None => builder.actor_of_stub(name, stub),
        })
    }

    /// The ends of a stub of which the source says nothing.
    fn silent_ends(&mut self, head: &StepHead<'a>, stub: Declared<'a>) {
        let actor = self.stub_actor(stub);
        let parent = self.model.steps[usize::from(head.id)].element;
        let mut missing = Vec::new();
        for end in stub.statement.children() {
            let StatementKind::End { name, .. } = &end.kind else { continue };
            if head.statement.children().iter().any(|child| is_end(child, name.as_str())) {
                continue;
            }
            if end.outcome.is_none() {
                missing.push(name.to_string());
                continue;
            }
            self.in_file(stub.file, |builder| {
                let path = builder.below(parent, name.as_str());
                let element = builder.element(ElementKind::On, path, end, Some(parent));
                let (event, fields) = builder.event(name, end, element, head.id);
                let body = Body { element, actions: Vec::new(), outcome: Outcome::Silent };
                let branches = vec![Branch { element, guard: None, body }];
                let handlers = &mut builder.model.steps[usize::from(head.id)].handlers;
                let (gates, refusals) = (Vec::new(), Vec::new());
                handlers.push(Handler {
                    event,
                    actor,
                    element,
                    anywhere: false,
                    fields,
                    gates,
                    refusals,
                    branches,
                });
            });
        }
        self.in_frame(head.frame, |builder| builder.unhandled_ends(head.statement, &missing));
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
        let known = self.wide.events.get(name.as_str()).copied();
        self.model.events.push(Event { name: name.text.clone(), element, fields: Vec::new() });
        let id = index(self.model.events.len() - 1);
        let elements = self.event_fields(statement, element, id, step);
        let Some(known) = known else {
            self.wide.events.insert(name.as_str(), id);
            return (id, elements);
        };
        if same_fields(&self.model.events[usize::from(known)], &self.model.events[usize::from(id)]) {
            self.model.events.pop();
            return (known, elements);
        }
        let (first, second) = (&self.model.events[usize::from(known)], &self.model.events[usize::from(id)]);
        let (what, fields) = difference(first, second);
        // The field that differs, where it stands in both; else the events.
        let place = |event: &Event, field: Option<usize>| {
            self.place(field.map_or(event.element, |field| event.fields[field].element)).name
        };
        let own = if fields.1.is_some() { place(second, fields.1) } else { self.at(name.span) };
        let first = place(first, fields.0);
        let also = match fields {
            (Some(_), Some(_)) => "here it stands otherwise",
            (Some(_), None) => "it stands here",
            _ => "it happens here too",
        };
        let finding = self.finding(
            codes::DIFFERENT_FIELDS,
            own.span,
            format!("`{name}` has other fields here than elsewhere"),
        );
        let finding = finding.here(what).label(first, also);
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
        self.readable(name);
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

/// Whether a part or a stub has an end of this name.
fn has_end(part: &Statement, event: &Name) -> bool {
    part.children()
        .iter()
        .any(|child| matches!(&child.kind, StatementKind::End { name, .. } if name.text == event.text))
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

/// How the fields of an event differ in two places, and which field of each that is.
fn difference(first: &Event, second: &Event) -> (String, (Option<usize>, Option<usize>)) {
    let lacks = |of: &Event, name: &str| of.fields.iter().all(|field| field.name != name);
    if let Some(at) = first.fields.iter().position(|field| lacks(second, &field.name)) {
        return (format!("the field `{}` is not here", first.fields[at].name), (Some(at), None));
    }
    if let Some(at) = second.fields.iter().position(|field| lacks(first, &field.name)) {
        return (format!("the field `{}` is only here", second.fields[at].name), (None, Some(at)));
    }
    let differs = |(a, b): (&Field, &Field)| {
        a.name != b.name
            || a.kind != b.kind
            || a.optional != b.optional
            || a.default != b.default
            || a.when != b.when
    };
    match first.fields.iter().zip(&second.fields).position(differs) {
        Some(at) if first.fields[at].name == second.fields[at].name => {
            (format!("the field `{}` is declared differently", first.fields[at].name), (Some(at), Some(at)))
        }
        at => ("the fields stand in another order".into(), (at, at)),
    }
}
