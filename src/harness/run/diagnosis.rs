//! Names the fault: which faulty variant of the flow, or which two together, would have shown in every test exactly what
//! the implementation showed.

use std::sync::Arc;

use flowspec_runtime::conformance::{End, Interpreter, Oracle, Play, Shown};
use flowspec_runtime::model::{ElementId, Model};
use flowspec_runtime::suite::{Say, Step, Terms};
use flowspec_runtime::{Observation, Rows, Text, Verdict};
use rayon::prelude::*;

use super::common;
use super::gather::every_answer;
use super::misread::{self, Misreading};
use super::replay::Replay;
use crate::harness::results::Diagnosis;
use crate::suite::mutants::{Mutant, far_fetched, suspects, together, told_apart};

/// So many single faults that each explain a failure are tried in pairs, those that explain most first. A bound on time
/// would let the same observations be named otherwise on a slower machine.
const PAIRED: usize = 100;

/// One test, and what was seen of it.
#[derive(Debug, Clone)]
pub struct Observed<'a> {
    /// What its universe began with.
    pub rows: &'a Rows,
    /// What was to be done.
    pub steps: Vec<&'a Step>,
    /// What came of that.
    pub play: Play,
    /// The statement that names the test.
    pub requirement: ElementId,
}

/// What was observed, and how the world was answered for.
struct Evidence<'a> {
    model: &'a Arc<Model>,
    failed: Vec<&'a Observed<'a>>,
    passed: Vec<&'a Observed<'a>>,
    reported: bool,
}

/// What of the failures a variant explains.
#[derive(Clone)]
struct Explained {
    failures: Vec<bool>,
    /// Whether it explains the other tests as well.
    rest: bool,
}

