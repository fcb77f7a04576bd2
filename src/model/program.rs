//! All files of a run: what each declares, and what a name in it refers to.

use std::collections::{HashMap, HashSet};

use super::builder::words;
use super::names::{self, Candidates};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Location, SourceId, Sources, Span};
use crate::syntax::Tree;
use crate::syntax::tree::{FlowKind, Name, Quoted, Statement, StatementKind};

/// What kind of thing a name at file level refers to; each kind has its own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Space {
    Type,
    Record,
    Reason,
    Actor,
    Output,
    Choice,
    /// A part or a stub.
    Part,
    Flow,
}

impl Space {
    pub(super) const USABLE: [Self; 7] =
        [Self::Type, Self::Record, Self::Reason, Self::Actor, Self::Output, Self::Choice, Self::Part];

    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Record => "record",
            Self::Reason => "reason",
            Self::Actor => "actor",
            Self::Output => "output",
            Self::Choice => "choice",
            Self::Part => "part",
            Self::Flow => "flow",
        }
    }
}

/// A declaration at file level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared<'a> {
    pub(super) file: usize,
    pub(super) statement: &'a Statement,
    pub(super) name: &'a Name,
}

/// What tells declarations apart: the file, and where in it.
pub(super) type DeclaredId = (usize, Span);

impl Declared<'_> {
    pub(super) fn id(&self) -> DeclaredId {
        (self.file, self.statement.span)
    }
}

/// What a name was found to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    Declared(Declared<'a>),
    /// It was to come from a `use` that is itself wrong.
    Poisoned,
    Nothing,
}

/// One file and what its names refer to.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) id: SourceId,
    pub(super) tree: &'a Tree,
    pub(super) folder: &'a str,
    pub(super) facts: Option<&'a Quoted>,
    /// What the file declares itself, in the order of the text.
    pub(super) declared: Vec<(Space, Declared<'a>)>,
    /// Names that a `use` brings in, each with its declaration.
    pub(super) used: Vec<(&'a Name, Declared<'a>)>,
    names: HashMap<(Space, &'a str), Declared<'a>>,
    poisoned: HashSet<&'a str>,
}

/// All files of a run.
#[derive(Debug)]
pub(super) struct Program<'a> {
    pub(super) sources: &'a Sources,
    pub(super) files: Vec<File<'a>>,
    records: HashMap<(&'a str, &'a str), Declared<'a>>,
}

impl<'a> Program<'a> {
    /// Reads the declarations of all files; what is wrong between files is reported here.
    /// Parts with checklists are taken from `unfolded`, once they are.
    pub(super) fn new(
        sources: &'a Sources,
        trees: &[&'a Tree],
        unfolded: Option<&'a HashMap<DeclaredId, Statement>>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut program = Self { sources, files: Vec::new(), records: HashMap::new() };
        let mut findings = Vec::new();
        for ((id, source), tree) in sources.iter().zip(trees) {
            let folder = source.name.rsplit_once('/').map_or("", |(folder, _)| folder);
            program.declare(id, tree, folder, unfolded, &mut findings);
        }
        program.index_records(&mut findings);
        program.unique_flows(&mut findings);
        let by_name: HashMap<&str, usize> =
            sources.iter().map(|(_, source)| source.name.as_str()).zip(0..).collect();
        for file in 0..program.files.len() {
            program.follow_uses(file, &by_name, &mut findings);
        }
        (program, findings)
    }

    /// Whether some part has a checklist.
    pub(super) fn has_parts_with_checklists(&self) -> bool {
        let declared = self.files.iter().flat_map(|file| &file.declared);
        declared
            .filter(|(space, _)| *space == Space::Part)
            .any(|(_, part)| super::checklist::has_checklist(part.statement))
    }

    pub(super) fn find(&self, file: usize, space: Space, name: &str) -> Found<'a> {
        let scope = &self.files[file];
        if let Some(found) = scope.names.get(&(space, name)) {
            return Found::Declared(*found);
        }
        if space == Space::Record
            && let Some(found) = self.records.get(&(scope.folder, name))
        {
            return Found::Declared(*found);
        }
        if scope.poisoned.contains(name) { Found::Poisoned } else { Found::Nothing }
    }

