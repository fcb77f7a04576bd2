//! The order of tests where time is short: what is likely to catch most for what it costs comes first.

use std::collections::HashMap;

use flowspec_runtime::model::ElementId;
use flowspec_runtime::suite::Suite;

/// The first test of each requirement, the shortest first; then the second of each, and so on.
///
/// Tests of one requirement resemble one another, so that each further one tells less that is new; and a long test costs
/// what several short ones do.
pub(super) fn by_yield(suite: &Suite, mut tests: Vec<usize>) -> Vec<usize> {
    let lengths: HashMap<usize, usize> =
        tests.iter().map(|&test| (test, suite.steps(&suite.tests[test]).len())).collect();
    let length = |test: &usize| lengths.get(test).copied().unwrap_or_default();
    tests.sort_by_key(|test| (length(test), *test));
    let mut seen: HashMap<ElementId, usize> = HashMap::new();
    let mut ranked: Vec<(usize, usize)> = tests
        .into_iter()
        .map(|test| {
            let nth = seen.entry(suite.requirement(&suite.tests[test])).or_default();
            *nth += 1;
            (*nth, test)
        })
        .collect();
    ranked.sort_by_key(|(nth, test)| (*nth, length(test), *test));
    ranked.into_iter().map(|(_, test)| test).collect()
}
