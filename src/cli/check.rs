//! `flowspec check`: what is wrong with specs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::progress::Progress;
use crate::check::{BUDGET, Budget, Judged, Verdict};
use crate::compile_within;
use crate::diagnostic::counted;
use crate::facts;
use crate::source::Sources;

/// Looks for mistakes in specs and writes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec check                          everything under specs/
  flowspec check specs/sign_in.flow       one spec and what it uses
  flowspec check --deny warnings          fails on warnings too, for CI; one that is meant is silenced in the spec,
                                          with a reason: allow F0330 \"because …\"
  flowspec check --budget 1000000         look further for runs that break a rule
  flowspec check --format json            one JSON object a finding or rule, for editors and scripts")]
pub(super) struct Check {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,
    /// What fails the check beside errors.
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,

    /// How many situations of each flow are looked at, at most.
    #[arg(long, value_name = "SITUATIONS", default_value_t = BUDGET)]
    budget: usize,
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
        let budget = Budget::of(self.budget);
        // Whoever does not want to wait any longer gets what is known; where no handler can be set, the run just ends.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, budget.stop.clone());
        let mut compiled = compile_within(&project.sources, &project.parsed, &budget);
        let stale = facts::stale(&project.sources, &project.parsed, &project.known_facts());
        compiled.diagnostics.extend(stale);
        drop(progress);
        let reported = console.report(&compiled.diagnostics, &project.sources)?;
        if reported == Outcome::Fine {
            console.say(&format!("{} checked, no findings", counted(project.parsed.len(), "file")));
        }
        tell(&compiled.judged, &project.sources, console)?;
        let open =
            |judged: &Judged| matches!(judged.verdict, Verdict::OutOfBudget(_) | Verdict::NotDecided(_));
        let undecided = compiled.judged.iter().any(open);
        let fails = compiled.has_errors() || self.deny == Some(Deny::Warnings);
        // The process ends now: trees and models are not taken apart piece by piece.
        std::mem::forget((project, compiled));
        Ok(match reported {
            Outcome::Findings if fails => Outcome::Findings,
            _ if undecided => Outcome::Inconclusive,
            _ => Outcome::Fine,
        })
    }
}

/// Says what is known of the rules over runs: how many of each verdict, and those that are open.
fn tell(judged: &[Judged], sources: &Sources, console: &Console) -> Result<(), Failure> {
    let count = |word: &str| judged.iter().filter(|judged| judged.verdict.word() == word).count();
    for judged in judged {
        let source = sources.get(judged.location.source);
        let line = source.lines.locate(&source.text, judged.location.span.start).line;
        let verdict = &judged.verdict;
        let situations = match verdict {
            Verdict::Exhaustive(situations) | Verdict::OutOfBudget(situations) => Some(*situations),
            _ => None,
        };
        console.object(&json!({
            "verdict": verdict.word(), "rule": judged.rule, "flow": judged.flow, "file": source.path, "line": line,
            "situations": situations,
        }))?;
        if matches!(verdict, Verdict::OutOfBudget(_) | Verdict::NotDecided(_)) {
            console.say(&format!("{}:{line}: {}: {verdict}", source.path, judged.rule));
        }
    }
    let told = [
        ("proved", "proved"),
        ("exhaustive", "exhaustive"),
        ("out_of_budget", "within a budget"),
        ("not_decided", "not decided"),
        ("refuted", "refuted"),
    ];
    let counts: Vec<String> = told
        .into_iter()
        .filter(|(word, _)| count(word) > 0)
        .map(|(word, said)| format!("{} {said}", count(word)))
        .collect();
    if !counts.is_empty() {
        console.say(&format!("{} over runs: {}", counted(judged.len(), "rule"), counts.join(", ")));
    }
    Ok(())
}
