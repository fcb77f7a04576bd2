//! `flowspec check`: what is wrong with specs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
  flowspec check --format json            one JSON object a finding, for editors and scripts
  flowspec check --deny warnings          fails on warnings too, for CI; one that is meant is silenced in the spec,
                                          with a reason: allow F0330 \"because …\"")]
pub(super) struct Check {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,
    /// What fails the check beside errors.
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
}

/// What can be made to fail a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Every warning that is not silenced.
    Warnings,
}

impl Check {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let progress = Progress::start(console, "checking");
        let project = Project::load(&self.paths)?;
        let compiled = compile(&project.sources, &project.parsed);
        drop(progress);
        let reported = console.report(&compiled.diagnostics, &project.sources)?;
        if reported == Outcome::Fine {
            console.say(&format!("{} checked, no findings", counted(project.parsed.len(), "file")));
        }
        let fails = compiled.has_errors() || self.deny == Some(Deny::Warnings);
        // The process ends now: trees and models are not taken apart piece by piece.
        std::mem::forget((project, compiled));
        Ok(if fails { reported } else { Outcome::Fine })
    }
}
