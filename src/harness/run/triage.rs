//! Looks into what fails: whether it fails always, sometimes, or only after other tests, and what the least is that shows it.

use std::time::{Duration, Instant};

use flowspec_runtime::Rows;
use flowspec_runtime::conformance::{About, End, Failure, Play, Sequence, shrink};
use flowspec_runtime::suite::Step;

use super::cases::Case;
use super::worker::{Attempt, Worker};
use crate::harness::results::{NotRun, Verdict};
use crate::harness::target::Breakdown;

/// How often a failing test is run again at first.
const AGAIN: usize = 3;
/// How often one that fails sometimes is run in all.
const RUNS: usize = 10;
/// How long a failing sequence is shortened.
const SHRINKING: Duration = Duration::from_secs(5);
/// How long is looked for the tests that spoil another one.
const SPOILING: Duration = Duration::from_secs(4);

/// What came of a test that was looked into.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) failure: Option<Sequence>,
}

impl Finding {
    pub(super) fn of(verdict: Verdict) -> Self {
        Self { verdict, failure: None }
    }

    pub(super) fn interrupted() -> Self {
        Self::of(Verdict::NotRun { why: NotRun::Interrupted })
    }
}

/// How a sequence fails, as far as runs of it are taken for the same failure.
#[derive(Clone)]
enum Symptom {
    /// It does what the spec does not allow.
    Wrong,
    /// It breaks.
    Broken(Breakdown),
}

impl Symptom {
    fn shows(&self, attempt: &Attempt) -> bool {
        match (self, &attempt.breakdown) {
            (Self::Wrong, None) => attempt.play.has_failed(),
            (Self::Broken(one), Some(other)) => one.is_like(other),
            _ => false,
        }
    }
}

