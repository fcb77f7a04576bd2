//! What a report says that an implementation behaves like: for implementations whose fault is known, it is that one, or
//! one that nobody could tell from it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "conformance/support.rs"]
#[expect(dead_code, reason = "other tests write their flows themselves")]
mod support;

use std::sync::Arc;

use flowspec::harness::results::Diagnosis;
use flowspec::harness::run::{Observed, diagnose};
use flowspec::suite::derive;
use flowspec::suite::mutants::{Kind, Mutant, far_fetched, mutants, told_apart};
use flowspec_runtime::conformance::{Oracle, Play};
use flowspec_runtime::model::Model;
use flowspec_runtime::suite::Suite;
use support::spec;

/// What is said of a faulty variant; nothing where it passes every test.
fn diagnosed(suite: &Suite, mutant: &Mutant) -> Option<Option<Diagnosis>> {
    let model = &suite.model;
    let mut oracle = Oracle::new(Arc::clone(model)).unwrap();
    let mut implementation = mutant.implementation(model).unwrap();
    let observed: Vec<_> = suite
        .tests
        .iter()
        .map(|test| {
            let (rows, steps) = (&suite.rows[test.rows as usize], suite.steps(test));
            let among = oracle.every_combination();
            let play = Play::new(&mut oracle, &mut implementation, rows, among, steps.iter().copied());
            Observed { rows, steps, play, requirement: suite.requirement(test) }
        })
        .collect();
    let fails = observed.iter().any(|test| test.play.has_failed());
    fails.then(|| diagnose(model, &observed.iter().collect::<Vec<_>>(), false))
}

/// A fault of each kind. Who takes an event that is not expected may ask its world there, which a test in this process
/// has told no answer.
fn some(model: &Model) -> Vec<Mutant> {
    let mut some: Vec<Mutant> = Vec::new();
    for mutant in mutants(model) {
        let known = some.iter().any(|known| known.kind == mutant.kind);
        if !known && mutant.kind != Kind::UnexpectedAccepted {
            some.push(mutant);
        }
    }
    some
}

#[test]
fn a_fault_is_named_or_one_that_looks_the_same() {
    for name in ["sign_in", "cash_withdrawal"] {
        let model = spec(name, name);
        let suite = derive(&model).unwrap();
        let mut failed = 0;
        for mutant in some(&model) {
            let Some(diagnosis) = diagnosed(&suite, &mutant) else { continue };
            failed += 1;
            let diagnosis = diagnosis.unwrap_or_else(|| panic!("{name}: nothing for {}", mutant.description));
            let named = diagnosis.faults == [mutant.description.clone()];
            assert!(named || diagnosis.others > 0, "{}: {diagnosis:?}", mutant.description);
        }
        assert!(failed > 15, "{name}: only {failed} failed");
    }
}

#[test]
fn what_nobody_measures_suites_by_is_thought_of_too() {
    let model = spec("sign_in", "sign_in");
    let suite = derive(&model).unwrap();
    let mut suspects = far_fetched(&model);
    suspects.extend(told_apart(&model, &["no_such_login".into()]));
    // Durations come in many sizes that no test tells apart: which limit or time-out it is, is told all the same.
    let (durations, others): (Vec<_>, Vec<_>) =
        suspects.into_iter().partition(|mutant| mutant.kind == Kind::WindowOffByOne);
    for mutant in durations.into_iter().step_by(3) {
        let Some(diagnosis) = diagnosed(&suite, &mutant) else { continue };
        let diagnosis = diagnosis.unwrap_or_else(|| panic!("nothing for {}", mutant.description));
        let whose = |fault: &str| fault.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let told = diagnosis.faults.iter().any(|fault| {
            whose(fault) == whose(&mutant.description) || mutant.description.starts_with("each ")
        });
        assert!(told, "{}: {diagnosis:?}", mutant.description);
    }
    let (mut failed, mut named) = (0, 0);
    for mutant in others.into_iter().step_by(2) {
        let Some(diagnosis) = diagnosed(&suite, &mutant) else { continue };
        let diagnosis = diagnosis.unwrap_or_else(|| panic!("nothing for {}", mutant.description));
        failed += 1;
        named += usize::from(diagnosis.faults == [mutant.description.clone()]);
    }
    assert!(failed > 10 && named * 3 > failed, "{named} of {failed} named");
}

#[test]
fn two_faults_at_once_are_explained_together() {
    let model = spec("sign_in", "sign_in");
    let suite = derive(&model).unwrap();
    let some = some(&model);
    let (mut failed, mut named) = (0, 0);
    for pair in some.windows(5) {
        let Some(both) = pair[0].with(&pair[4]) else { continue };
        let Some(diagnosis) = diagnosed(&suite, &both) else { continue };
        failed += 1;
        let wanted = [&pair[0].description, &pair[4].description];
        named += usize::from(diagnosis.is_some_and(|diagnosis| {
            diagnosis.others > 0 || wanted.iter().any(|fault| diagnosis.faults.contains(fault))
        }));
    }
    assert!(failed > 5 && named * 10 >= failed * 8, "{named} of {failed}");
}

#[test]
fn of_what_conforms_nothing_is_said() {
    let model = spec("sign_in", "sign_in");
    assert_eq!(diagnose(&model, &[], false), None);
}
