//! Several runs of one suite as one: the shards of it, which machines ran side by side.

use std::collections::HashMap;

use flowspec_runtime::Text;

use crate::harness::results::{Diagnosis, Faults, Objection, Results, Shard, TestResult, Verdict};

/// Why results cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// There are none.
    Nothing,
    /// Two of them are of different runs; this differs.
    Differs(&'static str),
}

/// Merges the results of shards. Shards that are missing are said, and are never a pass; what ran twice counts by the
/// worse of its verdicts.
///
/// # Errors
/// Where the results are not of one suite.
pub fn merge(shards: &[Results]) -> Result<Results, Mismatch> {
    let (first, rest) = shards.split_first().ok_or(Mismatch::Nothing)?;
    rest.iter().try_for_each(|other| alike(first, other))?;
    let mut merged = first.clone();
    merged.header.shard = None;
    let mut known: HashMap<Text, usize> = HashMap::new();
    merged.tests.clear();
    for test in shards.iter().flat_map(|shard| &shard.tests) {
        match known.get(&test.id) {
            Some(&at) => worse(&mut merged.tests[at], test),
            None => {
                known.insert(test.id.clone(), merged.tests.len());
                merged.tests.push(test.clone());
            }
        }
    }
    for other in rest {
        merged.coverage.merge(&other.coverage);
        for objection in &other.objections {
            if !merged.objections.contains(objection) {
                merged.objections.push(objection.clone());
            }
        }
    }
    merged.diagnosis = diagnosis(shards);
    merged.header.faults = faults(shards);
    let missing = missing(shards);
    if !missing.is_empty() {
        merged.objections.push(Objection::MissingShards(missing));
    } else if first.header.shard.is_some() && merged.tests.len() < merged.header.suite.tests {
        let (there, all) = (merged.tests.len(), merged.header.suite.tests);
        let lacking = format!("the shards hold {there} of the suite's {all} tests");
        merged.objections.push(Objection::Inconclusive(lacking));
    }
    merged.conclude(shards.iter().map(|shard| shard.footer.microseconds).sum());
    Ok(merged)
}

/// Whether two results are of one suite, run in one way.
fn alike(one: &Results, other: &Results) -> Result<(), Mismatch> {
    let (one, other) = (&one.header, &other.header);
    let of = |shard: Option<Shard>| shard.map(|shard| shard.of);
    let differs = [
        ("the flow", one.flow != other.flow),
        ("the spec", one.spec.digest != other.spec.digest),
        ("the version of flowspec", one.version != other.version),
        ("the suite", one.suite != other.suite || one.method != other.method),
        ("the implementation", one.implementation != other.implementation),
        ("whether only what is stated was run", one.stated_only != other.stated_only),
        ("the number of shards", of(one.shard) != of(other.shard)),
    ];
    differs.iter().find(|(_, differs)| *differs).map_or(Ok(()), |(what, _)| Err(Mismatch::Differs(what)))
}

/// Keeps the result that says more against the implementation, and any before none.
fn worse(known: &mut TestResult, other: &TestResult) {
    if severity(&other.verdict) > severity(&known.verdict) {
        *known = other.clone();
    }
}

fn severity(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::NotRun { .. } => 0,
        Verdict::Unsupported { .. } => 1,
        Verdict::Undetermined { .. } => 2,
        Verdict::Pass => 3,
        Verdict::HarnessError { .. } => 4,
        Verdict::KnownFailing { .. } => 5,
        Verdict::Flaky { .. } => 6,
        Verdict::OrderDependent { .. } => 7,
        Verdict::ProtocolError { .. } | Verdict::Timeout { .. } | Verdict::Crash { .. } => 8,
        Verdict::Fail => 9,
    }
}

/// The numbers of the shards that are not there.
fn missing(shards: &[Results]) -> Vec<u32> {
    let there: Vec<Shard> = shards.iter().filter_map(|shard| shard.header.shard).collect();
    let of = there.iter().map(|shard| shard.of).max().unwrap_or(0);
    (1..=of).filter(|index| !there.iter().any(|shard| shard.index == *index)).collect()
}

/// What all shards catch: each variant is counted where the first test that catches it ran.
fn faults(shards: &[Results]) -> Option<Faults> {
    let each: Option<Vec<Faults>> = shards.iter().map(|shard| shard.header.faults).collect();
    let each = each?;
    let differing = each.first()?.differing;
    let caught: usize = each.iter().map(|faults| faults.caught).sum();
    Some(Faults { differing, caught: caught.min(differing) })
}

/// What explains every shard that has failures: the same faults in each, or nothing.
fn diagnosis(shards: &[Results]) -> Option<Diagnosis> {
    let fails = |shard: &&Results| shard.tests.iter().any(|test| test.verdict.is_failure());
    let mut failing = shards.iter().filter(fails);
    let mut all = failing.next()?.diagnosis.clone()?;
    for shard in failing {
        let own = shard.diagnosis.as_ref().filter(|own| own.faults == all.faults)?;
        all.explains += own.explains;
        all.compared += own.compared;
        all.others = all.others.min(own.others);
    }
    Some(all)
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Nothing => formatter.write_str("there is nothing to merge"),
            Self::Differs(what) => write!(formatter, "these are not shards of one run: {what} differs"),
        }
    }
}

impl std::error::Error for Mismatch {}
