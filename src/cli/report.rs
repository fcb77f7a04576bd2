//! `flowspec report`: reports from results that were kept, those of several shards as one.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::console::{Console, Format};
use super::failure::{Failure, Outcome};
use super::writer::replace;
use crate::harness::report::{Kind, Request, Style, human, merge, read, write};
use crate::harness::results::Results;

/// Makes reports of runs whose results were kept
#[derive(Debug, Args)]
pub(super) struct Report {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Merge(Merge),
}

/// Puts the results of shards together into one report; one alone is only shown again
#[derive(Debug, Args)]
#[command(after_help = "\
A shard that is missing is said, and is never a pass: the exit code is 3 then. Otherwise the exit codes are those of
`flowspec test`.

Examples:
  flowspec test specs/sign_in --shard 1/2 --report jsonl=1.jsonl -- ./adapter
  flowspec test specs/sign_in --shard 2/2 --report jsonl=2.jsonl -- ./adapter
  flowspec report merge 1.jsonl 2.jsonl --report junit=junit.xml --report html=report.html")]
struct Merge {
    /// Results, as `--report jsonl=FILE` writes them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Writes a report as well: human, jsonl, junit, sarif, tap, markdown, html or badge; may be repeated.
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<Request>,
}

impl Report {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let What::Merge(Merge { files, report }) = &self.what;
        let shards = files.iter().map(|file| results(file)).collect::<Result<Vec<_>, _>>()?;
        let merged = merge(&shards).map_err(|mismatch| Failure::usage(mismatch.to_string()))?;
        tell(console, &merged, report)?;
        Ok(Outcome::Tested(merged.footer.exit.code()))
    }
}

fn results(file: &Path) -> Result<Results, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
    read(&text).map_err(|unreadable| Failure::usage(format!("{}: {unreadable}", file.display())))
}

/// Says what came of a run, and writes the reports that were asked for.
pub(super) fn tell(console: &Console, results: &Results, requests: &[Request]) -> Result<(), Failure> {
    // What nobody can see is written first: a closed pipe must not keep a CI system from its report.
    for Request { kind, file } in requests {
        replace(Path::new(file), &write(*kind, results).map_err(Failure::fault)?)?;
    }
    match console.format() {
        Format::Human => console.print(&human(results, Style { colour: true })),
        Format::Json => console.print(&write(Kind::JsonLines, results).map_err(Failure::fault)?),
    }
}
