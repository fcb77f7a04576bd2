//! `flowspec check`: what is wrong with specs.

use std::path::PathBuf;

use clap::Args;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::progress::Progress;
use crate::compile;
use crate::diagnostic::counted;

/// Looks for mistakes in specs and writes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec check                          everything under specs/
  flowspec check specs/sign_in.flow       one spec and what it uses
  flowspec check --format json            one JSON object a finding, for editors and scripts")]
pub(super) struct Check {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,
}

impl Check {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let progress = Progress::start(console, "checking");
        let project = Project::load(&self.paths)?;
        let compiled = compile(&project.sources, &project.parsed);
        drop(progress);
        let outcome = console.report(&compiled.diagnostics, &project.sources)?;
        if outcome == Outcome::Fine {
            console.say(&format!("{} checked, no findings", counted(project.parsed.len(), "file")));
        }
        // The process ends now: trees and models are not taken apart piece by piece.
        std::mem::forget((project, compiled));
        Ok(outcome)
    }
}
