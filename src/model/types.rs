//! Type references and declarations of types.

use flowspec_runtime::Text;

use super::builder::{Builder, index};
use super::names;
use super::program::{Declared, Found, Space};
use super::{ElementKind, Kind, Member, Others, Type, TypeId, literal};
use crate::diagnostic::codes;
use crate::syntax::tree::{Currency, Name, Statement, StatementKind, TypeKind, TypeReference};

/// Where something is wrong with a type: no such index.
pub(super) const UNKNOWN: TypeId = TypeId::MAX;

/// What other languages call their types, and what that is here.
const ELSEWHERE: [(&str, &str); 8] = [
    ("string", "text"),
    ("str", "text"),
    ("integer", "int"),
    ("number", "int"),
    ("boolean", "bool"),
    ("datetime", "instant"),
    ("timestamp", "instant"),
    ("enum", "word"),
];

/// The types that the language brings.
const BUILT_IN: [&str; 9] = ["text", "word", "int", "bool", "money", "duration", "instant", "date", "entry"];

impl<'a> Builder<'a> {
    /// The type that a reference means; [`UNKNOWN`] where that was reported.
    pub(super) fn type_of(&mut self, of: &'a TypeReference) -> TypeId {
        let id = self.type_or_entry(of);
        if id != UNKNOWN && matches!(self.model.kind(id).kind, Kind::Entry { .. }) {
            let finding = self.finding(codes::WRONG_TYPE, of.span, "an entry stands in a list");
            self.report(finding.help(format!("write `list 1..10 of {}`", self.text(of.span).trim())));
            return UNKNOWN;
        }
        id
    }

    /// The same where it may be the type of the entries of a list.
    pub(super) fn type_or_entry(&mut self, of: &'a TypeReference) -> TypeId {
        let base = match &of.kind {
            TypeKind::List { length, of: item } => self.list_type(length, item),
            TypeKind::Set { of: element } => self.set_type(element),
            TypeKind::Named { name, currency } => self.named_type(of, name, currency.as_ref()),
        };
        if of.secret && base != UNKNOWN { self.secret(base) } else { base }
    }

    fn set_type(&mut self, of: &'a TypeReference) -> TypeId {
        let element = self.type_of(of);
        if element == UNKNOWN {
            return UNKNOWN;
        }
        if !matches!(self.model.kind(element).kind, Kind::Word { .. }) {
            let message = "a set holds words of an enumeration";
            let finding =
                self.finding(codes::WRONG_TYPE, of.span, message).here("this is not an enumeration");
            self.report(finding.help("write `set of a | b | c`, or declare a type with `word`"));
            return UNKNOWN;
        }
        self.nameless(Kind::Set { of: element })
    }

    fn named_type(&mut self, of: &TypeReference, name: &'a Name, currency: Option<&Currency>) -> TypeId {
        let word = name.as_str() == "word";
        if !of.words.is_empty() && (word || self.is_new(name)) {
            return self.inline_words(name, &of.words, word);
        }
        if let Some(extra) = of.words.first() {
            let message = format!("`{name}` is a type of its own and cannot be one of several words");
            let finding = self.finding(codes::WRONG_TYPE, name.span, message);
            self.report(finding.label(self.at(extra.span), "words of an enumeration stand beside it"));
            return UNKNOWN;
        }
        let kind = match (name.as_str(), currency) {
            ("money", Some(currency)) => literal::money(currency),
            ("money", None) => {
                let finding = self.finding(codes::WRONG_TYPE, name.span, "an amount needs its currency");
                self.report(finding.mend("name the currency", self.at(name.span), "money EUR"));
                return UNKNOWN;
            }
            ("word", _) => {
                let finding =
                    self.finding(codes::WRONG_TYPE, name.span, "`word` does not say which words there are");
                self.report(
                    finding.help("write the words, `a | b`, or declare a type with `member` statements"),
                );
                return UNKNOWN;
            }
            ("entry", _) => {
                let message = "`entry` does not say which fields there are";
                let finding = self.finding(codes::WRONG_TYPE, name.span, message);
                self.report(finding.help("declare a type of its own: `type Line entry { field … }`"));
                return UNKNOWN;
            }
            ("text", _) => Kind::Text,
            ("int", _) => Kind::Int,
            ("bool", _) => Kind::Bool,
            ("duration", _) => Kind::Duration,
            ("instant", _) => Kind::Instant,
            ("date", _) => Kind::Date,
            _ => return self.declared_type(name),
        };
        self.nameless(kind)
    }

    /// Whether a name is neither brought by the language nor declared.
    fn is_new(&self, name: &Name) -> bool {
        !BUILT_IN.contains(&name.as_str())
            && matches!(self.program.find(self.file, Space::Type, name.as_str()), Found::Nothing)
    }

    fn inline_words(&mut self, first: &Name, rest: &[Name], skip_first: bool) -> TypeId {
        let names: Vec<&Name> = std::iter::once(first).filter(|_| !skip_first).chain(rest).collect();
        let mut members: Vec<Member> = Vec::new();
        for name in names {
            if members.iter().any(|member| member.name == name.text) {
                let finding =
                    self.finding(codes::DUPLICATE_NAME, name.span, format!("`{name}` is listed twice"));
                self.report(finding.help("leave one of them out"));
            } else {
                members.push(Member { name: name.text.clone(), element: None });
            }
        }
        self.nameless(Kind::Word { members, others: None })
    }

    fn declared_type(&mut self, name: &'a Name) -> TypeId {
        match self.program.find(self.file, Space::Type, name.as_str()) {
            Found::Declared(declared) => self.take_type(declared, name),
            Found::Poisoned => {
                self.poison(name.span);
                UNKNOWN
            }
            Found::Nothing => {
                self.unknown_type(name);
                UNKNOWN
            }
        }
    }

