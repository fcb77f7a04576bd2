//! CPU time to compile 1,000 generated steps with the program that tests them, in the test profile and with everything
//! that they depend on compiled before, beside the same steps as one would write them by hand: a nested match a flow and
//! events with the usual derives, without docs, reading, storing or tests.
//!
//! Run with `cargo bench --bench compile`; it makes its crates in the system's temporary folder and removes them.
//! CPU seconds grow with what else the machine does; the ratio to the yardstick does less.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "scale/spec.rs"]
mod spec;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

const STEPS_PER_FLOW: usize = 20;
const FLOWS: usize = 50;
const ROUNDS: usize = 3;

fn main() -> io::Result<()> {
    let home = env::temp_dir().join(format!("flowspec-compile-{}", std::process::id()));
    let made = generated(&home)?;
    let hand = by_hand(&home)?;
    let (mut modules, mut tests, mut yardstick) = (f64::MAX, f64::MAX, f64::MAX);
    for round in 0..=ROUNDS {
        let times = [
            compile(&made, &["build", "--lib"], "src/lib.rs")?,
            compile(&made, &["test", "--no-run", "--test", "conformance"], "tests/conformance.rs")?,
            compile(&hand, &["build", "--lib"], "src/lib.rs")?,
        ];
        // The first round compiles what they depend on.
        if round > 0 {
            (modules, tests, yardstick) =
                (modules.min(times[0]), tests.min(times[1]), yardstick.min(times[2]));
        }
    }
    println!(
        "{} steps in flows of {STEPS_PER_FLOW}, CPU seconds, the least of {ROUNDS}",
        FLOWS * STEPS_PER_FLOW
    );
    println!("generated modules          {modules:>6.2}  {:>5.2} of hand-written", modules / yardstick);
    println!("their test program         {tests:>6.2}  {:>5.2}", tests / yardstick);
    println!("both                       {:>6.2}  {:>5.2}", modules + tests, (modules + tests) / yardstick);
    println!("hand-written nested match  {yardstick:>6.2}  {:>5.2}", 1.0);
    fs::remove_dir_all(&home)
}

/// Compiles a part of a crate anew, and says what CPU time that took.
fn compile(folder: &Path, arguments: &[&str], root: &str) -> io::Result<f64> {
    let root = folder.join(root);
    fs::write(&root, fs::read(&root)?)?;
    let before = children()?;
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    assert!(status.success(), "cargo {arguments:?} failed in {}", folder.display());
    Ok(children()? - before)
}

/// The CPU seconds of all children that have ended, as Linux counts them (`man 5 proc`, in hundredths).
fn children() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum::<u32>();
    Ok(f64::from(ticks) / 100.0)
}

/// A crate as `flowspec build` makes it.
fn generated(home: &Path) -> io::Result<PathBuf> {
    let folder = home.join("made");
    for flow in 0..FLOWS {
        write(&folder.join(format!("specs/flow_{flow}.flow")), &spec::spec(flow, STEPS_PER_FLOW))?;
    }
    let built = Command::new(env!("CARGO_BIN_EXE_flowspec"))
        .args(["build", "specs", "--out", "generated"])
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    assert!(built.success(), "the flows are sound");
    let crate_folder = folder.join("generated");
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime");
    let manifest = format!(
        "[package]\nname = \"flowspec-generated\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[features]\n\
         conformance = []\n\n[dependencies]\nflowspec-runtime = {{ path = {runtime:?}, features = [\"conformance\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\n[[test]]\nname = \"conformance\"\nharness = false\n\n\
         [workspace]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n"
    );
    write(&crate_folder.join("Cargo.toml"), &manifest)?;
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), crate_folder.join("Cargo.lock"))?;
    Ok(crate_folder)
}

/// A crate of the same flows as one would write them by hand.
fn by_hand(home: &Path) -> io::Result<PathBuf> {
    let folder = home.join("hand");
    let manifest = "[package]\nname = \"by-hand\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                    serde = { version = \"1\", features = [\"derive\"] }\n\n[workspace]\n\n[profile.dev]\n\
                    debug = \"line-tables-only\"\n";
    write(&folder.join("Cargo.toml"), manifest)?;
    let mut root = String::new();
    for flow in 0..FLOWS {
        let _ = writeln!(root, "pub mod flow_{flow};");
        write(&folder.join(format!("src/flow_{flow}.rs")), &hand_written(STEPS_PER_FLOW))?;
    }
    write(&folder.join("src/lib.rs"), &root)?;
    Ok(folder)
}

/// What one would write for a flow of `spec`.
fn hand_written(steps: usize) -> String {
    const DERIVES: &str = "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]";
    let mut structs = String::new();
    let (mut variants, mut names, mut arms) = (String::new(), String::new(), String::new());
    for step in 0..steps {
        let next = if step + 1 == steps { "Done".to_owned() } else { format!("Step{}", step + 1) };
        let (gate, count) = if step % 5 == 0 {
            ("if self.tries >= 3 {\n    return Err(Reason::Wrong);\n}\n", "self.tries += 1;\n")
        } else {
            ("", "")
        };
        let _ = write!(
            structs,
            "{DERIVES}\npub struct Send{step} {{\n    pub code: String,\n    pub amount: i64,\n    pub receipt: bool,\n}}\n\n\
             impl Send{step} {{\n    fn is_valid(&self) -> bool {{\n        self.code.len() == 6 && self.code.bytes().all(|b| b.is_ascii_digit())\n    }}\n}}\n\n"
        );
        let _ = writeln!(variants, "    Send{step}(Send{step}),");
        let _ = writeln!(names, "    Step{step},");
        let _ = write!(
            arms,
            "Step::Step{step} => {{\nlet Event::Send{step}(send) = event else {{ return Err(Reason::Unexpected) }};\n\
             if !send.is_valid() {{\n    return Err(Reason::InvalidCode);\n}}\n{gate}\
             if send.amount <= 10_000 {{\n    self.enter(Step::{next}, now);\n    return Ok(Some(Slip {{ code: send.code, receipt: send.receipt }}));\n}}\n\
             {count}Err(Reason::Wrong)\n}}\n"
        );
    }
    format!(
        "use serde::{{Deserialize, Serialize}};\n\n{structs}\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]\npub enum Reason {{\n    Unexpected,\n    InvalidCode,\n    Wrong,\n}}\n\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]\npub enum Step {{\n{names}    Done,\n    Late,\n}}\n\n\
         {DERIVES}\npub enum Event {{\n{variants}}}\n\n{DERIVES}\npub struct Slip {{\n    pub code: String,\n    pub receipt: bool,\n}}\n\n\
         {DERIVES}\npub struct Machine {{\n    step: Step,\n    due: i64,\n    tries: u32,\n}}\n\n\
         impl Machine {{\n    fn enter(&mut self, step: Step, now: i64) {{\n        self.step = step;\n        self.due = now + 600_000;\n    }}\n\n    \
         pub fn apply(&mut self, event: Event, now: i64) -> Result<Option<Slip>, Reason> {{\n        if now >= self.due {{\n            self.step = Step::Late;\n        }}\n        \
         match self.step {{\n{arms}            Step::Done | Step::Late => Err(Reason::Unexpected),\n        }}\n    }}\n}}\n"
    )
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}
