//! What a verdict rests on, in the words that all reports share.

use std::collections::BTreeMap;

use flowspec_runtime::conformance::{clock, counted};

use crate::harness::results::{Exit, Objection, Results, TestResult, Verdict};

/// What the run comes to, in one line: `does not conform: 205 of 214 requirements hold, 9 fail`.
pub(super) fn headline(results: &Results) -> String {
    let footer = &results.footer;
    let all = footer.requirements_held + footer.requirements_failed + footer.requirements_open;
    let open = if footer.requirements_open > 0 {
        format!(", {} open", grouped(footer.requirements_open))
    } else {
        String::new()
    };
    format!(
        "{}: {} of {} hold, {} fail{open}",
        footer.exit.phrase(),
        grouped(footer.requirements_held),
        counted_grouped(all, "requirement"),
        grouped(footer.requirements_failed)
    )
}

/// What the verdict rests on, a sentence each, ending without a full stop.
pub(super) fn claim(results: &Results) -> Vec<String> {
    let header = &results.header;
    let files = header.spec.files.first().map_or("", String::as_str);
    let mut claim = vec![
        format!(
            "{} was held against `{}` of {files}, {}",
            named(&header.implementation),
            header.flow,
            header.spec.digest
        ),
        suite(results),
        method(results),
    ];
    if header.stated_only {
        claim.push("only what stands on stated facts was run".to_owned());
    }
    if let Some(shard) = header.shard {
        claim.push(format!("this is shard {} of {}", shard.index, shard.of));
    }
    claim.extend(untested(results));
    claim
}

/// An implementation by its name, or by what it is.
fn named(implementation: &str) -> String {
    if implementation.is_empty() {
        "an implementation without a name".to_owned()
    } else {
        implementation.to_owned()
    }
}

/// `suite: 271 tests, 1,485 events, catches 100 % of 768 faults`.
pub(super) fn suite(results: &Results) -> String {
    let size = results.header.suite;
    let strength = results.header.faults.map_or_else(
        || "its strength was not measured".to_owned(),
        |faults| format!("catches {} of {}", faults.percent(), counted_grouped(faults.differing, "fault")),
    );
    let (tests, events) = (counted_grouped(size.tests, "test"), counted_grouped(size.events, "event"));
    format!("suite: {tests}, {events}, {strength}")
}

fn method(results: &Results) -> String {
    let header = &results.header;
    let method = &header.method;
    let seed = header.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let but = if method.exceptions.is_empty() {
        String::new()
    } else {
        format!(", except for {}", method.exceptions.join(", "))
    };
    format!(
        "method: {}, k = {}{but}{seed}; flowspec {}",
        method.identification.name(),
        method.k,
        header.version
    )
}

/// What says nothing of the implementation, by why.
pub(super) fn untested(results: &Results) -> Vec<String> {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for test in &results.tests {
        let reason = match &test.verdict {
            Verdict::NotRun { why } => format!("not run, because {}", why.phrase()),
            Verdict::Unsupported { what } => format!("unsupported: {what}"),
            Verdict::Undetermined { .. } => "undetermined: the spec is silent on what happened".to_owned(),
            Verdict::HarnessError { message } => format!("harness error: {message}"),
            _ => continue,
        };
        *reasons.entry(reason).or_default() += 1;
    }
    reasons.into_iter().map(|(why, count)| format!("{} {why}", counted_grouped(count, "test"))).collect()
}

/// An objection in words.
pub(super) fn objection(objection: &Objection) -> String {
    match objection {
        Objection::Contradiction { choices, tests } => format!(
            "no one value of {} explains what the tests {} saw together",
            choices.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            tests.join(", ")
        ),
        Objection::KnownFailing(text) => format!("known failures: {text}"),
        Objection::Inconclusive(text) => text.clone(),
        Objection::NotStarted(text) => format!("the implementation could not be run: {text}"),
        Objection::MissingShards(shards) => {
            let shards: Vec<_> = shards.iter().map(u32::to_string).collect();
            let one = shards.len() == 1;
            let (word, verb, they) = if one { ("shard", "is", "it") } else { ("shards", "are", "they") };
            format!("{word} {} {verb} missing: what {they} would have found is not known", shards.join(", "))
        }
    }
}

