//! From files in memory to a folder: each is written through a temporary name and a rename, only where it differs, so
//! that a run killed at any moment leaves every file either old or new.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::failure::Failure;
use crate::emit::{Files, MARK};

/// How a half-written file is called; what a killed run left of them goes with the next one.
const UNFINISHED: &str = "flowspec-unfinished";
/// The mark stands in so many bytes at the beginning of a made file.
const HEAD: u64 = 400;

/// How a folder differs from what it should hold; paths under the folder, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Files that are to be made and are not there.
    pub(super) missing: Vec<String>,
    /// Files that hold something else.
    pub(super) stale: Vec<String>,
    /// Files with our mark that are made no longer, and unfinished ones.
    pub(super) left_over: Vec<String>,
}

impl Difference {
    /// Compares a folder, which need not exist.
    pub(super) fn of(files: &Files, folder: &Path) -> Result<Self, Failure> {
        let mut difference = Self::default();
        let texts: Vec<_> = files.iter().collect();
        let held = texts.par_iter().map(|(path, text)| state(&folder.join(path), text));
        for ((path, _), held) in texts.iter().zip(held.collect::<Vec<_>>()) {
            match held? {
                Held::Nothing => difference.missing.push((*path).to_owned()),
                Held::Other => difference.stale.push((*path).to_owned()),
                Held::Same => {}
            }
        }
        for path in below(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
            let name = name.replace(std::path::MAIN_SEPARATOR, "/");
            if files.get(&name).is_none() && is_ours(&path)? {
                difference.left_over.push(name);
            }
        }
        difference.left_over.sort();
        Ok(difference)
    }

    /// Whether the folder holds just what it should.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Brings the folder to what it should hold.
    pub(super) fn write(&self, files: &Files, folder: &Path) -> Result<(), Failure> {
        let paths = || self.missing.iter().chain(&self.stale).map(|path| (folder.join(path), path));
        let folders: BTreeSet<_> = paths().filter_map(|(path, _)| Some(path.parent()?.to_owned())).collect();
        folders.iter().try_for_each(|folder| make_folder(folder))?;
        let paths: Vec<_> = paths().collect();
        paths.par_iter().try_for_each(|(path, name)| put(path, files.get(name).unwrap_or_default()))?;
        for path in &self.left_over {
            let path = folder.join(path);
            fs::remove_file(&path).map_err(|error| Failure::file("remove", &path, &error))?;
        }
        Ok(())
    }
}

/// Puts a text in the place of a file, whole or not at all; who may read and write it stays.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    make_folder(path.parent().unwrap_or(Path::new("")))?;
    put(path, text)
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file("make the folder", folder, &error))
}

/// The same in a folder that is there.
fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = folder.join(format!(".{name}.{}.{UNFINISHED}", std::process::id()));
    let written = fs::write(&unfinished, text)
        .and_then(|()| match fs::metadata(path) {
            Ok(old) => fs::set_permissions(&unfinished, old.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|error| {
        // The disk may be full: what was begun only takes up room.
        let _ = fs::remove_file(&unfinished);
        Failure::file("write", path, &error)
    })
}

/// What stands where a file is to be.
enum Held {
    Nothing,
    Other,
    Same,
}

fn state(path: &Path, text: &str) -> Result<Held, Failure> {
    match fs::read(path) {
        Ok(bytes) if bytes == text.as_bytes() => Ok(Held::Same),
        Ok(_) => Ok(Held::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Held::Nothing),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}

/// Every file under a folder but those of build tools and version control.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refused = |error: io::Error| Failure::file("read the folder", folder, &error);
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(refused)?,
    };
    for entry in entries {
        let entry = entry.map_err(refused)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(refused)?);
        if kind.is_file() {
            found.push(path);
        } else if kind.is_dir() && !matches!(entry.file_name().to_str(), Some("target" | ".git")) {
            found.extend(below(&path)?);
        }
    }
    Ok(found)
}

fn is_ours(path: &Path) -> Result<bool, Failure> {
    if path.extension().is_some_and(|extension| extension == UNFINISHED) {
        return Ok(true);
    }
    let refused = |error: io::Error| Failure::file("read", path, &error);
    let mut head = Vec::new();
    fs::File::open(path).map_err(refused)?.take(HEAD).read_to_end(&mut head).map_err(refused)?;
    Ok(String::from_utf8_lossy(&head).lines().take(5).any(|line| line.contains(MARK)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(texts: &[(&str, &str)]) -> Files {
        let mut files = Files::default();
        for (path, text) in texts {
            files.add(*path, *text);
        }
        files
    }

    #[test]
    fn a_folder_is_brought_to_what_it_should_hold_and_what_people_wrote_stays() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        write("stale.rs", "old");
        write("same.rs", "same");
        write("by_hand.rs", "mine");
        write("left.rs", "// @generated by flowspec from specs/left.flow; do not edit.\n");
        write(".new.rs.17.flowspec-unfinished", "half");
        let files = made(&[("stale.rs", "new"), ("same.rs", "same"), ("a/b.md", "page")]);

        let difference = Difference::of(&files, folder).unwrap();
        assert_eq!(difference.missing, ["a/b.md"]);
        assert_eq!(difference.stale, ["stale.rs"]);
        assert_eq!(difference.left_over, [".new.rs.17.flowspec-unfinished", "left.rs"]);

        let untouched = fs::metadata(folder.join("same.rs")).unwrap().modified().unwrap();
        difference.write(&files, folder).unwrap();
        assert!(Difference::of(&files, folder).unwrap().is_empty());
        assert_eq!(fs::read_to_string(folder.join("a/b.md")).unwrap(), "page");
        assert_eq!(fs::read_to_string(folder.join("by_hand.rs")).unwrap(), "mine");
        assert_eq!(fs::metadata(folder.join("same.rs")).unwrap().modified().unwrap(), untouched);
        assert!(!folder.join("left.rs").exists());
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("taken")).unwrap();
        assert!(replace(&folder.path().join("taken"), "text").is_err());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["taken"]);
    }
}
