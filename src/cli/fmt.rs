//! `flowspec fmt`: specs as the formatter lays them out.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::progress::Progress;
use super::spec_files::spec_files;
use super::writer::replace;
use crate::diagnostic::{Diagnostic, arrange, counted};
use crate::format::format as lay_out;
use crate::source::Source;

/// Lays specs out, a statement a line; every comment stays.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec fmt                        everything under specs/, in place
  flowspec fmt --check                writes nothing; fails and names files that it would change
  flowspec fmt - < draft.flow         from standard input to standard output")]
pub(super) struct Fmt {
    /// Spec files, folders with spec files below them, or `-` for standard input.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,

    /// Write nothing, and fail where something is not laid out.
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let from_input = self.paths == [PathBuf::from("-")];
        let progress = Progress::start(console, "formatting");
        let project = if from_input { standard_input()? } else { self.read()? };
        let texts = laid_out(&project);
        let changed: Vec<_> = texts.iter().filter(|(source, text)| source.text != *text).collect();
        if !self.check && !from_input {
            for (source, text) in &changed {
                write(&source.path, text)?;
            }
        }
        drop(progress);

        let outcome = report(&project, console)?;
        if self.check && !changed.is_empty() {
            let names = changed.iter().map(|(source, _)| format!("not laid out  {}\n", source.path));
            console.say(&format!("{}`flowspec fmt` mends that", names.collect::<String>()));
            return Ok(Outcome::Findings);
        }
        match texts.as_slice() {
            [(_, text)] if from_input && !self.check => console.print(text)?,
            _ => {
                console.say(&format!("{}, {} changed", counted(project.parsed.len(), "file"), changed.len()))
            }
        }
        Ok(outcome)
    }

    fn read(&self) -> Result<Project, Failure> {
        let mut project = Project::default();
        project.read(&spec_files(&self.paths)?)?;
        Ok(project)
    }
}

fn standard_input() -> Result<Project, Failure> {
    let name = "standard input";
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::file("read", Path::new(name), &error))?;
    Ok(Project::of_text(name, bytes))
}

/// The new text of every source that could be read without a finding; the others stay as they are.
fn laid_out(project: &Project) -> Vec<(&Source, String)> {
    let read = project.sources.iter().zip(&project.parsed);
    let sound = read.filter(|(_, parsed)| parsed.diagnostics.is_empty());
    sound.map(|((_, source), parsed)| (source, lay_out(&parsed.tree, source))).collect()
}

fn write(path: &str, text: &str) -> Result<(), Failure> {
    let path = Path::new(path);
    // Through a link the file behind it is meant, not the link.
    let path = fs::canonicalize(path).map_err(|error| Failure::file("write", path, &error))?;
    replace(&path, text)
}

fn report(project: &Project, console: &Console) -> Result<Outcome, Failure> {
    let findings = project.parsed.iter().flat_map(|parsed| parsed.diagnostics.iter().cloned());
    let mut findings: Vec<Diagnostic> = findings.collect();
    arrange(&mut findings, &project.sources);
    console.report(&findings, &project.sources)
}
