//! What a flow takes from its files: reasons, actors, outputs, choices, records.

use flowspec_runtime::{Text, Value};

use super::builder::{Builder, index};
use super::names;
use super::program::{Declared, Found, Space};
use super::types::UNKNOWN;
use super::{
    ActorId, Choice, ElementId, ElementKind, Kind, Named, Output, OutputField, OutputId, ReasonId, Record,
    Variable,
};
use crate::diagnostic::codes;
use crate::syntax::tree::{Declaration, Name, Statement, StatementKind, TypeReference};

/// Reasons that the language brings.
const REASONS: [&str; 5] = ["unexpected", "missing", "invalid", "overflow", "silent"];

impl<'a> Builder<'a> {
    /// A reason by its name; declared, or one that the language brings.
    pub(super) fn reason(&mut self, name: &Name) -> Option<ReasonId> {
        let found = self.program.find(self.file, Space::Reason, name.as_str());
        let built_in = REASONS.contains(&name.as_str()) || name.as_str().contains(':');
        if matches!(found, Found::Nothing) && built_in {
            return Some(self.built_in_reason(name.as_str()));
        }
        self.take(Space::Reason, name, Self::build_reason)
    }

    /// A reason that the file knows, or one that the flow gives in a part of another file.
    pub(super) fn reason_of_flow(&mut self, name: &Name) -> Option<ReasonId> {
        let found = self.program.find(self.file, Space::Reason, name.as_str());
        match self.wide.reasons.get(name.as_str()) {
            Some(id) if matches!(found, Found::Nothing) => Some(*id),
            _ => self.reason(name),
        }
    }

    /// A reason that needs no declaration.
    pub(super) fn built_in_reason(&mut self, name: &str) -> ReasonId {
        if let Some(id) = self.wide.reasons.get(name) {
            return *id;
        }
        self.add_reason(name.into(), None)
    }

    fn add_reason(&mut self, name: Text, element: Option<ElementId>) -> ReasonId {
        self.model.reasons.push(Named { name: name.clone(), element });
        let id = index(self.model.reasons.len() - 1);
        self.wide.reasons.entry(name).or_insert(id);
        id
    }

    fn build_reason(&mut self, declared: Declared<'a>) -> u16 {
        let name = declared.name;
        let element = self.element(ElementKind::Reason, format!("reason/{name}"), declared.statement, None);
        self.add_reason(name.text.clone(), Some(element))
    }

    /// An actor by its name.
    pub(super) fn actor(&mut self, name: &Name) -> Option<ActorId> {
        if name.as_str() == "user"
            && matches!(self.program.find(self.file, Space::Actor, "user"), Found::Nothing)
        {
            return Some(super::USER);
        }
        self.take(Space::Actor, name, Self::build_actor)
    }

    /// Whoever does what names no actor; with the texts of `actor user` where that is declared.
    pub(super) fn user(&mut self) -> ActorId {
        if let Found::Declared(declared) = self.program.find(self.file, Space::Actor, "user") {
            self.take_declared(Space::Actor, declared, Self::build_actor);
        }
        super::USER
    }

    /// The actor whose answers the ends of a stub are that names none.
    pub(super) fn actor_of_stub(&mut self, name: &Name, stub: Declared<'a>) -> ActorId {
        if let Some(taken) = self.taken.get(&(Space::Actor, stub.id())) {
            return *taken;
        }
        let element = self.element(ElementKind::Actor, format!("actor/{name}"), stub.statement, None);
        self.model.actors.push(Named { name: name.text.clone(), element: Some(element) });
        let id = index(self.model.actors.len() - 1);
        self.taken.insert((Space::Actor, stub.id()), id);
        id
    }

    fn build_actor(&mut self, declared: Declared<'a>) -> u16 {
        let name = declared.name;
        let element =
            Some(self.element(ElementKind::Actor, format!("actor/{name}"), declared.statement, None));
        if name.as_str() == "user" {
            self.model.actors[0].element = element;
            return super::USER;
        }
        self.model.actors.push(Named { name: name.text.clone(), element });
        index(self.model.actors.len() - 1)
    }

    /// An output by its name.
    pub(super) fn output(&mut self, name: &Name) -> Option<OutputId> {
        self.take(Space::Output, name, Self::build_output)
    }