    /// Scenarios that stand outside of flows, each with its file.
    pub(super) fn journeys(&self) -> impl Iterator<Item = (usize, &'a Statement)> + use<'a, '_> {
        self.files.iter().enumerate().flat_map(|(file, scope)| {
            let scenarios =
                scope.tree.statements.iter().filter(|statement| statement.kind == StatementKind::Scenario);
            scenarios.map(move |statement| (file, statement))
        })
    }

    /// Names of a kind that a file knows.
    pub(super) fn known(&self, file: usize, space: Space) -> Vec<&'a str> {
        let scope = &self.files[file];
        let own = scope.names.keys().filter(|(of, _)| *of == space).map(|(_, name)| *name);
        let folder =
            self.records.keys().filter(|(folder, _)| space == Space::Record && *folder == scope.folder);
        let mut known: Vec<_> = own.chain(folder.map(|(_, name)| *name)).collect();
        known.sort_unstable();
        known
    }

    /// The name of another file that declares this.
    pub(super) fn elsewhere(&self, file: usize, space: Space, name: &str) -> Option<&'a str> {
        let declares = |other: &&File<'a>| {
            other.names.get(&(space, name)).is_some_and(|found| self.files[found.file].id == other.id)
        };
        let other = self.files.iter().find(declares)?;
        let path = &self.sources.get(other.id).name;
        let folder = self.files[file].folder;
        Some(path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/')))
    }

    fn declare(
        &mut self,
        id: SourceId,
        tree: &'a Tree,
        folder: &'a str,
        unfolded: Option<&'a HashMap<DeclaredId, Statement>>,
        findings: &mut Vec<Diagnostic>,
    ) {
        let file = self.files.len();
        let mut scope = File {
            id,
            tree,
            folder,
            facts: None,
            declared: Vec::new(),
            used: Vec::new(),
            names: HashMap::new(),
            poisoned: HashSet::new(),
        };
        for statement in &tree.statements {
            if let StatementKind::Facts { path } = &statement.kind {
                scope.facts.get_or_insert(path);
            }
            if statement.kind == StatementKind::Unreadable {
                scope.poisoned.extend(words(self.sources.get(id).slice(statement.head)));
            }
            let statement =
                unfolded.and_then(|unfolded| unfolded.get(&(file, statement.span))).unwrap_or(statement);
            let Some((space, name)) = declaration(statement) else { continue };
            let declared = Declared { file, statement, name };
            scope.declared.push((space, declared));
            let first = *scope.names.entry((space, name.as_str())).or_insert(declared);
            if first.id() != declared.id() && space != Space::Flow {
                let at = |name: &Name| Location { source: id, span: name.span };
                findings.push(names::duplicate(space.noun(), name.as_str(), at(name), at(first.name)));
            }
        }
        self.files.push(scope);
    }

    fn index_records(&mut self, findings: &mut Vec<Diagnostic>) {
        for file in &self.files {
            for (space, declared) in &file.declared {
                if *space != Space::Record {
                    continue;
                }
                let first = *self.records.entry((file.folder, declared.name.as_str())).or_insert(*declared);
                if first.file != declared.file {
                    let at = Location { source: file.id, span: declared.name.span };
                    let other = Location { source: self.files[first.file].id, span: first.name.span };
                    let finding = names::duplicate("record", declared.name.as_str(), at, other);
                    findings.push(
                        finding.note("records belong to their folder: every flow in it shares their rows"),
                    );
                }
            }
        }
    }

    fn unique_flows(&self, findings: &mut Vec<Diagnostic>) {
        let mut first: HashMap<&str, Location> = HashMap::new();
        for file in &self.files {
            for (space, declared) in &file.declared {
                if *space != Space::Flow {
                    continue;
                }
                let at = Location { source: file.id, span: declared.name.span };
                let before = *first.entry(declared.name.as_str()).or_insert(at);
                if before != at {
                    let finding = names::duplicate("flow", declared.name.as_str(), at, before);
                    findings.push(
                        finding.note("files are generated under the flow's name, in all folders of a run"),
                    );
                }
            }
        }
    }

    fn follow_uses(&mut self, file: usize, by_name: &HashMap<&str, usize>, findings: &mut Vec<Diagnostic>) {
        for statement in &self.files[file].tree.statements {
            let StatementKind::Use { names, from } = &statement.kind else { continue };
            let here = self.files[file].id;
            let Some(other) = by_name.get(self.sources.get(here).beside(&from.value).as_str()).copied()
            else {
                findings.push(no_file(self, here, from));
                self.files[file].poisoned.extend(names.iter().map(Name::as_str));
                continue;
            };
            for name in names {
                self.follow_use(file, other, name, findings);
            }
        }
    }

    fn follow_use(&mut self, file: usize, other: usize, name: &'a Name, findings: &mut Vec<Diagnostic>) {
        let found: Vec<(Space, Declared<'a>)> = self.files[other]
            .declared
            .iter()
            .filter(|(space, declared)| Space::USABLE.contains(space) && declared.name.text == name.text)
            .copied()
            .collect();
        let at = Location { source: self.files[file].id, span: name.span };
        if found.is_empty() && !self.files[other].poisoned.contains(name.as_str()) {
            let declared = self.files[other].declared.iter().map(|(_, declared)| declared.name.as_str());
            let source = &self.sources.get(self.files[other].id).name;
            let finding = Diagnostic::new(codes::UNKNOWN_USE, at, format!("`{source}` declares no `{name}`"));
            findings.push(names::suggest(finding, name, at, Candidates::new(declared)));
        }
        if found.is_empty() {
            self.files[file].poisoned.insert(name.as_str());
        }
        for (space, declared) in found {
            let scope = &mut self.files[file];
            let first = *scope.names.entry((space, name.as_str())).or_insert(declared);
            if first.id() == declared.id() {
                scope.used.push((name, declared));
            } else {
                let before = Location { source: self.files[first.file].id, span: first.name.span };
                findings.push(names::duplicate(space.noun(), name.as_str(), at, before));
            }
        }
    }
}

