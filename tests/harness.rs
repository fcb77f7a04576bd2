//! The harness against implementations that misbehave, each in one way: each gets the verdict that names it, none passes
//! that is dead, and nothing is left running.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod json_schema;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use json_schema::breaches;
use serde_json::{Value, json};

/// What came of a run.
struct Ran {
    code: i32,
    /// Every test of the JSON lines.
    tests: Vec<Value>,
    objections: Vec<Value>,
    stderr: String,
}

impl Ran {
    fn verdicts(&self) -> Vec<&str> {
        self.tests.iter().map(|test| test["verdict"].as_str().unwrap()).collect()
    }

    fn has(&self, verdict: &str, words: &str) -> bool {
        let test = |test: &Value| test["verdict"] == verdict && test.to_string().contains(words);
        self.tests.iter().any(test)
            || self.objections.iter().any(|objection| objection.to_string().contains(words))
            || (!words.is_empty() && self.stderr.contains(words))
    }
}

fn flowspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowspec"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

/// Holds a fake against the suite of the door.
fn hold(fake: &str, options: &[&str], arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("results.jsonl");
    let jsonl = format!("jsonl={}", report.display());
    let kept = folder.path().to_str().unwrap();
    let mut command =
        flowspec(&["test", "tests/harness/door.flow", "--timeout", "2000ms", "--start-timeout", "10s"]);
    command.args(["--report", &jsonl, "--kept", kept]).args(options).args(["--", "python3"]);
    let output = command.arg(format!("tests/harness/{fake}.py")).args(arguments).output().unwrap();
    ran(&output, &report)
}

