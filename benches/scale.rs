//! `check` and `build` of folders of 20 to 100,000 steps, and `check` of one long flow, each beside its own parse: time
//! and the most memory held, as whole processes.
//!
//! Run with `cargo bench --bench scale`; it makes its folders in the system's temporary one and removes them.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "made_up/spec.rs"]
mod made_up;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use flowspec::source::{Source, SourceId};
use flowspec::syntax;

const STEPS_PER_FLOW: usize = 20;
const FOLDERS: [usize; 4] = [20, 1_000, 10_000, 100_000];
const LONG_FLOW: usize = 10_000;
const ROUNDS: usize = 3;
/// What takes longer is not run again.
const LONG: Duration = Duration::from_secs(20);

fn main() -> io::Result<()> {
    let home = env::temp_dir().join(format!("flowspec-scale-{}", std::process::id()));
    println!(
        "{:<22}{:>9}{:>12}{:>12}{:>12}{:>12}{:>10}",
        "", "text", "parse", "check", "build", "per step", "peak"
    );
    for steps in FOLDERS {
        let folder = home.join(format!("folder-{steps}"));
        let specs: Vec<String> =
            (0..steps / STEPS_PER_FLOW).map(|flow| made_up::spec(flow, STEPS_PER_FLOW)).collect();
        write(&folder.join("specs"), &specs)?;
        report(&format!("{steps} steps"), &folder, &specs, steps, true)?;
    }
    let folder = home.join("long");
    let specs = vec![made_up::spec(0, LONG_FLOW)];
    write(&folder.join("specs"), &specs)?;
    report(&format!("one flow of {LONG_FLOW}"), &folder, &specs, LONG_FLOW, false)?;
    fs::remove_dir_all(&home)
}

fn report(name: &str, folder: &Path, specs: &[String], steps: usize, build: bool) -> io::Result<()> {
    let bytes: usize = specs.iter().map(String::len).sum();
    let sources: Vec<Source> = specs.iter().map(|text| Source::new("bench.flow", text.as_str())).collect();
    let parse = (0..ROUNDS).map(|_| timed(|| parse(&sources))).min().unwrap_or_default();
    let check = run(folder, &["check", "specs"])?;
    let built = if build { Some(run(folder, &["build", "specs", "--out", "generated"])?) } else { None };
    let (build_time, peak) = built.unwrap_or(check);
    println!(
        "{name:<22}{:>6} kB{:>9.1} ms{:>9.1} ms{:>12}{:>9.1} us{:>7} MB",
        bytes / 1000,
        milliseconds(parse),
        milliseconds(check.0),
        built.map_or("-".to_owned(), |(time, _)| format!("{:.1} ms", milliseconds(time))),
        build_time.as_secs_f64() * 1e6 / steps as f64,
        peak / 1000,
    );
    Ok(())
}

fn parse(sources: &[Source]) {
    for (id, source) in (0..).zip(sources) {
        std::hint::black_box(syntax::parse(source, SourceId(id)));
    }
}

/// The fastest of several runs of the command, each into a fresh folder, and the most memory that one of them held.
fn run(folder: &Path, arguments: &[&str]) -> io::Result<(Duration, u64)> {
    let mut best = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let out = folder.join("generated");
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_flowspec"))
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let (held, status) = watch(&mut child)?;
        assert!(status.success(), "{arguments:?} failed in {}", folder.display());
        best = (best.0.min(start.elapsed()), best.1.max(held));
        if best.0 > LONG {
            break;
        }
    }
    Ok(best)
}

/// Waits for a child and reads, as often as once a millisecond, the most memory that it has held, in kB.
fn watch(child: &mut std::process::Child) -> io::Result<(u64, std::process::ExitStatus)> {
    let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut held = 0;
    loop {
        if let Ok(text) = fs::read_to_string(&status_file) {
            let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
            held = held.max(kilobytes.unwrap_or(0));
        }
        if let Some(status) = child.try_wait()? {
            return Ok((held, status));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn write(folder: &Path, specs: &[String]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (index, text) in specs.iter().enumerate() {
        fs::write(folder.join(format!("flow_{index}.flow")), text)?;
    }
    Ok(())
}
