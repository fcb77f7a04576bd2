//! For people in a terminal: every requirement that fails with the shortest way to see it, then what the run comes to.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use flowspec_runtime::conformance::standing;

use super::{claim, shown};
use crate::harness::results::{Exit, Results, TestResult, Verdict};

/// How many tests of one requirement are shown whole.
const WHOLE: usize = 1;
/// How many more are named.
const NAMED: usize = 4;
/// How many lines of standard error are shown.
const STDERR_LINES: usize = 10;

/// How a terminal is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether there is colour.
    pub colour: bool,
}

impl Style {
    /// Without colour.
    pub const PLAIN: Self = Self { colour: false };
}

/// The report for people.
pub fn human(results: &Results, style: Style) -> String {
    let results = shown::shown(results);
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = Human { results: &results, style }.write(&mut text);
    text
}

struct Human<'r> {
    results: &'r Results,
    style: Style,
}

const RED: Paint = AnsiColor::Red.on_default().bold();
const YELLOW: Paint = AnsiColor::Yellow.on_default().bold();
const GREEN: Paint = AnsiColor::Green.on_default().bold();
const BOLD: Paint = Paint::new().bold();
const DIM: Paint = Paint::new().dimmed();

impl Human<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        let mut requirements: Vec<(&str, Vec<&TestResult>)> = Vec::new();
        for test in self.results.tests.iter().filter(|test| claim::is_wrong(test)) {
            match requirements.iter_mut().find(|(path, _)| *path == test.requirement) {
                Some((_, tests)) => tests.push(test),
                None => requirements.push((&test.requirement, vec![test])),
            }
        }
        for (_, tests) in &requirements {
            for test in tests.iter().take(WHOLE) {
                self.test(out, test)?;
            }
            for test in tests.iter().skip(WHOLE).take(NAMED) {
                let verdict = test.verdict.name();
                writeln!(out, "      {} {}  {} ({verdict})", self.paint(DIM, "and"), test.id, test.title)?;
            }
            if let Some(more) = tests.len().checked_sub(WHOLE + NAMED).filter(|more| *more > 0) {
                let more = claim::counted_grouped(more, "more test");
                writeln!(out, "      {} {more} of this requirement", self.paint(DIM, "and"))?;
            }
            writeln!(out)?;
        }
        if let Some((faults, explains)) = claim::diagnosis(self.results) {
            writeln!(
                out,
                "      {}   {}   ({explains})\n",
                self.paint(BOLD, "behaves like"),
                self.paint(BOLD, &faults)
            )?;
        }
        for objection in &self.results.objections {
            writeln!(out, "{}  {}\n", self.paint(YELLOW, "NOTE"), claim::objection(objection))?;
        }
        for untested in claim::untested(self.results) {
            writeln!(out, "{untested}")?;
        }
        self.summary(out)
    }

    fn test(&self, out: &mut String, test: &TestResult) -> fmt::Result {
        let (word, paint) = word(&test.verdict);
        let title = claim::full_title(self.results, test);
        let standing = standing(test.provenance, &test.facts);
        writeln!(
            out,
            "{}  {}    {standing}    {}",
            self.paint(paint, word),
            self.paint(BOLD, &title),
            test.place
        )?;
        if !test.source.is_empty() {
            writeln!(out, "      {}", self.paint(DIM, &test.source))?;
        }
        writeln!(out, "      {}", claim::sentence(test))?;
        if let Some(sequence) = &test.failure {
            let mut steps = String::new();
            sequence.write(&mut steps)?;
            writeln!(out)?;
            let last = steps.lines().count().saturating_sub(1);
            for (at, line) in steps.lines().enumerate() {
                writeln!(out, "{}", if at == last { self.paint(RED, line) } else { line.to_owned() })?;
            }
        }
        self.stderr(out, test)?;
        if let Some(again) = claim::again(self.results, test) {
            writeln!(out, "\n      {}   {again}", self.paint(DIM, "again"))?;
        }
        Ok(())
    }

    fn stderr(&self, out: &mut String, test: &TestResult) -> fmt::Result {
        let lines: Vec<_> = test.stderr.lines().collect();
        let shown = &lines[lines.len().saturating_sub(STDERR_LINES)..];
        if !shown.is_empty() {
            writeln!(out, "\n      {}", self.paint(DIM, "it wrote to standard error:"))?;
        }
        shown.iter().try_for_each(|line| writeln!(out, "          {line}"))
    }

    fn summary(&self, out: &mut String) -> fmt::Result {
        let footer = &self.results.footer;
        let all = footer.requirements_held + footer.requirements_failed + footer.requirements_open;
        let (paint, exit) = match footer.exit {
            Exit::Conforms => (GREEN, footer.exit.phrase()),
            Exit::DoesNotConform => (RED, footer.exit.phrase()),
            Exit::Inconclusive | Exit::NotStarted | Exit::Flaky => (YELLOW, footer.exit.phrase()),
        };
        writeln!(
            out,
            "{}: {} hold, {} fail, {} open      {}      {}      {}",
            claim::counted_grouped(all, "requirement"),
            claim::grouped(footer.requirements_held),
            claim::grouped(footer.requirements_failed),
            claim::grouped(footer.requirements_open),
            claim::suite(self.results),
            claim::time(footer.microseconds / 1_000),
            self.paint(paint, exit)
        )
    }

    fn paint(&self, paint: Paint, text: &str) -> String {
        if self.style.colour { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }
}

/// The word in front of a test, and its colour.
fn word(verdict: &Verdict) -> (&'static str, Paint) {
    match verdict {
        Verdict::Pass => ("PASS", GREEN),
        Verdict::Fail => ("FAIL", RED),
        Verdict::Timeout { .. } => ("TIMEOUT", RED),
        Verdict::Crash { .. } => ("CRASH", RED),
        Verdict::ProtocolError { .. } => ("PROTOCOL", RED),
        Verdict::OrderDependent { .. } => ("ORDER", RED),
        Verdict::Flaky { .. } => ("FLAKY", YELLOW),
        Verdict::HarnessError { .. } => ("HARNESS", YELLOW),
        Verdict::Undetermined { .. } => ("OPEN", YELLOW),
        Verdict::Unsupported { .. } => ("SKIP", YELLOW),
        Verdict::KnownFailing { .. } => ("KNOWN", YELLOW),
        Verdict::NotRun { .. } => ("NOT RUN", YELLOW),
    }
}