fn ran(output: &Output, report: &Path) -> Ran {
    let lines = fs::read_to_string(report).unwrap_or_default();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named = |name: &str| lines.iter().filter_map(|line| line.get(name).cloned()).collect();
    Ran {
        code: output.status.code().unwrap(),
        tests: named("test"),
        objections: named("objection"),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A fake, the exit code, a verdict that is among those of its tests, and words that name what it is.
macro_rules! fakes {
    ($($fake:ident: $code:literal, $verdict:literal, $words:literal;)*) => {
        $(
            #[test]
            fn $fake() {
                let ran = hold(stringify!($fake), &[], &[]);
                assert_eq!(ran.code, $code, "{:?} {}", ran.verdicts(), ran.stderr);
                assert!(ran.has($verdict, $words), "{:#?} {:?} {}", ran.tests, ran.objections, ran.stderr);
            }
        )*
    };
}

fakes! {
    right: 0, "pass", "";
    batch: 0, "pass", "";
    hides_steps: 0, "unsupported", "several sessions";
    real_clock: 0, "unsupported", "an instant that is exact to the millisecond";
    stderr_flood: 0, "pass", "a flood on standard error";
    ignores_sigterm: 0, "pass", "it had to be killed";
    without_a_clock: 0, "unsupported", "a clock that can be moved";
    wrong: 1, "fail", "expected";
    error: 1, "fail", "no such table: kicks";
    spoiled: 1, "order_dependent", "after";
    garbage: 1, "protocol_error", "garbage on standard output: `Debug: somebody kicks`";
    oversized_line: 1, "protocol_error", "an oversized line";
    invalid_utf8: 1, "protocol_error", "not UTF-8";
    wrong_id: 1, "protocol_error", "a wrong id";
    repeated_id: 1, "protocol_error", "a repeated id";
    no_id: 1, "protocol_error", "the reply has no `id`";
    reply_from_the_future: 1, "protocol_error", "a reply from the future";
    two_replies: 1, "protocol_error", "a repeated id";
    misshapen: 1, "protocol_error", "the reply has no `accepted`";
    refused_without_reasons: 1, "protocol_error", "refused without `reasons`";
    half_line: 1, "protocol_error", "half a line";
    slow_drip: 1, "timeout", "A slow drip";
    hang: 1, "timeout", "No answer within 2000 ms";
    closed_stdout: 1, "crash", "closed its standard output";
    exit_in_the_midst: 1, "crash", "exit code 7";
    killed: 1, "crash", "killed by signal 11";
    dies_after_its_reply: 1, "crash", "it ended by itself";
    batch_that_breaks: 1, "crash", "exit code 7";
    always_crashes: 4, "crash", "exit code 1";
    exit_before_hello: 4, "not_run", "to `hello`: it ended with exit code 3";
}

#[test]
fn what_hangs_before_it_is_greeted_could_not_be_run() {
    let ran = hold("hang_before_hello", &["--start-timeout", "700ms"], &[]);
    assert_eq!(ran.code, 4);
    assert!(ran.has("not_run", "to `hello`: no answer within 2000 ms"), "{:?}", ran.objections);
}

#[test]
fn a_test_that_fails_now_and_then_is_flaky_with_its_rate() {
    let ran = hold("flaky", &["--walks", "0"], &[]);
    let flaky = ran.tests.iter().find(|test| test["verdict"] == "flaky").unwrap();
    assert!(flaky["failed"].as_u64() < flaky["runs"].as_u64(), "{flaky}");
    assert!(!ran.verdicts().contains(&"pass") || ran.code != 0);
}

#[test]
fn after_five_starts_in_a_row_the_rest_is_not_run_and_listed() {
    let ran = hold("always_crashes", &[], &[]);
    let count = |wanted: &str| ran.verdicts().iter().filter(|verdict| **verdict == wanted).count();
    assert_eq!(count("crash"), 5);
    assert_eq!(count("not_run"), ran.tests.len() - 5);
}

#[test]
fn a_command_that_is_not_there_is_said_to_be_not_there() {
    let output =
        flowspec(&["test", "tests/harness/door.flow", "--no-kept", "--", "flowspec-no-such-command"])
            .output();
    assert_eq!(output.unwrap().status.code(), Some(4));
}

#[test]
fn a_failing_sequence_is_kept_and_tried_first_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().to_str().unwrap();
    let report = folder.path().join("results.jsonl");
    let jsonl = format!("jsonl={}", report.display());
    let run = || {
        let arguments = ["test", "tests/harness/door.flow", "--kept", kept, "--report", &jsonl];
        let output = flowspec(&arguments).args(["--", "python3", "tests/harness/wrong.py"]).output().unwrap();
        ran(&output, &report)
    };
    assert!(run().tests.iter().all(|test| test["section"] != "regression"));
    let again = run();
    assert_eq!(again.tests[0]["section"], "regression");
    assert_eq!(again.tests[0]["verdict"], "fail");
    assert_eq!(again.tests[0]["failure"]["steps"], 4, "open and three kicks: {}", again.tests[0]);
}

#[test]
fn what_is_known_to_fail_is_borne_until_it_passes_or_expires() {
    let failing: Vec<String> = {
        let ran = hold("wrong", &["--walks", "0"], &[]);
        let failing = ran.tests.iter().filter(|test| test["verdict"] == "fail");
        failing.map(|test| test["id"].as_str().unwrap().to_owned()).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("known-failing.toml");
    let with = |fake: &str, expires: &str, more: &str| {
        let entry =
            |id: &String| format!("[[known]]\nid = \"{id}\"\nreason = \"slow\"\nexpires = {expires}\n");
        fs::write(&list, failing.iter().map(entry).collect::<String>() + more).unwrap();
        hold(fake, &["--walks", "0", "--known-failing", list.to_str().unwrap()], &[])
    };
    let borne = with("wrong", "2999-12-31", "");
    assert!(borne.verdicts().contains(&"known_failing") && !borne.verdicts().contains(&"fail"));
    assert_eq!(borne.code, 0, "{:?}", borne.objections);
    assert_eq!(with("wrong", "2020-01-01", "").code, 1);
    let passes = with("right", "2999-12-31", "");
    assert!(passes.code == 1 && passes.objections[0].to_string().contains("passes now"));
    let nothing = "[[known]]\nid = \"nothing/*\"\nreason = \"slow\"\nexpires = 2999-12-31\n";
    assert!(with("wrong", "2999-12-31", nothing).objections[0].to_string().contains("matches no test"));
}

#[test]
fn shards_are_the_suite_each_test_once() {
    let ids = |options: &[&str]| {
        let mut options = options.to_vec();
        options.extend(["--walks", "0"]);
        let ran = hold("right", &options, &[]);
        ran.tests.iter().map(|test| test["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut parts = [ids(&["--shard", "1/2"]), ids(&["--shard", "2/2"])].concat();
    let mut whole = ids(&["--jobs", "2"]);
    parts.sort();
    whole.sort();
    assert_eq!(parts, whole);
}

#[test]
fn the_first_failure_ends_a_run_that_fails_fast() {
    let ran = hold("wrong", &["--fail-fast"], &[]);
    assert_eq!(ran.verdicts().iter().filter(|verdict| **verdict == "fail").count(), 1);
    assert!(ran.has("not_run", "fail_fast"));
}

#[test]
fn an_interrupted_run_says_what_is_known_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("results.jsonl");
    let mut command = flowspec(&["test", "tests/harness/door.flow", "--no-kept", "--timeout", "60s"]);
    command.args([
        "--report",
        &format!("jsonl={}", report.display()),
        "--",
        "python3",
        "tests/harness/hang.py",
    ]);
    command.env("FLOWSPEC_TEST_MARK", mark(&report)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // The fake says when it hangs.
    let hangs = folder.path().join("results.jsonl.hangs");
    (0..600)
        .take_while(|_| !hangs.exists())
        .for_each(|_| std::thread::sleep(std::time::Duration::from_millis(100)));
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let ran = ran(&child.wait_with_output().unwrap(), &report);
    assert!(ran.verdicts().contains(&"pass") && ran.has("not_run", "interrupted"), "{:?}", ran.verdicts());
    assert_eq!(left_running(&mark(&report)), Vec::<String>::new());
}

/// Faults at random: `FLOWSPEC_SOAK=1000` for as many runs.
#[test]
fn no_dead_implementation_passes_and_a_crash_costs_one_test_at_most() {
    let runs = std::env::var("FLOWSPEC_SOAK").ok().and_then(|runs| runs.parse().ok()).unwrap_or(4);
    for seed in 0..runs {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("faults");
        let report = folder.path().join("results.jsonl");
        let mut command =
            flowspec(&["test", "tests/harness/door.flow", "--no-kept", "--walks", "0", "--timeout", "3s"]);
        command.args(["--report", &format!("jsonl={}", report.display()), "--", "python3"]);
        command.arg("tests/harness/random_faults.py").arg(&log).args([&seed.to_string(), "0.02"]);
        command.env("FLOWSPEC_TEST_MARK", mark(&report));
        let ran = ran(&command.output().unwrap(), &report);
        let faults = fs::read_to_string(&log).unwrap_or_default().lines().count();
        let lost = ran.verdicts().iter().filter(|verdict| !["pass", "not_run"].contains(verdict)).count();
        assert!(lost <= faults, "seed {seed}: {faults} faults, {lost} tests lost");
        assert!((faults == 0) == (ran.code == 0), "seed {seed}: {faults} faults, exit code {}", ran.code);
        assert_eq!(left_running(&mark(&report)), Vec::<String>::new(), "seed {seed}");
    }
}

/// What every process of a run has in its environment.
fn mark(report: &Path) -> String {
    report.display().to_string()
}

/// The processes that have the mark in their environment, where the system shows that.
fn left_running(mark: &str) -> Vec<String> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let paths = processes.filter_map(|entry| Some(entry.ok()?.path()));
    let marked = |path: &PathBuf| {
        let environment = fs::read(path.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&format!("FLOWSPEC_TEST_MARK={mark}"))
    };
    paths.filter(marked).map(|path| path.display().to_string()).collect()
}

/// The reference over standard input and output.
struct Reference {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Reference {
    fn new(spec: &str) -> Self {
        let mut child =
            flowspec(&["serve", spec]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn ask(&mut self, request: &Value) -> Value {
        self.line(&request.to_string())
    }

    fn line(&mut self, line: &str) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
        let mut reply = String::new();
        self.out.read_line(&mut reply).unwrap();
        serde_json::from_str(&reply).unwrap()
    }
}

#[test]
fn the_reference_is_told_what_the_spec_leaves_open() {
    let mut reference = Reference::new("tests/harness/open.flow");
    let hello = reference.ask(&json!({"id": 1, "do": "hello", "protocol": 1, "flow": "open", "spec": ""}));
    assert_eq!(hello["clock"], "virtual");
    assert_eq!(
        reference.ask(&json!({"id": 2, "do": "reset", "rows": {}, "choices": {"window": "lax"}})),
        json!({"id": 2})
    );
    let opened = reference.ask(&json!({"id": 3, "do": "open", "session": "a", "at": 0, "given": {}}));
    assert_eq!(opened, json!({"id": 3, "accepted": true, "step": "asked", "outputs": []}));
    let tossed =
        reference.ask(&json!({"id": 4, "do": "apply", "session": "a", "at": 1, "event": "toss", "pick": 1}));
    assert_eq!(
        tossed,
        json!({"id": 4, "accepted": false, "reasons": ["wrong_code"], "step": "asked", "outputs": []})
    );
    let begun = reference.ask(&json!({
        "id": 5, "do": "apply", "session": "a", "at": 2, "event": "begin", "chosen": {"sms": {"code": "5029"}}
    }));
    assert_eq!(begun["outputs"], json!([{"output": "sms", "code": "5029"}]));
    let left = reference.ask(&json!({"id": 6, "do": "apply", "session": "a", "at": 3, "event": "leave"}));
    assert_eq!(left["step"], "done", "the choice is `lax`");
}

#[test]
fn what_cannot_be_asked_is_an_error_and_changes_nothing() {
    let mut reference = Reference::new("tests/harness/open.flow");
    reference.ask(&json!({"id": 1, "do": "reset", "rows": {}}));
    reference.ask(&json!({"id": 2, "do": "open", "session": "a", "at": 5, "given": {}}));
    let wrong = [
        json!({"id": 3, "do": "apply", "session": "a", "at": 4, "event": "toss"}),
        json!({"id": 3, "do": "apply", "session": "b", "at": 9, "event": "toss"}),
        json!({"id": 3, "do": "apply", "session": "a", "at": 9, "event": "toss", "pick": 2}),
        json!({"id": 3, "do": "apply", "session": "a", "at": 9, "event": "begin", "chosen": {}}),
        json!({"id": 3, "do": "apply", "session": "a", "at": 9, "event": "begin", "chosen": {"sms": {"code": "50"}}}),
        json!({"id": 3, "do": "apply", "session": "a", "at": 9, "event": "check"}),
        json!({"id": 3, "do": "apply", "session": "a", "at": 9, "event": "check", "answers": {"bank": {"answer": "so"}}}),
        json!({"id": 3, "do": "open", "session": "a", "at": 9, "given": {}}),
        json!({"id": 3, "do": "close", "session": "b"}),
        json!({"id": 3, "do": "advance", "to": 4}),
        json!({"id": 3, "do": "reset", "rows": {"account": {}}}),
        json!({"id": 3, "do": "reset", "rows": {}, "choices": {"window": "open"}}),
        json!({"id": 3, "do": "apply", "session": "a"}),
    ];
    for request in wrong {
        let reply = reference.ask(&request);
        assert!(reply["error"].is_string() && reply["id"] == 3, "{request} is answered by {reply}");
    }
    let reply = reference.ask(&json!({"id": 4, "do": "dance"}));
    assert_eq!(reply, json!({"id": 4, "unsupported": "dance"}));
    assert!(reference.line("no json")["id"].is_null());
    let after = reference.ask(&json!({"id": 5, "do": "apply", "session": "a", "at": 5, "event": "toss"}));
    assert_eq!(after["step"], "coded", "neither the session nor the clock has moved: {after}");
}

#[test]
fn the_reference_over_http_passes() {
    let mut server = flowspec(&["serve", "tests/harness/door.flow", "--http", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let test =
        flowspec(&["test", "tests/harness/door.flow", "--no-kept", "--url", url.trim()]).output().unwrap();
    let doctor = flowspec(&["doctor", "--url", url.trim()]).output().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(test.status.code(), Some(0), "{test:?}");
    assert_eq!(doctor.status.code(), Some(0), "{doctor:?}");
}

#[test]
fn every_line_of_a_conversation_is_what_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("lines");
    let ran = hold("recorder", &[], &[log.to_str().unwrap()]);
    assert_eq!(ran.code, 0);
    let mut lines: Vec<String> = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
    assert!(lines.len() > 20);
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.md")).unwrap();
    let shown = page.lines().filter_map(|line| line.strip_prefix("→ ").or(line.strip_prefix("← ")));
    lines.extend(shown.map(|line| line.replace("sha256:…", "")));
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let wrong = |line: &str| breaches(&schema, &serde_json::from_str(line).unwrap());
    for line in &lines {
        assert_eq!(wrong(line), Vec::<String>::new(), "{line}");
    }
    for bad in [r#"{"do":"bye"}"#, r#"{"id":1,"do":"dance"}"#, r#"{"id":1,"accepted":false}"#, r#"{"id":-1}"#]
    {
        assert!(!wrong(bad).is_empty(), "{bad}");
    }
}

#[test]
fn adapters_run_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    for (language, file, program) in [
        ("python", "adapter.py", "python3"),
        ("typescript", "adapter.mjs", "node"),
        ("java", "Adapter.java", "java"),
    ] {
        let path = folder.path().join(file);
        let path = path.to_str().unwrap();
        let arguments =
            ["adapter", "new", "--language", language, "--flow", "tests/harness/door.flow", "--output", path];
        assert!(flowspec(&arguments).status().unwrap().success(), "{language}");
        assert_eq!(flowspec(&arguments).output().unwrap().status.code(), Some(2), "never over another file");
        if !has(program) {
            continue;
        }
        let doctor =
            flowspec(&["doctor", "--spec", "tests/harness/door.flow", "--", program, path]).output().unwrap();
        assert_eq!(doctor.status.code(), Some(0), "{language}: {}", String::from_utf8_lossy(&doctor.stdout));
        let arguments = ["test", "tests/harness/door.flow", "--no-kept", "--", program, path];
        let test = flowspec(&arguments).output().unwrap();
        assert_eq!(test.status.code(), Some(3), "{language} does nothing yet: {test:?}");
    }
}

#[test]
fn the_doctor_names_what_is_to_be_mended() {
    let doctor = |fake: &str| {
        let path = format!("tests/harness/{fake}.py");
        let output =
            flowspec(&["doctor", "--timeout", "2s", "--start-timeout", "5s", "--", "python3", &path])
                .output();
        let output = output.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = doctor("right");
    assert_eq!(code, 0, "{text}");
    let (code, text) = doctor("exit_before_hello");
    assert!(code == 4 && text.contains("no database"), "{text}");
    assert_eq!(doctor("hang_before_hello").0, 4);
}
