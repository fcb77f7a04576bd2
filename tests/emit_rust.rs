//! What the Rust emitter writes: as rustfmt would lay it out, and for the project's specs what `generated/` holds.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flowspec::emit::{Files, rust};
use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The modules of every spec in a folder.
fn modules(folder: &str) -> Files {
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    let mut paths = specs(&root().join(folder));
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    let compiled = compile(&sources, &parsed);
    assert!(!compiled.has_errors(), "{:#?}", compiled.diagnostics);
    rust::emit(&compiled.models).unwrap()
}

fn specs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files =
        files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "flow"));
    files.chain(folders.iter().flat_map(|folder| specs(folder))).collect()
}

/// Writes the files into a folder of the target directory.
fn write(files: &Files, folder: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    for (path, text) in files.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn assert_formatted(folder: &Path) {
    let modules = fs::read_dir(folder.join("src")).unwrap().map(|entry| entry.unwrap().path());
    let modules = modules.filter(|path| path.file_name().is_some_and(|name| name != "lib.rs"));
    let output = Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "--config-path"])
        .arg(root().join("rustfmt.toml"))
        .args(modules)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_modules_of_the_specs_are_laid_out_as_rustfmt_lays_them_out() {
    assert_formatted(&write(&modules("specs"), "emit_specs"));
}

#[test]
fn every_kind_of_statement_is_laid_out_as_rustfmt_lays_it_out() {
    assert_formatted(&write(&modules("tests/generated/flows"), "emit_flows"));
}

/// The modules that `tests/generated` holds against the interpreter; `FLOWSPEC_BLESS=1` writes them anew.
#[test]
fn the_modules_of_the_test_flows_are_what_the_flows_give() {
    let made = modules("tests/generated/flows");
    for (path, text) in made.iter().filter(|(path, _)| *path != "src/lib.rs") {
        let path = root().join("tests/generated/modules").join(path.trim_start_matches("src/"));
        if std::env::var_os("FLOWSPEC_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        assert!(fs::read_to_string(&path).is_ok_and(|known| known == text), "{} is stale", path.display());
    }
}
