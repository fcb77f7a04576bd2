//! A suite with the implementation that is held against it, one requirement after another.

use std::{
    collections::BTreeMap,
    env, fmt,
    io::{Write, stderr},
    path::PathBuf,
    sync::OnceLock,
    thread,
};

use super::{Candidates, Engine, Failure, Make, Outcome, Regressions, Suite, Test, Walks, report};
use crate::{
    Implementation, Text,
    model::{Model, Provenance},
};

/// How many failures of one requirement are cut down and shown.
const SHOWN: usize = 3;

/// A suite, and what makes the implementation.
pub struct Subject {
    json: &'static str,
    /// The folder of the implementation's `Cargo.toml`.
    home: PathBuf,
    make: Box<dyn Fn() -> Box<dyn Implementation> + Send + Sync>,
    /// Read when it is needed first.
    suite: OnceLock<Result<Suite, String>>,
}

/// How the tests of a requirement ended that did not fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many passed.
    pub passed: usize,
    /// How many came to something that the spec is silent on.
    pub undetermined: usize,
    /// How many were left out because they stand on an assumption.
    pub assumed: usize,
    /// How many needed something that the implementation cannot do, by what that is.
    pub unsupported: BTreeMap<&'static str, usize>,
}

/// What the spec does not allow, for a person to read.
pub struct Report(String);

/// Set to anything but nothing, it leaves out what stands on an assumption: then a failure says that the source says
/// otherwise. Walks and kept failures may use any statement, so they are left out, too.
const STATED_ONLY: &str = "FLOWSPEC_STATED_ONLY";

fn stated_only() -> bool {
    env::var_os(STATED_ONLY).is_some_and(|value| !value.is_empty())
}

/// How the tests of a requirement ended.
type Verdict = Result<Tally, Report>;

/// How a `#[test]` ended.
pub type Tested = Result<(), Report>;

/// The end of a `#[test]`. What was not tested is said on standard error, also where a runner keeps a test's own words.
///
/// # Errors
/// The report of what failed.
pub fn tested(verdict: Verdict) -> Tested {
    if let Some(untested) = verdict?.untested() {
        let name = thread::current().name().unwrap_or("a test").to_owned();
        // Where this cannot be shown, the tests have still been run.
        let _ = writeln!(stderr(), "{name}: {untested}");
    }
    Ok(())
}

impl Subject {
    /// The suite in `json` for the implementations that `make` makes; `home` is the folder of their `Cargo.toml`.
    pub fn new<I: Implementation + 'static>(
        json: &'static str,
        home: &str,
        make: impl Fn() -> I + Send + Sync + 'static,
    ) -> Self {
        let make = Box::new(move || Box::new(make()) as Box<dyn Implementation>);
        Self { json, home: home.into(), make, suite: OnceLock::new() }
    }

    /// The suite in `json` for what begins as its type's default; the type itself comes to little code of its own.
    pub(super) fn of<I: Implementation + Default + 'static>(json: &'static str, home: &str) -> Self {
        Self::made(json, home, begun::<I>)
    }

    fn made(json: &'static str, home: &str, make: fn() -> Box<dyn Implementation>) -> Self {
        Self { json, home: home.into(), make: Box::new(make), suite: OnceLock::new() }
    }

    /// Runs the tests that a requirement names; `name` is what a test runner calls them.
    ///
    /// # Errors
    /// What the implementation does that the spec does not allow.
    pub fn requirement(&self, path: &str, name: &str) -> Verdict {
        let suite = self.suite()?;
        let named = |test: &&Test| suite.model.element(suite.requirement(test)).path == path;
        let mut tests = suite.tests.iter().filter(named).peekable();
        if tests.peek().is_none() {
            return Err(Report(format!(
                "the suite of `{}` has no tests named by `{path}`",
                suite.model.name
            )));
        }
        self.with_engine(suite, |engine| {
            let mut sum = Sum::new(&suite.model, self.regressions(&suite.model), name);
            for test in tests {
                if stated_only() && test.provenance == Provenance::Assumed {
                    sum.tally.assumed += 1;
                } else {
                    sum.add(engine.run(test));
                }
            }
            sum.end()
        })
    }

    /// Runs the sequences that failed once.
    ///
    /// # Errors
    /// Those that still do what the spec does not allow.
    pub fn earlier_failures(&self, name: &str) -> Verdict {
        if stated_only() {
            return Ok(Tally { assumed: 1, ..Tally::default() });
        }
        let suite = self.suite()?;
        let kept = self.regressions(&suite.model);
        self.with_engine(suite, |engine| {
            let outcomes = engine.regressions(&kept);
            let outcomes = outcomes.map_err(|error| Report(format!("{}: {error}", kept.path().display())))?;
            let mut sum = Sum::new(&suite.model, kept, name);
            // The spec may have changed so much that a sequence means nothing any more.
            outcomes
                .into_iter()
                .filter(|outcome| !matches!(outcome, Outcome::Invalid(_)))
                .for_each(|o| sum.add(o));
            sum.end()
        })
    }

    /// Whether one value of each choice that the spec leaves open explains all tests.
    ///
    /// # Errors
    /// Tests that contradict one another.
    pub fn choices(&self) -> Verdict {
        let suite = self.suite()?;
        let mut candidates = Candidates::new(&suite.model);
        self.with_engine(suite, |engine| {
            for test in &suite.tests {
                engine.strike(test, &mut candidates).map_err(|tests| contradiction(suite, &tests))?;
            }
            Ok(Tally { passed: 1, ..Tally::default() })
        })
    }

    /// Walks through the flow at random.
    ///
    /// # Errors
    /// The shortest way found to what the spec does not allow.
    pub fn walks(&self, name: &str) -> Verdict {
        if stated_only() {
            return Ok(Tally { assumed: 1, ..Tally::default() });
        }
        let suite = self.suite()?;
        self.with_engine(suite, |engine| {
            let (walked, outcome) =
                Walks::default().run(engine).map_err(|unfit| Report(unfit.to_string()))?;
            let mut sum = Sum::new(&suite.model, self.regressions(&suite.model), name);
            if walked.events > 0 || outcome != Outcome::Pass {
                sum.add(outcome);
            }
            sum.end()
        })
    }

    /// The suite as it stands.
    pub(super) fn json(&self) -> &'static str {
        self.json
    }

    fn suite(&self) -> Result<&Suite, Report> {
        let read = self.suite.get_or_init(|| Suite::from_json(self.json).map_err(|error| error.to_string()));
        read.as_ref().map_err(|error| Report(error.clone()))
    }

    fn regressions(&self, model: &Model) -> Regressions {
        Regressions::new(&self.home, &model.name)
    }

    fn with_engine(&self, suite: &Suite, run: impl FnOnce(&mut Engine) -> Verdict) -> Verdict {
        let make: &Make = &*self.make;
        let mut engine = Engine::new(suite, make).map_err(|unfit| Report(unfit.to_string()))?;
        run(&mut engine)
    }
}

