//! Suites of decision tables beside every input that there is: each rule is taken, and no fault that an input shows goes
//! unnoticed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use flowspec::suite::derive;
use flowspec::suite::strength::{BOUNDS, Verdict, strength, tells};
use flowspec_runtime::conformance::{Duel, Turn};
use flowspec_runtime::machine::Machine;
use flowspec_runtime::model::{ElementKind, Expr, Kind, Model, Outcome};
use flowspec_runtime::suite::{Say, Step, Term, Terms};
use flowspec_runtime::values::{Values, sent};
use flowspec_runtime::{Rows, Value};

use proptest::collection::vec;
use proptest::prelude::*;

use super::support::flow;

/// How many inputs are tried for a fault; where there are more, these are spread over all.
const MOST: usize = 30_000;

#[test]
fn each_rule_of_a_table_is_tested_and_no_fault_that_an_input_shows_goes_unnoticed() {
    insta::glob!("../tables", "*.flow", |path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if !name.ends_with("_with_slips") && name != "two_hundred_rules" {
            assert_eq!(unnoticed(&fs::read_to_string(path).unwrap()), None, "{name}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_same_of_tables_that_are_made_up(table in table()) {
        prop_assert_eq!(unnoticed(&table), None, "{}", table);
    }
}

/// Three fields cut into cells, one rule a cell: each goes to one of three ends, and the last may be left to `otherwise`.
fn table() -> impl Strategy<Value = String> {
    let cut = (any::<prop::sample::Index>(), 0_usize..4, any::<prop::sample::Index>());
    let rules = (vec(cut, 1..9), vec(0_u8..3, 10), any::<bool>(), any::<bool>(), any::<bool>());
    rules.prop_map(|(cuts, ends, otherwise, optional, asked)| {
        // The numbers from 0 to 9, four words, a truth value.
        let whole = [(0, 9), (0, 9), (0, 3), (0, 1)];
        let mut cells = vec![whole];
        for (cell, field, at) in cuts {
            let cell = cell.index(cells.len());
            let (low, high) = cells[cell][field];
            if low < high {
                let at = low + at.index(high - low);
                let mut other = cells[cell];
                cells[cell][field] = (low, at);
                other[field] = (at + 1, high);
                cells.push(other);
            }
        }
        let mut rules = String::new();
        for (index, cell) in cells.iter().enumerate() {
            let mut conditions = Vec::new();
            for (field, (low, high)) in cell[..2].iter().enumerate() {
                let name = ["n", "m"][field];
                conditions.extend((*low > 0).then(|| format!("{name} >= {low}")));
                conditions.extend((*high < 9).then(|| format!("{name} < {}", high + 1)));
            }
            if cell[2] != whole[2] {
                let words = (cell[2].0..=cell[2].1).map(|word| format!("kind == {}", ["a", "b", "c", "d"][word]));
                conditions.push(format!("({})", words.collect::<Vec<_>>().join(" or ")));
            }
            conditions.extend((cell[3] != whole[3]).then(|| if cell[3].0 == 1 { "yes" } else { "not yes" }.to_owned()));
            let last = index + 1 == cells.len();
            let condition = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" and ") };
            let when = if last && otherwise { "otherwise".to_owned() } else { format!("when {condition}") };
            writeln!(rules, "      {when} -> end_{}", ends[index]).unwrap();
        }
        // What is asked for brings all that the rules read.
        let (ask, answered) = if asked { ("      otherwise ask clerk {\n        on said {\n", "        }\n      }\n") } else { ("", "") };
        let optional = optional && !asked;
        // Whoever leaves it out is told so, whatever the rest is.
        let refusal = if optional { "      refuse unsaid when extra is missing\n" } else { "" };
        let missing = if optional { "      field extra: int?\n" } else { "" };
        // What makes every end and reason used stands in events of its own.
        let rest: String = (0..3).map(|end| format!("    on leave_{end} -> end_{end}\n")).collect();
        format!(
            "language 1\nreason unsaid\ntype N int {{\n  range 0..9\n}}\ntype Kind word {{\n  member a\n  member b\n  \
             member c\n  member d\n}}\nactor clerk\nflow made_up {{\n  start -> form\n  step form {{\n    on decide {{\n{ask}      \
             field n: N\n      field m: N\n      field kind: Kind\n      field yes: bool\n{missing}{refusal}{rules}\
             {answered}    }}\n{rest}    on knock refuse unsaid\n    on call ask clerk {{\n      on said -> end_0\n    }}\n  }}\n  end end_0 success\n  end end_1 failure\n  \
             end end_2 handover\n}}\n"
        )
    })
}

