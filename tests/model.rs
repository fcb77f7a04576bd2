//! What specs mean: the model of a flow, held by its JSON.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use flowspec::diagnostic::Diagnostic;
use flowspec::source::{Source, Sources};
use flowspec::{Compiled, compile, syntax};

fn compiled(folder: &str) -> (Sources, Compiled) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> =
        fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    for path in paths {
        let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
        let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    let compiled = compile(&sources, &parsed);
    (sources, compiled)
}

fn told(findings: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let line = |finding: &Diagnostic| {
        let source = sources.get(finding.primary.location.source);
        let line = source.lines.line(finding.primary.location.span.start);
        format!("{}:{line}: {} {}", source.name, finding.code.id(), finding.message)
    };
    findings.iter().map(line).collect()
}

#[test]
fn every_spec_of_the_project_has_no_findings() {
    for folder in ["specs/sign_in", "specs/alipay"] {
        let (sources, compiled) = compiled(folder);
        assert_eq!(told(&compiled.diagnostics, &sources), Vec::<String>::new());
        assert!(!compiled.models.is_empty(), "{folder}");
    }
}

#[test]
fn everything_in_the_core_of_the_language_is_understood() {
    let (sources, compiled) = compiled("tests/model");
    assert!(!compiled.has_errors(), "{:#?}", told(&compiled.diagnostics, &sources));
    insta::assert_json_snapshot!(*compiled.models[0]);
}

#[test]
fn the_model_of_sign_in_is_what_its_json_says() {
    let (_, compiled) = compiled("specs/sign_in");
    insta::assert_json_snapshot!(*compiled.models[0]);
}
