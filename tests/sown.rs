//! Faults sown by hand into the project's specs, a file each: every one is found, at its place, with its code, and
//! nothing else is said. Sound variants, `sound_*`, give no finding.
//!
//! A file names the spec, then what must be found (`finds CODE TEXT`: the text stands on the line where the author should
//! look), then the change: lines that begin with `-` stand in the spec, one after another, and those with `+` take their
//! place. Empty lines part several changes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use flowspec::check::{BUDGET, Budget};
use flowspec::diagnostic::Diagnostic;
use flowspec::diagnostic::terminal::Terminal;
use flowspec::source::{Source, Sources};
use flowspec::{compile_within, syntax};
use rayon::prelude::*;

struct Sown {
    name: String,
    spec: PathBuf,
    finds: Vec<(String, String)>,
    changes: Vec<(String, String)>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sown() -> Vec<Sown> {
    let mut paths: Vec<_> =
        fs::read_dir(root().join("tests/sown")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sown"));
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Sown {
    let text = fs::read_to_string(path).unwrap();
    let (mut finds, mut changes) = (Vec::new(), vec![(String::new(), String::new())]);
    let mut spec = None;
    for line in text.lines() {
        let (old, new) = changes.last_mut().unwrap();
        if let Some(path) = line.strip_prefix("spec ") {
            spec = Some(root().join(path));
        } else if let Some(found) = line.strip_prefix("finds ") {
            let (code, place) = found.split_once(' ').unwrap();
            finds.push((code.to_owned(), place.to_owned()));
        } else if let Some(line) = line.strip_prefix('-') {
            *old += &format!("{line}\n");
        } else if let Some(line) = line.strip_prefix('+') {
            *new += &format!("{line}\n");
        } else {
            assert_eq!(line, "", "{}", path.display());
            changes.push((String::new(), String::new()));
        }
    }
    changes.retain(|(old, _)| !old.is_empty());
    Sown { name: path.file_stem().unwrap().to_str().unwrap().to_owned(), spec: spec.unwrap(), finds, changes }
}

/// Every fault with what is found, worked out once for all tests.
fn found() -> &'static [(Sown, Sources, Vec<Diagnostic>)] {
    static FOUND: OnceLock<Vec<(Sown, Sources, Vec<Diagnostic>)>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let with = |sown: Sown| {
            let (sources, found) = findings(&sown);
            (sown, sources, found)
        };
        sown().into_par_iter().map(with).collect()
    })
}

/// What is found in the folder of the spec, once the fault is in it.
fn findings(sown: &Sown) -> (Sources, Vec<Diagnostic>) {
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    let folder = sown.spec.parent().unwrap();
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    for path in paths {
        let mut text = fs::read_to_string(&path).unwrap();
        if path == sown.spec {
            for (old, new) in &sown.changes {
                assert_eq!(text.matches(old.as_str()).count(), 1, "{}: {old}", sown.name);
                text = text.replace(old.as_str(), new);
            }
        }
        let id = sources.add(Source::new(path.file_name().unwrap().to_str().unwrap(), text));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    let found = compile_within(&sources, &parsed, &Budget::of(BUDGET)).diagnostics;
    (sources, found)
}

#[test]
fn every_sown_fault_is_found_at_its_place_and_nothing_else_is_said() {
    let all = found();
    let faults = all.iter().filter(|(sown, ..)| !sown.name.starts_with("sound_")).count();
    assert!(faults >= 40, "{faults}");
    let mut missed = String::new();
    for (sown, sources, found) in all {
        let line = |finding: &Diagnostic| {
            let location = finding.primary.location;
            let source = sources.get(location.source);
            let number = source.lines.line(location.span.start);
            source.text.lines().nth(number as usize - 1).unwrap_or_default().to_owned()
        };
        let as_expected = found.len() == sown.finds.len()
            && sown.finds.iter().all(|(code, place)| {
                found
                    .iter()
                    .any(|finding| finding.code.id() == code && line(finding).contains(place.as_str()))
            });
        let named = sown.finds.first().is_none_or(|(code, _)| sown.name.starts_with(code.as_str()));
        if !as_expected || !named {
            let shown: String =
                found.iter().map(|finding| Terminal::plain().render(finding, sources) + "\n").collect();
            missed += &format!("==== {}: {:?}\n{shown}\n", sown.name, sown.finds);
        }
    }
    assert_eq!(missed, "");
}

#[test]
fn each_finding_of_a_fault_says_what_to_do() {
    for (sown, _, found) in found() {
        for finding in found {
            assert!(
                !finding.helps.is_empty() || !finding.notes.is_empty(),
                "{}: {}",
                sown.name,
                finding.message
            );
        }
    }
}
