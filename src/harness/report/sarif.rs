//! SARIF 2.1.0: a rule for each requirement that is not kept, a result for each test that shows it, at the spec's line.

use serde::Serialize;

use super::{claim, junit::steps};
use crate::harness::results::{Exit, Place, Results, TestResult, Verdict};

/// Writes the report.
pub(super) fn write(results: &Results) -> String {
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run(results)],
    };
    // Every key is text, which is all that could go wrong.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool<'r>,
    invocations: [Invocation; 1],
    results: Vec<Finding<'r>>,
    column_kind: &'static str,
    properties: Properties<'r>,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
struct Driver<'r> {
    name: &'static str,
    version: &'r str,
    rules: Vec<Rule<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Message>,
    properties: Marks<'r>,
}

#[derive(Serialize)]
struct Marks<'r> {
    facts: Vec<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'r> {
    rule_id: &'r str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints<'r> {
    #[serde(rename = "flowspecTest/v1")]
    test: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<FlowLocation>,
}

#[derive(Serialize)]
struct FlowLocation {
    location: Location,
}

#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    justification: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'r> {
    flow: &'r str,
    implementation: &'r str,
    spec_digest: &'r str,
    verdict: &'static str,
    claim: Vec<String>,
}

fn run(results: &Results) -> Run<'_> {
    let shown =
        |test: &&TestResult| claim::is_wrong(test) || matches!(test.verdict, Verdict::KnownFailing { .. });
    let mut rules: Vec<Rule> = Vec::new();
    let mut findings = Vec::new();
    for test in results.tests.iter().filter(shown) {
        let known = rules.iter().position(|rule| rule.id == test.requirement);
        let index = known.unwrap_or_else(|| {
            rules.push(rule(test));
            rules.len() - 1
        });
        findings.push(finding(results, test, index));
    }
    let header = &results.header;
    Run {
        tool: Tool { driver: Driver { name: "flowspec", version: &header.version, rules } },
        invocations: [invocation(results)],
        results: findings,
        column_kind: "unicodeCodePoints",
        properties: Properties {
            flow: &header.flow,
            implementation: &header.implementation,
            spec_digest: &header.spec.digest,
            verdict: results.footer.exit.phrase(),
            claim: claim::claim(results),
        },
    }
}

fn rule(test: &TestResult) -> Rule<'_> {
    let source = (!test.source.is_empty()).then(|| Message { text: test.source.clone() });
    let facts = test.facts.iter().map(|fact| fact.as_str()).collect();
    Rule { id: &test.requirement, short_description: source, properties: Marks { facts } }
}

fn invocation(results: &Results) -> Invocation {
    let exit = results.footer.exit;
    let wrong = results.objections.iter().map(|objection| ("warning", claim::objection(objection)));
    let open = claim::untested(results).into_iter().map(|text| ("note", text));
    let named = claim::diagnosis(results)
        .map(|(faults, explains)| ("note", format!("behaves like {faults} ({explains})")));
    let notifications = wrong.chain(open).chain(named);
    Invocation {
        execution_successful: !matches!(exit, Exit::NotStarted),
        exit_code: exit.code(),
        tool_execution_notifications: notifications
            .map(|(level, text)| Notification { level, message: Message { text } })
            .collect(),
    }
}

fn finding<'r>(results: &'r Results, test: &'r TestResult, rule_index: usize) -> Finding<'r> {
    let mut text = format!("{}: {}", claim::full_title(results, test), claim::sentence(test));
    if let Some(sequence) = &test.failure {
        text.push_str(&format!("\n\n{}", steps(sequence)));
    }
    if let Some(again) = claim::again(results, test) {
        text.push_str(&format!("\nagain: {again}"));
    }
    let suppressions = match &test.verdict {
        Verdict::KnownFailing { reason, .. } => vec![Suppression { kind: "external", justification: reason }],
        _ => Vec::new(),
    };
    Finding {
        rule_id: &test.requirement,
        rule_index,
        level: if test.verdict.is_failure() { "error" } else { "warning" },
        message: Message { text },
        locations: [location(&test.place, None)],
        partial_fingerprints: Fingerprints { test: &test.id },
        code_flows: code_flow(test).into_iter().collect(),
        suppressions,
    }
}

/// The sequence step by step; the spec has one place for all of them.
fn code_flow(test: &TestResult) -> Option<CodeFlow> {
    let sequence = test.failure.as_ref()?;
    let locations = sequence.acts.iter().map(|act| {
        let times = if act.times > 1 { format!(" ×{}", act.times) } else { String::new() };
        let expected = act.expected.as_ref().map_or_else(String::new, |text| format!(", expected: {text}"));
        let text = format!("{} → {}{times}{expected}", act.deed(), act.seen);
        FlowLocation { location: location(&test.place, Some(Message { text })) }
    });
    let locations: Vec<_> = locations.collect();
    (!locations.is_empty()).then_some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
}

fn location(place: &Place, message: Option<Message>) -> Location {
    let region = Region { start_line: place.line.max(1), start_column: place.column };
    let artifact_location = Artifact { uri: address(&place.file) };
    Location { physical_location: PhysicalLocation { artifact_location, region }, message }
}

/// A path as a relative address.
fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
