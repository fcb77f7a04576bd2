//! Results in which nothing is hidden: signs that would steer a terminal, end a line or turn the direction of a text are
//! shown instead. Names come from authors and from implementations, and either may be hostile.

use flowspec_runtime::Text;
use flowspec_runtime::conformance::{Act, Sequence};

use crate::diagnostic::visible;
use crate::emit::text::{hides, push_visible};
use crate::harness::results::{Diagnosis, Header, Objection, Results, TestResult, Verdict};

/// A copy of results whose texts are safe in a line; what an implementation wrote keeps its line ends.
pub(super) fn shown(results: &Results) -> Results {
    let mut results = results.clone();
    header(&mut results.header);
    results.tests.iter_mut().for_each(test);
    for statement in &mut results.coverage.statements {
        each([&mut statement.path, &mut statement.source, &mut statement.place.file]);
    }
    results.coverage.nodes.iter_mut().for_each(|node| line(&mut node.label));
    results.coverage.edges.iter_mut().for_each(|edge| each(&mut edge.labels));
    if let Some(Diagnosis { faults, requirements, .. }) = &mut results.diagnosis {
        each(faults.iter_mut().chain(requirements));
    }
    results.objections.iter_mut().for_each(objection);
    results
}

fn header(header: &mut Header) {
    word(&mut header.flow);
    each([
        &mut header.title,
        &mut header.implementation,
        &mut header.version,
        &mut header.again,
        &mut header.spec.digest,
    ]);
    each(header.spec.files.iter_mut().chain(&mut header.method.exceptions));
}

fn test(test: &mut TestResult) {
    word(&mut test.id);
    test.facts.iter_mut().for_each(word);
    each([&mut test.title, &mut test.requirement, &mut test.source, &mut test.place.file]);
    let excerpt = visible::excerpt(&test.stderr).chars().collect::<Vec<_>>();
    test.stderr.clear();
    excerpt.into_iter().filter(|sign| *sign != '\r').for_each(|sign| push_visible(&mut test.stderr, sign));
    match &mut test.verdict {
        Verdict::Crash { message: text }
        | Verdict::ProtocolError { message: text }
        | Verdict::HarnessError { message: text }
        | Verdict::Unsupported { what: text } => line(text),
        Verdict::Undetermined { by } => by.iter_mut().for_each(line),
        Verdict::OrderDependent { after } => after.iter_mut().for_each(word),
        Verdict::KnownFailing { reason, issue, expires } => {
            line(reason);
            each(issue.iter_mut().chain(expires));
        }
        Verdict::Pass
        | Verdict::Fail
        | Verdict::Timeout { .. }
        | Verdict::Flaky { .. }
        | Verdict::NotRun { .. } => {}
    }
    test.failure.iter_mut().for_each(sequence);
}

fn sequence(sequence: &mut Sequence) {
    line(&mut sequence.sentence);
    each(&mut sequence.rows);
    for Act { event, by, fields, answers, seen, expected, .. } in &mut sequence.acts {
        each([event, seen]);
        by.iter_mut().for_each(word);
        each(answers.iter_mut().chain(expected));
        for (name, value) in fields {
            word(name);
            line(value);
        }
    }
}

fn objection(objection: &mut Objection) {
    match objection {
        Objection::Contradiction { choices, tests } => choices.iter_mut().chain(tests).for_each(word),
        Objection::KnownFailing(text) | Objection::Inconclusive(text) | Objection::NotStarted(text) => {
            line(text)
        }
        Objection::MissingShards(_) => {}
    }
}

fn each<'t>(texts: impl IntoIterator<Item = &'t mut String>) {
    texts.into_iter().for_each(line);
}

fn word(word: &mut Text) {
    let mut text = word.to_string();
    line(&mut text);
    if *word != text {
        *word = text.into();
    }
}

fn line(text: &mut String) {
    if text.chars().any(|sign| sign.is_control() || hides(sign)) {
        let mut out = String::with_capacity(text.len());
        for sign in text.chars() {
            push_visible(&mut out, sign);
        }
        *text = visible::line(&out).into_owned();
    }
}
