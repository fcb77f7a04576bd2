//! Runs tests over one connection, which it makes anew where it breaks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flowspec_runtime::Rows;
use flowspec_runtime::conformance::{End, Oracle, Play, Secrets, Shown};
use flowspec_runtime::protocol::{Clock, World};
use flowspec_runtime::suite::Step;

use super::cases::Case;
use super::diagnosis::Observed;
use super::gather::Gathered;
use super::shared::Shared;
use super::triage::Finding;
use super::{RESTARTS, clock};
use crate::harness::results::{TestResult, Verdict};
use crate::harness::target::{Breakdown, Foreseen, Remote};

/// How many tests are foreseen at once where the implementation takes several requests at once.
const BATCH: usize = 64;

/// One connection and what was found over it.
pub(super) struct Worker<'a> {
    pub(super) shared: Arc<Shared<'a>>,
    pub(super) oracle: Oracle,
    remote: Option<Remote>,
    /// Whether requests are sent at once; not any more once that broke.
    batches: bool,
    /// The tests that were run over this connection, as indices into the suite.
    pub(super) history: Vec<usize>,
    /// How often in a row the connection broke before a test came to its end.
    restarts: u32,
    /// With a real clock: how many milliseconds of the flow pass in one.
    scale: Option<u32>,
    /// Whether a failure is being looked into.
    confirming: bool,
    /// Whether what it wrote to standard error was spoken of.
    flooded: bool,
    found: Gathered<'a>,
}

/// One run of a sequence.
pub(super) struct Attempt {
    pub(super) play: Play,
    /// What broke meanwhile, or was found broken at its end.
    pub(super) breakdown: Option<Breakdown>,
    pub(super) stderr: String,
    /// The tests that were run before over the same connection, where it broke.
    pub(super) before: Vec<usize>,
}

impl Attempt {
    /// One that came to nothing.
    fn broken(breakdown: Breakdown) -> Self {
        let play = Play { lines: Vec::new(), end: End::Broken };
        Self { play, breakdown: Some(breakdown), stderr: String::new(), before: Vec::new() }
    }
}

/// So much on standard error is a flood.
const FLOOD: u64 = 4 * 1024 * 1024;

impl<'a> Worker<'a> {
    pub(super) fn new(shared: Arc<Shared<'a>>, remote: Option<Remote>) -> Result<Self, String> {
        let oracle = Oracle::new(Arc::clone(&shared.suite.model)).map_err(|unfit| unfit.to_string())?;
        let found = Gathered::new(&shared);
        let mut worker = Self {
            shared,
            oracle,
            remote: None,
            batches: true,
            history: Vec::new(),
            restarts: 0,
            scale: None,
            confirming: false,
            flooded: false,
            found,
        };
        if let Some(remote) = remote {
            worker.connected(remote);
        }
        Ok(worker)
    }

    /// Runs what failed before.
    pub(super) fn regressions(&mut self) {
        let shared = Arc::clone(&self.shared);
        for (test, kept) in &shared.cases.kept {
            if shared.why_over().is_some() {
                return;
            }
            let result = self.run(Case::of(test, &kept.rows, &kept.steps), None);
            // The spec may have changed so much that a sequence means nothing any more.
            self.found.kept.push(result);
        }
    }

