//! From paths to sources: reads spec files, what they use, and the facts that they were written from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use rayon::prelude::*;

use super::failure::{Failure, plain};
use super::spec_files::{SpecFile, shown, spec_files, whole};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::{Document, Facts, Known, Lock};
use crate::source::{Location, Source, SourceId, Sources, Span};
use crate::syntax::tree::StatementKind;
use crate::syntax::{self, Parsed, Tree};

/// A file of more bytes is not read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What one run works on: every source, and what each was read as.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// The files asked for in the order of their names, then those that they use.
    pub(super) sources: Sources,
    /// What each source was read as. A file that cannot be read stands for an empty tree and its finding.
    pub(super) parsed: Vec<Parsed>,
    /// The texts of the files of facts that the sources name, by their names.
    pub(super) facts: BTreeMap<String, String>,
    /// Where these lie, by their names.
    pub(super) fact_files: BTreeMap<String, PathBuf>,
}

impl Project {
    /// The text of a source by its name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.sources.iter().find(|(_, source)| source.name == name).map(|(_, source)| source.text.as_str())
    }

    /// Reads the files and folders asked for, and every file that these use.
    pub(super) fn load(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut project = Self::default();
        let mut seen = BTreeSet::new();
        let mut round = spec_files(paths)?;
        while !round.is_empty() {
            seen.extend(round.iter().map(|file| whole(&file.path)));
            let first = project.parsed.len();
            project.read(&round)?;
            round = project.used_since(first);
            round.retain(|file| !seen.contains(&whole(&file.path)) && file.path.is_file());
            round.dedup_by(|a, b| a.name == b.name);
        }
        project.read_facts();
        Ok(project)
    }

    /// The files of facts as they are read, with what was confirmed of each.
    pub(super) fn known_facts(&self) -> Facts {
        let known = self.facts.iter().map(|(name, text)| {
            let path = self.fact_files.get(name).map(|path| Lock::name(&path.to_string_lossy()));
            let lock = path.and_then(|path| fs::read_to_string(path).ok());
            let lock = lock.map(|lock| Lock::read(&lock));
            (name.clone(), Known { document: Document::read(text), lock })
        });
        known.collect()
    }

    /// One text that stands in no file.
    pub(super) fn of_text(name: &str, bytes: Vec<u8>) -> Self {
        let mut project = Self::default();
        let id = SourceId(0);
        project.push(parsed(source_of(name, name, bytes, id), id));
        project
    }

    /// Reads files, several at once; their order is the one given.
    pub(super) fn read(&mut self, files: &[SpecFile]) -> Result<(), Failure> {
        let first = self.parsed.len();
        let numbered = files.par_iter().enumerate();
        let read: Vec<Result<_, Failure>> = numbered
            .map(|(index, file)| {
                let id = SourceId(u32::try_from(first + index).unwrap_or(u32::MAX));
                Ok(parsed(read(file, id)?, id))
            })
            .collect();
        for result in read {
            self.push(result?);
        }
        Ok(())
    }

    fn push(&mut self, (source, parsed): (Source, Parsed)) {
        self.sources.add(source);
        self.parsed.push(parsed);
    }

    /// The files that sources from the given one on use. One that does not exist is left to the model, which knows
    /// who wanted it.
    fn used_since(&self, first: usize) -> Vec<SpecFile> {
        let sources = self.sources.iter().map(|(_, source)| source);
        let mut used: Vec<_> = sources
            .zip(&self.parsed)
            .skip(first)
            .flat_map(|(source, parsed)| used_by(source, parsed))
            .collect();
        used.sort_by(|a, b| a.name.cmp(&b.name));
        used
    }

    fn read_facts(&mut self) {
        for ((id, source), parsed) in self.sources.iter().zip(&mut self.parsed) {
            let named = parsed.tree.statements.iter().filter_map(|statement| match &statement.kind {
                StatementKind::Facts { path } => Some(path),
                _ => None,
            });
            for named in named {
                let path = folder_of(source).join(named.value.as_str());
                match fs::read_to_string(&path) {
                    Ok(text) => {
                        self.fact_files.insert(source.beside(&named.value), path);
                        self.facts.insert(source.beside(&named.value), text);
                    }
                    Err(error) => {
                        let place = Location { source: id, span: named.span };
                        parsed.diagnostics.push(no_facts(place, &path, &error));
                    }
                }
            }
        }
    }
}

fn no_facts(place: Location, path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("the file of facts cannot be read: {}", plain(error));
    Diagnostic::new(codes::FACTS_NOT_FOUND, place, message)
        .here(format!("this is {}", shown(path)))
        .help("write the path as it is from the folder of this spec")
}

fn folder_of(source: &Source) -> &Path {
    Path::new(&source.path).parent().unwrap_or(Path::new(""))
}

fn used_by(source: &Source, parsed: &Parsed) -> impl Iterator<Item = SpecFile> {
    let folder = folder_of(source);
    parsed.tree.statements.iter().filter_map(move |statement| match &statement.kind {
        StatementKind::Use { from, .. } => {
            Some(SpecFile { name: source.beside(&from.value), path: folder.join(from.value.as_str()) })
        }
        _ => None,
    })
}

/// What a source is read as; nothing of one that has a finding already.
fn parsed((source, finding): (Source, Option<Diagnostic>), id: SourceId) -> (Source, Parsed) {
    let parsed = match finding {
        None => syntax::parse(&source, id),
        Some(finding) => Parsed { tree: Tree::default(), diagnostics: vec![finding] },
    };
    (source, parsed)
}

/// A file of another tool; what is no text in it is replaced.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One file as a source; what cannot be used of it has a finding and, for the excerpt, a text as near as possible.
fn read(file: &SpecFile, id: SourceId) -> Result<(Source, Option<Diagnostic>), Failure> {
    let SpecFile { name, path } = file;
    let refused = |error: io::Error| Failure::file("read", path, &error);
    let size = fs::metadata(path).map_err(refused)?.len();
    if size > LARGEST {
        let start = Location { source: id, span: Span::default() };
        let finding =
            Diagnostic::new(codes::TOO_LARGE, start, format!("`{name}` is too large: {size} bytes"))
                .note(format!("a spec file holds at most {LARGEST} bytes, so nothing of this one is used"))
                .help("put its flows into several files");
        return Ok((Source::new(name, "").shown_as(shown(path)), Some(finding)));
    }
    Ok(source_of(name, &shown(path), fs::read(path).map_err(refused)?, id))
}

fn source_of(name: &str, path: &str, bytes: Vec<u8>, id: SourceId) -> (Source, Option<Diagnostic>) {
    let source = |text: String| Source::new(name, text).shown_as(path);
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (source(text), None),
        Err(error) => error,
    };
    let offset = error.utf8_error().valid_up_to();
    let span = Span::new(offset, offset + char::REPLACEMENT_CHARACTER.len_utf8());
    let message = format!("`{name}` is not UTF-8: byte {offset}, counted from 0, begins no character");
    let finding = Diagnostic::new(codes::NOT_UTF8, Location { source: id, span }, message)
        .here("this is no character")
        .note("nothing of this file is used")
        .help("save the file as UTF-8");
    (source(String::from_utf8_lossy(error.as_bytes()).into_owned()), Some(finding))
}
