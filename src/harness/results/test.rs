//! What came of one test.

use flowspec_runtime::Text;
use flowspec_runtime::conformance::{Secrets, Sequence};
use flowspec_runtime::model::{ElementId, Model, Provenance};
use flowspec_runtime::suite::{Section, Suite, Test};
use serde::{Deserialize, Serialize};

/// One test, with what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// The test's identifier, which stays the same while what is tested is called the same.
    pub id: Text,
    /// The section of the suite.
    pub section: Section,
    /// What is tried, in a few words.
    pub title: String,
    /// The path of the statement that names it.
    pub requirement: String,
    /// That statement, as it is written.
    #[serde(default)]
    pub source: String,
    /// Where that statement stands.
    pub place: Place,
    /// The facts and assumptions that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Text>,
    /// The weakest mark among what the test uses.
    pub provenance: Provenance,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The shortest sequence that shows it, where something was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Sequence>,
    /// How long it took, in microseconds.
    #[serde(default)]
    pub microseconds: u64,
    /// The end of what the implementation wrote to standard error meanwhile, secrets masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stderr: String,
}

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, relative to where the compiler ran.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// What came of a test. They stay apart: only `Pass` says that the implementation did what the spec demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The implementation did what the spec allows.
    Pass,
    /// It did not.
    Fail,
    /// The spec is silent on what happened.
    Undetermined {
        /// The path of the statement that says so, if one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// It did not answer in time.
    Timeout {
        /// How long was waited, in milliseconds.
        after: u64,
    },
    /// It ended.
    Crash {
        /// How: its exit status, or its last words.
        message: String,
    },
    /// What it answered is not what the protocol says.
    ProtocolError {
        /// What is wrong with it.
        message: String,
    },
    /// The harness could not do its part.
    HarnessError {
        /// Why.
        message: String,
    },
    /// It fails sometimes.
    Flaky {
        /// In how many runs it failed.
        failed: u32,
        /// Out of how many.
        runs: u32,
    },
    /// It fails only after other tests.
    OrderDependent {
        /// The tests that spoil it, the fewest that were found.
        after: Vec<Text>,
    },
    /// The implementation says that it cannot do what the test needs.
    Unsupported {
        /// What that is.
        what: String,
    },
    /// It fails, and is known to.
    KnownFailing {
        /// Why that is borne.
        reason: String,
        /// Where it is followed up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issue: Option<String>,
        /// Until when it is borne, as `2026-12-31`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<String>,
    },
    /// It did not run.
    NotRun {
        /// Why.
        why: NotRun,
    },
}

/// Why a test did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotRun {
    /// Time was up.
    Budget,
    /// A test before it failed, and the run was to end there.
    FailFast,
    /// The implementation ended too often in a row.
    Restarts,
    /// Somebody stopped the run.
    Interrupted,
    /// It stands on an assumption, and only what is stated was to be run.
    NotStated,
    /// It belongs to a shard whose results are missing.
    MissingShard,
}

impl TestResult {
    /// A test of a suite with what came of it; the rest is filled in where there is something to say.
    pub fn new(suite: &Suite, test: &Test, verdict: Verdict) -> Self {
        let requirement = suite.requirement(test);
        let element = suite.model.element(requirement);
        Self {
            id: test.id.clone(),
            section: test.section,
            title: test.title.clone(),
            requirement: element.path.clone(),
            source: element.source.clone(),
            place: Place::of(&suite.model, requirement),
            facts: flowspec_runtime::conformance::marks_of(&suite.model, requirement),
            provenance: test.provenance,
            verdict,
            failure: None,
            microseconds: 0,
            stderr: String::new(),
        }
    }
}

impl TestResult {
    /// Masks secrets in what the implementation wrote or said; a sequence has none.
    pub fn mask(&mut self, secrets: &Secrets) {
        self.stderr = secrets.mask(&self.stderr);
        match &mut self.verdict {
            Verdict::Crash { message }
            | Verdict::ProtocolError { message }
            | Verdict::HarnessError { message }
            | Verdict::Unsupported { what: message } => *message = secrets.mask(message),
            _ => {}
        }
    }
}

impl Place {
    /// Where a statement stands; the column is left open.
    pub fn of(model: &Model, element: ElementId) -> Self {
        let element = model.element(element);
        let file = model.files.get(usize::from(element.file)).map_or("", Text::as_str);
        Self { file: file.to_owned(), line: element.line, column: None }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

impl Verdict {
    /// As people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undetermined { .. } => "undetermined",
            Self::Timeout { .. } => "timeout",
            Self::Crash { .. } => "crash",
            Self::ProtocolError { .. } => "protocol error",
            Self::HarnessError { .. } => "harness error",
            Self::Flaky { .. } => "flaky",
            Self::OrderDependent { .. } => "order-dependent",
            Self::Unsupported { .. } => "unsupported",
            Self::KnownFailing { .. } => "known failing",
            Self::NotRun { .. } => "not run",
        }
    }

    /// Whether it shows that the implementation does not do what the spec demands.
    pub fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::Fail
                | Self::Timeout { .. }
                | Self::Crash { .. }
                | Self::ProtocolError { .. }
                | Self::OrderDependent { .. }
        )
    }
}

impl NotRun {
    /// As people say it.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Budget => "the time was up",
            Self::FailFast => "a test before it failed",
            Self::Restarts => "the implementation ended too often",
            Self::Interrupted => "the run was stopped",
            Self::NotStated => "it stands on an assumption",
            Self::MissingShard => "its shard is missing",
        }
    }
}
