//! `flowspec test`: holds an implementation in any language against the suite of a flow.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use flowspec_runtime::model::Model;
use flowspec_runtime::suite::Suite;

use super::console::Console;
use super::failure::{Failure, Outcome, USAGE};
use super::loader::Project;
use super::progress::Progress;
use super::report;
use crate::compile;
use crate::harness::report::Request;
use crate::harness::results::{Header, Identification, Method, Shard, Spec, SuiteSize, TestResult};
use crate::harness::run::{self, KnownFailing, Options, Selection, Watch};
use crate::harness::target::{Address, Connector, Stop};
use crate::harness::{digest, signals};
use crate::suite::derive;

/// Holds an implementation in any language against the suite of a flow (docs/protocol.md)
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 conforms, 1 does not, 2 wrong usage or a spec with errors, 3 inconclusive, 4 the implementation could not
be run, 5 it fails only sometimes.

Examples:
  flowspec test specs/sign_in -- python3 adapter.py
  flowspec test specs/sign_in --url http://127.0.0.1:8080/flow
  flowspec test specs/alipay --flow register_web_phone --jobs 2 -- node adapter.mjs
  flowspec test specs/sign_in --only 3f9c21 -- python3 adapter.py
  flowspec test specs/sign_in --budget 30s --stated-only -- java Adapter.java
  flowspec test specs/sign_in --report junit=junit.xml --report html=report.html -- ./adapter
  flowspec test specs/sign_in --shard 2/4 --report jsonl=2.jsonl -- ./adapter")]
pub(super) struct Test {
    /// A spec file, or a folder with spec files below it.
    spec: PathBuf,

    /// The flow, where there are several.
    #[arg(long, value_name = "NAME")]
    flow: Option<String>,

    /// The command that starts the implementation, which speaks the protocol on its standard input and output.
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "url", conflicts_with = "url")]
    command: Vec<OsString>,

    /// Where the implementation listens, for requests as the bodies of POSTs.
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// How long a request may take.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    timeout: Duration,

    /// How long the implementation may take until it answers first.
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration, overrides_with = "start_timeout")]
    start_timeout: Duration,

    /// On how many connections at once; each has a process of its own.
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,

    /// Only tests whose requirement, title or section has this in it, or matches it with `*` and `?`; may be repeated.
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<String>,

    /// Only the test with this identifier, or the beginning of it; may be repeated.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,

    /// Only this part of the suite.
    #[arg(long, value_name = "K/N", value_parser = shard)]
    shard: Option<Shard>,

    /// Only what stands on stated facts: then a failure says that the source says otherwise.
    #[arg(long)]
    stated_only: bool,

    /// End with the first failure.
    #[arg(long)]
    fail_fast: bool,

    /// End after this time; the tests that are likely to catch most come first.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    budget: Option<Duration>,

    /// How many random walks follow the suite.
    #[arg(long, value_name = "N", default_value_t = 64)]
    walks: u32,

    /// Where the random walks begin.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,

    /// Failures that are borne for a while: known-failing.toml beside the spec, unless given.
    #[arg(long, value_name = "FILE")]
    known_failing: Option<PathBuf>,

    /// The folder in which failing sequences are kept, to be tried first the next time.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    kept: PathBuf,

    /// Keep no failing sequences, and try none that were kept.
    #[arg(long)]
    no_kept: bool,

    /// Writes a report as well: human, jsonl, junit, sarif, tap, markdown, html or badge; may be repeated.
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<Request>,

    /// With a real world: the least share of what actors can answer that must have been seen, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 80)]
    answers: u32,

    /// With a real clock: how long a test may wait.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    longest_wait: Duration,
}

