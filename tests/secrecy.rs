//! `indistinguishable`: what looks the same is said to, and what does not comes with two runs that can be played.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::PathBuf;

use flowspec::check::{BUDGET, Budget, Verdict};
use flowspec::diagnostic::Diagnostic;
use flowspec::source::{Source, SourceId, Sources};
use flowspec::{Compiled, compile_within, suite, syntax};
use flowspec_runtime::suite::{Section, Step};

fn compiled(text: &str) -> Compiled {
    let source = Source::new("example.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    let mut sources = Sources::default();
    sources.add(source);
    compile_within(&sources, &[parsed], &Budget::of(BUDGET))
}

fn specs() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<_> =
        fs::read_dir("tests/secrecy").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn apart(compiled: &Compiled) -> Vec<&Diagnostic> {
    compiled.diagnostics.iter().filter(|finding| finding.code.id() == "F0608").collect()
}

#[test]
fn each_rule_comes_out_as_it_does() {
    let mut lines = Vec::new();
    for (path, text) in specs() {
        let compiled = compiled(&text);
        for judged in &compiled.judged {
            lines.push(format!("{}: {}: {}", path.display(), judged.rule, judged.verdict));
        }
        lines.extend(apart(&compiled).iter().map(|finding| finding.notes.join("\n")));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_two_runs_can_be_played_and_come_out_differently() {
    let mut played = 0;
    for (path, text) in specs() {
        for finding in apart(&compiled(&text)) {
            let edit = finding.helps.iter().find_map(|help| help.edit.as_ref()).unwrap();
            let at = edit.location.span.start as usize;
            let with_runs = format!("{}{}{}", &text[..at], edit.text, &text[at..]);
            let again = compiled(&with_runs);
            let wrong = again.diagnostics.iter().find(|finding| finding.code.id() != "F0608");
            assert!(wrong.is_none(), "{with_runs}\n{wrong:?}");
            let runs: Vec<_> = edit.text.split("scenario \"").skip(1).collect();
            let [one, other] = runs.as_slice() else { panic!("{}: {}", path.display(), edit.text) };
            assert_eq!(done(one), done(other), "{}: the same is done in both", path.display());
            played += 1;
        }
    }
    assert!(played >= 4, "{played}");
}

/// What is done in a run, without what comes of it.
fn done(run: &str) -> Vec<String> {
    let acts = run.lines().map(str::trim).filter(|line| line.starts_with("do ") || line.starts_with("run "));
    acts.map(|act| act.split([')', '-']).next().unwrap_or(act).to_owned()).collect()
}

#[test]
fn a_suite_tries_both_cases_in_pairs_and_the_flow_itself_passes() {
    let text = fs::read_to_string("specs/sign_in/sign_in.flow").unwrap();
    let compiled = compiled(&text);
    assert!(compiled.judged.iter().all(|judged| matches!(judged.verdict, Verdict::Exhaustive(_))));
    let model = &compiled.models[0];
    let suite = suite::derive(model).unwrap();
    let tests: Vec<_> = suite.tests.iter().filter(|test| test.section == Section::Secrecy).collect();
    assert!(tests.len() >= 2 && tests.len().is_multiple_of(2), "{tests:?}");
    for pair in tests.chunks(2) {
        let done = |index: usize| -> Vec<&Step> { suite.steps(pair[index]) };
        assert_eq!(done(0), done(1), "the same is done in both");
        assert_ne!(pair[0].rows, pair[1].rows, "in worlds that differ");
    }
}
