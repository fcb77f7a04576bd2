//! A test program for many flows, which `cargo test` and `cargo nextest` list requirement by requirement.
//!
//! One `main` and data cost a compiler next to nothing, where a `#[test]` for each requirement of a thousand steps would
//! cost it seconds.

use std::{
    collections::BTreeSet,
    io::{Write, stderr},
    process::ExitCode,
    sync::{Arc, Mutex},
};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde::Deserialize;

use super::{Report, Subject, Tally};
use crate::{Implementation, Text};

/// The suites of one test program.
pub struct Suites {
    home: &'static str,
    subjects: Vec<Arc<Subject>>,
}

/// As much of a suite as its list of tests needs.
#[derive(Deserialize)]
struct Listing {
    model: Named,
    tests: Vec<Naming>,
}

#[derive(Deserialize)]
struct Named {
    name: Text,
    elements: Vec<Stated>,
    choices: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Stated {
    path: String,
}

#[derive(Deserialize)]
struct Naming {
    requirements: Vec<usize>,
}

/// What one line of the list runs.
type Run = Box<dyn FnOnce(&Subject, &str) -> Result<Tally, Report> + Send>;

impl Suites {
    /// No suites yet; `home` is the folder of the `Cargo.toml`, for failures that are kept.
    pub fn new(home: &'static str) -> Self {
        Self { home, subjects: Vec::new() }
    }

    /// Adds a suite for the implementations that `make` makes.
    #[must_use]
    pub fn with<I: Implementation + 'static>(
        mut self,
        json: &'static str,
        make: impl Fn() -> I + Send + Sync + 'static,
    ) -> Self {
        self.subjects.push(Arc::new(Subject::new(json, self.home, make)));
        self
    }

    /// Adds a suite for the implementations that begin as their type's default, as generated machines do.
    #[must_use]
    pub fn of<I: Implementation + Default + 'static>(mut self, json: &'static str) -> Self {
        self.subjects.push(Arc::new(Subject::of::<I>(json, self.home)));
        self
    }

    /// Runs what the command line asks for.
    pub fn run(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let sum = Arc::new(Mutex::new(Tally::default()));
        let mut trials = Vec::new();
        for subject in &self.subjects {
            match list(subject) {
                Ok(list) => {
                    trials.extend(list.into_iter().map(|(name, run)| trial(name, run, subject, &sum)))
                }
                Err(error) => trials.push(Trial::test("a suite", || Err(Failed::from(error)))),
            }
        }
        let listing = arguments.list;
        let conclusion = libtest_mimic::run(&arguments, trials);
        if let (false, Ok(sum)) = (listing, sum.lock())
            && let Some(untested) = sum.untested()
        {
            // Where the message cannot be shown, the tests have still been run.
            let _ = writeln!(stderr(), "of all tests: {} passed, {untested}", sum.passed);
        }
        conclusion.exit_code()
    }
}

/// Every line of a suite's list, in the order in which it runs.
fn list(subject: &Subject) -> Result<Vec<(String, Run)>, serde_json::Error> {
    let Listing { model, tests } = serde_json::from_str(subject.json())?;
    let mut list: Vec<(String, Run)> = Vec::new();
    let name = |what: &str| format!("{}::{what}", model.name);
    list.push((name("earlier failures"), Box::new(Subject::earlier_failures)));
    let mut listed = BTreeSet::new();
    for first in tests.iter().filter_map(|test| test.requirements.first()) {
        if listed.insert(first) {
            let path = model.elements.get(*first).map_or_else(String::new, |element| element.path.clone());
            list.push((name(&path), Box::new(move |subject, name| subject.requirement(&path, name))));
        }
    }
    if !model.choices.is_empty() {
        list.push((name("choices"), Box::new(|subject, _| subject.choices())));
    }
    list.push((name("random walks"), Box::new(Subject::walks)));
    Ok(list)
}

fn trial(name: String, run: Run, subject: &Arc<Subject>, sum: &Arc<Mutex<Tally>>) -> Trial {
    let (subject, sum) = (Arc::clone(subject), Arc::clone(sum));
    Trial::ignorable_test(name.clone(), move || {
        let tally = run(&subject, &format!("-- --exact '{name}'"))?;
        let nothing = (tally.passed == 0).then(|| tally.untested()).flatten();
        if let Ok(mut sum) = sum.lock() {
            sum.add(tally);
        }
        Ok(nothing.map_or(Completion::Completed, Completion::ignored_with))
    })
}
