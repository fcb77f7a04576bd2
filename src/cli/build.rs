//! `flowspec build`: everything that specs give.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::progress::Progress;
use super::writer::Difference;
use crate::compile;
use crate::diagnostic::counted;
use crate::emit::{MARK, emit};
use crate::facts;
use crate::model::Model;
use crate::suite::derive_all;

/// Makes a Rust module, pages and a suite of every flow.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec build                       everything under specs/, into generated/
  flowspec build specs/bank --out bank
  flowspec build --check               writes nothing; fails and names files where generated/ is stale")]
pub(super) struct Build {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,

    /// The folder to write to. It ends up with just what these specs give; files without our mark are left alone.
    #[arg(long, default_value = "generated", value_name = "DIR")]
    out: PathBuf,

    /// Write nothing, and fail where the folder does not hold what the specs give.
    #[arg(long)]
    check: bool,
}

impl Build {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let progress = Progress::start(console, "building");
        let project = Project::load(&self.paths)?;
        let compiled = compile(&project.sources, &project.parsed);
        if compiled.has_errors() {
            drop(progress);
            let outcome = console.report(&compiled.diagnostics, &project.sources)?;
            console.say(&format!("nothing was written to {}", self.out.display()));
            return Ok(outcome);
        }
        let suites = derive_all(&compiled.models).map_err(Failure::fault)?;
        let mut files = emit(&compiled.models, &suites, &project.facts).map_err(Failure::fault)?;
        let known = project.known_facts();
        if !known.is_empty() {
            let traces = facts::trace(&project.sources, &project.parsed, &known, &suites);
            for language in languages(&compiled.models) {
                let page = facts::markdown(&traces, &project.sources, language);
                let page = format!("<!-- {MARK}; do not edit. -->\n\n{page}");
                files.add(format!("docs/{language}/facts.md"), page);
            }
        }
        let difference = Difference::of(&files, &self.out)?;
        if !self.check {
            difference.write(&files, &self.out)?;
        }
        let written = files.iter().count();
        // The process ends soon: what was made is not taken apart piece by piece.
        std::mem::forget((suites, files));
        drop(progress);
        // A warning is said, and does not keep the specs from being built.
        console.report(&compiled.diagnostics, &project.sources)?;
        if self.check && !difference.is_empty() {
            console.say(&stale(&difference, &self.out));
            return Ok(Outcome::Findings);
        }
        console.say(&if self.check {
            format!("{} holds what the specs give", self.out.display())
        } else {
            done(&difference, written, &self.out)
        });
        std::mem::forget((project, compiled));
        Ok(Outcome::Fine)
    }
}

fn stale(difference: &Difference, out: &Path) -> String {
    let kinds = [
        ("missing", &difference.missing),
        ("stale", &difference.stale),
        ("left over", &difference.left_over),
    ];
    let lines = kinds.into_iter().flat_map(|(kind, paths)| {
        paths.iter().map(move |path| format!("{kind:9}  {}\n", out.join(path).display()))
    });
    let lines: String = lines.collect();
    format!("{lines}{} does not hold what the specs give; `flowspec build` mends that", out.display())
}

fn done(difference: &Difference, files: usize, out: &Path) -> String {
    let written = difference.missing.len() + difference.stale.len();
    let removed = difference.left_over.iter().map(|path| format!("removed {}\n", out.join(path).display()));
    let removed: String = removed.collect();
    format!("{removed}{} in {}, {written} of them written", counted(files, "file"), out.display())
}

/// The languages of all flows, and English.
fn languages(models: &[Arc<Model>]) -> BTreeSet<&str> {
    let of_flows = models.iter().flat_map(|model| &model.languages).map(|language| language.as_str());
    of_flows.chain(["en"]).collect()
}
