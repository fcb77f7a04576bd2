//! Ten mistakes that authors make: each is found at its place, as what it is, with what to write instead, and nothing
//! else is said.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use flowspec::diagnostic::Diagnostic;
use flowspec::diagnostic::terminal::Terminal;
use flowspec::source::{Source, SourceId, Sources};
use flowspec::syntax;

/// The file, the code, and a text that stands on the line where the author should look.
const MISTAKES: [(&str, &str, &str); 10] = [
    ("misspelled_step", "F0301", "-> coed"),
    ("missing_brace", "F0104", "on submit"),
    ("missing_branch", "F0312", "on submit"),
    ("overlapping_branches", "F0311", "when known and"),
    ("unreachable_step", "F0305", "step help"),
    ("dead_end", "F0306", "step lost"),
    ("wrong_type", "F0205", "when code == 5"),
    ("duplicate_name", "F0203", "step ask \"Ask again\""),
    ("limit_without_consequence", "F0401", "limit wrong_codes"),
    ("unused_field", "F0218", "field hint"),
];

#[test]
fn a_sound_spec_gives_no_finding() {
    assert_eq!(compile("sound").1, []);
}

#[test]
fn each_mistake_is_one_finding_with_its_place_and_its_mend() {
    let mut report = String::new();
    for (name, code, line) in MISTAKES {
        let (sources, findings) = compile(name);
        for finding in &findings {
            report.push_str(&format!("{}\n\n", Terminal::plain().render(finding, &sources)));
        }
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code.id()).collect();
        assert_eq!(codes, [code], "{name}:\n{report}");
        assert_eq!(line_of(&findings[0], &sources), line_with(line, &sources), "{name}:\n{report}");
        assert!(!findings[0].helps.is_empty(), "{name} does not say what to write instead:\n{report}");
    }
    insta::assert_snapshot!(report);
}

fn compile(name: &str) -> (Sources, Vec<Diagnostic>) {
    let text = fs::read_to_string(format!("tests/mistakes/{name}.flow")).unwrap();
    let source = Source::new(format!("{name}.flow"), text);
    let parsed = syntax::parse(&source, SourceId(0));
    let mut sources = Sources::default();
    sources.add(source);
    let findings = flowspec::compile(&sources, &[parsed]).diagnostics;
    (sources, findings)
}

fn line_of(finding: &Diagnostic, sources: &Sources) -> u32 {
    let location = finding.primary.location;
    sources.get(location.source).lines.line(location.span.start)
}

fn line_with(text: &str, sources: &Sources) -> u32 {
    let source = sources.get(SourceId(0));
    source.lines.line(u32::try_from(source.text.find(text).unwrap()).unwrap())
}