    fn build_output(&mut self, declared: Declared<'a>) -> u16 {
        let name = declared.name;
        let element = self.element(ElementKind::Output, format!("output/{name}"), declared.statement, None);
        let mut fields: Vec<OutputField> = Vec::new();
        for child in declared.statement.children() {
            let StatementKind::Field(field) = &child.kind else { continue };
            let path = self.below(element, field.name.as_str());
            let id = self.element(ElementKind::Field, path, child, Some(element));
            if let Some(first) = fields.iter().find(|first| first.name == field.name.text) {
                let first = self.place(first.element).name;
                self.report(names::duplicate("field", field.name.as_str(), self.at(field.name.span), first));
            }
            self.only_plain(field, "a field of an output", &["chosen"]);
            let kind = self.type_of(&field.of);
            let is_list = kind != UNKNOWN && matches!(self.model.kind(kind).kind, Kind::List { .. });
            if is_list && field.chosen {
                let finding = self.finding(codes::WRONG_TYPE, field.of.span, "a list is not `chosen`");
                self.report(finding.help("let the implementation choose single values"));
            }
            fields.push(OutputField {
                name: field.name.text.clone(),
                element: id,
                kind,
                chosen: field.chosen,
            });
        }
        self.model.outputs.push(Output { name: name.text.clone(), element, fields });
        index(self.model.outputs.len() - 1)
    }

    /// A choice by its name: the flow's own, or one of the files.
    pub(super) fn choice(&mut self, name: &Name) -> Option<u16> {
        match self.names.choices.get(name.as_str()) {
            Some(own) => Some(*own),
            None => {
                self.take(Space::Choice, name, |builder, declared| builder.build_choice(declared.statement))
            }
        }
    }

    /// Adds a choice to the model.
    pub(super) fn build_choice(&mut self, statement: &'a Statement) -> u16 {
        let StatementKind::Choice { name, of } = &statement.kind else { return u16::MAX };
        let element = self.element(
            ElementKind::Choice,
            format!("choice/{name}"),
            statement,
            Some(self.model.element).filter(|_| !self.model.elements.is_empty()),
        );
        let kind = self.type_of(of);
        let values = self.choice_values(kind, of);
        self.model.choices.push(Choice { name: name.text.clone(), element, kind, values });
        index(self.model.choices.len() - 1)
    }

    fn choice_values(&mut self, kind: super::TypeId, of: &TypeReference) -> Vec<Value> {
        if kind == UNKNOWN {
            return Vec::new();
        }
        match &self.model.kind(kind).kind {
            Kind::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Kind::Word { members, .. } => {
                members.iter().map(|member| Value::Text(member.name.clone())).collect()
            }
            _ => {
                let message = "a choice is between words, or between true and false";
                let finding = self.finding(codes::WRONG_TYPE, of.span, message);
                self.report(finding.help("write what may be chosen: `word | a | b`"));
                Vec::new()
            }
        }
    }

    /// A record by its name.
    pub(super) fn record(&mut self, name: &Name) -> Option<u16> {
        self.take(Space::Record, name, Self::build_record)
    }

    fn build_record(&mut self, declared: Declared<'a>) -> u16 {
        let StatementKind::Record(record) = &declared.statement.kind else { return u16::MAX };
        let element =
            self.element(ElementKind::Record, format!("record/{}", record.name), declared.statement, None);
        let key_kind = self.type_of(&record.key_type);
        let mut attributes = Vec::new();
        for child in declared.statement.children() {
            if let StatementKind::Field(field) = &child.kind {
                self.only_plain(field, "an attribute", &["fixed", "default"]);
                self.declare_variable(&mut attributes, ElementKind::Attribute, field, child, element);
            }
        }
        let (name, key) = (record.name.text.clone(), record.key.text.clone());
        if let Some(same) = attributes.iter().find(|attribute| attribute.name == key) {
            let first = self.at(record.key.span);
            let finding = names::duplicate("attribute", &key, self.place(same.element).name, first);
            self.report(finding.note("the key is an attribute already"));
        }
        self.model.records.push(Record { name, element, key, key_kind, attributes });
        let id = index(self.model.records.len() - 1);
        for child in declared.statement.children() {
            if let StatementKind::Capability { name } = &child.kind {
                self.capability(child, name, Some(id), element);
            }
        }
        id
    }

