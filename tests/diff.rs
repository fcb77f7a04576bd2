//! Two versions of a spec: what differs, who notices it, and the shortest way to see it.
//!
//! Each folder of `diff/` has an old and a new spec; the new one's first line says how the version must be raised. The
//! snapshot is the report.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flowspec::diff::{Comparison, Level, compare, human, json, markdown};
use flowspec::source::{Source, Sources};
use flowspec::{Compiled, compile, syntax};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff");
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("new.flow").exists());
    folders.sort();
    folders
}

fn compiled(path: &Path) -> Compiled {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("spec.flow", fs::read_to_string(path).unwrap()));
    let parsed = syntax::parse(sources.get(id), id);
    let compiled = compile(&sources, &[parsed]);
    assert!(!compiled.has_errors(), "{}: {:?}", path.display(), compiled.diagnostics);
    compiled
}

fn comparison(folder: &Path) -> Comparison {
    compare(&compiled(&folder.join("old.flow")).models, &compiled(&folder.join("new.flow")).models)
}

#[test]
fn each_pair_of_versions_is_told_apart_by_who_notices_what() {
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let found = comparison(&folder);
        let text = fs::read_to_string(folder.join("new.flow")).unwrap();
        let expected = text.lines().next().unwrap().trim_start_matches("// ");
        assert_eq!(found.level().name(), expected, "{name}\n{}", human(&found));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("report", human(&found)));
    }
}

#[test]
fn a_spec_does_not_differ_from_itself() {
    for folder in folders() {
        for version in ["old.flow", "new.flow"] {
            let models = compiled(&folder.join(version)).models;
            assert_eq!(compare(&models, &models).level(), Level::None, "{}", folder.display());
        }
    }
}

#[test]
fn a_report_is_a_page_and_data_too() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/one_try_fewer");
    let found = comparison(&root);
    insta::assert_snapshot!("page", markdown(&found));
    insta::assert_snapshot!("data", serde_json::to_string_pretty(&json(&found)).unwrap());
}

#[test]
fn a_revision_of_git_is_compared_with_what_is_here_and_the_exit_code_says_what_is_denied() {
    let home = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/one_try_fewer");
    let specs = home.path().join("specs");
    fs::create_dir(&specs).unwrap();
    fs::copy(root.join("old.flow"), specs.join("spec.flow")).unwrap();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
        let done = Command::new("git").current_dir(&home).args(who).args(arguments).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    fs::copy(root.join("new.flow"), specs.join("spec.flow")).unwrap();
    let run = |arguments: &[&str]| {
        let command =
            Command::new(env!("CARGO_BIN_EXE_flowspec")).current_dir(&home).args(arguments).output();
        let output = command.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run(&["diff", "--against", "git:main"]);
    assert_eq!(code, 1, "{text}");
    assert_eq!(text, human(&comparison(&root)));
    assert_eq!(run(&["diff", "--against", "git:main", "specs/spec.flow"]).0, 1);
    assert_eq!(run(&["diff", "specs", "specs", "--deny", "patch"]).0, 0);
    assert_eq!(run(&["diff", "--against", "git:nowhere"]).0, 2);
    assert_eq!(run(&["diff", "--against", "main"]).0, 2);
}