/// The fault, or the two, that explain everything; none where nothing does, or nothing failed. `reported` where the
/// implementation's own world answered, and said what.
pub fn diagnose(model: &Arc<Model>, observed: &[&Observed<'_>], reported: bool) -> Option<Diagnosis> {
    let (failed, passed): (Vec<_>, Vec<_>) =
        observed.iter().copied().partition(|test| test.play.has_failed());
    let crashed = |test: &&Observed| matches!(test.play.end, End::Crashed(_));
    if failed.is_empty() || failed.iter().any(crashed) {
        return None;
    }
    let evidence = Evidence { model, failed, passed, reported };
    let plain = suspects(model);
    let mut explained = evidence.of_each(&plain);
    if let Some(alone) = evidence.alone(&explained) {
        return Some(alone);
    }
    let odd = far_fetched(model);
    let of_odd = evidence.of_each(&odd);
    if let Some(alone) = evidence.alone(&of_odd).or_else(|| evidence.misread()) {
        return Some(alone);
    }
    // Where a fault is made in several places, each explains what shows there.
    let some = |of: &Explained| of.rest && of.failures.contains(&true);
    let explaining: Vec<&Mutant> =
        explained.iter().chain(&of_odd).filter(|(_, of)| some(of)).map(|(mutant, _)| *mutant).collect();
    let groups = together(model, &explaining);
    let of_groups = evidence.of_each(&groups);
    explained.extend(of_groups.iter().map(|(mutant, of)| (*mutant, of.clone())));
    evidence
        .alone(&of_groups)
        .or_else(|| evidence.pair(explained))
        .or_else(|| evidence.alone(&evidence.of_each(&told_apart(model, &evidence.unknown_reasons()))))
        .or_else(|| evidence.common())
}

impl Evidence<'_> {
    /// What each suspect explains.
    fn of_each<'m>(&self, suspects: &'m [Mutant]) -> Vec<(&'m Mutant, Explained)> {
        suspects.par_iter().map(|mutant| (mutant, self.explained(mutant))).collect()
    }

    /// The one fault that explains everything.
    fn alone(&self, explained: &[(&Mutant, Explained)]) -> Option<Diagnosis> {
        let alone = explained.iter().filter(|(_, of)| of.rest && of.failures.iter().all(|one| *one));
        let alone: Vec<(ElementId, &Mutant)> = alone.map(|(mutant, _)| (mutant.element, *mutant)).collect();
        let (_, mutant) = self.likeliest(&alone)?;
        Some(self.diagnosis(&[mutant], alone.len() - 1))
    }

    /// The way to read what is sent that explains everything: in one field, or else everywhere.
    fn misread(&self) -> Option<Diagnosis> {
        let ways = [misread::of_fields, misread::measured, misread::of_all].map(|ways| ways(self.model));
        ways.into_iter().find_map(|all| {
            let fitting = all.par_iter().filter(|misreading| self.is_read_so(misreading));
            let fitting: Vec<(ElementId, &Misreading)> = fitting.map(|one| (one.element, one)).collect();
            let (element, likeliest) = self.likeliest(&fitting)?;
            let faults = vec![likeliest.description.clone()];
            Some(self.told(faults, vec![*element], fitting.len() - 1))
        })
    }

    fn is_read_so(&self, misreading: &Misreading) -> bool {
        let (mut oracle, mut surely) = (None, false);
        let mut explains = |test: &&Observed| {
            let Some((rows, steps)) = misreading.reread(self.model, test) else {
                // What is read as it was sent is what the right flow shows.
                return !test.play.has_failed();
            };
            if oracle.is_none() {
                oracle = self.right();
            }
            let Some(oracle) = &mut oracle else { return false };
            let (among, lines) = (oracle.every_combination(), &test.play.lines);
            match Play::on(oracle, &mut Replay::of(lines), &rows, among, &steps).end {
                End::Passed => {
                    surely |= test.play.has_failed();
                    true
                }
                // Where the flow is silent on what was read, anything goes; one failure at least must say more.
                End::Undetermined(_) => true,
                _ => false,
            }
        };
        self.failed.iter().chain(&self.passed).all(&mut explains) && surely
    }

    /// The oracle of the right flow.
    fn right(&self) -> Option<Oracle> {
        let mut oracle = Oracle::new(Arc::clone(self.model)).ok()?.without_marks();
        if self.reported {
            oracle.follow_reports();
        }
        Some(oracle)
    }

    /// What all failures have in common, if it is more than that they fail.
    fn common(&self) -> Option<Diagnosis> {
        let sentence = common::of(self.model, &self.failed)?;
        let named =
            |element: &ElementId| self.failed.iter().filter(|test| test.requirement == *element).count();
        let elements: Vec<ElementId> = self.failed.iter().map(|test| test.requirement).collect();
        let element = elements.iter().rev().max_by_key(|element| named(element)).copied()?;
        let told = self.told(vec![sentence], vec![element], 0);
        Some(Diagnosis { compared: self.failed.len(), common: true, ..told })
    }

    /// Reasons that were given where a test failed, and that the flow does not have.
    fn unknown_reasons(&self) -> Vec<Text> {
        let is_known = |given: &Text| self.model.reasons.iter().any(|reason| reason.name == *given);
        let mut unknown: Vec<Text> = Vec::new();
        for line in self.failed.iter().filter_map(|test| test.play.lines.last()) {
            if let Shown::Observation(Observation { verdict: Verdict::Refused(reasons), .. }) = &line.seen {
                let of_limits_and_fields = |given: &&Text| given.contains(':');
                let new = reasons.iter().filter(|given| !is_known(given) && !of_limits_and_fields(given));
                unknown.extend(new.cloned());
            }
        }
        unknown.sort();
        unknown.dedup();
        unknown
    }

    /// What a variant explains: first of the failures, and of the rest only where it explains some of them.
    fn explained(&self, mutant: &Mutant) -> Explained {
        let Some(mut judge) = Judge::new(self, mutant) else {
            return Explained { failures: vec![false; self.failed.len()], rest: false };
        };
        let failures: Vec<bool> = self.failed.iter().map(|test| judge.explains(test)).collect();
        let rest = failures.contains(&true) && self.passed.iter().all(|test| judge.explains(test));
        Explained { failures, rest }
    }

    /// Of variants that explain the same, the one whose statement names most of the failing tests.
    fn likeliest<'m, M>(&self, among: &'m [(ElementId, M)]) -> Option<&'m (ElementId, M)> {
        let named =
            |element: ElementId| self.failed.iter().filter(|test| test.requirement == element).count();
        let mut likeliest: Option<(usize, &(ElementId, M))> = None;
        for one in among {
            let count = named(one.0);
            // The first of equals: kinds are listed from the plain to the odd.
            if likeliest.as_ref().is_none_or(|(most, _)| count > *most) {
                likeliest = Some((count, one));
            }
        }
        likeliest.map(|(_, one)| one)
    }

    /// Two faults, each of which explains a failure.
    fn pair(&self, explained: Vec<(&Mutant, Explained)>) -> Option<Diagnosis> {
        let mut some: Vec<_> = explained.into_iter().filter(|(_, of)| of.failures.contains(&true)).collect();
        let count = |of: &Explained| of.failures.iter().filter(|one| **one).count();
        some.sort_by_key(|(_, of)| (std::cmp::Reverse(count(of)), !of.rest));
        some.truncate(PAIRED);
        let both = |one: &Explained, other: &Explained| {
            one.failures.iter().zip(&other.failures).all(|(one, other)| *one || *other)
        };
        let mut pairs: Vec<(&Mutant, &Mutant, bool)> = Vec::new();
        for (at, (one, of_one)) in some.iter().enumerate() {
            pairs.extend(some[at + 1..].iter().map(|(other, of)| (*one, *other, both(of_one, of))));
        }
        // One fault may hide the other, so that they need not explain every failure apart; but mostly they do.
        pairs.sort_by_key(|(_, _, both)| !both);
        let found: Vec<_> = pairs
            .par_iter()
            .filter(|(one, other, _)| self.are_it(one, other))
            .map(|(one, other, _)| (one.element, (*one, *other)))
            .collect();
        let (_, (one, other)) = self.likeliest(&found)?;
        Some(self.diagnosis(&[one, other], found.len() - 1))
    }

    /// Whether two faults together explain everything.
    fn are_it(&self, one: &Mutant, other: &Mutant) -> bool {
        let judge = one.with(other).and_then(|mutant| Judge::new(self, &mutant));
        judge.is_some_and(|mut judge| self.failed.iter().chain(&self.passed).all(|test| judge.explains(test)))
    }

    fn diagnosis(&self, faults: &[&Mutant], others: usize) -> Diagnosis {
        let elements = faults.iter().map(|mutant| mutant.element).collect();
        self.told(faults.iter().map(|mutant| mutant.description.clone()).collect(), elements, others)
    }

    fn told(&self, faults: Vec<String>, elements: Vec<ElementId>, others: usize) -> Diagnosis {
        Diagnosis {
            faults,
            requirements: elements.iter().map(|element| self.model.element(*element).path.clone()).collect(),
            explains: self.failed.len(),
            compared: self.failed.len() + self.passed.len(),
            others,
            common: false,
        }
    }
}