    /// Adds a given, a remembered value or an attribute to its list.
    pub(super) fn declare_variable(
        &mut self,
        list: &mut Vec<Variable>,
        kind: ElementKind,
        declaration: &'a Declaration,
        statement: &'a Statement,
        parent: ElementId,
    ) {
        let name = &declaration.name;
        let path = match kind {
            ElementKind::Given => format!("given/{name}"),
            ElementKind::Remember => format!("remember/{name}"),
            _ => self.below(parent, name.as_str()),
        };
        let element = self.element(kind, path, statement, Some(parent));
        if let Some(first) = list.iter().find(|first| first.name == name.text) {
            let first = self.place(first.element).name;
            self.report(names::duplicate("value", name.as_str(), self.at(name.span), first));
            return;
        }
        let id = self.type_of(&declaration.of);
        let default = declaration.default.as_ref().and_then(|default| self.constant_of(default, id));
        list.push(Variable {
            name: name.text.clone(),
            element,
            kind: id,
            optional: declaration.optional,
            default,
            fixed: declaration.fixed,
        });
    }

    /// Says which parts of a declaration mean nothing where it stands.
    pub(super) fn only_plain(&mut self, declaration: &Declaration, what: &str, allowed: &[&str]) {
        let parts = [
            ("?", declaration.optional),
            ("default", declaration.default.is_some()),
            ("when", declaration.when.is_some()),
            ("chosen", declaration.chosen),
            ("fixed", declaration.fixed),
        ];
        for (part, present) in parts {
            if present && !allowed.contains(&part) {
                let part = if part == "default" { "=" } else { part };
                let message = format!("`{part}` says nothing for {what}");
                let finding = self.finding(codes::MISPLACED, declaration.name.span, message);
                self.report(finding.help(format!("leave `{part}` out")));
            }
        }
    }

    /// Takes a declaration into the model, once.
    fn take(
        &mut self,
        space: Space,
        name: &Name,
        build: impl FnOnce(&mut Self, Declared<'a>) -> u16,
    ) -> Option<u16> {
        match self.program.find(self.file, space, name.as_str()) {
            Found::Declared(declared) => self.take_declared(space, declared, build),
            Found::Poisoned => {
                self.poison(name.span);
                None
            }
            Found::Nothing => {
                self.unknown_declaration(space, name);
                None
            }
        }
    }

    /// Takes what is declared into the model, once.
    pub(super) fn take_declared(
        &mut self,
        space: Space,
        declared: Declared<'a>,
        build: impl FnOnce(&mut Self, Declared<'a>) -> u16,
    ) -> Option<u16> {
        self.used.insert(declared.id());
        if let Some(taken) = self.taken.get(&(space, declared.id())) {
            return Some(*taken);
        }
        let id = self.in_file(declared.file, |builder| {
            if builder.is_too_large(declared.statement) {
                return None;
            }
            builder.check_shape(declared.statement);
            Some(build(builder, declared))
        })?;
        self.taken.insert((space, declared.id()), id);
        Some(id)
    }

    pub(super) fn unknown_declaration(&mut self, space: Space, name: &Name) {
        let at = self.at(name.span);
        let noun = space.noun();
        let finding =
            self.finding(codes::UNKNOWN_DECLARATION, name.span, format!("there is no {noun} named `{name}`"));
        let finding = match self.program.elsewhere(self.file, space, name.as_str()) {
            Some(path) => finding.help(format!("`{path}` declares it: write `use {name} from \"{path}\"`")),
            None => {
                let known = self.program.known(self.file, space);
                let known = self.candidates(known);
                match space {
                    Space::Reason | Space::Actor => {
                        let declare = format!("declare it at the top of the file: `{noun} {name} \"…\"`");
                        names::suggest_or(finding, name, at, known, declare)
                    }
                    _ => names::suggest(finding, name, at, known),
                }
            }
        };
        self.report(finding);
        self.poison(name.span);
    }

    /// Builds every declaration of a file, for what is wrong with them.
    pub(super) fn take_all(&mut self) {
        let declared = &self.program.files[self.file].declared;
        for (space, declared) in declared {
            match space {
                Space::Type => {
                    self.take_type(*declared, declared.name);
                }
                Space::Reason => {
                    self.take_declared(*space, *declared, Self::build_reason);
                }
                Space::Actor => {
                    self.take_declared(*space, *declared, Self::build_actor);
                }
                Space::Output => {
                    self.take_declared(*space, *declared, Self::build_output);
                }
                Space::Choice => {
                    self.take_declared(*space, *declared, |builder, declared| {
                        builder.build_choice(declared.statement)
                    });
                }
                Space::Record => {
                    self.take_declared(*space, *declared, Self::build_record);
                }
                Space::Part => self.check_shape(declared.statement),
                Space::Flow => {}
            }
        }
    }
}
