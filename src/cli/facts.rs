//! `flowspec facts`: from each fact of the source to the statements and tests that stand on it, and back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::writer::replace;
use crate::compile;
use crate::diagnostic::counted;
use crate::facts::{self, Trace};
use crate::suite::derive_all;

/// Shows which statements and tests stand on each fact, and what hangs in the air
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec facts specs/alipay             every fact with its statements and tests
  flowspec facts specs/alipay --check     fail where a fact is not carried, or has changed since it was confirmed
  flowspec facts specs/alipay --confirm   confirm the facts as they are written now (facts.lock)
  flowspec facts specs --as json | jq '.[].faults'")]
pub(super) struct Facts {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,

    /// Fail where something hangs in the air: a fact that nothing carries, a reading that nothing cites, an unknown
    /// id, a statement without ground, a text that changed since it was confirmed.
    #[arg(long)]
    check: bool,

    /// Confirm the texts of facts as they are now: write their digests beside each file of facts.
    #[arg(long)]
    confirm: bool,

    /// How the report is written.
    #[arg(long = "as", value_enum, default_value_t, value_name = "FORM")]
    form: Form,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Form {
    /// For people.
    #[default]
    Table,
    /// For tools.
    Json,
    /// A page.
    Markdown,
}

impl Facts {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let project = Project::load(&self.paths)?;
        let compiled = compile(&project.sources, &project.parsed);
        if compiled.has_errors() {
            return console.report(&compiled.diagnostics, &project.sources);
        }
        if project.facts.is_empty() {
            return Err(Failure::usage("no spec here names a file of facts")
                .help("write `facts \"facts.md\"` at the top of a spec"));
        }
        if self.confirm {
            return confirm(&project, console);
        }
        let suites = derive_all(&compiled.models).map_err(Failure::fault)?;
        let traces = facts::trace(&project.sources, &project.parsed, &project.known_facts(), &suites);
        console.print(&match self.form {
            Form::Table => facts::table(&traces, &project.sources),
            Form::Json => facts::json(&traces, &project.sources),
            Form::Markdown => facts::markdown(&traces, &project.sources),
        })?;
        Ok(if self.check && traces.iter().any(hangs) { Outcome::Findings } else { Outcome::Fine })
    }
}

fn hangs(trace: &Trace) -> bool {
    !trace.faults.is_empty()
}

/// Writes the digests of all facts, as they are now.
fn confirm(project: &Project, console: &Console) -> Result<Outcome, Failure> {
    for (name, known) in project.known_facts() {
        let lock = known.lock.unwrap_or_default().confirm(&known.document, &BTreeSet::new());
        let file = project.fact_files.get(&name).map_or_else(|| PathBuf::from(&name), PathBuf::from);
        let path = PathBuf::from(facts::Lock::name(&file.to_string_lossy()));
        replace(Path::new(&path), &lock.to_text())?;
        console.say(&format!(
            "{}: {} confirmed",
            path.display(),
            counted(known.document.rows().len(), "row")
        ));
    }
    Ok(Outcome::Fine)
}
