//! Requests a second over the protocol, one at a time and in batches, to a compiled echo and to a Python one; beside them
//! in the same run, bare lines to `cat` and back, which is what the pipes alone cost.
//!
//! `cargo bench --bench protocol`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark tells what it measured, or stops")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flowspec::harness::target::{Address, Connector, Foreseen, Remote, Stop};
use flowspec_runtime::conformance::Target;
use flowspec_runtime::protocol::{About, serve};
use flowspec_runtime::suite::Step;
use flowspec_runtime::time::DAY;
use flowspec_runtime::{
    Answer, Fields, Implementation, Input, Observation, Rows, SessionId, Time, Unsupported,
};

/// How long each is measured.
const MEASURED: Duration = Duration::from_secs(2);
/// How many requests half a batch has.
const BATCH: usize = 250;

/// Accepts everything.
struct Echo;

impl Implementation for Echo {
    fn reset(&mut self, _: &Rows) -> Result<(), Unsupported> {
        Ok(())
    }

    fn open(&mut self, _: SessionId, _: Time, _: &Fields) -> Result<Observation, Unsupported> {
        Ok(Observation::accepted("here"))
    }

    fn apply(&mut self, _: SessionId, _: Time, _: &Input, _: &[Answer]) -> Observation {
        Observation::accepted("here")
    }

    fn advance(&mut self, _: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        Ok(Vec::new())
    }
}

const PYTHON: &str = r#"
import json, sys
def reply(it):
    do = it["do"]
    if do == "hello": return {"id": it["id"], "implementation": "echo", "batch": True}
    if do == "run": return {"id": it["id"], "replies": [reply(each) for each in it["requests"]]}
    if do == "reset": return {"id": it["id"]}
    return {"id": it["id"], "accepted": True, "step": "here", "outputs": []}
for line in sys.stdin:
    sys.stdout.write(json.dumps(reply(json.loads(line))) + "\n")
    sys.stdout.flush()
"#;

fn main() {
    if std::env::args().any(|argument| argument == "--echo") {
        serve(About::new("echo"), Echo).unwrap();
        return;
    }
    let pipes = lines_through_cat();
    println!("bare lines through `cat`:                {pipes:>9} a second");
    let this = std::env::current_exe().unwrap();
    let compiled = [this.into_os_string(), "--echo".into()];
    let python = ["python3".into(), "-c".into(), PYTHON.into()];
    for (name, command, one, many) in [
        ("compiled echo", compiled.to_vec(), 40_000, Some(200_000)),
        ("Python echo", python.to_vec(), 15_000, None),
    ] {
        let mut remote = connector(command).connect().unwrap_or_else(|(breakdown, _)| panic!("{breakdown}"));
        let single = single(&mut remote);
        let share = single * 100 / pipes.max(1);
        println!(
            "{name}, one request at a time:  {single:>9} a second (aim {one}), {share} % of the pipes alone"
        );
        let before = resident();
        let batch = batches(&mut remote);
        let aim = many.map_or_else(String::new, |aim| format!(" (aim {aim})"));
        let grown = resident().saturating_sub(before);
        let size = 2 * BATCH;
        println!("{name}, {size} at a time:        {batch:>9} a second{aim}; {grown} KiB more held after it");
    }
    let begun = Instant::now();
    let this = std::env::current_exe().unwrap();
    let mut remote = connector(vec![this.into_os_string(), "--echo".into()]).connect().ok().unwrap();
    remote.reset(&Rows::new()).unwrap();
    remote.advance(DAY).unwrap();
    println!("a cool-down of 24 hours, with the start: {:>9} µs", begun.elapsed().as_micros());
}

fn connector(command: Vec<std::ffi::OsString>) -> Connector {
    Connector {
        address: Address::Command(command),
        flow: "echo".into(),
        spec: "".into(),
        of_sessions: Vec::new(),
        timeout: Duration::from_secs(10),
        start: Duration::from_secs(10),
        stop: Stop::default(),
    }
}

fn input() -> Input {
    Input::new("submit", Fields::from_iter([("login", "anna"), ("password", "secret")]))
}

/// One request at a time.
fn single(remote: &mut Remote) -> u128 {
    remote.reset(&Rows::new()).unwrap();
    remote.open(0, 0, &Fields::default()).unwrap();
    let (begun, mut asked, input) = (Instant::now(), 0, input());
    while begun.elapsed() < MEASURED {
        for _ in 0..100 {
            asked += 1;
            remote.apply(0, asked, &input, &[]).unwrap();
        }
    }
    per_second(asked, begun)
}

/// Many at a time, each reply looked at as if it came alone.
fn batches(remote: &mut Remote) -> u128 {
    let input = input();
    let fields: Vec<_> =
        input.fields.0.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let open = Step::Open { session: 0, at: 0, given: Vec::new() };
    let apply = |at| Step::Apply {
        session: 0,
        at,
        event: input.event.clone(),
        by: input.by.clone(),
        fields: fields.clone(),
        answers: Vec::new(),
    };
    let steps: Vec<Step> = std::iter::once(open).chain((1..BATCH as Time).map(apply)).collect();
    let (begun, rows, mut asked) = (Instant::now(), Rows::new(), 0);
    while begun.elapsed() < MEASURED {
        let test = |number| Foreseen { number, rows: &rows, steps: steps.iter().collect() };
        remote.foresee(&[test(0), test(1)]).unwrap();
        for number in 0..2 {
            remote.take_up(Some(number));
            remote.reset(&rows).unwrap();
            remote.open(0, 0, &Fields::default()).unwrap();
            for at in 1..BATCH as Time {
                remote.apply(0, at, &input, &[]).unwrap();
            }
            asked += BATCH as Time + 1;
        }
    }
    per_second(asked, begun)
}

fn lines_through_cat() -> u128 {
    let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut from) = (cat.stdin.take().unwrap(), BufReader::new(cat.stdout.take().unwrap()));
    let (begun, mut asked, mut line) = (Instant::now(), 0, String::new());
    while begun.elapsed() < MEASURED {
        to.write_all(
            b"a line as long as a request is on the whole, with a name, an instant and some fields\n",
        )
        .unwrap();
        line.clear();
        from.read_line(&mut line).unwrap();
        asked += 1;
    }
    drop(to);
    cat.wait().unwrap();
    per_second(asked, begun)
}

fn per_second(asked: Time, begun: Instant) -> u128 {
    u128::try_from(asked).unwrap() * 1_000_000 / begun.elapsed().as_micros().max(1)
}

/// How many KiB this process holds, where the system shows that.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
