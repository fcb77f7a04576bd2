//! `check` and `build` of folders of 20 to 100,000 steps, and `check` of one long flow, each beside its own parse: time
//! and the most memory held, as whole processes.
//!
//! Run with `cargo bench --bench scale`; it makes its folders in the system's temporary one and removes them.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fmt::Write as _;
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

fn main() -> io::Result<()> {
    let home = env::temp_dir().join(format!("flowspec-scale-{}", std::process::id()));
    println!(
        "{:<22}{:>9}{:>12}{:>12}{:>12}{:>12}{:>10}",
        "", "text", "parse", "check", "build", "per step", "peak"
    );
    for steps in FOLDERS {
        let folder = home.join(format!("folder-{steps}"));
        let specs: Vec<String> = (0..steps / STEPS_PER_FLOW).map(|flow| spec(flow, STEPS_PER_FLOW)).collect();
        write(&folder.join("specs"), &specs)?;
        report(&format!("{steps} steps"), &folder, &specs, steps, true)?;
    }
    let folder = home.join("long");
    let specs = vec![spec(0, LONG_FLOW)];
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

/// A flow of so many steps, each with an event of three fields, two branches, a counted limit now and then, and a
/// time-out.
fn spec(flow: usize, steps: usize) -> String {
    let mut text = format!(
        "language 1\n\ntype Code text \"Code\" zh \"校验码\" {{\n  length 6\n  matches digits\n}}\nreason wrong \"That is wrong\" zh \"错误\"\n\
         output slip \"Slip\" zh \"凭条\" {{\n  field code: Code \"Code\" zh \"校验码\"\n  field receipt: bool \"Receipt\" zh \"收据\"\n}}\n\n\
         /// A made-up procedure of {steps} steps.\nflow bench_{flow} \"Bench {flow}\" zh \"测试 {flow}\" {{\n  start -> step_0\n  \
         limit tries: 3 per session refuse wrong\n"
    );
    for step in 0..steps {
        let next = if step + 1 == steps { "done".to_owned() } else { format!("step_{}", step + 1) };
        let count = if step % 5 == 0 { " {\n        count tries\n      }" } else { "" };
        let _ = write!(
            text,
            "\n  step step_{step} \"Step {step}\" zh \"第 {step} 步\" {{\n    on send_{step} \"Send\" zh \"发送\" {{\n      \
             field code: Code \"Code\" zh \"校验码\"\n      field amount: money CNY \"Amount\" zh \"金额\"\n      \
             field receipt: bool = false \"Receipt\" zh \"收据\"\n      \
             when amount <= 100.00 CNY -> {next} {{\n        send slip(code = code, receipt = receipt)\n      }}\n      otherwise refuse wrong{count}\n    }}\n    after 10 min -> late\n  }}\n"
        );
    }
    text.push_str(
        "  end done success \"Done\" zh \"完成\"\n  end late failure \"Too late\" zh \"超时\"\n}\n",
    );
    text
}
