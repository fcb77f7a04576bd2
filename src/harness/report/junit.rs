//! JUnit XML, as CI systems read it: a test case for each test, and one for the run where something speaks against it.
//!
//! What is no pass is never written as one: flaky tests are failures, and what says nothing is skipped, with its reason.
//! It is valid against the schema of Jenkins' xUnit plugin, which `quick-junit` is not (it writes `disabled`).

use flowspec_runtime::conformance::Sequence;

use super::{claim, xml::Xml};
use crate::harness::results::{Exit, Results, TestResult, Verdict};

/// How a test case ends.
enum Case {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// Writes the report.
pub(super) fn write(results: &Results) -> String {
    let objections = !results.objections.is_empty();
    let cases: Vec<_> = results.tests.iter().map(|test| (test, case(&test.verdict))).collect();
    let count = |is: fn(&Case) -> bool| cases.iter().filter(|(_, case)| is(case)).count();
    let run_fails = objections && results.footer.exit == Exit::DoesNotConform;
    let tests = (cases.len() + usize::from(objections)).to_string();
    let failures = (count(|case| matches!(case, Case::Failure)) + usize::from(run_fails)).to_string();
    let errors =
        (count(|case| matches!(case, Case::Error)) + usize::from(objections && !run_fails)).to_string();
    let skipped = count(|case| matches!(case, Case::Skipped)).to_string();
    let time = claim::seconds(results.footer.microseconds);

    let mut xml = Xml::new();
    let totals = [("tests", tests.as_str()), ("failures", &failures), ("errors", &errors), ("time", &time)];
    xml.begin("testsuites", &[&[("name", "flowspec")], &totals[..]].concat());
    let suite = [("name", results.header.flow.as_str()), ("skipped", skipped.as_str())];
    xml.begin("testsuite", &[&suite[..], &totals[..]].concat());
    properties(&mut xml, results);
    if objections {
        run(&mut xml, results, if run_fails { "failure" } else { "error" });
    }
    for (test, case) in &cases {
        testcase(&mut xml, results, test, case);
    }
    xml.finish()
}

fn case(verdict: &Verdict) -> Case {
    match verdict {
        Verdict::Pass => Case::Passed,
        Verdict::Fail | Verdict::OrderDependent { .. } | Verdict::Flaky { .. } => Case::Failure,
        Verdict::Timeout { .. }
        | Verdict::Crash { .. }
        | Verdict::ProtocolError { .. }
        | Verdict::HarnessError { .. } => Case::Error,
        Verdict::Undetermined { .. }
        | Verdict::Unsupported { .. }
        | Verdict::KnownFailing { .. }
        | Verdict::NotRun { .. } => Case::Skipped,
    }
}

/// What the verdict rests on.
fn properties(xml: &mut Xml, results: &Results) {
    let header = &results.header;
    xml.begin("properties", &[]);
    let mut property =
        |name: &str, value: &str| xml.leaf("property", &[("name", name), ("value", value)], "");
    property("implementation", &header.implementation);
    property("spec", &header.spec.digest);
    property("verdict", results.footer.exit.phrase());
    for sentence in claim::claim(results).iter().skip(1) {
        property("claim", sentence);
    }
    if let Some((faults, explains)) = claim::diagnosis(results) {
        property("behaves like", &format!("{faults} ({explains})"));
    }
    xml.end();
}

/// A case for what speaks against the run as a whole, so that no reader takes it for a pass.
fn run(xml: &mut Xml, results: &Results, element: &'static str) {
    let name =
        [("name", "the run as a whole"), ("classname", results.header.flow.as_str()), ("time", "0.000")];
    let each: Vec<_> = results.objections.iter().map(claim::objection).collect();
    xml.begin("testcase", &name);
    xml.leaf(element, &[("type", results.footer.exit.phrase()), ("message", &each[0])], &each.join("\n"));
    xml.end();
}

fn testcase(xml: &mut Xml, results: &Results, test: &TestResult, case: &Case) {
    let classname = format!("{}.{}", results.header.flow, test.requirement.replace('.', "·"));
    let name = format!("{} [{}]", test.title, test.id);
    let time = claim::seconds(test.microseconds);
    xml.begin("testcase", &[("name", &name), ("classname", &classname), ("time", &time)]);
    let sentence = claim::sentence(test);
    let attributes = [("type", test.verdict.name()), ("message", sentence.as_str())];
    match case {
        Case::Passed => {}
        Case::Skipped => xml.leaf("skipped", &attributes, ""),
        Case::Failure => xml.leaf("failure", &attributes, &details(results, test)),
        Case::Error => xml.leaf("error", &attributes, &details(results, test)),
    }
    if !test.stderr.is_empty() {
        xml.leaf("system-err", &[], &test.stderr);
    }
    xml.end();
}

/// What was done, step by step, and how to do it again.
fn details(results: &Results, test: &TestResult) -> String {
    let mut text = format!("{}\n{}\n", test.place, test.source);
    if let Some(sequence) = &test.failure {
        text.push_str(&steps(sequence));
    }
    if let Some(again) = claim::again(results, test) {
        text.push_str(&format!("again: {again}\n"));
    }
    text
}

/// A sequence as lines of text.
pub(super) fn steps(sequence: &Sequence) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = sequence.write(&mut text);
    text
}
