//! TAP 14. What says nothing of the implementation is skipped, with its reason; what is known to fail is a `TODO`.

use std::fmt::Write;

use super::{claim, junit::steps};
use crate::harness::results::{Exit, Objection, Results, TestResult, Verdict};

/// Writes the report.
pub(super) fn write(results: &Results) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = document(results, &mut text);
    text
}

fn document(results: &Results, out: &mut String) -> std::fmt::Result {
    writeln!(out, "TAP version 14")?;
    for sentence in claim::claim(results) {
        writeln!(out, "# {sentence}")?;
    }
    if let Some(Objection::NotStarted(why)) =
        results.objections.iter().find(|o| matches!(o, Objection::NotStarted(_)))
    {
        return writeln!(out, "Bail out! {why}");
    }
    let points = results.tests.len() + results.objections.len();
    if points == 0 {
        return writeln!(out, "1..0 # SKIP there are no tests");
    }
    writeln!(out, "1..{points}")?;
    for (test, number) in results.tests.iter().zip(1..) {
        point(results, test, number, out)?;
    }
    for (objection, number) in results.objections.iter().zip(results.tests.len() + 1..) {
        writeln!(out, "not ok {number} - {}", escape(&claim::objection(objection)))?;
    }
    if let Some((faults, explains)) = claim::diagnosis(results) {
        writeln!(out, "# behaves like {faults} ({explains})")?;
    }
    if results.footer.exit != Exit::Conforms {
        writeln!(out, "# {}", claim::headline(results))?;
    }
    Ok(())
}

fn point(results: &Results, test: &TestResult, number: usize, out: &mut String) -> std::fmt::Result {
    let title = escape(&format!("{} [{}]", claim::full_title(results, test), test.id));
    let sentence = claim::sentence(test);
    match &test.verdict {
        Verdict::Pass => writeln!(out, "ok {number} - {title}"),
        Verdict::Undetermined { .. } | Verdict::Unsupported { .. } | Verdict::NotRun { .. } => {
            writeln!(out, "ok {number} - {title} # SKIP {}", escape(&sentence))
        }
        Verdict::KnownFailing { .. } => {
            writeln!(out, "not ok {number} - {title} # TODO {}", escape(&sentence))
        }
        _ => {
            writeln!(out, "not ok {number} - {title}")?;
            details(results, test, &sentence, out)
        }
    }
}

/// The YAML block below a test that failed; texts are JSON, which YAML is, too.
fn details(results: &Results, test: &TestResult, sentence: &str, out: &mut String) -> std::fmt::Result {
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    writeln!(out, "  ---")?;
    writeln!(out, "  verdict: {}", text(test.verdict.name()))?;
    writeln!(out, "  message: {}", text(sentence))?;
    writeln!(out, "  at: {}", text(&test.place.to_string()))?;
    let facts: Vec<_> = test.facts.iter().map(|fact| text(fact)).collect();
    writeln!(out, "  facts: [{}]", facts.join(", "))?;
    if let Some(sequence) = &test.failure {
        writeln!(out, "  sequence:")?;
        for line in steps(sequence).lines() {
            writeln!(out, "    - {}", text(line.trim()))?;
        }
    }
    if let Some(again) = claim::again(results, test) {
        writeln!(out, "  again: {}", text(&again))?;
    }
    writeln!(out, "  ...")
}

/// A description, in which `#` would begin a directive.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
