//! Text to tree beside pest's own parse of the same text: megabytes a second, and bytes held per byte of text.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use flowspec::source::{Source, SourceId};
use flowspec::syntax;

const EXAMPLES: [&str; 2] = [
    include_str!("../tests/syntax/good/sign_in.flow"),
    include_str!("../tests/syntax/good/register_web_phone.flow"),
];
const BYTES: usize = 5_000_000;
const ROUNDS: usize = 9;

fn main() {
    let source = Source::new("large.flow", large());
    let megabytes = source.text.len() as f64 / 1e6;
    // First, while the process has held nothing larger than the text.
    let held = held_while(|| parse(&source)).map(|bytes| bytes as f64 / source.text.len() as f64);

    let (mut pest, mut tree) = (Duration::MAX, Duration::MAX);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let one = time(|| assert!(syntax::admits(black_box(&source.text)), "the grammar admits the text"));
        let two = time(|| parse(&source));
        (pest, tree) = (pest.min(one), tree.min(two));
        ratios.push(two.as_secs_f64() / one.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);

    println!("text                   {megabytes:>6.1} MB");
    println!("pest's own parse       {:>6.1} MB/s", megabytes / pest.as_secs_f64());
    println!("text to tree           {:>6.1} MB/s   at least 10", megabytes / tree.as_secs_f64());
    println!(
        "time beside pest's     {:>6.2}        at most 1.3, median of {ROUNDS} rounds",
        ratios[ROUNDS / 2]
    );
    match held {
        Some(held) => {
            println!("held per byte of text  {held:>6.1} B      at most 12, peak of the resident set")
        }
        None => println!("held per byte of text  not measured: no /proc here"),
    }
}

/// The examples over and over.
fn large() -> String {
    let mut text = "language 1\n".to_owned();
    let bodies = EXAMPLES.map(|example| example.trim_start_matches("language 1\n"));
    for body in bodies.iter().cycle() {
        if text.len() >= BYTES {
            break;
        }
        text.push_str(body);
    }
    text
}

fn parse(source: &Source) {
    let parsed = syntax::parse(black_box(source), SourceId(0));
    assert!(parsed.diagnostics.is_empty(), "the text has no mistakes");
}

/// How long the processor worked, where the system says so: other programs on the machine then matter less.
fn time(work: impl FnOnce()) -> Duration {
    let (start, busy) = (Instant::now(), busy());
    work();
    match (busy, self::busy()) {
        (Some(before), Some(after)) => after - before,
        _ => start.elapsed(),
    }
}

fn busy() -> Option<Duration> {
    let nanoseconds = fs::read_to_string("/proc/self/schedstat").ok()?;
    nanoseconds.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// By how much the most memory that the process ever held grows, in bytes.
fn held_while(work: impl FnOnce()) -> Option<u64> {
    let before = most_held()?;
    work();
    Some(most_held()? - before)
}

fn most_held() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
