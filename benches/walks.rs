//! Random walks through sign-in beside a hand-written proptest-state-machine model of it: events a second.
//!
//! Both hold the same generated machine against something that knows what is right: the walks against the oracle, the
//! model against a service written by hand. Figures are of processor time, so that a busy machine does not change them
//! much.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

#[path = "../tests/conformance/faulty/sign_in.rs"]
#[expect(dead_code, reason = "the tests use its mistakes")]
mod sign_in;

use std::cell::Cell;
use std::fs;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use flowspec_generated::sign_in::Machine;
use flowspec_runtime::conformance::{Engine, Make, Outcome, Suite, Walks};
use flowspec_runtime::{Fields, Implementation, Input, Observation, Rows, Time};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use sign_in::{Fault, SignIn};

const SUITE: &str = include_str!("../generated/suites/sign_in.json");
const WALKS: u32 = 20_000;
const CASES: u32 = 1_000;
const ROUNDS: usize = 5;

fn main() {
    let suite = Suite::from_json(SUITE).unwrap();
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    let (mut walks, mut together, mut model) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        walks.push(per_second(processor_time, || walked(&suite, 1)));
        together.push(per_second(|| None, || walked(&suite, cores)));
        model.push(per_second(processor_time, modelled));
    }
    let ratios = walks.iter().zip(&model).map(|(walks, model)| walks / model);
    let millions = |figures: &[f64]| median(figures.to_vec()) / 1e6;
    println!(
        "walks of the suite, {cores} threads   {:>7.2} million events/s   at least 2",
        millions(&together)
    );
    println!("walks of the suite, one core    {:>7.2} million events/s of processor time", millions(&walks));
    println!("proptest-state-machine by hand  {:>7.2} million events/s of processor time", millions(&model));
    println!("ratio on one core               {:>7.1}   median of {ROUNDS} rounds", median(ratios.collect()));
}

/// The events of walks in which nothing goes astray.
fn walked(suite: &Suite, threads: u32) -> u64 {
    let make: &Make = &|| Box::new(Machine::default());
    let mut engine = Engine::new(suite, make).unwrap();
    let config = Config { cases: WALKS, ..Walks::default().config };
    let (walked, outcome) = Walks { config, threads, ..Walks::default() }.run(&mut engine).unwrap();
    assert_eq!(outcome, Outcome::Pass, "nothing goes astray");
    walked.events
}

/// The events of the model by hand.
fn modelled() -> u64 {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let events = Cell::new(0);
    let sequences = Model::sequential_strategy(1..128);
    let run = TestRunner::new(config.clone()).run(&sequences, |(state, transitions, seen)| {
        events.set(events.get() + transitions.len() as u64);
        Model::test_sequential(config.clone(), state, transitions, seen);
        Ok(())
    });
    run.unwrap();
    events.get()
}

/// Sign-in as a model for proptest-state-machine.
struct Model;

/// The service by hand, and what it showed last.
#[derive(Debug, Clone)]
struct Expected {
    service: SignIn,
    now: Time,
    seen: Observation,
}

#[derive(Debug, Clone)]
struct Submit {
    login: String,
    password: String,
    wait: Time,
}

impl Submit {
    fn input(&self) -> Input {
        let fields = [("login", self.login.as_str()), ("password", self.password.as_str())];
        Input::new("submit", Fields::from_iter(fields))
    }
}

fn rows() -> &'static Rows {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    ROWS.get_or_init(|| {
        let account = Fields::from_iter([("password", "correct horse")]);
        Rows::from([("account".into(), vec![("ann".into(), account)])])
    })
}

fn given() -> Fields {
    Fields::from_iter([("ip", "10.0.0.1")])
}

impl ReferenceStateMachine for Model {
    type State = Expected;
    type Transition = Submit;

    fn init_state() -> BoxedStrategy<Expected> {
        let mut service = SignIn::new(Fault::None);
        service.reset(rows()).unwrap();
        let seen = service.open(0, 0, &given()).unwrap();
        Just(Expected { service, now: 0, seen }).boxed()
    }

    fn transitions(_: &Expected) -> BoxedStrategy<Submit> {
        let login = prop_oneof![3 => Just("ann".to_owned()), 1 => "[a-z]{3,64}", 1 => "[a-z]{0,2}"];
        let password =
            prop_oneof![1 => Just("correct horse".to_owned()), 3 => "[a-z]{8,20}", 1 => "[a-z]{0,7}"];
        let wait = prop_oneof![6 => Just(0), 2 => 0..60_000_i64, 1 => 899_999..900_001_i64];
        (login, password, wait).prop_map(|(login, password, wait)| Submit { login, password, wait }).boxed()
    }

    fn apply(mut state: Expected, submit: &Submit) -> Expected {
        state.now += submit.wait;
        state.seen = state.service.apply(0, state.now, &submit.input(), &[]);
        state
    }
}

impl StateMachineTest for Model {
    type SystemUnderTest = Machine;
    type Reference = Self;

    fn init_test(_: &Expected) -> Machine {
        let mut machine = Machine::default();
        Implementation::reset(&mut machine, rows()).unwrap();
        Implementation::open(&mut machine, 0, 0, &given()).unwrap();
        machine
    }

    fn apply(mut machine: Machine, expected: &Expected, submit: Submit) -> Machine {
        let seen = Implementation::apply(&mut machine, 0, expected.now, &submit.input(), &[]);
        assert_eq!(seen, expected.seen);
        machine
    }
}

/// Events a second by a clock; by that on the wall where it tells nothing.
fn per_second(clock: impl Fn() -> Option<Duration>, run: impl FnOnce() -> u64) -> f64 {
    let (start, before) = (Instant::now(), clock());
    let events = run();
    let time = before.zip(clock()).map_or_else(|| start.elapsed(), |(before, after)| after - before);
    events as f64 / time.as_secs_f64()
}

/// What all threads of the process have used of the processor, where the system tells it: in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let used: u64 = text.rsplit_once(')')?.1.split_whitespace().nth(11)?.parse().ok()?;
    Some(Duration::from_millis(used * 10))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