impl<'a> Worker<'a> {
    /// Looks into a test that failed or broke.
    pub(super) fn triage(&mut self, case: Case<'a>, steps: &[&'a Step], first: Attempt) -> Finding {
        let begun = Instant::now();
        let finding = self.unblamed(|worker| worker.look_into(case, steps, first));
        self.shared.looked(begun);
        finding
    }

    fn look_into(&mut self, case: Case<'a>, steps: &[&'a Step], first: Attempt) -> Finding {
        let looks = self.shared.may_look(self.shared.suite.requirement(case.test));
        let symptom = first.breakdown.clone().map_or(Symptom::Wrong, Symptom::Broken);
        let before = if first.breakdown.is_some() { first.before.clone() } else { self.history.clone() };
        let failed = self.again(case.rows, steps, &symptom, looks);
        match failed.iter().filter(|failed| **failed).count() {
            count if count == failed.len() => self.always(case, steps, first, &symptom, looks),
            0 if looks && self.fails_after(&before, case.rows, steps, &symptom) => {
                let after = self.spoilers(before, case.rows, steps, &symptom);
                let after = after.iter().map(|&at| self.shared.suite.tests[at].id.clone()).collect();
                self.found(Verdict::OrderDependent { after }, case, steps, first)
            }
            // It fails only after itself.
            _ if failed == [false, true, true] => {
                self.found(Verdict::OrderDependent { after: vec![case.test.id.clone()] }, case, steps, first)
            }
            count => self.sometimes(count, failed.len(), case, steps, first, &symptom),
        }
    }

    /// Runs a failing test again: over a new connection where there is time for that.
    fn again(&mut self, rows: &Rows, steps: &[&Step], symptom: &Symptom, looks: bool) -> Vec<bool> {
        if looks {
            self.hang_up();
        }
        // What breaks is costly to run again, and once alone is enough to confirm it.
        let runs = if looks && matches!(symptom, Symptom::Wrong) { AGAIN } else { 1 };
        (0..runs).map(|_| self.try_again(rows, steps, symptom)).collect()
    }

    /// Whether it fails again.
    fn try_again(&mut self, rows: &Rows, steps: &[&Step], symptom: &Symptom) -> bool {
        symptom.shows(&self.attempt(rows, steps))
    }

    /// It fails each time: the shortest sequence is shown, and kept.
    fn always(
        &mut self,
        case: Case<'a>,
        steps: &[&'a Step],
        first: Attempt,
        symptom: &Symptom,
        looks: bool,
    ) -> Finding {
        if let Symptom::Broken(breakdown) = symptom {
            return self.found(broken(breakdown), case, steps, first);
        }
        let owned: Vec<Step> = steps.iter().map(|step| (*step).clone()).collect();
        let model = std::sync::Arc::clone(&self.shared.suite.model);
        let (mut rows, mut fewest) =
            (case.rows.clone(), owned[..first.play.lines.len().min(owned.len())].to_vec());
        if looks {
            let until = Instant::now() + SHRINKING;
            (rows, fewest) = shrink(&model, case.rows, &owned, &first.play, &mut |rows, steps| {
                let over = Instant::now() >= until || self.shared.connector.stop.is_wanted();
                let steps: Vec<_> = steps.iter().collect();
                if over {
                    Play { lines: Vec::new(), end: End::Passed }
                } else {
                    self.attempt(rows, &steps).play
                }
            });
        }
        let again: Vec<_> = fewest.iter().collect();
        let mut attempt = self.attempt(&rows, &again);
        if !symptom.shows(&attempt) {
            (rows, fewest, attempt) = (case.rows.clone(), owned, first);
        }
        let again: Vec<_> = fewest.iter().collect();
        let runs = if looks { AGAIN } else { 1 };
        let failed = (0..runs).filter(|_| self.try_again(&rows, &again, symptom)).count();
        let failure = self.failure(case, rows, fewest, attempt.play, (failed, runs));
        if looks {
            self.keep(&failure);
        }
        Finding { verdict: Verdict::Fail, failure: Some(Sequence::of(&model, &failure)) }
    }

    /// It fails sometimes: how often, is counted.
    fn sometimes(
        &mut self,
        mut failed: usize,
        mut runs: usize,
        case: Case<'a>,
        steps: &[&'a Step],
        first: Attempt,
        symptom: &Symptom,
    ) -> Finding {
        // The first run failed, too.
        (failed, runs) = (failed + 1, runs + 1);
        let slow = matches!(symptom, Symptom::Broken(Breakdown::Timeout { .. }));
        while runs < RUNS && !slow && !self.shared.connector.stop.is_wanted() {
            failed += usize::from(self.try_again(case.rows, steps, symptom));
            runs += 1;
        }
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let verdict = Verdict::Flaky { failed: count(failed), runs: count(runs) };
        let mut finding = self.found(verdict, case, steps, first);
        if let Some(failure) = &mut finding.failure {
            (failure.failed, failure.runs) = (count(failed), count(runs));
        }
        finding
    }

    /// Whether a test fails over a new connection after these.
    fn fails_after(&mut self, before: &[usize], rows: &Rows, steps: &[&Step], symptom: &Symptom) -> bool {
        if before.is_empty() {
            return false;
        }
        self.hang_up();
        let shared = std::sync::Arc::clone(&self.shared);
        for &at in before {
            let case = shared.cases.of_suite(at);
            if self.attempt(case.rows, &case.steps(self.sessions())).breakdown.is_some() {
                return false;
            }
        }
        self.try_again(rows, steps, symptom)
    }

    /// The fewest of the tests before it that were found to spoil a test: parts are left out while it still fails.
    fn spoilers(&mut self, all: Vec<usize>, rows: &Rows, steps: &[&Step], symptom: &Symptom) -> Vec<usize> {
        let until = Instant::now() + SPOILING;
        let mut tests = all;
        let mut size = tests.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < tests.len() && tests.len() > 1 {
                if Instant::now() >= until || self.shared.connector.stop.is_wanted() {
                    return tests;
                }
                let end = (at + size).min(tests.len());
                let fewer = [&tests[..at], &tests[end..]].concat();
                if self.fails_after(&fewer, rows, steps, symptom) {
                    tests = fewer;
                } else {
                    at = end;
                }
            }
            size /= 2;
        }
        tests
    }

    /// A verdict with the sequence as it was seen first.
    fn found(&self, verdict: Verdict, case: Case<'a>, steps: &[&'a Step], first: Attempt) -> Finding {
        let owned = steps.iter().map(|step| (*step).clone()).collect();
        let breakdown = first.breakdown;
        let failure = self.failure(case, case.rows.clone(), owned, first.play, (1, 1));
        let mut sequence = Sequence::of(&self.shared.suite.model, &failure);
        if let Some(breakdown) = breakdown {
            sequence.sentence = format!("It must answer. {}.", sentence(&breakdown));
        }
        Finding { verdict, failure: Some(sequence) }
    }

    fn failure(
        &self,
        case: Case,
        rows: Rows,
        steps: Vec<Step>,
        play: Play,
        (failed, runs): (usize, usize),
    ) -> Failure {
        let about = About {
            id: case.test.id.clone(),
            section: case.test.section,
            title: case.test.title.clone(),
            requirement: self.shared.suite.requirement(case.test),
        };
        let provenance = self.oracle.provenance().max(case.test.provenance);
        Failure { about, rows, steps, play, provenance, failed, runs }
    }

    /// Keeps what failed, so that it is tried first from now on.
    fn keep(&self, failure: &Failure) {
        let Some(kept) = &self.shared.kept else { return };
        if let Err(error) = failure.keep(&self.shared.suite.model, kept) {
            self.shared.watch.note(&format!("{}: {error}", kept.path().display()));
        }
    }
}

/// The verdict on what broke.
pub(super) fn broken(breakdown: &Breakdown) -> Verdict {
    let message = breakdown.to_string();
    match breakdown {
        Breakdown::Timeout { after, .. } => {
            Verdict::Timeout { after: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) }
        }
        Breakdown::NotStarted(_) | Breakdown::Exited(_) | Breakdown::ClosedStdout => {
            Verdict::Crash { message }
        }
        Breakdown::Harness(_) => Verdict::HarnessError { message },
        Breakdown::Interrupted => Verdict::NotRun { why: NotRun::Interrupted },
        _ => Verdict::ProtocolError { message },
    }
}

fn sentence(breakdown: &Breakdown) -> String {
    let text = breakdown.to_string();
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}
