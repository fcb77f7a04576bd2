//! `flowspec mutate`: what the suites of specs are worth.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::progress::Progress;
use crate::compile;
use crate::suite::mutants::Kind;
use crate::suite::strength::{Bounds, Strength, Telling, Verdict, pairs, strength};
use crate::suite::{Suite, derive};

/// Says how many faulty variants of each flow its suite catches.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec mutate                            every flow under specs/
  flowspec mutate specs/sign_in --pairs 2000 two faults at once, too
  flowspec mutate --min-score 100            fail (exit code 3) below that share
  flowspec mutate --format json | jq .survivors")]
pub(super) struct Mutate {
    /// Spec files, and folders with spec files below them.
    #[arg(default_value = "specs")]
    paths: Vec<PathBuf>,

    /// Only this flow.
    #[arg(long, value_name = "NAME")]
    flow: Option<String>,

    /// How many pairs of faults are tried, too; always the same ones.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pairs: usize,

    /// The least share of the variants that differ which must be caught, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_score: Option<u32>,

    /// The same of the pairs.
    #[arg(long, value_name = "PERCENT", requires = "pairs", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_pairs_score: Option<u32>,

    /// How many situations are looked at for a variant that no test catches.
    #[arg(long, value_name = "COUNT", default_value_t = 400)]
    bound: usize,
}

impl Mutate {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let progress = Progress::start(console, "holding suites against faulty variants");
        let project = Project::load(&self.paths)?;
        let compiled = compile(&project.sources, &project.parsed);
        if compiled.has_errors() {
            drop(progress);
            return console.report(&compiled.diagnostics, &project.sources);
        }
        let bounds = Bounds { pairs: self.bound, places: self.bound / 4 };
        let mut weak = false;
        let mut text = String::new();
        let wanted = |name: &str| self.flow.as_deref().is_none_or(|flow| flow == name);
        for model in compiled.models.iter().filter(|model| wanted(&model.name)) {
            let suite = derive(model).map_err(Failure::fault)?;
            let first = strength(&suite, bounds).map_err(Failure::fault)?;
            let second = match self.pairs {
                0 => None,
                count => Some(pairs(&suite, &first, count, bounds).map_err(Failure::fault)?),
            };
            weak |= is_weak(&first, self.min_score)
                || second.as_ref().is_some_and(|pairs| is_weak(pairs, self.min_pairs_score));
            text += &if console.is_json() {
                as_json(&suite, &first, second.as_ref())
            } else {
                shown(&suite, &first, second.as_ref())
            };
        }
        drop(progress);
        console.print(&text)?;
        Ok(if weak { Outcome::Inconclusive } else { Outcome::Fine })
    }
}

/// Whether less than a share of the variants that differ is caught.
fn is_weak(strength: &Strength, least: Option<u32>) -> bool {
    strength.caught() * 100 < strength.differing() * least.unwrap_or(0) as usize
}

/// What became of the variants of a kind.
#[derive(Default, Serialize)]
struct Row {
    variants: usize,
    differ: usize,
    caught: usize,
    not_explored: usize,
    /// By the section of the first test that catches them.
    first: BTreeMap<String, usize>,
}

fn rows(strength: &Strength) -> BTreeMap<Kind, Row> {
    let mut rows: BTreeMap<Kind, Row> = BTreeMap::new();
    for (mutant, verdict) in &strength.verdicts {
        let row = rows.entry(mutant.kind).or_default();
        row.variants += 1;
        match verdict {
            Verdict::Caught(section, _) => {
                row.differ += 1;
                row.caught += 1;
                *row.first.entry(format!("{section:?}").to_lowercase()).or_default() += 1;
            }
            Verdict::Survives(Telling::By(..)) => row.differ += 1,
            Verdict::Survives(Telling::BoundReached) => row.not_explored += 1,
            Verdict::Survives(Telling::Nothing) => {}
        }
    }
    rows
}

fn survivors(
    strength: &Strength,
) -> impl Iterator<Item = (&crate::suite::mutants::Mutant, &[flowspec_runtime::suite::Step])> {
    strength.verdicts.iter().filter_map(|(mutant, verdict)| match verdict {
        Verdict::Survives(Telling::By(_, steps)) => Some((mutant, steps.as_slice())),
        _ => None,
    })
}

fn shown(suite: &Suite, first: &Strength, pairs: Option<&Strength>) -> String {
    let inputs: usize = suite.tests.iter().map(|test| suite.steps(test).len()).sum();
    let mut text = format!(
        "{}: {} tests of {inputs} steps catch {} of {} faulty variants that differ\n",
        suite.model.name,
        suite.tests.len(),
        first.caught(),
        first.differing()
    );
    for (kind, row) in rows(first) {
        let by: Vec<_> = row.first.iter().map(|(section, count)| format!("{section} {count}")).collect();
        let open = match row.not_explored {
            0 => String::new(),
            count => format!("; {count} not explored to the end"),
        };
        let _ = writeln!(
            text,
            "  {:<34}{:>5} of {:>4} caught{}{}{open}",
            kind.title(),
            row.caught,
            row.differ,
            if by.is_empty() { "" } else { ", first by " },
            by.join(", ")
        );
    }
    if let Some(pairs) = pairs {
        let _ = writeln!(text, "  pairs of faults: {} of {} caught", pairs.caught(), pairs.differing());
    }
    for (mutant, steps) in survivors(first).chain(pairs.into_iter().flat_map(survivors)) {
        let _ = writeln!(text, "  survives: {}", mutant.description);
        for step in steps {
            let _ = writeln!(text, "    {}", serde_json::to_string(step).unwrap_or_default());
        }
    }
    text
}

fn as_json(suite: &Suite, first: &Strength, pairs: Option<&Strength>) -> String {
    let survivors: Vec<_> = survivors(first)
        .chain(pairs.into_iter().flat_map(survivors))
        .map(|(mutant, steps)| json!({"kind": mutant.kind, "fault": mutant.description, "steps": steps}))
        .collect();
    let sum = |strength: &Strength| json!({"variants": strength.verdicts.len(), "differ": strength.differing(), "caught": strength.caught()});
    let kinds: BTreeMap<String, Row> = rows(first)
        .into_iter()
        .map(|(kind, row)| {
            (
                serde_json::to_value(kind)
                    .ok()
                    .and_then(|kind| kind.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                row,
            )
        })
        .collect();
    let line = json!({
        "flow": suite.model.name,
        "tests": suite.tests.len(),
        "steps": suite.tests.iter().map(|test| suite.steps(test).len()).sum::<usize>(),
        "faults": sum(first),
        "pairs": pairs.map(sum),
        "kinds": kinds,
        "survivors": survivors,
    });
    format!("{line}\n")
}
