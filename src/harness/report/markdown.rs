//! Markdown for the summary of a CI job: the verdict, what fails and how to see it, what the verdict rests on.

use std::fmt::Write;

use flowspec_runtime::conformance::standing;

use super::{claim, junit::steps};
use crate::emit::markdown::{code, escape};
use crate::harness::results::{Exit, Results, TestResult};

/// How many failing tests are shown whole: a summary has bounds.
const SHOWN: usize = 20;

/// Writes the report.
pub(super) fn write(results: &Results) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = document(results, &mut text);
    text
}

fn document(results: &Results, out: &mut String) -> std::fmt::Result {
    let header = &results.header;
    let title = if header.title.is_empty() { header.flow.as_str() } else { &header.title };
    writeln!(
        out,
        "## {} {}: {}\n",
        sign(results.footer.exit),
        escape(title),
        escape(&claim::headline(results))
    )?;
    if let Some((faults, explains)) = claim::diagnosis(results) {
        writeln!(out, "Behaves like **{}** ({}).\n", escape(&faults), escape(&explains))?;
    }
    for objection in &results.objections {
        writeln!(out, "> {}\n", escape(&claim::objection(objection)))?;
    }
    counts(results, out)?;
    let wrong: Vec<_> = results.tests.iter().filter(|test| claim::is_wrong(test)).collect();
    failures(results, &wrong, out)?;
    writeln!(out, "### What this rests on\n")?;
    for sentence in claim::claim(results) {
        writeln!(out, "- {}", escape(&sentence))?;
    }
    let (used, all) = results.coverage.share();
    if all > 0 {
        writeln!(out, "- {used} of {all} statements were seen at work")?;
    }
    Ok(())
}

fn counts(results: &Results, out: &mut String) -> std::fmt::Result {
    writeln!(out, "| tests | |\n| :--- | ---: |")?;
    for (verdict, count) in results.footer.counts.named() {
        writeln!(out, "| {verdict} | {} |", claim::grouped(count))?;
    }
    writeln!(out, "| **all** | **{}** |\n", claim::grouped(results.footer.counts.tests))
}

fn failures(results: &Results, wrong: &[&TestResult], out: &mut String) -> std::fmt::Result {
    if wrong.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "### What fails\n\n| requirement | test | what came | source |\n| :--- | :--- | :--- | :--- |"
    )?;
    for test in wrong.iter().take(SHOWN) {
        writeln!(
            out,
            "| {} | {} | {} | {} {} |",
            code(&test.requirement).replace('|', "\\|"),
            escape(&test.title),
            escape(&claim::sentence(test)),
            escape(&standing(test.provenance, &test.facts)),
            code(&test.place.to_string()).replace('|', "\\|"),
        )?;
    }
    writeln!(out)?;
    for test in wrong.iter().take(SHOWN) {
        details(results, test, out)?;
    }
    if wrong.len() > SHOWN {
        writeln!(out, "… and {} more.\n", claim::counted_grouped(wrong.len() - SHOWN, "test"))?;
    }
    Ok(())
}

/// The sequence, folded away.
fn details(results: &Results, test: &TestResult, out: &mut String) -> std::fmt::Result {
    let Some(sequence) = &test.failure else { return Ok(()) };
    let title = super::xml::escape(&claim::full_title(results, test));
    writeln!(out, "<details><summary>{title}</summary>\n")?;
    let mut text = format!("{}\n{}", test.source, steps(sequence));
    if let Some(again) = claim::again(results, test) {
        text.push_str(&format!("again   {again}\n"));
    }
    if !test.stderr.is_empty() {
        text.push_str(&format!("\nstandard error:\n{}\n", test.stderr));
    }
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "{fence}text\n{}\n{fence}\n\n</details>\n", text.trim_end())
}

fn sign(exit: Exit) -> &'static str {
    match exit {
        Exit::Conforms => "✅",
        Exit::DoesNotConform => "❌",
        Exit::Inconclusive | Exit::NotStarted => "❔",
        Exit::Flaky => "⚠️",
    }
}
