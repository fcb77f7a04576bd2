//! What a name in an expression refers to: field, answer's field, remembered, given, choice, output, row; words last.

use flowspec_runtime::{Text, Value};

use super::builder::Builder;
use super::call::Goal;
use super::expr::Typed;
use super::knowledge::Knowledge;
use super::names;
use super::program::{Found, Space};
use super::scope::Scope;
use super::sort::Sort;
use super::{Expr, Key, Kind, Read, TypeId};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Location, Span};
use crate::syntax::tree::{Expression, ExpressionKind, Name, Path};

impl<'a> Builder<'a> {
    /// A path as an expression.
    pub(super) fn path(
        &mut self,
        path: &'a Path,
        want: Option<&Sort>,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let parts: Vec<Name> = path.names().collect();
        match parts.as_slice() {
            [name] => self.single(name, want, scope),
            [first, second] => self.dotted(first, second, scope, known),
            _ => {
                let finding =
                    self.finding(codes::UNKNOWN_NAME, path.span, format!("`{path}` has too many parts"));
                self.report(finding.help("a path is a name, or a row or an output with one of its fields"));
                Typed::broken()
            }
        }
    }

    /// Whether a single name means a value here.
    pub(super) fn means_value(&self, name: &str, scope: &Scope) -> bool {
        self.lookup(name, scope).is_some() || self.is_choice(name, scope)
    }

    fn is_choice(&self, name: &str, scope: &Scope) -> bool {
        !scope.constant
            && (self.names.choices.contains_key(name)
                || matches!(self.program.find(self.file, Space::Choice, name), Found::Declared(_)))
    }

    /// The value that a single name means, choices of the files aside.
    fn lookup(&self, name: &str, scope: &Scope) -> Option<(Expr, TypeId)> {
        if scope.constant {
            return None;
        }
        if let Some(found) = scope.item.and_then(|item| self.item_named(name, item)) {
            return Some(found);
        }
        let fields = scope.event.map_or(&[][..], |event| &self.model.events[usize::from(event)].fields);
        if let Some((index, field)) = (0..).zip(fields).find(|(_, field)| field.name == name) {
            return Some((Expr::Field(index), field.kind));
        }
        let sent = scope.sent.map_or(&[][..], |output| &self.model.outputs[usize::from(output)].fields);
        if let Some((index, field)) = (0..).zip(sent).find(|(_, field)| field.name == name) {
            return Some((Expr::Field(index), field.kind));
        }
        if let Some((index, field)) = (0..).zip(&scope.answer).find(|(_, field)| field.name == name) {
            return Some((Expr::AnswerField(index), field.kind));
        }
        if let Some(record) = scope.asked {
            let attributes = &self.model.records[usize::from(record)].attributes;
            let found = (0..).zip(attributes).find(|(_, attribute)| attribute.name == name);
            return found.map(|(index, attribute)| (Expr::Asked(index), attribute.kind));
        }
        if let Some(alias) = self.names.aliases.get(name) {
            return Some(alias.clone());
        }
        if let Some(index) = self.names.variables.get(name) {
            return Some((Expr::Variable(*index), self.model.variables[usize::from(*index)].kind));
        }
        let index = self.names.givens.get(name)?;
        Some((Expr::Given(*index), self.model.givens[usize::from(*index)].kind))
    }

    /// A field of the entry that an aggregate looks at, or the item itself.
    fn item_named(&self, name: &str, item: TypeId) -> Option<(Expr, TypeId)> {
        match &self.model.kind(item).kind {
            Kind::Entry { fields } => {
                let found = (0..).zip(fields).find(|(_, field)| field.name == name);
                found.map(|(index, field)| (Expr::ItemField(index), field.kind))
            }
            _ => (name == "it").then_some((Expr::Item, item)),
        }
    }

    pub(super) fn single(&mut self, name: &Name, want: Option<&Sort>, scope: &Scope) -> Typed {
        if let Some((expr, kind)) = self.lookup(name.as_str(), scope) {
            self.must_be_clear(name, &expr, scope);
            return Typed { sort: Sort::of(&self.model, kind), expr };
        }
        if self.is_choice(name.as_str(), scope)
            && let Some(choice) = self.choice(name)
        {
            let kind = self.model.choices[usize::from(choice)].kind;
            return Typed { expr: Expr::Choice(choice), sort: Sort::of(&self.model, kind) };
        }
        if let Some(Sort::Word(of)) = want {
            return self.word(name, *of, scope);
        }
        if want != Some(&Sort::Unknown) {
            let finding = self.unknown(name, scope, Vec::new());
            self.report(finding);
        } else {
            self.poison(name.span);
        }
        Typed::broken()
    }

    pub(super) fn word(&mut self, name: &Name, of: TypeId, scope: &Scope) -> Typed {
        let words = self.words(of);
        if words.contains(&name.text) {
            return Typed { expr: super::Expr::Const(Value::Text(name.text.clone())), sort: Sort::Word(of) };
        }
        let finding = self.unknown(name, scope, words);
        self.report(finding);
        Typed::broken()
    }