/// Says of a test whether a variant would have shown what was seen.
enum Judge<'a> {
    /// By the oracle over the faulty flow, which allows whatever that leaves open.
    Oracle(Box<Oracle>),
    /// What no model can say is done beside the flow as it is, as far as two implementations do the same.
    Beside { oracle: Box<Oracle>, interpreter: Box<Interpreter>, model: &'a Model },
}

impl<'a> Judge<'a> {
    fn new(evidence: &'a Evidence, mutant: &Mutant) -> Option<Self> {
        let oracle = |model: Arc<Model>| {
            let mut oracle = Oracle::new(model).ok()?.without_marks();
            if evidence.reported {
                oracle.follow_reports();
            }
            Some(Box::new(oracle))
        };
        if mutant.habit.is_none() {
            return Some(Self::Oracle(oracle(mutant.model(evidence.model))?));
        }
        // What the implementation's own world answered, no other one can be made to answer.
        let told = !evidence.reported;
        let interpreter = told.then(|| mutant.implementation(evidence.model).ok()).flatten()?;
        let oracle = oracle(Arc::clone(evidence.model))?;
        Some(Self::Beside { oracle, interpreter: Box::new(interpreter), model: evidence.model })
    }

    fn explains(&mut self, test: &Observed) -> bool {
        let lines = &test.play.lines;
        let steps: Vec<&Step> = test.steps.iter().take(lines.len()).copied().collect();
        self.allows(test, &steps) || (test.play.has_failed() && self.allows_with_an_answer(test, steps))
    }

