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
  flowspec facts specs --confirm=RWP-03,RWP-04    confirm two of them
  flowspec facts specs --as json | jq '.[].faults'")]
pub(super) struct Facts {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,

    /// Fail where something hangs in the air: a fact that nothing carries, a reading that nothing cites, an unknown
    /// id, a statement without ground, a text that changed since it was confirmed.
    #[arg(long)]
    check: bool,

    /// Confirm the texts of facts as they are now, all or those named: write their digests beside each file of facts.
    #[arg(long, value_name = "IDS", num_args = 0..=1, require_equals = true, value_delimiter = ',')]
    confirm: Option<Vec<String>>,

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
        if let Some(ids) = &self.confirm {
            return confirm(&project, ids, console);
        }
        let suites = derive_all(&compiled.models).map_err(Failure::fault)?;
        let traces = facts::trace(&project.sources, &project.parsed, &project.known_facts(), &suites);
        console.print(&match self.form {
            Form::Table => facts::table(&traces, &project.sources),
            Form::Json => facts::json(&traces, &project.sources),
            Form::Markdown => facts::markdown(&traces, &project.sources, "en"),
        })?;
        Ok(if self.check && traces.iter().any(hangs) { Outcome::Findings } else { Outcome::Fine })
    }
}

fn hangs(trace: &Trace) -> bool {
    !trace.faults.is_empty()
}

/// Writes the digests of facts, all or those named, as they are now.
fn confirm(project: &Project, ids: &[String], console: &Console) -> Result<Outcome, Failure> {
    let files = project.known_facts();
    let unknown = ids.iter().find(|id| files.values().all(|known| known.document.get(id).is_none()));
    if let Some(id) = unknown {
        return Err(Failure::usage(format!("no file of facts here has `{id}`")));
    }
    for (name, known) in files {
        let named: BTreeSet<&str> =
            ids.iter().map(String::as_str).filter(|id| known.document.get(id).is_some()).collect();
        if named.is_empty() && !ids.is_empty() {
            continue;
        }
        let lock = known.lock.unwrap_or_default().confirm(&known.document, &named);
        let file = project.fact_files.get(&name).map_or_else(|| PathBuf::from(&name), PathBuf::from);
        let path = PathBuf::from(facts::Lock::name(&file.to_string_lossy()));
        replace(Path::new(&path), &lock.to_text())?;
        let rows = if ids.is_empty() { known.document.rows().len() } else { named.len() };
        console.say(&format!("{}: {} confirmed", path.display(), counted(rows, "row")));
    }
    Ok(Outcome::Fine)
}
