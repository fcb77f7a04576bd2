//! Holds an implementation against a suite: runs tests, cuts down what fails, and makes sure that it fails again.

use super::{Candidates, End, Kept, Oracle, Play, Regressions, Section, Step, Suite, Test, shrink::shrink};
use crate::{
    Implementation, Rows, Text,
    machine::{Fault, Unfit},
    model::{ElementId, Model, Provenance},
};

/// How often a failing sequence is run again.
const RUNS: usize = 3;

/// Makes an implementation, as new.
pub type Make<'a> = dyn Fn() -> Box<dyn Implementation> + Sync + 'a;

/// Runs tests of one flow.
pub struct Engine<'a> {
    suite: &'a Suite,
    oracle: Oracle,
    make: &'a Make<'a>,
    implementation: Box<dyn Implementation>,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The implementation did what the spec allows.
    Pass,
    /// It did not.
    Fail(Box<Failure>),
    /// The spec is silent on what happened, by this statement if one says so.
    Undetermined(Option<ElementId>),
    /// The implementation cannot do what the test needs.
    Unsupported(&'static str),
    /// The test asks what cannot be asked of this flow.
    Invalid(Fault),
}

/// What the spec does not allow, as briefly as it can be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The test.
    pub about: About,
    /// The rows that the universe begins with.
    pub rows: Rows,
    /// The shortest sequence found.
    pub steps: Vec<Step>,
    /// What it shows.
    pub play: Play,
    /// The weakest mark among the statements that it uses.
    pub provenance: Provenance,
    /// How many of [`Failure::runs`] failed.
    pub failed: usize,
    /// How often it was run again.
    pub runs: usize,
}

/// What a sequence is there for.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The test's identifier; empty where it is none of the suite.
    pub id: Text,
    /// The section.
    pub section: Section,
    /// What is tried.
    pub title: String,
    /// The statement that names it.
    pub requirement: ElementId,
}

impl<'a> Engine<'a> {
    /// An engine for the implementations that `make` makes.
    ///
    /// # Errors
    /// Where no machine can run the suite's flow.
    pub fn new(suite: &'a Suite, make: &'a Make<'a>) -> Result<Self, Unfit> {
        let oracle = Oracle::new(suite.model.clone())?;
        Ok(Self { suite, oracle, make, implementation: make() })
    }

    /// The suite.
    pub fn suite(&self) -> &'a Suite {
        self.suite
    }

    /// What makes implementations.
    pub fn make(&self) -> &'a Make<'a> {
        self.make
    }

    /// The flow.
    pub fn model(&self) -> &'a Model {
        &self.suite.model
    }

    /// Runs a test of the suite.
    pub fn run(&mut self, test: &Test) -> Outcome {
        let steps: Vec<_> = self.suite.steps(test).into_iter().cloned().collect();
        let requirement = self.suite.requirement(test);
        let about =
            || About { id: test.id.clone(), section: test.section, title: test.title.clone(), requirement };
        self.hold(about, &self.suite.rows[test.rows as usize], &steps)
    }

    /// Runs a test, and strikes out the choices of the implementation that do not explain it (rule 27).
    ///
    /// # Errors
    /// The tests that contradict one another.
    pub fn strike(&mut self, test: &Test, candidates: &mut Candidates) -> Result<(), Vec<Text>> {
        let steps = self.suite.steps(test);
        let rows = &self.suite.rows[test.rows as usize];
        let among = self.oracle.every_combination();
        let play = Play::new(&mut self.oracle, &mut *self.implementation, rows, among, steps);
        match play.end {
            End::Passed | End::Undetermined(_) => candidates.strike(&test.id, self.oracle.explained()),
            _ => Ok(()),
        }
    }

    /// Runs a sequence.
    pub fn hold(&mut self, about: impl FnOnce() -> About, rows: &Rows, steps: &[Step]) -> Outcome {
        let play = self.play(rows, steps);
        match play.end {
            End::Passed => Outcome::Pass,
            End::Undetermined(element) => Outcome::Undetermined(element),
            End::Unsupported(what) => Outcome::Unsupported(what),
            End::Invalid(fault) => Outcome::Invalid(fault),
            End::Failed(_) | End::Crashed(_) | End::Broken => {
                Outcome::Fail(Box::new(self.failure(about(), rows, steps, &play)))
            }
        }
    }

    /// Runs the sequences that failed before.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn regressions(&mut self, kept: &Regressions) -> std::io::Result<Vec<Outcome>> {
        let outcomes = kept.read()?.into_iter().map(|kept| {
            let named = self.model().elements.iter().position(|element| element.path == kept.requirement);
            let requirement = named.map_or(self.model().element, |at| at as ElementId);
            let title = kept.title.clone();
            let about = || About { id: Text::default(), section: Section::Regression, title, requirement };
            self.hold(about, &kept.rows, &kept.steps)
        });
        Ok(outcomes.collect())
    }

    fn play(&mut self, rows: &Rows, steps: &[Step]) -> Play {
        let among = self.oracle.every_combination();
        Play::new(&mut self.oracle, &mut *self.implementation, rows, among, steps)
    }

    /// Cuts a failing sequence down, and runs it again with an implementation as new each time.
    fn failure(&mut self, about: About, rows: &Rows, steps: &[Step], first: &Play) -> Failure {
        let model = self.model();
        let (mut fewest, mut shortest) =
            shrink(model, rows, steps, first, &mut |rows, steps| self.play(rows, steps));
        let mut play = self.play(&fewest, &shortest);
        if !play.has_failed() {
            // It failed for what came before, or by chance: what was seen first says most.
            (fewest, shortest, play) = (rows.clone(), steps[..first.lines.len()].to_vec(), first.clone());
        }
        let provenance = self.oracle.provenance();
        let mut failed = 0;
        for _ in 0..RUNS {
            self.implementation = (self.make)();
            failed += usize::from(self.play(&fewest, &shortest).has_failed());
        }
        Failure { about, rows: fewest, steps: shortest, play, provenance, failed, runs: RUNS }
    }
}

impl Failure {
    /// Keeps the sequence among those that are tried first.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, model: &Model, kept: &Regressions) -> std::io::Result<()> {
        kept.keep(Kept {
            title: self.about.title.clone(),
            requirement: model.element(self.about.requirement).path.clone(),
            rows: self.rows.clone(),
            steps: self.steps.clone(),
        })
    }
}