/// What a diagnosis says: the faults, and what they explain.
pub(super) fn diagnosis(results: &Results) -> Option<(String, String)> {
    let diagnosis = results.diagnosis.as_ref()?;
    let faults = diagnosis.faults.join(" and ");
    if diagnosis.common {
        let have = match diagnosis.explains {
            1 => "the one failure shows this".to_owned(),
            failures => format!("all {failures} failures have this in common"),
        };
        return Some((faults, have));
    }
    let others = match diagnosis.others {
        0 => String::new(),
        1 => "; one other fault would look the same".to_owned(),
        others => format!("; {others} other faults would look the same"),
    };
    let failures = match diagnosis.explains {
        1 => "the one failure".to_owned(),
        failures => format!("all {failures} failures"),
    };
    let explains =
        format!("explains {failures} and {} in all{others}", counted_grouped(diagnosis.compared, "test"));
    Some((faults, explains))
}

/// What came of a test beside its verdict's name, in a sentence; empty where there is nothing to add.
pub(super) fn sentence(test: &TestResult) -> String {
    let shown = test.failure.as_ref().map(|failure| failure.sentence.as_str());
    match &test.verdict {
        Verdict::Pass => String::new(),
        Verdict::Fail => shown.unwrap_or("It did what the spec does not allow.").to_owned(),
        Verdict::Undetermined { by } => {
            let by = by.as_ref().map_or_else(String::new, |path| format!(", by `{path}`"));
            format!("The spec is silent on what happened{by}.")
        }
        Verdict::Timeout { after } => format!("It did not answer within {}.", time(*after)),
        Verdict::Crash { message } => format!("It ended: {message}."),
        Verdict::ProtocolError { message } => {
            format!("What it answered is not what the protocol says: {message}.")
        }
        Verdict::HarnessError { message } => format!("The harness could not do its part: {message}."),
        Verdict::Flaky { failed, runs } => {
            format!("It fails sometimes, in {failed} of {runs} runs. {}", shown.unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        Verdict::OrderDependent { after } => {
            format!("It fails only after {}. {}", after.join(", "), shown.unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        Verdict::Unsupported { what } => format!("The implementation cannot do this: {what}."),
        Verdict::KnownFailing { reason, issue, expires } => {
            let issue = issue.as_ref().map_or_else(String::new, |issue| format!(", {issue}"));
            let expires = expires.as_ref().map_or_else(String::new, |day| format!(", until {day}"));
            format!("It fails, and is known to: {reason}{issue}{expires}.")
        }
        Verdict::NotRun { why } => format!("It did not run, because {}.", why.phrase()),
    }
}

/// Whether a test is to be shown as one that went wrong.
pub(super) fn is_wrong(test: &TestResult) -> bool {
    test.verdict.is_failure() || matches!(test.verdict, Verdict::Flaky { .. } | Verdict::HarnessError { .. })
}

/// The command that runs a test again; none where nothing can.
pub(super) fn again(results: &Results, test: &TestResult) -> Option<String> {
    let again = &results.header.again;
    (!again.is_empty()).then(|| again.replace("{id}", &test.id))
}

/// `sign_in · submit · the 6th in 15 min`.
pub(super) fn full_title(results: &Results, test: &TestResult) -> String {
    let title = if test.title.is_empty() { String::new() } else { format!(" · {}", test.title) };
    format!("{} · {}{title}", results.header.flow, test.requirement)
}

/// The colour that an outcome has in pictures.
pub(super) fn colour(exit: Exit) -> &'static str {
    match exit {
        Exit::Conforms => "#2e7d32",
        Exit::DoesNotConform => "#c62828",
        Exit::Inconclusive | Exit::NotStarted => "#616161",
        Exit::Flaky => "#b26a00",
    }
}

/// `1,485`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 fault`, `1,485 events`.
pub(super) fn counted_grouped(number: usize, what: &str) -> String {
    if number < 1000 { counted(number, what) } else { format!("{} {what}s", grouped(number)) }
}

/// `950 ms`, `1.2 s`, `3:05.000`, of milliseconds.
pub(super) fn time(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => clock(i64::try_from(milliseconds).unwrap_or(i64::MAX)),
    }
}

/// Seconds with three digits behind the point, of microseconds.
pub(super) fn seconds(microseconds: u64) -> String {
    format!("{}.{:03}", microseconds / 1_000_000, microseconds / 1_000 % 1_000)
}
