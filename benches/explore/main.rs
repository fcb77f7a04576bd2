//! Exploring the situations of several sessions side by side, beside Stateright on the same model: situations a second
//! and memory for each, on one thread and on two.
//!
//! Run with `cargo bench --bench explore`. Every measurement is a process of its own, whose peak of memory is read at its
//! end, less what it held before it began to explore; both sides use the same allocator. Both keep the way to each
//! situation (Stateright: its breadth-first search), and both must find the same number of situations.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

mod commit;
mod philosophers;
mod sessions;
mod sign_in;

use std::process::Command;
use std::time::Instant;
use std::{env, fs};

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 3;

/// Explores a model of a size on so many threads and says how many situations there are.
type Explore = fn(usize, usize) -> usize;

struct Model {
    name: &'static str,
    sizes: &'static [usize],
    ours: Explore,
    /// None where nobody wrote the flow's limits and clocks by hand.
    by_hand: Option<Explore>,
}

const MODELS: &[Model] = &[
    Model {
        name: "philosophers",
        sizes: &[7, 8, 9],
        ours: philosophers::flow,
        by_hand: Some(philosophers::by_hand),
    },
    Model { name: "two-phase commit", sizes: &[7, 9], ours: commit::flow, by_hand: Some(commit::by_hand) },
    Model { name: "sign-in", sizes: &[3], ours: sign_in::flow, by_hand: Some(sign_in::by_hand) },
    Model { name: "sign-in, clocks", sizes: &[1, 2], ours: sign_in::with_clocks, by_hand: None },
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [model, side, size, threads] = arguments.as_slice() {
        let model = MODELS.iter().find(|known| known.name == model).unwrap();
        let explore = if side == "ours" { model.ours } else { model.by_hand.unwrap() };
        measured(explore, size.parse().unwrap(), threads.parse().unwrap());
        return;
    }
    println!(
        "{:<18}{:>5}{:>8}{:>12}{:>11}{:>13}{:>8}{:>10}{:>12}{:>8}",
        "", "size", "threads", "situations", "ours/s", "Stateright/s", "ratio", "ours", "Stateright", "ratio"
    );
    let chosen = |model: &&Model| arguments.is_empty() || arguments.iter().any(|name| model.name == name);
    for model in MODELS.iter().filter(chosen) {
        for size in model.sizes {
            [1, 2].iter().for_each(|threads| compare(model, *size, *threads));
        }
    }
}

/// What a process has found.
#[derive(Clone, Copy)]
struct Figures {
    situations: f64,
    per_second: f64,
    bytes: f64,
}

fn compare(model: &Model, size: usize, threads: usize) {
    let run = |side| in_a_process(model.name, side, size, threads);
    let rounds: Vec<(Figures, Option<Figures>)> =
        (0..ROUNDS).map(|_| (run("ours"), model.by_hand.map(|_| run("by hand")))).collect();
    let (ours, by_hand) = rounds[0];
    assert!(by_hand.is_none_or(|by_hand| by_hand.situations == ours.situations), "{}", model.name);
    let own = |figure: fn(&Figures) -> f64| median(rounds.iter().map(|(ours, _)| figure(ours)).collect());
    let other = |figure: fn(&Figures, &Figures) -> f64| {
        let both = rounds.iter().filter_map(|(ours, by_hand)| Some(figure(ours, by_hand.as_ref()?)));
        median(both.collect())
    };
    println!(
        "{:<18}{size:>5}{threads:>8}{:>12}{:>9.2} M{:>11.2} M{:>8.1}{:>8.1} B{:>10.1} B{:>8.2}",
        model.name,
        ours.situations,
        own(|ours| ours.per_second) / 1e6,
        other(|_, by_hand| by_hand.per_second) / 1e6,
        other(|ours, by_hand| ours.per_second / by_hand.per_second),
        own(|ours| ours.bytes),
        other(|_, by_hand| by_hand.bytes),
        other(|ours, by_hand| ours.bytes / by_hand.bytes),
    );
}

fn in_a_process(model: &str, side: &str, size: usize, threads: usize) -> Figures {
    let arguments = [model, side, &size.to_string(), &threads.to_string()];
    let output = Command::new(env::current_exe().unwrap()).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<f64> = text.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
    let [situations, seconds, bytes] = figures[..] else {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    };
    Figures { situations, per_second: situations / seconds, bytes: bytes / situations }
}

fn measured(explore: Explore, size: usize, threads: usize) {
    // What is made once in a process is made before.
    explore(2, threads);
    let before = memory("VmRSS:");
    // From here on the peak counts.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let start = Instant::now();
    let situations = explore(size, threads);
    let seconds = start.elapsed().as_secs_f64();
    println!("{situations} {seconds} {}", memory("VmHWM:").saturating_sub(before));
}

/// A line of what the system says of this process, in bytes.
fn memory(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