fn no_file(program: &Program, here: SourceId, from: &Quoted) -> Diagnostic {
    let at = Location { source: here, span: from.span };
    let folder = program.files.iter().find(|file| file.id == here).map_or("", |file| file.folder);
    let beside = program.files.iter().filter(|file| file.folder == folder && file.id != here);
    let names: Vec<&str> = beside
        .map(|file| {
            let name = &program.sources.get(file.id).name;
            name.rsplit_once('/').map_or(name.as_str(), |(_, name)| name)
        })
        .collect();
    let finding = Diagnostic::new(codes::UNKNOWN_USE, at, format!("there is no file `{}`", from.value))
        .note("the path is read from the folder of this file");
    match names::closest(&from.value, Candidates::new(names.iter().copied())) {
        Some(name) => finding.mend(format!("there is a file `{name}`"), at, format!("\"{name}\"")),
        None => finding,
    }
}

/// The name that a statement at file level declares.
fn declaration(statement: &Statement) -> Option<(Space, &Name)> {
    Some(match &statement.kind {
        StatementKind::Type { name, .. } => (Space::Type, name),
        StatementKind::Record(record) => (Space::Record, &record.name),
        StatementKind::Reason { name } => (Space::Reason, name),
        StatementKind::Actor { name } => (Space::Actor, name),
        StatementKind::Output { name } => (Space::Output, name),
        StatementKind::Choice { name, .. } => (Space::Choice, name),
        StatementKind::Flow { kind: FlowKind::Flow, name, .. } => (Space::Flow, name),
        StatementKind::Flow { name, .. } => (Space::Part, name),
        _ => return None,
    })
}
