//! Looks an adapter over before the implementation behind it is blamed: each finding says what was seen, and its mend.

mod examination;

use flowspec_runtime::protocol::Ask;
use flowspec_runtime::suite::Suite;

use super::target::Connector;
use examination::Examination;

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it is.
    pub grade: Grade,
    /// What was looked at, in a word or two.
    pub what: &'static str,
    /// What was seen.
    pub seen: String,
    /// What to do about it; empty where there is nothing to do.
    pub mend: &'static str,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Well,
    /// It works, and could do more.
    Note,
    /// Tests would end in errors for it, and not for what is tested.
    Ill,
}

/// Looks over an adapter. With the suite of a flow, sessions are opened as its tests open them.
pub fn examine(connector: &Connector, suite: Option<&Suite>) -> Vec<Finding> {
    let mut examination = match Examination::begin(connector) {
        Ok(examination) => examination,
        Err(findings) => return findings,
    };
    examination.first_universe(suite);
    examination.unknown_request();
    examination.ids();
    examination.several_sessions();
    examination.clock();
    examination.batch();
    examination.speed();
    examination.end()
}

/// How a test begins: the rows of its universe, and its first session.
fn beginning(suite: Option<&Suite>) -> (Ask, Ask) {
    use flowspec_runtime::suite::{Step, Term};
    use flowspec_runtime::{Fields, Rows};
    let test = suite.and_then(|suite| suite.tests.first().map(|test| (suite, test)));
    let rows = test.map_or_else(Rows::new, |(suite, test)| suite.rows[test.rows as usize].clone());
    let first = test.and_then(|(suite, test)| suite.steps(test).first().copied().cloned());
    let given: Fields = match first {
        Some(Step::Open { given, .. }) => given
            .into_iter()
            .filter_map(|(name, term)| match term {
                Term::Value(value) => Some((name, value)),
                Term::Seen(_) => None,
            })
            .collect(),
        _ => Fields::default(),
    };
    let reset = Ask::Reset { rows, choices: Fields::default() };
    (reset, Ask::Open { session: "a".into(), at: 0, given, chosen: None })
}
