//! What the workers of a run share: which case is next, and whether the run goes on.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use flowspec_runtime::conformance::Regressions;
use flowspec_runtime::model::ElementId;
use flowspec_runtime::suite::Suite;

use super::cases::Cases;
use super::{Options, Watch};
use crate::harness::results::{NotRun, TestResult};
use crate::harness::target::Connector;

/// How many failures are looked into, each of another requirement.
const MOST: usize = 10;
/// How long failures are looked into in all; after that, they are only run again.
const TRIAGE: Duration = Duration::from_secs(30);

/// What the workers share.
pub(super) struct Shared<'a> {
    pub(super) suite: &'a Suite,
    pub(super) connector: &'a Connector,
    pub(super) options: &'a Options,
    pub(super) cases: &'a Cases<'a>,
    pub(super) kept: Option<Regressions>,
    pub(super) watch: &'a dyn Watch,
    /// How many sessions of the implementation can be open at once.
    pub(super) sessions: OnceLock<usize>,
    until: Option<Instant>,
    next: AtomicUsize,
    done: AtomicUsize,
    failed: AtomicBool,
    gave_up: AtomicBool,
    /// Milliseconds spent on looking into failures.
    triage: AtomicU64,
    /// The requirements of which a failure was looked into.
    looked_into: Mutex<BTreeSet<ElementId>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        suite: &'a Suite,
        connector: &'a Connector,
        options: &'a Options,
        cases: &'a Cases<'a>,
        kept: Option<Regressions>,
        watch: &'a dyn Watch,
        begun: Instant,
    ) -> Arc<Self> {
        Arc::new(Self {
            suite,
            connector,
            options,
            cases,
            kept,
            watch,
            sessions: OnceLock::new(),
            until: options.budget.map(|budget| begun + budget),
            next: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            gave_up: AtomicBool::new(false),
            triage: AtomicU64::new(0),
            looked_into: Mutex::default(),
        })
    }

    /// The next so many chosen tests; none where the run is to end.
    pub(super) fn take(&self, most: usize) -> &'a [usize] {
        if self.why_over().is_some() {
            return &[];
        }
        let chosen = &self.cases.chosen;
        let from = self.next.fetch_add(most, Ordering::Relaxed).min(chosen.len());
        &chosen[from..(from + most).min(chosen.len())]
    }

    /// Why the run is to end now, if it is.
    pub(super) fn why_over(&self) -> Option<NotRun> {
        if self.connector.stop.is_wanted() {
            Some(NotRun::Interrupted)
        } else if self.gave_up.load(Ordering::Relaxed) {
            Some(NotRun::Restarts)
        } else if self.options.fail_fast && self.failed.load(Ordering::Relaxed) {
            Some(NotRun::FailFast)
        } else if self.until.is_some_and(|until| Instant::now() >= until) {
            Some(NotRun::Budget)
        } else {
            None
        }
    }

    /// Why a test was left that nobody ran.
    pub(super) fn why_left(&self) -> NotRun {
        self.why_over().unwrap_or(NotRun::Restarts)
    }

    /// The implementation ends too often.
    pub(super) fn give_up(&self) {
        self.gave_up.store(true, Ordering::Relaxed);
    }

    /// A test has its verdict.
    pub(super) fn ended(&self, result: &TestResult) {
        if result.verdict.is_failure() {
            self.failed.store(true, Ordering::Relaxed);
        }
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.watch.ended(result, done, self.cases.len());
    }

    /// Whether a failure of a requirement is worth more than to be run again: the first is, while there are not many and
    /// there is time.
    pub(super) fn may_look(&self, requirement: ElementId) -> bool {
        let in_time = self.triage.load(Ordering::Relaxed) < TRIAGE.as_millis() as u64;
        let Ok(mut looked_into) = self.looked_into.lock() else { return false };
        in_time
            && !self.connector.stop.is_wanted()
            && looked_into.len() < MOST
            && looked_into.insert(requirement)
    }

    /// Time was spent on it.
    pub(super) fn looked(&self, since: Instant) {
        let spent = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.triage.fetch_add(spent, Ordering::Relaxed);
    }
}