impl Test {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let project = Project::load(std::slice::from_ref(&self.spec))?;
        let compiled = compile(&project.sources, &project.parsed);
        if compiled.has_errors() {
            console.report(&compiled.diagnostics, &project.sources)?;
            return Ok(Outcome::Tested(USAGE));
        }
        let model = choose(&compiled.models, self.flow.as_deref(), &self.spec)?;
        let suite = derive(model).map_err(Failure::fault)?;
        let stop = signals::stop_on_signals().map_err(Failure::fault)?;
        let connector = connector(self.address(), Some(model), self.timeout, self.start_timeout, &stop);
        let options = self.options()?;
        let header = self.header(&suite, &connector.spec);
        let progress = Progress::start(console, "testing");
        let results = run::run(&suite, &connector, &options, header, &Watching { console });
        drop(progress);
        let mut results = results.map_err(Failure::usage)?;
        results.locate(|file| project.text(file));
        report::tell(console, &results, &self.report)?;
        Ok(Outcome::Tested(results.footer.exit.code()))
    }

    fn address(&self) -> Address {
        match &self.url {
            Some(url) => Address::Url(url.clone()),
            None => Address::Command(self.command.clone()),
        }
    }

    fn options(&self) -> Result<Options, Failure> {
        let known = match &self.known_failing {
            Some(path) => Some(path.clone()),
            None => Some(beside(&self.spec)).filter(|path| path.is_file()),
        };
        Ok(Options {
            selection: Selection {
                filters: self.filter.clone(),
                only: self.only.clone(),
                shard: self.shard,
                stated_only: self.stated_only,
            },
            jobs: self.jobs,
            fail_fast: self.fail_fast,
            budget: self.budget,
            walks: if self.walks_too() { self.walks } else { 0 },
            seed: self.seed,
            known_failing: known.map(|path| known_failing(&path)).transpose()?,
            kept: (!self.no_kept).then(|| self.kept.clone()),
            answers: self.answers,
            longest_wait: self.longest_wait,
        })
    }

    /// Whether random walks belong to what was chosen: they may use any statement, and belong to one shard only.
    fn walks_too(&self) -> bool {
        let chosen = self.only.is_empty() && self.filter.is_empty() && !self.stated_only;
        chosen && self.shard.is_none_or(|shard| shard.index == 1)
    }

    fn header(&self, suite: &Suite, spec: &str) -> Header {
        let model = &suite.model;
        let requirements: BTreeSet<_> = suite.tests.iter().map(|test| suite.requirement(test)).collect();
        let title = model.element(model.element).texts.values().next().cloned();
        Header {
            format: crate::harness::results::FORMAT,
            flow: model.name.clone(),
            title: title.unwrap_or_default(),
            implementation: String::new(),
            spec: Spec {
                files: model.files.iter().map(ToString::to_string).collect(),
                digest: spec.to_owned(),
            },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: Some(flowspec_runtime::protocol::VERSION),
            seed: Some(self.seed),
            method: Method { identification: Identification::None, k: 0, exceptions: Vec::new() },
            suite: SuiteSize {
                requirements: requirements.len(),
                tests: suite.tests.len(),
                events: suite.tests.iter().map(|test| suite.steps(test).len()).sum(),
            },
            faults: None,
            stated_only: self.stated_only,
            shard: self.shard,
            again: self.again(),
        }
    }

    /// The command that runs one test again.
    fn again(&self) -> String {
        let flow = self.flow.as_ref().map_or_else(String::new, |flow| format!(" --flow {flow}"));
        let target = match &self.url {
            Some(url) => format!("--url {url}"),
            None => {
                let words: Vec<_> = self.command.iter().map(|word| quoted(&word.to_string_lossy())).collect();
                format!("-- {}", words.join(" "))
            }
        };
        format!("flowspec test {}{flow} --only {{id}} {target}", quoted(&self.spec.to_string_lossy()))
    }
}

/// How an implementation of a flow is reached.
pub(super) fn connector(
    address: Address,
    model: Option<&Model>,
    timeout: Duration,
    start: Duration,
    stop: &Stop,
) -> Connector {
    let capabilities = model.into_iter().flat_map(|model| &model.capabilities);
    let of_sessions = capabilities.filter(|capability| capability.record.is_none());
    Connector {
        address,
        flow: model.map(|model| model.name.clone()).unwrap_or_default(),
        spec: model.map(digest).unwrap_or_default().into(),
        of_sessions: of_sessions.map(|capability| capability.name.clone()).collect(),
        timeout,
        start,
        stop: stop.clone(),
    }
}

/// The flow that is meant.
pub(super) fn choose<'a>(
    models: &'a [Arc<Model>],
    flow: Option<&str>,
    spec: &Path,
) -> Result<&'a Arc<Model>, Failure> {
    let chosen: Vec<_> = models.iter().filter(|model| flow.is_none_or(|name| name == model.name)).collect();
    let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    let names = names.join(", ");
    match (chosen.as_slice(), flow) {
        ([model], _) => Ok(model),
        ([], None) => Err(Failure::usage(format!("there is no flow in {}", spec.display()))),
        ([], Some(name)) => {
            Err(Failure::usage(format!("there is no flow `{name}`")).help(format!("there is {names}")))
        }
        _ => Err(Failure::usage(format!("there are several flows in {}", spec.display()))
            .help(format!("choose one with --flow: {names}"))),
    }
}

/// Shows how a run goes.
struct Watching<'a> {
    console: &'a Console,
}

impl Watch for Watching<'_> {
    fn ended(&self, _: &TestResult, _: usize, _: usize) {}

    fn note(&self, note: &str) {
        self.console.say(&format!("note: {note}"));
    }
}

fn known_failing(path: &Path) -> Result<KnownFailing, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    KnownFailing::read(&text).map_err(|error| {
        Failure::usage(format!("{}: {error}", path.display()))
            .help("each entry is a [[known]] with `id`, `reason`, `expires` and, if there is one, `issue`")
    })
}

fn beside(spec: &Path) -> PathBuf {
    let folder = if spec.is_dir() { spec } else { spec.parent().unwrap_or(Path::new("")) };
    folder.join("known-failing.toml")
}

/// A word of a command as a shell would take it.
fn quoted(word: &str) -> String {
    let plain = |sign: char| sign.is_alphanumeric() || "-_./=:,+@%".contains(sign);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// `500ms`, `30s`, `2min`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.len() - text.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| "a number with a unit: 500ms, 30s, 2min, 1h".to_owned())?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(format!("`{unit}` is no unit; there are ms, s, min and h")),
    };
    Ok(Duration::from_millis(number.saturating_mul(milliseconds)))
}

/// `2/4`.
fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
    match parts {
        Some((index, of)) if (1..=of).contains(&index) => Ok(Shard { index, of }),
        _ => Err("a part out of so many: 2/4 is the second of four".to_owned()),
    }
}