    /// A name that is both a field and remembered says too little in a guard.
    fn must_be_clear(&mut self, name: &Name, meant: &Expr, scope: &Scope) {
        if !scope.guard || !matches!(meant, Expr::Field(_) | Expr::AnswerField(_) | Expr::ItemField(_)) {
            return;
        }
        let Some(variable) = self.names.variables.get(name.as_str()).copied() else { return };
        let declared = self.place(self.model.variables[usize::from(variable)].element).name;
        let message = format!("`{name}` is both a field and remembered");
        let finding =
            self.finding(codes::AMBIGUOUS_NAME, name.span, message).label(declared, "remembered here");
        self.report(finding.mend(
            "write this for the remembered value, or give the field another name",
            self.at(name.span),
            format!("kept.{name}"),
        ));
    }

    pub(super) fn dotted(&mut self, first: &Name, second: &Name, scope: &Scope, known: &Knowledge) -> Typed {
        if scope.constant || scope.asked.is_some() {
            let finding =
                self.finding(codes::UNKNOWN_NAME, first.span, format!("`{first}` cannot be read here"));
            self.report(finding.help("only constants and the attributes of the record itself can"));
            return Typed::broken();
        }
        if let Some(row) = self.names.rows.get(first.as_str()).copied() {
            return self.attribute(row, second, first, scope, known);
        }
        if let Some(Goal::Call(frame)) = self.names.steps.get(first.as_str()) {
            return self.remembered_by_part(*frame, first, second);
        }
        if first.as_str() == "kept" {
            return match self.names.variables.get(second.as_str()).copied() {
                Some(index) => {
                    let kind = self.model.variables[usize::from(index)].kind;
                    Typed { expr: Expr::Variable(index), sort: Sort::of(&self.model, kind) }
                }
                None => {
                    let known: Vec<&str> = self.names.variables.keys().copied().collect();
                    self.unknown_part(second, "nothing is remembered as", &known)
                }
            };
        }
        match self.program.find(self.file, Space::Output, first.as_str()) {
            Found::Nothing => {
                let finding = self.unknown(first, scope, Vec::new());
                self.report(finding.note("before a point stands a row, an output, or `kept`"));
                Typed::broken()
            }
            _ => self.output_field(first, second),
        }
    }

    /// What a part remembers, as its caller reads it: by the name of the calling step.
    fn remembered_by_part(&mut self, frame: usize, first: &Name, second: &Name) -> Typed {
        let variables = &self.frames[frame].names.variables;
        match variables.get(second.as_str()).copied() {
            Some(index) => {
                let kind = self.model.variables[usize::from(index)].kind;
                Typed { expr: Expr::Variable(index), sort: Sort::of(&self.model, kind) }
            }
            None => {
                let known: Vec<&str> = variables.keys().copied().collect();
                self.unknown_part(second, &format!("what `{first}` calls remembers no"), &known)
            }
        }
    }

    fn output_field(&mut self, first: &Name, second: &Name) -> Typed {
        let Some(output) = self.output(first) else { return Typed::broken() };
        let fields = &self.model.outputs[usize::from(output)].fields;
        if let Some((field, found)) = (0..).zip(fields).find(|(_, field)| field.name == second.text) {
            return Typed { expr: Expr::Output { output, field }, sort: Sort::of(&self.model, found.kind) };
        }
        let known: Vec<Text> = fields.iter().map(|field| field.name.clone()).collect();
        let known: Vec<&str> = known.iter().map(Text::as_str).collect();
        self.unknown_part(second, &format!("`{first}` has no field"), &known)
    }

    fn attribute(&mut self, row: u16, name: &Name, of: &Name, scope: &Scope, known: &Knowledge) -> Typed {
        self.row_key(row, of.span, scope, known);
        let record = &self.model.records[usize::from(self.model.rows[usize::from(row)].record)];
        if let Some((attribute, found)) =
            (0..).zip(&record.attributes).find(|(_, found)| found.name == name.text)
        {
            return Typed {
                expr: Expr::Attribute { row, attribute },
                sort: Sort::of(&self.model, found.kind),
            };
        }
        if record.key == name.text {
            return Typed { expr: Expr::RowKey(row), sort: Sort::of(&self.model, record.key_kind) };
        }
        let known: Vec<Text> = record.attributes.iter().map(|known| known.name.clone()).collect();
        let known: Vec<&str> = known.iter().map(Text::as_str).collect();
        self.unknown_part(name, &format!("`{of}` has no attribute"), &known)
    }

    fn unknown_part(&mut self, name: &Name, what: &str, known: &[&str]) -> Typed {
        let at = self.at(name.span);
        let finding = self.finding(codes::UNKNOWN_NAME, name.span, format!("{what} `{name}`"));
        self.report(names::suggest(finding, name, at, self.candidates(known.iter().copied())));
        Typed::broken()
    }

