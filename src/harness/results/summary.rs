//! What a run comes to: how many tests ended how, and the exit code.

use serde::{Deserialize, Serialize};

use super::{NotRun, Objection, TestResult, Verdict};

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Footer {
    /// How many tests ended how.
    pub counts: Counts,
    /// How many requirements have only tests that passed, at least one.
    pub requirements_held: usize,
    /// How many requirements have a test that shows that they are not kept.
    pub requirements_failed: usize,
    /// How many requirements neither: their tests did not run, or say nothing.
    pub requirements_open: usize,
    /// How long it took, in microseconds.
    pub microseconds: u64,
    /// What the process ends with.
    pub exit: Exit,
}

/// How many tests ended how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is a verdict")]
pub struct Counts {
    pub tests: usize,
    pub pass: usize,
    pub fail: usize,
    pub undetermined: usize,
    pub timeout: usize,
    pub crash: usize,
    pub protocol_error: usize,
    pub harness_error: usize,
    pub flaky: usize,
    pub order_dependent: usize,
    pub unsupported: usize,
    pub known_failing: usize,
    pub not_run: usize,
}

/// What a run says of the implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It conforms, as far as the suite can tell.
    Conforms,
    /// It does not.
    DoesNotConform,
    /// Nothing can be said, or not as much as was asked for.
    #[default]
    Inconclusive,
    /// It could not be run.
    NotStarted,
    /// It fails sometimes, and nothing fails always.
    Flaky,
}

impl Footer {
    /// What these tests come to.
    pub fn of(tests: &[TestResult], objections: &[Objection], microseconds: u64) -> Self {
        let counts = Counts::of(tests);
        let [held, failed, open] = requirements(tests);
        Self {
            exit: Exit::of(&counts, tests, objections),
            counts,
            requirements_held: held,
            requirements_failed: failed,
            requirements_open: open,
            microseconds,
        }
    }
}

/// How many requirements hold, fail, or are open.
fn requirements(tests: &[TestResult]) -> [usize; 3] {
    let mut worst: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for test in tests {
        let rank = match &test.verdict {
            Verdict::Pass => 0,
            verdict if verdict.is_failure() => 1,
            Verdict::Flaky { .. } | Verdict::KnownFailing { .. } => 1,
            _ => 2,
        };
        // A failure says more than a test that says nothing, and that more than a pass.
        let worse = |known: usize| if known == 1 || rank == 1 { 1 } else { known.max(rank) };
        worst.entry(&test.requirement).and_modify(|known| *known = worse(*known)).or_insert(rank);
    }
    let mut counts = [0; 3];
    worst.into_values().for_each(|rank| counts[rank] += 1);
    counts
}

impl Counts {
    /// Counts tests.
    pub fn of(tests: &[TestResult]) -> Self {
        let mut counts = Self { tests: tests.len(), ..Self::default() };
        for test in tests {
            *counts.of_mut(&test.verdict) += 1;
        }
        counts
    }

    fn of_mut(&mut self, verdict: &Verdict) -> &mut usize {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Undetermined { .. } => &mut self.undetermined,
            Verdict::Timeout { .. } => &mut self.timeout,
            Verdict::Crash { .. } => &mut self.crash,
            Verdict::ProtocolError { .. } => &mut self.protocol_error,
            Verdict::HarnessError { .. } => &mut self.harness_error,
            Verdict::Flaky { .. } => &mut self.flaky,
            Verdict::OrderDependent { .. } => &mut self.order_dependent,
            Verdict::Unsupported { .. } => &mut self.unsupported,
            Verdict::KnownFailing { .. } => &mut self.known_failing,
            Verdict::NotRun { .. } => &mut self.not_run,
        }
    }

    /// The verdicts with how often each came, those that never came left out, as people call them.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, usize)> {
        [
            ("pass", self.pass),
            ("fail", self.fail),
            ("crash", self.crash),
            ("timeout", self.timeout),
            ("protocol error", self.protocol_error),
            ("order-dependent", self.order_dependent),
            ("flaky", self.flaky),
            ("known failing", self.known_failing),
            ("harness error", self.harness_error),
            ("undetermined", self.undetermined),
            ("unsupported", self.unsupported),
            ("not run", self.not_run),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
    }
}

impl Exit {
    /// What these tests say: that something is wrong before that nothing can be said, and that before a pass.
    fn of(counts: &Counts, tests: &[TestResult], objections: &[Objection]) -> Self {
        let objects = |is: fn(&Objection) -> bool| objections.iter().any(is);
        let answered =
            counts.pass + counts.fail + counts.order_dependent + counts.flaky + counts.known_failing;
        let broken = counts.crash + counts.timeout + counts.protocol_error;
        let not_chosen = |why: NotRun| why == NotRun::NotStated;
        let left_out =
            |test: &TestResult| matches!(test.verdict, Verdict::NotRun { why } if !not_chosen(why));
        if objects(|objection| matches!(objection, Objection::NotStarted(_)))
            || (answered == 0 && counts.undetermined == 0 && broken > 0)
        {
            Self::NotStarted
        } else if tests.iter().any(|test| test.verdict.is_failure())
            || objects(|o| matches!(o, Objection::Contradiction { .. } | Objection::KnownFailing(_)))
        {
            Self::DoesNotConform
        } else if counts.flaky > 0 {
            Self::Flaky
        } else if counts.pass == 0
            || counts.harness_error > 0
            || tests.iter().any(left_out)
            || !objections.is_empty()
        {
            Self::Inconclusive
        } else {
            Self::Conforms
        }
    }

    /// The exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::DoesNotConform => 1,
            Self::Inconclusive => 3,
            Self::NotStarted => 4,
            Self::Flaky => 5,
        }
    }

    /// As people say it.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::DoesNotConform => "does not conform",
            Self::Inconclusive => "inconclusive",
            Self::NotStarted => "could not be run",
            Self::Flaky => "flaky",
        }
    }
}
