//! Which spec files paths mean, and how models and messages call them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::{env, fs, io};

use super::failure::Failure;
use crate::source::tidy;

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
pub(super) fn whole(path: &Path) -> String {
    shown(&env::current_dir().unwrap_or_default().join(path))
}

/// The path as messages show it.
pub(super) fn shown(path: &Path) -> String {
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
