//! What the workers of a run found, put together in the order of the suite.

use std::collections::{BTreeMap, BTreeSet};

use flowspec_runtime::Text;
use flowspec_runtime::conformance::{Candidates, Combinations};
use flowspec_runtime::model::{Body, Model, Outcome};
use flowspec_runtime::suite::Test;

use crate::suite::strength::{Strength, Verdict as Fate};

use super::diagnosis::{Observed, diagnose};
use super::shared::Shared;
use crate::harness::results::{Coverage, Diagnosis, Faults, NotRun, Objection, TestResult, Verdict};

/// What was found so far.
pub(super) struct Gathered<'a> {
    /// Sequences that failed before.
    pub(super) kept: Vec<TestResult>,
    /// By index into the suite.
    pub(super) of_suite: BTreeMap<usize, TestResult>,
    /// Random walks.
    pub(super) walks: Vec<TestResult>,
    pub(super) coverage: Coverage,
    pub(super) objections: Vec<Objection>,
    /// The combinations of choices that explain each test, by index into the suite.
    pub(super) explained: BTreeMap<usize, Combinations>,
    /// What each test showed, as far as it came to an end of its own, by index into the suite.
    pub(super) observed: BTreeMap<usize, Observed<'a>>,
    /// What asked actors answered, where the implementation reports it.
    pub(super) answers: BTreeSet<(Text, Text)>,
    /// Whether it reports it.
    pub(super) reported: bool,
    /// Whether it has a clock of its own.
    pub(super) real: bool,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(shared: &Shared) -> Self {
        Self {
            kept: Vec::new(),
            of_suite: BTreeMap::new(),
            walks: Vec::new(),
            coverage: Coverage::of(&shared.suite.model),
            objections: Vec::new(),
            explained: BTreeMap::new(),
            observed: BTreeMap::new(),
            answers: BTreeSet::new(),
            reported: false,
            real: false,
        }
    }

    /// Adds what another worker found.
    pub(super) fn add(&mut self, other: Self) {
        self.kept.extend(other.kept);
        self.of_suite.extend(other.of_suite);
        self.walks.extend(other.walks);
        self.coverage.merge(&other.coverage);
        self.objections.extend(other.objections);
        self.explained.extend(other.explained);
        self.observed.extend(other.observed);
        self.answers.extend(other.answers);
        self.reported |= other.reported;
        self.real |= other.real;
    }

    /// What nobody came to was not run.
    pub(super) fn rest(&mut self, shared: &Shared, why: NotRun) {
        let not_run = |test: &Test, why| TestResult::new(shared.suite, test, Verdict::NotRun { why });
        for (test, _) in shared.cases.kept.iter().skip(self.kept.len()) {
            self.kept.push(not_run(test, why));
        }
        for &at in &shared.cases.chosen {
            self.of_suite.entry(at).or_insert_with(|| not_run(&shared.suite.tests[at], why));
        }
    }

    /// Judges what only the run as a whole shows.
    pub(super) fn finish(&mut self, shared: &Shared) {
        for &at in &shared.cases.assumed {
            let verdict = Verdict::NotRun { why: NotRun::NotStated };
            self.of_suite.insert(at, TestResult::new(shared.suite, &shared.suite.tests[at], verdict));
        }
        let mut candidates = Candidates::new(&shared.suite.model);
        for (&at, &explained) in &self.explained {
            if let Err(tests) = candidates.strike(&shared.suite.tests[at].id, explained) {
                let choices = shared.suite.model.choices.iter().map(|choice| choice.name.clone()).collect();
                self.objections.push(Objection::Contradiction { choices, tests });
                break;
            }
        }
        if self.reported {
            self.unseen(shared);
        }
        self.hardly_supported();
    }

    /// How many faulty variants the tests that came to an end catch.
    pub(super) fn faults(&self, worth: &Strength) -> Faults {
        let ended = |at: &usize| {
            let verdict = self.of_suite.get(at).map(|test| &test.verdict);
            verdict.is_some_and(|verdict| *verdict == Verdict::Pass || verdict.is_failure())
        };
        let caught = worth.verdicts.iter().filter(|(_, fate)| match fate {
            Fate::Caught(_, test) => ended(test),
            Fate::Survives(_) => false,
        });
        Faults { differing: worth.differing(), caught: caught.count() }
    }

    /// The fault that explains everything that was observed. What fails in no way of its own, or by a clock that cannot
    /// be held, is explained by no fault of the flow.
    pub(super) fn diagnosis(&self, shared: &Shared) -> Option<Diagnosis> {
        let misbehaves = |test: &TestResult| {
            let unsteady = matches!(test.verdict, Verdict::Flaky { .. });
            unsteady || (test.verdict.is_failure() && test.verdict != Verdict::Fail)
        };
        if self.real || self.of_suite.values().any(misbehaves) {
            return None;
        }
        let steady = |at: &usize| {
            let verdict = self.of_suite.get(at).map(|test| &test.verdict);
            matches!(verdict, Some(Verdict::Pass | Verdict::Fail | Verdict::Undetermined { .. }))
        };
        let observed: Vec<_> =
            self.observed.iter().filter(|(at, _)| steady(at)).map(|(_, observed)| observed).collect();
        diagnose(&shared.suite.model, &observed, self.reported)
    }

    /// Where most tests need what the implementation cannot do, those that pass say little.
    fn hardly_supported(&mut self) {
        let unsupported = |test: &&TestResult| matches!(test.verdict, Verdict::Unsupported { .. });
        let (count, all) = (self.of_suite.values().filter(unsupported).count(), self.of_suite.len());
        if count * 2 > all {
            let told = format!("{count} of {all} tests need what the implementation says it cannot do");
            self.objections.push(Objection::Inconclusive(told));
        }
    }

    /// Where the world is real, it may never have answered what the tests were to be about.
    fn unseen(&mut self, shared: &Shared) {
        let all = every_answer(&shared.suite.model);
        let unseen: Vec<_> = all.difference(&self.answers).collect();
        if unseen.is_empty() {
            return;
        }
        let names: Vec<_> = unseen.iter().map(|(actor, answer)| format!("{actor} {answer}")).collect();
        let told = format!("answers never seen: {}", names.join(", "));
        let share = (all.len() - unseen.len()) * 100 / all.len().max(1);
        if share < shared.options.answers as usize {
            self.objections.push(Objection::Inconclusive(told));
        } else {
            shared.watch.note(&told);
        }
    }

    /// Every test, in the order of the suite.
    pub(super) fn tests(&mut self) -> Vec<TestResult> {
        let kept = std::mem::take(&mut self.kept).into_iter();
        let of_suite = std::mem::take(&mut self.of_suite).into_values();
        kept.chain(of_suite).chain(std::mem::take(&mut self.walks)).collect()
    }
}

/// Everything that asked actors can answer.
pub(super) fn every_answer(model: &Model) -> BTreeSet<(Text, Text)> {
    let mut all = BTreeSet::new();
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    let mut bodies: Vec<&Body> =
        handlers.flat_map(|handler| &handler.branches).map(|branch| &branch.body).collect();
    while let Some(body) = bodies.pop() {
        match &body.outcome {
            Outcome::Ask { actor, answers } => {
                let actor = &model.actors[usize::from(*actor)].name;
                for case in answers {
                    all.insert((actor.clone(), case.name.clone()));
                    bodies.extend(case.branches.iter().map(|branch| &branch.body));
                }
            }
            Outcome::Either(alternatives) => bodies.extend(alternatives),
            _ => {}
        }
    }
    all
}