    /// The row that an expression names, where it names one and nothing nearer.
    pub(super) fn row_named(&mut self, expression: &Expression, scope: &Scope) -> Option<u16> {
        let ExpressionKind::Path(path) = &expression.bare().kind else { return None };
        let name = path.single()?;
        if self.means_value(name.as_str(), scope) {
            return None;
        }
        let row = self.names.rows.get(name.as_str()).copied()?;
        self.row_key(row, name.span, scope, &Knowledge::default());
        Some(row)
    }

    /// Says that a name means nothing here, and what was probably meant.
    fn unknown(&self, name: &Name, scope: &Scope, words: Vec<Text>) -> Diagnostic {
        let at: Location = self.at(name.span);
        let message = if words.is_empty() {
            format!("nothing here is named `{name}`")
        } else {
            format!("`{name}` is none of the words {}", listed(&words))
        };
        let mut known: Vec<&str> = words.iter().map(Text::as_str).collect();
        if let Some(item) = scope.item {
            match &self.model.kind(item).kind {
                Kind::Entry { fields } => known.extend(fields.iter().map(|field| field.name.as_str())),
                _ => known.push("it"),
            }
        }
        if !scope.constant {
            let fields = scope.event.map_or(&[][..], |event| &self.model.events[usize::from(event)].fields);
            known.extend(fields.iter().chain(&scope.answer).map(|field| field.name.as_str()));
            let sent = scope.sent.map_or(&[][..], |output| &self.model.outputs[usize::from(output)].fields);
            known.extend(sent.iter().map(|field| field.name.as_str()));
            if let Some(record) = scope.asked {
                let record = &self.model.records[usize::from(record)];
                known.extend(record.attributes.iter().map(|attribute| attribute.name.as_str()));
            } else {
                let names = &self.names;
                known.extend(
                    [&names.variables, &names.givens, &names.choices, &names.rows]
                        .iter()
                        .flat_map(|map| map.keys()),
                );
            }
        }
        let mut finding = Diagnostic::new(codes::UNKNOWN_NAME, at, message);
        if scope.constant {
            finding = finding.note("only constants stand here: no field and nothing remembered is read");
        }
        names::suggest(finding, name, at, self.candidates(known))
    }

    /// Notes that a value must be set where it is read, unless it is known to be.
    pub(super) fn must_be_set(
        &mut self,
        expr: &Expr,
        expression: &Expression,
        scope: &Scope,
        known: &Knowledge,
    ) {
        let name = self.text(expression.span).trim().to_owned();
        self.place_must_be_set(expr, expression.span, name, scope, known);
    }

    /// Notes that what stands at a place must be set, unless it is known to be.
    pub(super) fn place_must_be_set(
        &mut self,
        expr: &Expr,
        span: Span,
        name: String,
        scope: &Scope,
        known: &Knowledge,
    ) {
        let free = !super::knowledge::is_place(expr) || scope.example || known.is_set(expr);
        if free || self.always_set(expr, scope, known) {
            return;
        }
        self.reads.push(Read { what: expr.clone(), name, location: self.at(span), step: scope.step });
    }

    /// Whether a place has a value whatever happened before.
    fn always_set(&self, expr: &Expr, scope: &Scope, known: &Knowledge) -> bool {
        let field = |field: &super::Field| {
            field.default.is_some() && field.when.is_none() || !field.optional && known.is_read(field)
        };
        match expr {
            Expr::Field(index) if scope.sent.is_some() => {
                scope.sent.is_some_and(|output| self.always_sent(output, *index))
            }
            Expr::Field(index) => scope
                .event
                .and_then(|event| self.model.events[usize::from(event)].fields.get(usize::from(*index)))
                .is_none_or(field),
            Expr::AnswerField(index) => scope.answer.get(usize::from(*index)).is_none_or(field),
            Expr::Item => true,
            Expr::ItemField(index) => scope.item.is_some_and(|item| match &self.model.kind(item).kind {
                Kind::Entry { fields } => {
                    fields.get(usize::from(*index)).is_some_and(|field| !field.optional)
                }
                _ => false,
            }),
            Expr::Given(index) => {
                let given = &self.model.givens[usize::from(*index)];
                !given.optional || given.default.is_some()
            }
            Expr::Variable(index) => self.model.variables[usize::from(*index)].default.is_some(),
            Expr::Attribute { row, attribute } => {
                let record = self.model.rows[usize::from(*row)].record;
                let attribute = &self.model.records[usize::from(record)].attributes[usize::from(*attribute)];
                attribute.default.is_some() && known.row_exists(*row)
            }
            Expr::Asked(index) => scope.asked.is_some_and(|record| {
                self.model.records[usize::from(record)].attributes[usize::from(*index)].default.is_some()
            }),
            _ => false,
        }
    }

    /// Whose uses a limit counts, read at a place.
    pub(super) fn limit_key(&mut self, path: Option<&'a Path>, scope: &Scope) -> Key {
        match path {
            None => Key::Universe,
            Some(path) if path.as_str() == "session" => Key::Session,
            Some(path) => Key::Value(self.path(path, None, scope, &Knowledge::default()).expr),
        }
    }
}

fn listed(words: &[Text]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
