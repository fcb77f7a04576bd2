//! Mistakes of authors: what is said of a bad spec, and that nothing is said of the good one beside it.
//!
//! Each folder of `check/` is named after the code that its bad spec must give. The snapshot repeats the spec, then
//! shows the findings as a terminal would.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use flowspec::diagnostic::Diagnostic;
use flowspec::diagnostic::terminal::Terminal;
use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.join("bad.flow").exists()).collect();
    folders.sort();
    folders
}

fn findings(text: &str) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("specs/example.flow", text));
    let parsed = syntax::parse(sources.get(id), id);
    let compiled = compile(&sources, &[parsed]);
    (sources, compiled.diagnostics)
}

fn shown(text: &str) -> String {
    let (sources, findings) = findings(text);
    findings.iter().map(|finding| Terminal::plain().render(finding, &sources) + "\n").collect()
}

#[test]
fn every_mistake_is_told_with_its_place_its_kind_and_its_mend() {
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(folder.join("bad.flow")).unwrap();
        let (_, found) = findings(&text);
        let code = name.split('_').next().unwrap();
        let codes: Vec<_> = found.iter().map(|finding| finding.code.id()).collect();
        assert!(codes.contains(&code), "{name}: {codes:?}");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("bad", format!("{text}\n{}", shown(&text))));
    }
}

#[test]
fn the_mended_specs_have_no_findings() {
    for folder in folders() {
        let text = fs::read_to_string(folder.join("good.flow")).unwrap();
        assert_eq!(shown(&text), "", "{}", folder.display());
    }
}

/// The text with one change made.
fn changed(text: &str, finding: &Diagnostic) -> Option<String> {
    let edit = finding.helps.iter().find_map(|help| help.edit.as_ref())?;
    let (start, end) = (edit.location.span.start as usize, edit.location.span.end as usize);
    Some(format!("{}{}{}", &text[..start], edit.text, &text[end..]))
}

#[test]
fn a_mend_takes_its_finding_away() {
    for folder in folders() {
        let text = fs::read_to_string(folder.join("bad.flow")).unwrap();
        let (_, found) = findings(&text);
        for finding in &found {
            let Some(mended) = changed(&text, finding) else { continue };
            let (_, left) = findings(&mended);
            let alike = |findings: &[Diagnostic]| {
                findings
                    .iter()
                    .filter(|other| other.code == finding.code && other.message == finding.message)
                    .count()
            };
            let what = format!("{}: {}\n{}", folder.display(), finding.message, shown(&mended));
            assert!(alike(&left) < alike(&found), "{what}");
        }
    }
}
