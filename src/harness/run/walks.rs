//! Random walks after the suite: what no test was derived for.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use flowspec_runtime::conformance::{Engine, Lapse, Outcome, Sequence, Target, Walks};
use flowspec_runtime::model::Provenance;
use flowspec_runtime::suite::{Section, Test};
use flowspec_runtime::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Time, Unsupported, Value,
};
use proptest::test_runner::{Config, RngSeed};

use super::gather::Gathered;
use super::shared::Shared;
use crate::harness::results::{TestResult, Verdict};
use crate::harness::target::{Connector, Remote};

/// How long walks take at most.
const LONGEST: Duration = Duration::from_secs(20);

/// Walks, where the run asks for it and goes on.
pub(super) fn walk(shared: &Shared, gathered: &mut Gathered) -> Result<(), String> {
    let options = shared.options;
    if options.walks == 0 || shared.why_over().is_some() || gathered.reported || gathered.real {
        return Ok(());
    }
    let begun = Instant::now();
    let make = || Box::new(Walked::new(shared.connector, begun + LONGEST)) as Box<dyn Implementation>;
    let mut engine = Engine::new(shared.suite, &make).map_err(|unfit| unfit.to_string())?;
    let rng_seed = RngSeed::Fixed(options.seed);
    let config = Config { cases: options.walks, rng_seed, failure_persistence: None, ..Config::default() };
    let walks = Walks { config, ..Walks::default() };
    let (walked, outcome) = walks.run(&mut engine).map_err(|unfit| unfit.to_string())?;
    let model = &shared.suite.model;
    let mut test = Test {
        id: format!("walk-{}", options.seed).into(),
        section: Section::Walk,
        title: format!("{} random walks", options.walks),
        requirements: vec![model.element],
        provenance: Provenance::Assumed,
        why: String::new(),
        rows: 0,
        leaf: 0,
    };
    let (verdict, failure) = match &outcome {
        Outcome::Pass if walked.events == 0 => {
            (Verdict::Unsupported { what: "random walks".to_owned() }, None)
        }
        Outcome::Pass => (Verdict::Pass, None),
        Outcome::Undetermined(_) => (Verdict::Undetermined { by: None }, None),
        Outcome::Unsupported(what) => (Verdict::Unsupported { what: (*what).to_owned() }, None),
        Outcome::Invalid(fault) => (Verdict::HarnessError { message: fault.to_string() }, None),
        Outcome::Fail(failure) => {
            test.requirements = vec![failure.about.requirement];
            test.title = failure.about.title.clone();
            if let Some(kept) = &shared.kept {
                // Where it cannot be kept, the report still has it.
                let _ = failure.keep(model, kept);
            }
            let counts = (failure.failed, failure.runs);
            let verdict = match counts {
                (failed, runs) if failed == runs => Verdict::Fail,
                (failed, runs) => Verdict::Flaky {
                    failed: u32::try_from(failed).unwrap_or(u32::MAX),
                    runs: u32::try_from(runs).unwrap_or(u32::MAX),
                },
            };
            (verdict, Some(Sequence::of(model, failure)))
        }
    };
    let mut result = TestResult::new(shared.suite, &test, verdict);
    result.failure = failure;
    result.microseconds = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    shared.ended(&result);
    gathered.walks.push(result);
    Ok(())
}

/// A connection as an implementation in this process: where it breaks, it unwinds, which a walk takes for a failure.
struct Walked {
    connector: Connector,
    remote: Option<Remote>,
    until: Instant,
}

impl Walked {
    fn new(connector: &Connector, until: Instant) -> Self {
        Self { connector: connector.clone(), remote: None, until }
    }

    fn ask<T>(&mut self, ask: impl FnOnce(&mut Remote) -> Result<T, Lapse>) -> Result<T, Unsupported> {
        if self.remote.is_none() {
            self.remote = self.connector.connect().ok();
        }
        let Some(remote) = &mut self.remote else { unwind("it could not be started again".to_owned()) };
        match ask(remote) {
            Ok(seen) => Ok(seen),
            Err(Lapse::Unsupported) => Err(Unsupported),
            Err(Lapse::Crashed(text)) => unwind(text),
            Err(Lapse::Broken) => {
                let why = remote.broken().map_or_else(String::new, ToString::to_string);
                self.remote = None;
                unwind(why)
            }
        }
    }
}

/// Unwinds without the message that a panic of ours has.
fn unwind(why: String) -> ! {
    resume_unwind(Box::new(why))
}

impl Implementation for Walked {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        if Instant::now() >= self.until || self.connector.stop.is_wanted() {
            return Err(Unsupported);
        }
        self.ask(|remote| remote.reset(rows))
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        self.ask(|remote| remote.open(session, at, given))
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        match self.ask(|remote| remote.apply(session, at, input, answers)) {
            Ok(seen) => seen,
            // An event that it cannot cause ends the walk, and is no failure.
            Err(unsupported) => resume_unwind(Box::new(unsupported)),
        }
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        self.ask(|remote| remote.advance(to))
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        self.ask(|remote| remote.close(session))
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        self.ask(|remote| remote.may(capability, subject, at))
    }
}
