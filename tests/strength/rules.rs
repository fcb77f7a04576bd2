//! Suites of decision tables beside every input that there is: each rule is taken, and no fault that an input shows goes
//! unnoticed.

use std::collections::BTreeSet;
use std::fs;

use flowspec::suite::derive;
use flowspec::suite::strength::{BOUNDS, Verdict, strength, tells};
use flowspec_runtime::conformance::{Duel, Turn};
use flowspec_runtime::model::{ElementKind, Expr, Kind, Model};
use flowspec_runtime::suite::{Step, Term, Terms};
use flowspec_runtime::values::{Values, sent};
use flowspec_runtime::{Rows, Value};

use super::support::flow;

/// How many inputs are tried for a fault; where there are more, these are spread over all.
const MOST: usize = 30_000;

#[test]
fn each_rule_of_a_table_is_tested_and_no_fault_that_an_input_shows_goes_unnoticed() {
    insta::glob!("../tables", "*.flow", |path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name.ends_with("_with_slips") || name == "two_hundred_rules" {
            return;
        }
        let model = flow(&fs::read_to_string(path).unwrap());
        let suite = derive(&model).unwrap();
        let tested: BTreeSet<u32> = suite.tests.iter().flat_map(|test| test.requirements.clone()).collect();
        let inputs = inputs(&model);
        let mut duel = Duel::new(&model).unwrap();
        let opening = Step::Open { session: 0, at: 0, given: Vec::new() };
        duel.note_used();
        for input in &inputs {
            assert!(duel.begin(&Rows::default()) && duel.step(&opening) == Turn::Allowed);
            duel.step(input);
        }
        for rule in duel.used() {
            let rule_of = &model.elements[rule as usize];
            assert!(
                rule_of.kind != ElementKind::When || tested.contains(&rule),
                "{name}: `{}`",
                rule_of.source
            );
        }

        let mut duel = Duel::new(&model).unwrap();
        for (mutant, verdict) in strength(&suite, BOUNDS).unwrap().verdicts {
            if matches!(verdict, Verdict::Caught(..)) {
                continue;
            }
            let shows = |input: &&Step| {
                tells(&mut duel, &Rows::default(), &[opening.clone(), (*input).clone()], &mutant)
            };
            let shown = inputs.iter().find(shows);
            assert_eq!(shown, None, "{name}: {} is not caught", mutant.description);
        }
    });
}

/// Inputs of the only event of a table, over all values that make a difference.
fn inputs(model: &Model) -> Vec<Step> {
    let handler = &model.steps[0].handlers[0];
    let event = model.event(handler.event);
    let mut values: Vec<Vec<Option<Value>>> = Vec::new();
    for (index, field) in (0..).zip(&event.fields) {
        let kind = &model.kind(field.kind).kind;
        let mut of_field: Vec<Value> = Values::new(model).taken(field.kind);
        for guard in handler.branches.iter().filter_map(|branch| branch.guard.as_ref()) {
            guard.walk(&mut |part| {
                let Expr::Compare { left, right, .. } = part else { return };
                if let (Expr::Field(of), Expr::Const(value)) = (&**left, &**right)
                    && *of == index
                {
                    let unit = if *kind == Kind::Date { 86_400_000 } else { 1 };
                    match value.as_int() {
                        Some(int) => {
                            of_field.extend([int - unit, int, int + unit].map(|int| sent(kind, int)))
                        }
                        None => of_field.push(value.clone()),
                    }
                }
            });
        }
        of_field.sort();
        of_field.dedup();
        let missing = field.optional.then_some(None);
        values.push(of_field.into_iter().map(Some).chain(missing).collect());
    }
    let all: usize = values.iter().map(Vec::len).product();
    let by = model.actors[usize::from(handler.actor)].name.clone();
    let input = |number: usize| {
        let mut rest = number;
        let mut fields: Terms = Vec::new();
        for (field, values) in event.fields.iter().zip(&values) {
            if let Some(value) = &values[rest % values.len()] {
                fields.push((field.name.clone(), Term::Value(value.clone())));
            }
            rest /= values.len();
        }
        Step::Apply {
            session: 0,
            at: 0,
            event: event.name.clone(),
            by: by.clone(),
            fields,
            answers: Vec::new(),
        }
    };
    // A stride without a factor in common spreads them.
    let stride = if all > MOST { 7_919 } else { 1 };
    (0..all.min(MOST)).map(|number| input(number * stride % all)).collect()
}
