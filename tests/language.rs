//! The examples of the language reference: whole files compile without findings, fragments are read.

use flowspec::source::{Source, SourceId, Sources};
use flowspec::syntax::{self, Parsed};

const REFERENCE: &str = include_str!("../docs/language.md");

#[test]
fn every_whole_example_compiles_without_findings() {
    let examples = examples("flow");
    assert!(examples.len() >= 4, "{} examples", examples.len());
    for (line, text) in examples {
        let (sources, parsed) = read(&text);
        let budget = flowspec::check::Budget::of(flowspec::check::BUDGET);
        let findings = flowspec::compile_within(&sources, &[parsed], &budget).diagnostics;
        let told: Vec<String> =
            findings.iter().map(|finding| format!("{} {}", finding.code.id(), finding.message)).collect();
        assert!(told.is_empty(), "docs/language.md:{line}: {told:#?}");
    }
}

#[test]
fn every_fragment_is_read() {
    let fragments = examples("flow-fragment");
    assert!(fragments.len() >= 10, "{} fragments", fragments.len());
    for (line, text) in fragments {
        let (_, parsed) = read(&format!("language 1\n{text}"));
        let told: Vec<String> = parsed
            .diagnostics
            .iter()
            .filter(|finding| finding.code.id().starts_with("F01"))
            .map(|finding| format!("{} {}", finding.code.id(), finding.message))
            .collect();
        assert!(told.is_empty(), "docs/language.md:{line}: {told:#?}");
    }
}

fn read(text: &str) -> (Sources, Parsed) {
    let source = Source::new("specs/example.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    let mut sources = Sources::default();
    sources.add(source);
    (sources, parsed)
}

/// The fenced examples of a kind, each with the line that it begins on.
fn examples(kind: &str) -> Vec<(usize, String)> {
    let fence = format!("```{kind}");
    let mut found = Vec::new();
    let mut lines = REFERENCE.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line == fence {
            let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            found.push((number + 2, body.map(|line| format!("{line}\n")).collect()));
        }
    }
    found
}