fn begun<I: Implementation + Default + 'static>() -> Box<dyn Implementation> {
    Box::new(I::default())
}

/// Adds up outcomes.
struct Sum<'a> {
    model: &'a Model,
    kept: Regressions,
    name: &'a str,
    tally: Tally,
    failed: usize,
    text: String,
}

impl<'a> Sum<'a> {
    fn new(model: &'a Model, kept: Regressions, name: &'a str) -> Self {
        Self { model, kept, name, tally: Tally::default(), failed: 0, text: String::new() }
    }

    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Pass => self.tally.passed += 1,
            Outcome::Undetermined(_) => self.tally.undetermined += 1,
            Outcome::Unsupported(what) => *self.tally.unsupported.entry(what).or_default() += 1,
            Outcome::Invalid(fault) => {
                self.failed += 1;
                self.text.push_str(&format!("\nThe suite asks what cannot be asked: {fault}.\n"));
            }
            Outcome::Fail(failure) => {
                self.failed += 1;
                if self.failed <= SHOWN {
                    self.fail(&failure);
                }
            }
        }
    }

    fn fail(&mut self, failure: &Failure) {
        self.text.push('\n');
        self.text.push_str(&report(self.model, failure));
        let kept = match failure.keep(self.model, &self.kept) {
            Ok(()) => format!("in {}: it is tried first from now on", self.kept.path().display()),
            Err(error) => format!("nowhere: {}: {error}", self.kept.path().display()),
        };
        self.text.push_str(&format!("\n      kept    {kept}\n      again   cargo test {}\n", self.name));
    }

    fn end(mut self) -> Verdict {
        if self.failed == 0 {
            return Ok(self.tally);
        }
        if self.failed > SHOWN {
            self.text.push_str(&format!("\n{} more tests of this requirement fail.\n", self.failed - SHOWN));
        }
        Err(Report(self.text))
    }
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.undetermined += other.undetermined;
        self.assumed += other.assumed;
        for (what, count) in other.unsupported {
            *self.unsupported.entry(what).or_default() += count;
        }
    }

    /// What was not tested, and why.
    pub fn untested(&self) -> Option<String> {
        let undetermined = (self.undetermined > 0).then(|| format!("{} undetermined", self.undetermined));
        let unsupported = self.unsupported.iter().map(|(what, count)| format!("{count} without {what}"));
        let assumed = (self.assumed > 0).then(|| format!("{} not on stated facts alone", self.assumed));
        let why: Vec<_> = undetermined.into_iter().chain(assumed).chain(unsupported).collect();
        (!why.is_empty()).then(|| why.join(", "))
    }
}

fn contradiction(suite: &Suite, tests: &[Text]) -> Report {
    let titles = tests.iter().map(|id| {
        let test = suite.tests.iter().find(|test| test.id == *id);
        test.map_or_else(String::new, |test| {
            format!("\n      {id}  {} · {}", suite.model.element(suite.requirement(test)).path, test.title)
        })
    });
    let choices: Vec<_> = suite.model.choices.iter().map(|choice| format!("`{}`", choice.name)).collect();
    Report(format!(
        "\nFAIL  {} · {}\n      No one value of each choice explains what these tests saw together:{}\n",
        suite.model.name,
        choices.join(", "),
        titles.collect::<String>()
    ))
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// As `cargo test` shows the error of a test.
impl fmt::Debug for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Report {}
