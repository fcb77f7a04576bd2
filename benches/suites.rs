//! A suite and what it is worth: for a flow of 60 situations, and by HSI for machines of up to 1,000 states.
//!
//! `cargo bench --bench suites`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench tells what it measured, or stops")]

#[path = "made_up/spec.rs"]
mod made_up;

use std::sync::Arc;
use std::time::Instant;

use flowspec::explore::Explorer;
use flowspec::model::Model;
use flowspec::source::{Source, SourceId, Sources};
use flowspec::suite::identification::{Mealy, Method, tests};
use flowspec::suite::strength::{Bounds, strength};
use flowspec::{compile, suite, syntax};
use flowspec_runtime::machine::Machine;

const ROUNDS: usize = 5;
const SITUATIONS: usize = 60;
const BOUNDS: Bounds = Bounds { pairs: 150, places: 37 };

fn main() {
    let (steps, model) =
        (1..).map(|steps| (steps, flow(steps))).find(|(_, it)| situations(it) >= SITUATIONS).unwrap();
    let derived = suite::derive(&model).unwrap();
    let deriving = best(|| drop(suite::derive(&model).unwrap()));
    let holding = best(|| drop(strength(&derived, BOUNDS).unwrap()));
    println!(
        "{steps} steps, {} situations, {} tests: derived in {:.0} ms, held against faulty variants in {:.0} ms (aim: 250 together)",
        situations(&model),
        derived.tests.len(),
        deriving * 1e3,
        holding * 1e3,
    );
    for states in [100, 300, 1_000] {
        let machine = machine(states);
        let made = tests(&machine, Method::Hsi, 0);
        let (minimal, symbols) = (machine.states(), made.symbols());
        let seconds = best(|| drop(tests(&machine, Method::Hsi, 0)));
        println!("HSI of {minimal} states: {symbols} inputs in {seconds:.2} s (aim for 1,000: 5)");
    }
}

fn flow(steps: usize) -> Arc<Model> {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("bench.flow", made_up::spec(0, steps).as_str()));
    let parsed = [syntax::parse(sources.get(id), SourceId(0))];
    compile(&sources, &parsed).models.remove(0)
}

fn situations(model: &Arc<Model>) -> usize {
    let machine = Machine::new(Arc::clone(model)).unwrap();
    let explorer = Explorer::new(model, &machine);
    explorer.situations(&explorer.worlds()).all.len()
}

/// A machine by chance, with ten inputs and two outputs, always the same.
fn machine(states: u32) -> Mealy {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |bound: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 16) % bound
    };
    let table = (0..states * 10).map(|_| (next(2) as u16, next(u64::from(states)) as u32)).collect();
    Mealy::new(10, table).unwrap().minimal()
}

fn best(mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(time).fold(f64::MAX, f64::min)
}
