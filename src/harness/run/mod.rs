//! Runs a suite against an implementation elsewhere, and sees to it that each verdict can be believed.

mod cases;
mod clock;
mod common;
mod diagnosis;
mod gather;
mod known_failing;
mod misread;
mod order;
mod replay;
mod selection;
mod shared;
mod triage;
mod walks;
mod worker;

pub use diagnosis::{Observed, diagnose};
pub use known_failing::{KnownFailing, Unreadable};
pub use selection::Selection;

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use flowspec_runtime::conformance::Regressions;
use flowspec_runtime::machine::Unfit;
use flowspec_runtime::suite::Suite;

use crate::suite::strength::{BOUNDS, Strength, strength};

use super::results::{Header, NotRun, Objection, Results, TestResult};
use super::target::{Address, Breakdown, Connector, Remote};
use cases::Cases;
use gather::Gathered;
use shared::Shared;
use worker::Worker;

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which tests.
    pub selection: Selection,
    /// On how many connections at once.
    pub jobs: usize,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
    /// When the run ends at the latest; the tests that catch most come first then.
    pub budget: Option<Duration>,
    /// How many random walks follow the suite.
    pub walks: u32,
    /// Where these begin.
    pub seed: u64,
    /// What is known to fail.
    pub known_failing: Option<KnownFailing>,
    /// The folder of the sequences that failed before and are tried first.
    pub kept: Option<PathBuf>,
    /// Of all that asked actors can answer, the share in percent that must have been seen where the world is real.
    pub answers: u32,
    /// How long a test may wait by a real clock.
    pub longest_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            jobs: 1,
            fail_fast: false,
            budget: None,
            walks: 0,
            seed: 0,
            known_failing: None,
            kept: None,
            answers: 80,
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// What a run says while it goes on.
pub trait Watch: Sync {
    /// A test ended; so many of all have.
    fn ended(&self, result: &TestResult, done: usize, of: usize);

    /// Something that a person should know, and no report has a place for.
    fn note(&self, note: &str);
}

/// How often an implementation is started again without a test that came to its end.
const RESTARTS: u32 = 5;

/// Runs a suite.
///
/// `header` says what is run; the implementation's name and the seed are filled in here.
///
/// # Errors
/// Where no machine can run the suite's flow, or what was kept cannot be read.
pub fn run(
    suite: &Suite,
    connector: &Connector,
    options: &Options,
    mut header: Header,
    watch: &dyn Watch,
) -> Result<Results, String> {
    let begun = Instant::now();
    let kept = options.kept.as_deref().map(|home| Regressions::new(home, &suite.model.name));
    let cases = Cases::new(suite, options, kept.as_ref()).map_err(|error| error.to_string())?;
    let shared = Shared::new(suite, connector, options, &cases, kept, watch, begun);
    let first = greeted(connector);
    header.seed = Some(options.seed);
    let mut gathered = match first {
        Ok(remote) => {
            header.implementation = remote.about().implementation.to_string();
            let worth = worth_of(suite);
            let gathered = work(&shared, remote)?;
            // Who stopped the run, or gave it so much time, waits for nothing more.
            let hurried = matches!(shared.why_over(), Some(NotRun::Interrupted | NotRun::Budget));
            let patience = if hurried { Duration::ZERO } else { LONGEST_FOR_WORTH };
            if let Ok(Ok(worth)) = worth.recv_timeout(patience) {
                header.faults = Some(gathered.faults(&worth));
            }
            gathered
        }
        Err((breakdown, stderr)) => {
            let mut gathered = Gathered::new(&shared);
            if !stderr.is_empty() {
                watch.note(&format!("it wrote to standard error:\n{}", stderr.trim_end()));
            }
            let why = match &breakdown {
                Breakdown::NotStarted(_) | Breakdown::Interrupted => breakdown.to_string(),
                _ => format!("to `hello`: {breakdown}"),
            };
            gathered.objections.push(Objection::NotStarted(why));
            gathered.rest(&shared, shared.why_left());
            gathered
        }
    };
    gathered.finish(&shared);
    let diagnosis = gathered.diagnosis(&shared);
    let mut results = Results::new(header, gathered.tests(), gathered.coverage);
    results.objections = gathered.objections;
    results.diagnosis = diagnosis;
    if let Some(known) = &options.known_failing {
        known.apply(&mut results, options.selection.is_whole());
    }
    results.conclude(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
    Ok(results)
}

/// How long is waited for what a suite is worth once its tests have run; the report says if that was not measured.
const LONGEST_FOR_WORTH: Duration = Duration::from_secs(10);

/// What a suite is worth, worked out while the implementation answers.
fn worth_of(suite: &Suite) -> mpsc::Receiver<Result<Strength, Unfit>> {
    let (tell, told) = mpsc::channel();
    let suite = suite.clone();
    // Where nobody waits any more, nobody is told.
    thread::spawn(move || drop(tell.send(strength(&suite, BOUNDS))));
    told
}

/// The first connection; who does not answer is tried again, who cannot be started is not.
fn greeted(connector: &Connector) -> Result<Remote, (Breakdown, String)> {
    let mut tries = 0;
    loop {
        tries += 1;
        match connector.connect() {
            Ok(remote) => return Ok(remote),
            Err((breakdown @ (Breakdown::NotStarted(_) | Breakdown::Interrupted), stderr)) => {
                return Err((breakdown, stderr));
            }
            // Each wait for one that hangs is long.
            Err((breakdown @ Breakdown::Timeout { .. }, stderr)) if tries > 1 => {
                return Err((breakdown, stderr));
            }
            Err(failed) if tries > RESTARTS => return Err(failed),
            Err(_) => {}
        }
    }
}

/// All workers at work.
fn work<'a>(shared: &Arc<Shared<'a>>, first: Remote) -> Result<Gathered<'a>, String> {
    let mut first = Worker::new(Arc::clone(shared), Some(first))?;
    first.regressions();
    // Behind a URL there is one universe, however many connections lead to it.
    let jobs =
        if matches!(shared.connector.address, Address::Url(_)) { 1 } else { shared.options.jobs.max(1) };
    let others = (1..jobs).map(|_| Worker::new(Arc::clone(shared), None));
    let others = others.collect::<Result<Vec<_>, _>>()?;
    let mut gathered = thread::scope(|scope| {
        let running: Vec<_> = others.into_iter().map(|worker| scope.spawn(move || worker.work())).collect();
        let mut gathered = first.work();
        for worker in running {
            match worker.join() {
                Ok(part) => gathered.add(part),
                Err(_) => gathered
                    .objections
                    .push(Objection::Inconclusive("a part of the harness failed".to_owned())),
            }
        }
        gathered
    });
    walks::walk(shared, &mut gathered)?;
    gathered.rest(shared, shared.why_left());
    Ok(gathered)
}