    fn unknown_type(&mut self, name: &Name) {
        let at = self.at(name.span);
        let finding =
            self.finding(codes::UNKNOWN_TYPE, name.span, format!("there is no type named `{name}`"));
        let finding = match self.program.elsewhere(self.file, Space::Type, name.as_str()) {
            Some(path) => finding.help(format!("`{path}` declares it: write `use {name} from \"{path}\"`")),
            None => {
                let written = name.as_str().to_ascii_lowercase();
                if let Some((_, here)) = ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == written) {
                    return self.report(finding.mend(format!("here it is `{here}`"), at, *here));
                }
                let known = self.program.known(self.file, Space::Type);
                names::suggest(finding, name, at, self.candidates(known.into_iter().chain(BUILT_IN)))
            }
        };
        self.report(finding);
    }

    /// Takes a declared type into the model.
    pub(super) fn take_type(&mut self, declared: Declared<'a>, name: &Name) -> TypeId {
        self.used.insert(declared.id());
        if let Some(taken) = self.taken.get(&(Space::Type, declared.id())) {
            return *taken;
        }
        if self.taking.contains(&declared.id()) {
            let finding =
                self.finding(codes::WRONG_TYPE, name.span, format!("the type `{name}` is made of itself"));
            self.report(finding.help("make it of `text`, `int`, `word` or another type"));
            return UNKNOWN;
        }
        self.taking.push(declared.id());
        let id = self.in_file(declared.file, |builder| builder.build_type(declared.statement));
        self.taking.pop();
        self.taken.insert((Space::Type, declared.id()), id);
        id
    }

    fn build_type(&mut self, statement: &'a Statement) -> TypeId {
        let StatementKind::Type { name, of } = &statement.kind else { return UNKNOWN };
        if self.is_too_large(statement) {
            return UNKNOWN;
        }
        self.check_shape(statement);
        let element = self.element(ElementKind::Type, format!("type/{name}"), statement, None);
        let bare_word = matches!(&of.kind, TypeKind::Named { name, .. } if name.as_str() == "word");
        let is_entry = matches!(&of.kind, TypeKind::Named { name, .. } if name.as_str() == "entry");
        let (kind, constraints, secret) = if is_entry && of.words.is_empty() {
            match self.entry_type(statement, element) {
                Some(kind) => (kind, Vec::new(), false),
                None => return UNKNOWN,
            }
        } else if bare_word && of.words.is_empty() {
            (self.members(statement, element), Vec::new(), false)
        } else {
            let base = self.type_or_entry(of);
            if base == UNKNOWN {
                return UNKNOWN;
            }
            let base = self.model.kind(base).clone();
            (base.kind, base.constraints, base.secret)
        };
        let mut built = Type {
            name: Some(name.text.clone()),
            element: Some(element),
            kind,
            constraints,
            secret: secret || of.secret,
        };
        self.constraints(statement, element, &mut built);
        self.model.types.push(built);
        index(self.model.types.len() - 1)
    }

    fn members(&mut self, statement: &'a Statement, parent: super::ElementId) -> Kind {
        let mut members: Vec<Member> = Vec::new();
        let mut others = None;
        for child in statement.children() {
            match &child.kind {
                StatementKind::Member { name } => {
                    let path = self.below(parent, name.as_str());
                    let element = Some(self.element(ElementKind::Member, path, child, Some(parent)));
                    if let Some(first) = members.iter().find(|member| member.name == name.text) {
                        let first = first.element.map_or(parent, |id| id);
                        let first = self.place(first).name;
                        self.report(names::duplicate("member", name.as_str(), self.at(name.span), first));
                    }
                    members.push(Member { name: name.text.clone(), element });
                }
                StatementKind::Others { count } => {
                    let path = self.below(parent, "others");
                    let element = self.element(ElementKind::Member, path, child, Some(parent));
                    let count = count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
                    others = Some(Others { count, element });
                }
                _ => {}
            }
        }
        if members.is_empty() {
            let StatementKind::Type { name, .. } = &statement.kind else { return Kind::Bool };
            let finding = self.finding(codes::WRONG_TYPE, name.span, format!("`{name}` has no members"));
            self.report(finding.help("write its words below it: `member monday`"));
        }
        Kind::Word { members, others }
    }

    /// A type without a name; equal ones are one.
    pub(super) fn nameless(&mut self, kind: Kind) -> TypeId {
        let key = format!("{kind:?}");
        if let Some(known) = self.nameless.get(&key) {
            return *known;
        }
        self.model.types.push(Type {
            name: None,
            element: None,
            kind,
            constraints: Vec::new(),
            secret: false,
        });
        let id = index(self.model.types.len() - 1);
        self.nameless.insert(key, id);
        id
    }

    fn secret(&mut self, base: TypeId) -> TypeId {
        if self.model.kind(base).secret {
            return base;
        }
        let key = format!("secret {base}");
        if let Some(known) = self.nameless.get(&key) {
            return *known;
        }
        let secret = Type { name: None, element: None, secret: true, ..self.model.kind(base).clone() };
        self.model.types.push(secret);
        let id = index(self.model.types.len() - 1);
        self.nameless.insert(key, id);
        id
    }

    /// The words of an enumeration; none where the type is something else.
    pub(super) fn words(&self, id: TypeId) -> Vec<Text> {
        match self.model.types.get(usize::from(id)).map(|kind| &kind.kind) {
            Some(Kind::Word { members, .. }) => members.iter().map(|member| member.name.clone()).collect(),
            _ => Vec::new(),
        }
    }
}
