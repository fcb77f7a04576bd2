//! What came of a run of a suite, as data: whatever ran it fills this in, and every report is made from it alone.
//!
//! Secrets are masked before anything enters here, so that no report can let one out. As JSON lines (`docs/reports.md`)
//! a run can be stored, sent and merged with its other shards.

mod coverage;
mod header;
mod summary;
mod test;

pub use coverage::{Coverage, Edge, Node, Shape, Statement, Way};
pub use header::{FORMAT, Faults, Header, Identification, Method, Shard, Spec, SuiteSize};
pub use summary::{Counts, Exit, Footer};
pub use test::{NotRun, Place, TestResult, Verdict};

use flowspec_runtime::Text;
use serde::{Deserialize, Serialize};

/// Everything that came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// What was run, and what its verdict rests on.
    pub header: Header,
    /// Every test, in the order of the suite; those that did not run, too.
    pub tests: Vec<TestResult>,
    /// Which statements and ways of the flow were seen at work.
    pub coverage: Coverage,
    /// What would explain everything that was observed, where something was looked for and found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
    /// What speaks against the run as a whole, beside its tests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Objection>,
    /// What it comes to. A report without a footer is one of a run that was cut off.
    pub footer: Footer,
}

/// The one faulty variant of the flow, or the pair, that behaves in every test as the implementation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// What is wrong, in a phrase each: `limit wrong_by_login at 6 instead of 5`.
    pub faults: Vec<String>,
    /// The paths of the statements that are not kept, one for each fault.
    pub requirements: Vec<String>,
    /// How many failing tests it explains.
    pub explains: usize,
    /// How many tests were compared, those that passed among them.
    pub compared: usize,
    /// How many other variants explain them as well: they cannot be told apart by what was observed.
    pub others: usize,
    /// Whether it is only what all failures have in common: no fault was found that explains the other tests as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub common: bool,
}

/// Something that speaks against a run as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// No one value of each choice that the spec leaves open explains these tests together.
    Contradiction {
        /// The names of the choices.
        choices: Vec<Text>,
        /// The tests that contradict one another.
        tests: Vec<Text>,
    },
    /// An entry of the list of known failures that passes, matches nothing or has expired.
    KnownFailing(String),
    /// What keeps the run from saying anything: strength that was asked for and not reached, answers never seen.
    Inconclusive(String),
    /// The implementation could not be run at all.
    NotStarted(String),
    /// Shards that a merged report lacks.
    MissingShards(Vec<u32>),
}

impl Results {
    /// Puts together what was run; counts, coverage and exit code follow from it.
    pub fn new(header: Header, tests: Vec<TestResult>, coverage: Coverage) -> Self {
        let mut results = Self {
            header,
            tests,
            coverage,
            diagnosis: None,
            objections: Vec::new(),
            footer: Footer::default(),
        };
        results.conclude(0);
        results
    }

    /// Works out the footer; to be called once more after tests, objections or the time taken have changed.
    pub fn conclude(&mut self, microseconds: u64) {
        self.footer = Footer::of(&self.tests, &self.objections, microseconds);
    }

    /// A test by its identifier.
    pub fn test(&self, id: &str) -> Option<&TestResult> {
        self.tests.iter().find(|test| test.id == id)
    }

    /// The columns of the places, from the texts of the spec's files; a statement is the first thing on its line.
    pub fn locate<'t>(&mut self, text: impl Fn(&str) -> Option<&'t str>) {
        for place in self.tests.iter_mut().map(|test| &mut test.place) {
            let line = text(&place.file).and_then(|text| text.lines().nth(place.line.max(1) as usize - 1));
            place.column = line.map(column);
        }
    }
}

/// Where the first sign of a line stands, from 1.
fn column(line: &str) -> u32 {
    let blanks = line.chars().take_while(|sign| sign.is_whitespace()).count();
    u32::try_from(blanks).map_or(1, |blanks| blanks + 1)
}
