//! The processor time that 1,000 generated steps take to compile, with their tests, in the test profile.
//!
//! Run with `cargo bench --bench compile`. A package is made in the system's temporary folder, its dependencies are built
//! once, and then the package alone again and again: nothing is taken over from an earlier round.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "made_up/spec.rs"]
mod made_up;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, io};

const STEPS: usize = 1_000;
const STEPS_PER_FLOW: usize = 20;
const ROUNDS: usize = 3;

fn main() -> io::Result<()> {
    let home = env::temp_dir().join(format!("flowspec-compile-{}", std::process::id()));
    let generated = home.join("generated");
    package(&home, &generated)?;
    for (what, arguments) in
        [("the modules alone", &["build"][..]), ("with their tests", &["test", "--no-run"][..])]
    {
        cargo(&generated, arguments)?;
        let times = (0..ROUNDS).map(|_| again(&generated, arguments)).collect::<io::Result<Vec<_>>>()?;
        let best = times.into_iter().min().unwrap_or_default();
        println!("{STEPS} steps, {what:<20}{:>8.2} s of processor time", best.as_secs_f64());
    }
    fs::remove_dir_all(&home)
}

/// What the specs give, as a package of its own.
fn package(home: &Path, generated: &Path) -> io::Result<()> {
    fs::create_dir_all(home.join("specs"))?;
    for flow in 0..STEPS / STEPS_PER_FLOW {
        fs::write(home.join(format!("specs/flow_{flow}.flow")), made_up::spec(flow, STEPS_PER_FLOW))?;
    }
    run(Command::new(env!("CARGO_BIN_EXE_flowspec")).args(["build", "specs"]).current_dir(home))?;
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(house.join("Cargo.lock"), generated.join("Cargo.lock"))?;
    let manifest = format!(
        "[package]\nname = \"flowspec-generated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\nconformance = []\n\n\
         [dependencies]\nflowspec-runtime = {{ path = {runtime:?}, features = [\"pattern\"] }}\nserde = {{ version = \"1\", \
         features = [\"derive\"] }}\n\n[dev-dependencies]\nflowspec-runtime = {{ path = {runtime:?}, features = \
         [\"conformance\"] }}\n\n[lib]\ntest = false\ndoctest = false\n\n[[test]]\nname = \"conformance\"\nharness = false\n\n\
         [workspace]\n",
        runtime = house.join("runtime")
    );
    fs::write(generated.join("Cargo.toml"), manifest)
}

/// Compiles the package again, and says what that takes.
fn again(generated: &Path, arguments: &[&str]) -> io::Result<Duration> {
    for file in ["src/lib.rs", "tests/conformance.rs"] {
        let path = generated.join(file);
        fs::write(&path, fs::read_to_string(&path)? + "\n")?;
    }
    let before = of_children()?;
    cargo(generated, arguments)?;
    Ok(of_children()?.saturating_sub(before))
}

fn cargo(generated: &Path, arguments: &[&str]) -> io::Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo)
        .args(arguments)
        .args(["--offline", "--quiet"])
        .current_dir(generated)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", generated.join("target")))
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?} failed"))) }
}

/// The processor time of the children that have ended, which the system counts in hundredths of a second.
fn of_children() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(13).take(2).filter_map(|field| field.parse::<u64>().ok());
    Ok(Duration::from_millis(ticks.sum::<u64>() * 10))
}
