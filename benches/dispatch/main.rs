//! Events a second through the generated machine of `register_web_phone`, beside the best one written by hand, `statig`,
//! `rust-fsm` and a table of rules; all show the same for the same events, and all do what the spec asks: they remember
//! what it remembers, and have sessions by their numbers that share rows, and a clock that never goes back.
//!
//! Instructions an event do not depend on the machine's load:
//! `valgrind --tool=callgrind --toggle-collect='*::run_*' target/release/deps/dispatch-… CANDIDATE`, divided by the events
//! that it prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

mod fsm;
mod hand;
mod made;
mod memory;
mod service;
mod stream;
mod tabled;
mod with_statig;

use std::hint::black_box;
use std::time::{Duration, Instant};

use flowspec_generated::register_web_phone::{Event, Output, Reason, Step};
use flowspec_runtime::{SessionId, Time};

const SESSIONS: usize = 300;
const ROUNDS: usize = 41;

/// Reads what an event shows, each machine's in its own form: to change one into another is not the machine's work.
pub(crate) trait Outcome {
    fn verdict(&self) -> Result<(), Reason>;
    fn step(&self) -> Step;
    fn output(&self) -> Option<&Output>;
}

/// A machine.
pub(crate) trait Candidate {
    type Shown: Outcome;

    fn new() -> Self;
    fn open(&mut self, session: SessionId, at: Time);
    fn apply(&mut self, session: SessionId, at: Time, event: Event) -> Self::Shown;
}

/// Runs every session, and folds what is shown.
#[inline(never)]
fn run<C: Candidate>(sessions: Vec<Vec<Event>>) -> u64 {
    let mut sum = 0_u64;
    for events in sessions {
        let mut machine = C::new();
        machine.open(black_box(1), 0);
        for event in events {
            let shown = machine.apply(black_box(1), 0, black_box(event));
            let verdict = shown.verdict().map_or_else(|reason| reason as u64 + 2, |()| 1);
            let sent = match shown.output() {
                None => 0,
                Some(Output::Picture(picture)) => picture.code.as_str().len() as u64,
                Some(Output::Sms(sms)) => {
                    100 + sms.code.as_str().len() as u64
                        + sms.to.as_ref().map_or(0, |to| to.as_str().len() as u64)
                }
            };
            sum = sum.wrapping_mul(31).wrapping_add(verdict + 1_000 * shown.step() as u64 + 100_000 * sent);
        }
    }
    sum
}

#[inline(never)]
fn run_generated(sessions: Vec<Vec<Event>>) -> u64 {
    run::<made::Generated>(sessions)
}

#[inline(never)]
fn run_hand(sessions: Vec<Vec<Event>>) -> u64 {
    run::<service::Service<hand::Hand>>(sessions)
}

#[inline(never)]
fn run_statig(sessions: Vec<Vec<Event>>) -> u64 {
    run::<service::Service<with_statig::Statig>>(sessions)
}

#[inline(never)]
fn run_fsm(sessions: Vec<Vec<Event>>) -> u64 {
    run::<service::Service<fsm::Fsm>>(sessions)
}

#[inline(never)]
fn run_table(sessions: Vec<Vec<Event>>) -> u64 {
    run::<service::Service<tabled::Tabled>>(sessions)
}

type Run = fn(Vec<Vec<Event>>) -> u64;

const CANDIDATES: [(&str, Run); 5] = [
    ("hand-written, nested match", run_hand),
    ("generated", run_generated),
    ("statig", run_statig),
    ("rust-fsm", run_fsm),
    ("table of rules", run_table),
];

fn main() {
    let sessions = stream::sessions(SESSIONS);
    let events = sessions.iter().map(Vec::len).sum::<usize>();
    if let Some((name, run)) =
        std::env::args().nth(1).and_then(|name| CANDIDATES.iter().find(|c| c.0 == name))
    {
        eprintln!("{name}: {events} events, sum {:x}", run(sessions));
        return;
    }
    let expected = run_hand(sessions.clone());
    let mut times = [const { Vec::new() }; CANDIDATES.len()];
    for round in 0..ROUNDS {
        for turn in 0..CANDIDATES.len() {
            let index = (round + turn) % CANDIDATES.len();
            let (name, run) = CANDIDATES[index];
            let own = sessions.clone();
            let start = Instant::now();
            let sum = run(own);
            times[index].push(start.elapsed());
            assert_eq!(sum, expected, "{name}");
        }
    }
    println!("{events} events of {SESSIONS} sessions, {ROUNDS} rounds; ratios within a round, median");
    for (index, (name, _)) in CANDIDATES.iter().enumerate() {
        let mut ratios =
            times[index].iter().zip(&times[0]).map(|(own, hand)| own.as_secs_f64() / hand.as_secs_f64());
        let mut ratios = ratios.by_ref().collect::<Vec<_>>();
        ratios.sort_by(f64::total_cmp);
        let best = times[index].iter().min().copied().unwrap_or(Duration::ZERO);
        let nanos = best.as_secs_f64() * 1e9 / events as f64;
        println!("{name:28} {nanos:>7.1} ns an event {:>7.3} of hand-written", ratios[ROUNDS / 2]);
    }
}
