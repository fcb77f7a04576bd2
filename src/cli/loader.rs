//! From paths to sources: finds the spec files, reads them, and follows what they use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::{env, io};

use super::failure::Failure;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Location, Source, SourceId, Sources, Span, tidy};
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
}

impl Project {
    /// Reads the files and folders asked for, and every file that these use.
    pub(super) fn load(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut project = Self::default();
        let mut seen = BTreeSet::new();
        let mut round = spec_files(paths)?;
        while !round.is_empty() {
            seen.extend(round.keys().cloned());
            let first = project.parsed.len();
            for (name, path) in &round {
                project.read(name, path)?;
            }
            round = project.used_since(first);
            round.retain(|name, path| !seen.contains(name) && path.is_file());
        }
        Ok(project)
    }

    fn read(&mut self, name: &str, path: &Path) -> Result<(), Failure> {
        let id = SourceId(u32::try_from(self.parsed.len()).unwrap_or(u32::MAX));
        let (source, finding) = read(name, path, id)?;
        self.parsed.push(match finding {
            None => syntax::parse(&source, id),
            Some(finding) => Parsed { tree: Tree::default(), diagnostics: vec![finding] },
        });
        self.sources.add(source);
        Ok(())
    }

    /// The files that sources from the given one on use. One that does not exist is left to the model, which knows
    /// who wanted it.
    fn used_since(&self, first: usize) -> BTreeMap<String, PathBuf> {
        let sources = self.sources.iter().map(|(_, source)| source);
        let recent = sources.zip(&self.parsed).skip(first);
        let used = recent.flat_map(|(source, parsed)| {
            parsed.tree.statements.iter().filter_map(|statement| match &statement.kind {
                StatementKind::Use { from, .. } => Some(source.beside(&from.value)),
                _ => None,
            })
        });
        used.map(|name| (name.clone(), PathBuf::from(name))).collect()
    }
}

/// One file as a source; what cannot be used of it has a finding and, for the excerpt, a text as near as possible.
fn read(name: &str, path: &Path, id: SourceId) -> Result<(Source, Option<Diagnostic>), Failure> {
    let refused = |error: io::Error| Failure::file("read", path, &error);
    let size = fs::metadata(path).map_err(refused)?.len();
    let at = |offset: usize, width: usize| Location { source: id, span: Span::new(offset, offset + width) };
    if size > LARGEST {
        let finding =
            Diagnostic::new(codes::TOO_LARGE, at(0, 0), format!("`{name}` is too large: {size} bytes"))
                .note(format!("a spec file holds at most {LARGEST} bytes, so nothing of this one is used"))
                .help("put its flows into several files");
        return Ok((Source::new(name, ""), Some(finding)));
    }
    let bytes = fs::read(path).map_err(refused)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => (Source::new(name, text), None),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let message =
                format!("`{name}` is not UTF-8: byte {offset}, counted from 0, begins no character");
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let finding =
                Diagnostic::new(codes::NOT_UTF8, at(offset, char::REPLACEMENT_CHARACTER.len_utf8()), message)
                    .here("this is no character")
                    .note("nothing of this file is used")
                    .help("save the file as UTF-8");
            (Source::new(name, text), Some(finding))
        }
    })
}

/// The spec files that paths mean, by name: files as they are, folders with everything below them.
pub(super) fn spec_files(paths: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let mut found = BTreeMap::new();
    for path in paths {
        let known = found.len();
        if path.is_dir() && !is_spec(path) {
            walk(path, &mut found)?;
            if found.len() == known {
                return Err(no_specs(path));
            }
        } else {
            file(path, &mut found)?;
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut BTreeMap<String, PathBuf>) -> Result<(), Failure> {
    let refused = |error: io::Error| Failure::file("read the folder", folder, &error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(refused)?);
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_spec(&path) {
            file(&path, found)?;
        } else if kind.is_dir() && !hidden {
            walk(&path, found)?;
        }
    }
    Ok(())
}

fn file(path: &Path, found: &mut BTreeMap<String, PathBuf>) -> Result<(), Failure> {
    let shown = path.display();
    if path.is_dir() {
        return Err(Failure::usage(format!("{shown} is a folder, but its name ends like a spec file's"))
            .help("give the folder another name"));
    }
    if !path.exists() {
        return Err(Failure::usage(format!("there is no file or folder {shown}")));
    }
    if !is_spec(path) {
        return Err(Failure::usage(format!("{shown} is not a spec: the name of a spec file ends in .flow")));
    }
    found.insert(name_of(path), path.to_owned());
    Ok(())
}

fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "flow")
}

fn no_specs(folder: &Path) -> Failure {
    Failure::usage(format!("there is no spec in {}: no file whose name ends in .flow", folder.display()))
        .help("`flowspec new sign_in` writes a first one to specs/sign_in.flow")
}

/// How messages and generated files name a file: from the working folder where it lies below, `/` between parts.
fn name_of(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    tidy(&path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
}
