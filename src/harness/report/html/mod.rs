//! One HTML file that needs nothing else: verdict, diagram coloured by coverage, requirements with their tests, each
//! failure as a readable sequence.

mod diagram;
mod layout;

use std::collections::{BTreeMap, BTreeSet};

use flowspec_runtime::conformance::{Act, clock, standing};
use serde::Serialize;

use super::claim;
use super::xml::escape;
use crate::emit::Fault;
use crate::emit::templates::Templates;
use crate::harness::results::{Exit, Results, TestResult, Verdict};

/// What prints the page.
pub(crate) const TEMPLATES: [(&str, &str); 1] = [("report", include_str!("report.j2"))];

/// Writes the page.
///
/// # Errors
/// Where the template cannot be printed.
pub(super) fn write(results: &Results) -> Result<String, Fault> {
    Templates::new(&TEMPLATES)?.print("report", &Page::new(results))
}

/// The page; every text in it is escaped.
#[derive(Serialize)]
struct Page {
    title: String,
    flow: String,
    implementation: String,
    exit: &'static str,
    state: &'static str,
    tiles: Vec<Tile>,
    behaves: Option<[String; 2]>,
    objections: Vec<String>,
    diagram: String,
    requirements: Vec<Requirement>,
    unseen: Vec<Unseen>,
    claim: Vec<String>,
}

#[derive(Serialize)]
struct Tile {
    number: String,
    what: String,
    state: &'static str,
}

/// A requirement with its tests.
#[derive(Serialize)]
struct Requirement {
    path: String,
    source: String,
    place: String,
    standing: String,
    state: &'static str,
    tally: String,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    id: String,
    title: String,
    verdict: &'static str,
    state: &'static str,
    sentence: String,
    runs: String,
    rows: Vec<String>,
    acts: Vec<Row>,
    stderr: String,
    again: String,
}

/// One step of a sequence.
#[derive(Serialize)]
struct Row {
    at: String,
    deed: String,
    seen: String,
    expected: String,
    times: String,
}

/// A statement that no test came to.
#[derive(Serialize)]
struct Unseen {
    path: String,
    source: String,
    place: String,
}

impl Page {
    fn new(results: &Results) -> Self {
        let header = &results.header;
        let title = if header.title.is_empty() { header.flow.as_str() } else { &header.title };
        let failing: BTreeSet<&str> = results
            .tests
            .iter()
            .filter(|test| test.verdict.is_failure())
            .map(|test| test.requirement.as_str())
            .collect();
        let unseen = results.coverage.statements.iter().filter(|statement| statement.tests == 0);
        Self {
            title: escape(title),
            flow: escape(&header.flow),
            implementation: escape(&header.implementation),
            exit: results.footer.exit.phrase(),
            state: state_of(results.footer.exit),
            tiles: tiles(results),
            behaves: claim::diagnosis(results).map(|(faults, explains)| [escape(&faults), escape(&explains)]),
            objections: results
                .objections
                .iter()
                .map(|objection| escape(&claim::objection(objection)))
                .collect(),
            diagram: diagram::draw(&results.coverage, &failing),
            requirements: requirements(results),
            unseen: unseen
                .map(|statement| Unseen {
                    path: escape(&statement.path),
                    source: escape(&statement.source),
                    place: escape(&statement.place.to_string()),
                })
                .collect(),
            claim: claim::claim(results).iter().map(|sentence| escape(sentence)).collect(),
        }
    }
}

