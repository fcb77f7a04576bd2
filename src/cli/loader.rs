//! From paths to sources: finds the spec files, reads them, and follows what they use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::{env, io};

use rayon::prelude::*;

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
            seen.extend(round.iter().map(|file| whole(&file.path)));
            let first = project.parsed.len();
            project.read(&round)?;
            round = project.used_since(first);
            round.retain(|file| !seen.contains(&whole(&file.path)) && file.path.is_file());
            round.dedup_by(|a, b| a.name == b.name);
        }
        Ok(project)
    }

    /// Reads files, several at once; their order is the one given.
    fn read(&mut self, files: &[SpecFile]) -> Result<(), Failure> {
        let first = self.parsed.len();
        let numbered = files.par_iter().enumerate();
        let read: Vec<Result<_, Failure>> = numbered
            .map(|(index, file)| {
                let id = SourceId(u32::try_from(first + index).unwrap_or(u32::MAX));
                let (source, finding) = read(file, id)?;
                let parsed = match finding {
                    None => syntax::parse(&source, id),
                    Some(finding) => Parsed { tree: Tree::default(), diagnostics: vec![finding] },
                };
                Ok((source, parsed))
            })
            .collect();
        for result in read {
            let (source, parsed) = result?;
            self.sources.add(source);
            self.parsed.push(parsed);
        }
        Ok(())
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
}

fn used_by(source: &Source, parsed: &Parsed) -> impl Iterator<Item = SpecFile> {
    let folder = Path::new(&source.path).parent().unwrap_or(Path::new(""));
    parsed.tree.statements.iter().filter_map(move |statement| match &statement.kind {
        StatementKind::Use { from, .. } => {
            Some(SpecFile { name: source.beside(&from.value), path: folder.join(from.value.as_str()) })
        }
        _ => None,
    })
}

/// One file as a source; what cannot be used of it has a finding and, for the excerpt, a text as near as possible.
fn read(file: &SpecFile, id: SourceId) -> Result<(Source, Option<Diagnostic>), Failure> {
    let SpecFile { name, path } = file;
    let refused = |error: io::Error| Failure::file("read", path, &error);
    let size = fs::metadata(path).map_err(refused)?.len();
    let at = |offset: usize, width: usize| Location { source: id, span: Span::new(offset, offset + width) };
    let source = |text: String| Source::new(name, text).shown_as(shown(path));
    if size > LARGEST {
        let finding =
            Diagnostic::new(codes::TOO_LARGE, at(0, 0), format!("`{name}` is too large: {size} bytes"))
                .note(format!("a spec file holds at most {LARGEST} bytes, so nothing of this one is used"))
                .help("put its flows into several files");
        return Ok((source(String::new()), Some(finding)));
    }
    let bytes = fs::read(path).map_err(refused)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => (source(text), None),
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
            (source(text), Some(finding))
        }
    })
}

/// A file to read.
#[derive(Debug)]
pub(super) struct SpecFile {
    /// How models and generated files call it.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
}

/// The spec files that paths mean, each once, by name: files as they are, folders with everything below them.
pub(super) fn spec_files(paths: &[PathBuf]) -> Result<Vec<SpecFile>, Failure> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for root in paths {
        let mut files = Vec::new();
        if root.is_dir() && !is_spec(root) {
            walk(root, &mut files)?;
            if files.is_empty() {
                return Err(no_specs(root));
            }
        } else {
            files.push(file(root.clone())?);
        }
        for path in files.into_iter().filter(|path| seen.insert(whole(path))) {
            let name = name_of(&path, root);
            found.insert(if found.contains_key(&name) { whole(&path) } else { name }, path);
        }
    }
    Ok(found.into_iter().map(|(name, path)| SpecFile { name, path }).collect())
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let refused = |error: io::Error| Failure::file("read the folder", folder, &error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(refused)?);
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_spec(&path) {
            found.push(file(path)?);
        } else if kind.is_dir() && !hidden {
            walk(&path, found)?;
        }
    }
    Ok(())
}

fn file(path: PathBuf) -> Result<PathBuf, Failure> {
    let shown = path.display();
    if path.is_dir() {
        return Err(Failure::usage(format!("{shown} is a folder, but its name ends like a spec file's"))
            .help("give the folder another name"));
    }
    if !path.exists() {
        return Err(Failure::usage(format!("there is no file or folder {shown}")));
    }
    if !is_spec(&path) {
        return Err(Failure::usage(format!("{shown} is not a spec: the name of a spec file ends in .flow")));
    }
    Ok(path)
}

fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "flow")
}

fn no_specs(folder: &Path) -> Failure {
    Failure::usage(format!("there is no spec in {}: no file whose name ends in .flow", folder.display()))
        .help("`flowspec new sign_in` writes a first one to specs/sign_in.flow")
}

/// How models and generated files call a file: from the working folder where it lies below, otherwise from the folder
/// around what the user named, so that the same specs give the same files wherever they lie.
fn name_of(path: &Path, root: &Path) -> String {
    let folder = if is_spec(root) { root.parent().unwrap_or(Path::new("")) } else { root };
    let (path, folder) = (whole(path), whole(folder));
    let around = folder.rsplit_once('/').map_or("", |(around, _)| around);
    let below = |folder: &str| path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned);
    below(&whole(Path::new("."))).or_else(|| below(around)).unwrap_or_else(|| path.clone())
}

/// The path from the root of the file system, with `/` between parts.
fn whole(path: &Path) -> String {
    shown(&env::current_dir().unwrap_or_default().join(path))
}

fn shown(path: &Path) -> String {
    tidy(&path.to_string_lossy().replace(MAIN_SEPARATOR, "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "language 1\n").unwrap();
        }
        folder
    }

    fn names(paths: &[PathBuf]) -> Vec<String> {
        spec_files(paths).unwrap().into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn a_file_has_one_name_wherever_its_folder_lies_and_however_it_is_given() {
        let folder = tree(&["specs/b.flow", "specs/web/a.flow", "specs/notes.md", "specs/.git/x.flow"]);
        let specs = folder.path().join("specs");
        let expected = ["specs/b.flow", "specs/web/a.flow"];
        assert_eq!(names(std::slice::from_ref(&specs)), expected);
        assert_eq!(
            names(&[specs.join("."), specs.join("web/../b.flow"), specs.join("web/..")])[..],
            ["specs/b.flow", "specs/web/a.flow"]
        );
    }

    #[test]
    fn files_of_one_name_in_two_folders_are_both_read() {
        let (one, two) = (tree(&["specs/a.flow"]), tree(&["specs/a.flow"]));
        assert_eq!(names(&[one.path().join("specs"), two.path().join("specs")]).len(), 2);
    }
}