/// A rule that some input takes and no test, or a fault that some input shows and no test.
fn unnoticed(text: &str) -> Option<String> {
    let model = flow(text);
    let suite = derive(&model).unwrap();
    let inputs = inputs(&model);
    let opening = Step::Open { session: 0, at: 0, given: Vec::new() };
    let mut duel = Duel::new(&model).unwrap();
    duel.note_used();
    for input in &inputs {
        assert!(duel.begin(&Rows::default()) && duel.step(&opening) == Turn::Allowed);
        duel.step(input);
    }
    let tested: BTreeSet<u32> = suite.tests.iter().flat_map(|test| test.requirements.clone()).collect();
    for rule in duel.used() {
        let element = &model.elements[rule as usize];
        if element.kind == ElementKind::When && !tested.contains(&rule) {
            return Some(element.source.to_string());
        }
    }
    let mut duel = Duel::new(&model).unwrap();
    for (mutant, verdict) in strength(&suite, BOUNDS).unwrap().verdicts {
        let mut shows =
            |input: &Step| tells(&mut duel, &Rows::default(), &[opening.clone(), input.clone()], &mutant);
        if !matches!(verdict, Verdict::Caught(..)) && inputs.iter().any(&mut shows) {
            return Some(mutant.description);
        }
    }
    None
}

/// Inputs of the first event of a table, or of an answer to it, over all values that make a difference.
fn inputs(model: &Model) -> Vec<Step> {
    let handler = &model.steps[0].handlers[0];
    let event = model.event(handler.event);
    let case = match &handler.branches[0].body.outcome {
        Outcome::Ask { actor, answers } => Some((&model.actors[usize::from(*actor)].name, &answers[0])),
        _ => None,
    };
    let fields = case.map_or(&event.fields, |(_, case)| &case.fields);
    let branches = case.map_or(&handler.branches, |(_, case)| &case.branches);
    let mut values: Vec<Vec<Option<Value>>> = Vec::new();
    for (index, field) in (0..).zip(fields) {
        let kind = &model.kind(field.kind).kind;
        let mut of_field: Vec<Value> = Values::new(model).taken(field.kind);
        for guard in branches.iter().filter_map(|branch| branch.guard.as_ref()) {
            guard.walk(&mut |part| {
                let Expr::Compare { left, right, .. } = part else { return };
                if let (Expr::Field(of) | Expr::AnswerField(of), Expr::Const(value)) = (&**left, &**right)
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
        if case.is_some() {
            // The world says nothing that its fields do not take.
            of_field.retain(|value| {
                Machine::new(Arc::new(model.clone())).unwrap().read_as(field.kind, value).is_some()
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
        let mut terms: Terms = Vec::new();
        for (field, values) in fields.iter().zip(&values) {
            if let Some(value) = &values[rest % values.len()] {
                terms.push((field.name.clone(), Term::Value(value.clone())));
            }
            rest /= values.len();
        }
        let (fields, answers) = match case {
            Some((actor, case)) => {
                (Vec::new(), vec![Say { actor: actor.clone(), answer: case.name.clone(), fields: terms }])
            }
            None => (terms, Vec::new()),
        };
        Step::Apply { session: 0, at: 0, event: event.name.clone(), by: by.clone(), fields, answers }
    };
    // A stride without a factor in common spreads them.
    let stride = if all > MOST { 7_919 } else { 1 };
    (0..all.min(MOST)).map(|number| input(number * stride % all)).collect()
}