fn tiles(results: &Results) -> Vec<Tile> {
    let footer = &results.footer;
    let tile =
        |number: String, what: &str, state| Tile { number: escape(&number), what: escape(what), state };
    let marked = |count: usize, state| if count > 0 { state } else { "plain" };
    let (used, all) = results.coverage.share();
    let mut tiles = vec![
        tile(
            claim::grouped(footer.requirements_held),
            "requirements hold",
            marked(footer.requirements_held, "good"),
        ),
        tile(claim::grouped(footer.requirements_failed), "fail", marked(footer.requirements_failed, "bad")),
        tile(claim::grouped(footer.requirements_open), "are open", marked(footer.requirements_open, "open")),
        tile(claim::grouped(footer.counts.tests), "tests", "plain"),
    ];
    if let Some(faults) = results.header.faults {
        let what = format!("of {} caught by the suite", claim::counted_grouped(faults.differing, "fault"));
        tiles.push(tile(faults.percent(), &what, "plain"));
    }
    if all > 0 {
        tiles.push(tile(format!("{used}/{all}"), "statements seen at work", "plain"));
    }
    tiles.push(tile(claim::time(footer.microseconds / 1_000), "taken", "plain"));
    tiles
}

/// The requirements: those that fail first, then those that are open, each in the order of the suite.
fn requirements(results: &Results) -> Vec<Requirement> {
    let mut order: Vec<&str> = Vec::new();
    let mut tests: BTreeMap<&str, Vec<&TestResult>> = BTreeMap::new();
    for test in &results.tests {
        let of_path = tests.entry(&test.requirement).or_default();
        if of_path.is_empty() {
            order.push(&test.requirement);
        }
        of_path.push(test);
    }
    let mut all: Vec<_> = order.iter().filter_map(|path| requirement(results, tests.get(path)?)).collect();
    all.sort_by_key(|requirement| match requirement.state {
        "bad" => 0,
        "open" => 1,
        _ => 2,
    });
    all
}

fn requirement(results: &Results, tests: &[&TestResult]) -> Option<Requirement> {
    let first = tests.first()?;
    let any = |state| tests.iter().any(|test| test_state(&test.verdict) == state);
    let state = if any("bad") {
        "bad"
    } else if any("open") {
        "open"
    } else {
        "good"
    };
    let passed = tests.iter().filter(|test| test.verdict == Verdict::Pass).count();
    Some(Requirement {
        path: escape(&first.requirement),
        source: escape(&first.source),
        place: escape(&first.place.to_string()),
        standing: escape(&standing(first.provenance, &first.facts)),
        state,
        tally: format!("{passed}/{}", tests.len()),
        tests: tests.iter().map(|test| view(results, test)).collect(),
    })
}

fn view(results: &Results, test: &TestResult) -> Test {
    let sequence = test.failure.as_ref();
    Test {
        id: escape(&test.id),
        title: escape(&test.title),
        verdict: test.verdict.name(),
        state: test_state(&test.verdict),
        sentence: escape(&claim::sentence(test)),
        runs: sequence.map_or_else(String::new, |sequence| {
            let steps = claim::counted_grouped(sequence.steps, "step");
            let sessions = claim::counted_grouped(sequence.sessions, "session");
            format!("shortest sequence: {steps}, {sessions}; {} of {} runs", sequence.failed, sequence.runs)
        }),
        rows: sequence
            .map_or_else(Vec::new, |sequence| sequence.rows.iter().map(|row| escape(row)).collect()),
        acts: sequence.map_or_else(Vec::new, |sequence| sequence.acts.iter().map(row).collect()),
        stderr: escape(&test.stderr),
        again: claim::again(results, test)
            .filter(|_| claim::is_wrong(test))
            .map_or_else(String::new, |again| escape(&again)),
    }
}

fn row(act: &Act) -> Row {
    Row {
        at: act.at.map_or_else(String::new, clock),
        deed: escape(&act.deed()),
        seen: escape(&act.seen),
        expected: escape(act.expected.as_deref().unwrap_or_default()),
        times: if act.times > 1 { format!("×{}", act.times) } else { String::new() },
    }
}

fn test_state(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "good",
        Verdict::Flaky { .. } | Verdict::KnownFailing { .. } => "bad",
        verdict if verdict.is_failure() => "bad",
        _ => "open",
    }
}

fn state_of(exit: Exit) -> &'static str {
    match exit {
        Exit::Conforms => "good",
        Exit::DoesNotConform => "bad",
        Exit::Inconclusive | Exit::NotStarted | Exit::Flaky => "open",
    }
}