    /// Whether the variant would have shown what was seen, had its world been told what to answer to the last input: the
    /// right flow asks nobody there, and an implementation may take silence for what it likes.
    fn allows_with_an_answer(&mut self, test: &Observed, mut steps: Vec<&Step>) -> bool {
        let Some(last @ Step::Apply { answers, .. }) = steps.pop() else { return false };
        let (true, Self::Oracle(oracle)) = (answers.is_empty(), &*self) else { return false };
        every_answer(oracle.model()).into_iter().any(|(actor, answer)| {
            let mut told = last.clone();
            if let Step::Apply { answers, .. } = &mut told {
                answers.push(Say { actor, answer, fields: Terms::default() });
            }
            let steps: Vec<&Step> = steps.iter().copied().chain([&told]).collect();
            self.allows(test, &steps)
        })
    }

    fn allows(&mut self, test: &Observed, steps: &[&Step]) -> bool {
        let lines = &test.play.lines;
        let steps = steps.iter().copied();
        match self {
            Self::Oracle(oracle) => {
                let among = oracle.every_combination();
                let play = Play::on(oracle, &mut Replay::of(lines), test.rows, among, steps);
                match play.end {
                    End::Passed => true,
                    // Where nothing failed, nothing has to be explained.
                    End::Undetermined(_) => !test.play.has_failed(),
                    _ => false,
                }
            }
            Self::Beside { oracle, interpreter, model } => {
                let among = oracle.every_combination();
                let play = Play::new(oracle, &mut **interpreter, test.rows, among, steps);
                play.lines.len() == lines.len()
                    && play.lines.iter().zip(lines).all(|(one, other)| alike(model, &one.seen, &other.seen))
            }
        }
    }
}

/// Whether two implementations showed the same, whatever values they chose.
fn alike(model: &Model, one: &Shown, other: &Shown) -> bool {
    match (one, other) {
        (Shown::Observation(one), Shown::Observation(other)) => are_alike(model, one, other),
        (Shown::Sessions(one), Shown::Sessions(other)) => {
            let pairs = || one.iter().zip(other);
            one.len() == other.len()
                && pairs().all(|(one, other)| one.0 == other.0 && are_alike(model, &one.1, &other.1))
        }
        _ => one == other,
    }
}

fn are_alike(model: &Model, one: &Observation, other: &Observation) -> bool {
    let given = |seen: &Observation| {
        let mut outputs = seen.outputs.clone();
        for sent in &mut outputs {
            if let Some(output) = model.outputs.iter().find(|output| output.name == sent.output) {
                let chosen =
                    |name: &str| output.fields.iter().any(|field| field.chosen && field.name == name);
                let kept = sent.fields.0.iter().filter(|(name, _)| !chosen(name));
                sent.fields = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
            }
        }
        outputs
    };
    let steps_agree = one.step.is_none() || other.step.is_none() || one.step == other.step;
    one.verdict == other.verdict && steps_agree && given(one) == given(other)
}