    /// Runs tests of the suite until there are none left, or the run is to end.
    pub(super) fn work(mut self) -> Gathered<'a> {
        let shared = Arc::clone(&self.shared);
        loop {
            let most = if self.takes_batches() { BATCH } else { 1 };
            let tests = shared.take(most);
            if tests.is_empty() {
                break;
            }
            self.foresee(tests);
            for &at in tests {
                if shared.why_over().is_some() {
                    break;
                }
                let result = self.run(shared.cases.of_suite(at), Some(at));
                self.found.of_suite.insert(at, result);
            }
        }
        self.end()
    }

    /// Takes leave of the implementation.
    fn end(mut self) -> Gathered<'a> {
        if let Some(remote) = self.remote.take()
            && !self.shared.connector.stop.is_wanted()
            && let Err(breakdown) = remote.end()
        {
            self.shared.watch.note(&format!("at the end of the run: {breakdown}"));
        }
        self.found
    }

    /// Runs a test, looks into what fails, and says what came of it.
    fn run(&mut self, case: Case<'a>, at: Option<usize>) -> TestResult {
        let begun = Instant::now();
        let steps = case.steps(self.sessions());
        let mut result = TestResult::new(self.shared.suite, case.test, Verdict::Pass);
        if let Some(what) = self.waits_too_long(&steps) {
            result.verdict = Verdict::Unsupported { what };
            self.shared.ended(&result);
            return result;
        }
        if let Some(remote) = &mut self.remote {
            remote.take_up(at);
        }
        let first = self.attempt(case.rows, &steps);
        if let Some(remote) = &mut self.remote {
            // What is left of a test that ended early is of no use any more.
            remote.take_up(None);
        }
        if first.breakdown.is_none() {
            self.found.coverage.add(self.oracle.used());
            if let (Some(at), End::Passed | End::Undetermined(_)) = (at, &first.play.end) {
                self.found.explained.insert(at, self.oracle.explained());
            }
        }
        self.note_answers(&first.play);
        if let (Some(at), None) = (at, &first.breakdown) {
            let requirement = self.shared.suite.requirement(case.test);
            let (rows, steps, play) = (case.rows, steps.clone(), first.play.clone());
            self.found.observed.insert(at, Observed { rows, steps, play, requirement });
        }
        let secrets = (first.breakdown.is_some() || first.play.end != End::Passed).then(|| {
            let owned: Vec<Step> = steps.iter().map(|step| (*step).clone()).collect();
            Secrets::of(&self.shared.suite.model, case.rows, &owned, &first.play)
        });
        let stderr = first.stderr.clone();
        let finding = self.judge(case, &steps, first);
        result.verdict = finding.verdict;
        result.failure = finding.failure;
        if let Some(secrets) = secrets {
            result.stderr = stderr;
            result.mask(&secrets);
        }
        result.microseconds = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let (Some(at), Some(_)) = (at, &self.remote) {
            self.history.push(at);
        }
        self.shared.ended(&result);
        result
    }

    fn judge(&mut self, case: Case<'a>, steps: &[&'a Step], first: Attempt) -> Finding {
        let model = &self.shared.suite.model;
        match (&first.breakdown, &first.play.end) {
            (Some(Breakdown::Interrupted), _) => Finding::interrupted(),
            (None, End::Passed) => Finding::of(Verdict::Pass),
            (None, End::Undetermined(by)) => {
                let by = by.map(|element| model.element(element).path.clone());
                Finding::of(Verdict::Undetermined { by })
            }
            (None, End::Unsupported(what)) => Finding::of(Verdict::Unsupported { what: (*what).to_owned() }),
            (None, End::Invalid(fault)) => {
                let message = format!("the test asks what cannot be asked: {fault}");
                Finding::of(Verdict::HarnessError { message })
            }
            (Some(Breakdown::Harness(message)), _) => {
                Finding::of(Verdict::HarnessError { message: message.clone() })
            }
            _ => self.triage(case, steps, first),
        }
    }

    /// Plays a sequence over the connection, which is made first where there is none.
    pub(super) fn attempt(&mut self, rows: &Rows, steps: &[&Step]) -> Attempt {
        if let Err((breakdown, stderr)) = self.connect() {
            self.broke(&breakdown);
            return Attempt { stderr, ..Attempt::broken(breakdown) };
        }
        let Some(remote) = &mut self.remote else {
            return Attempt::broken(Breakdown::Harness("no connection".to_owned()));
        };
        let among = self.oracle.every_combination();
        let mut play = Play::on(&mut self.oracle, remote, rows, among, steps.iter().copied());
        // Who is dead by now has not passed, whatever it said before.
        remote.check();
        let (breakdown, stderr) = (remote.broken().cloned(), remote.stderr());
        if breakdown.is_none() && self.scale.is_some() {
            play.end = clock::judge(&mut self.oracle, rows, steps, &play, remote.instants());
        }
        self.note_flood();
        let before = match &breakdown {
            Some(breakdown) => self.broke(breakdown),
            None => {
                self.restarts = 0;
                Vec::new()
            }
        };
        Attempt { play, breakdown, stderr, before }
    }

    /// Ends the connection, whatever state it is in.
    pub(super) fn hang_up(&mut self) {
        self.history.clear();
        self.remote = None;
    }

    /// Runs something that may break what was about to be confirmed, which is no misfortune of its own.
    pub(super) fn unblamed<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let restarts = self.restarts;
        self.confirming = true;
        let ran = run(self);
        self.confirming = false;
        self.restarts = self.restarts.min(restarts);
        ran
    }

    /// The connection broke; what was run over it before is given back.
    fn broke(&mut self, breakdown: &Breakdown) -> Vec<usize> {
        let before = std::mem::take(&mut self.history);
        self.hang_up();
        if self.confirming {
            return before;
        }
        self.restarts += 1;
        if self.restarts >= RESTARTS && *breakdown != Breakdown::Interrupted {
            self.shared.give_up();
        }
        before
    }

    fn connect(&mut self) -> Result<(), (Breakdown, String)> {
        if self.remote.is_none() {
            let remote = self.shared.connector.connect()?;
            self.connected(remote);
        }
        Ok(())
    }

    fn connected(&mut self, remote: Remote) {
        if remote.about().clock == Clock::Real {
            self.scale = Some(remote.about().scale);
            self.found.real = true;
        }
        if remote.about().world == World::Reported {
            self.oracle.follow_reports();
            self.found.reported = true;
        }
        // Each connection says the same; the first is made before anything is run.
        let _ = self.shared.sessions.set(remote.about().sessions as usize);
        self.remote = Some(remote);
        self.history.clear();
    }

    /// What a test needs that waits longer by a real clock than anybody wants to.
    fn waits_too_long(&self, steps: &[&Step]) -> Option<String> {
        let scale = u64::from(self.scale?);
        let last = steps.iter().filter_map(|step| step.at()).max().unwrap_or(0);
        let longest = self.shared.options.longest_wait;
        let waits = Duration::from_millis(u64::try_from(last).unwrap_or(0) / scale.max(1));
        (waits > longest).then(|| format!("a wait of more than {} s by a real clock", longest.as_secs()))
    }

    /// How many sessions can be open at once.
    pub(super) fn sessions(&self) -> usize {
        self.shared.sessions.get().copied().unwrap_or(usize::MAX)
    }

    fn takes_batches(&self) -> bool {
        self.batches && self.remote.as_ref().is_some_and(|remote| remote.about().batch)
    }

    /// Sends what tests will ask for at once. What breaks then is nobody's yet: the tests are run one by one, and whoever
    /// breaks it again is named.
    fn foresee(&mut self, tests: &[usize]) {
        if !self.takes_batches() || tests.len() < 2 {
            return;
        }
        let most = self.sessions();
        let foreseen = tests.iter().map(|&number| {
            let case = self.shared.cases.of_suite(number);
            Foreseen { number, rows: case.rows, steps: case.steps(most) }
        });
        let cases: Vec<_> = foreseen.collect();
        if let Some(remote) = &mut self.remote
            && remote.foresee(&cases).is_err()
        {
            self.hang_up();
            self.batches = false;
        }
    }

    fn note_answers(&mut self, play: &Play) {
        for line in &play.lines {
            if let Shown::Observation(seen) = &line.seen {
                let answers = seen.answers.iter();
                self.found.answers.extend(answers.map(|said| (said.actor.clone(), said.answer.clone())));
            }
        }
    }

    fn note_flood(&mut self) {
        let bytes = self.remote.as_ref().map_or(0, Remote::stderr_bytes);
        if bytes > FLOOD && !self.flooded {
            self.flooded = true;
            let megabytes = bytes / (1024 * 1024);
            self.shared.watch.note(&format!(
                "a flood on standard error: more than {megabytes} MiB so far; the last 64 KiB are kept"
            ));
        }
    }
}
