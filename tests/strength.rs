//! The strength of suites: what is caught is caught, what survives has a sequence that tells it, and what cannot be told
//! is not counted.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "conformance/support.rs"]
mod support;
#[path = "strength/flows.rs"]
mod flows;
#[path = "strength/rules.rs"]
mod rules;

use std::fs;
use std::sync::Arc;

use flowspec::suite::derive;
use flowspec::suite::strength::{Bounds, Telling, Verdict, strength, tells};
use flowspec_runtime::conformance::{Duel, Engine, Make, Outcome};
use flowspec_runtime::suite::{Section, Suite};
use flowspec_runtime::{Implementation, model::Model};
use support::{flow, spec};

const BOUNDS: Bounds = Bounds { pairs: 60, places: 12 };

/// A turnstile that takes two coins; who has the master key has them counted anew.
const TURNSTILE: &str = r#"
language 1
reason full
output ticket
flow turnstile {
  start -> locked
  limit coins: 2 per session refuse full
  step locked {
    on coin -> open { count coins }
    on kick stay
  }
  step open {
    on push -> locked { send ticket() }
    on master -> locked { reset coins }
    after 1 min -> closed
  }
  end closed failure
}
"#;

fn turnstile() -> Arc<Model> {
    flow(TURNSTILE)
}

#[test]
fn a_derived_suite_catches_every_variant_that_differs() {
    assert_eq!(survivors(&derive(&turnstile()).unwrap()), Vec::<String>::new());
}

#[test]
fn what_is_said_to_be_caught_fails_the_test_that_is_said_to_catch_it() {
    let model = turnstile();
    let suite = derive(&model).unwrap();
    for (mutant, verdict) in strength(&suite, BOUNDS).unwrap().verdicts {
        let Verdict::Caught(_, test) = verdict else { continue };
        let make: &Make = &|| Box::new(mutant.implementation(&model).unwrap()) as Box<dyn Implementation>;
        let outcome = Engine::new(&suite, make).unwrap().run(&suite.tests[test]);
        assert!(matches!(outcome, Outcome::Fail(_)), "{}: {outcome:?}", mutant.description);
    }
}

#[test]
fn a_suite_of_transitions_alone_lets_faults_through_and_says_what_would_tell_them() {
    let model = turnstile();
    let whole = derive(&model).unwrap();
    let transitions = whole.tests.iter().filter(|test| test.section == Section::Transition);
    let weak = Suite { tests: transitions.cloned().collect(), ..whole };
    let strength = strength(&weak, Bounds { pairs: 400, places: 100 }).unwrap();
    let mut duel = Duel::new(&model).unwrap();
    let mut survivors = 0;
    for (mutant, verdict) in &strength.verdicts {
        let Verdict::Survives(Telling::By(rows, steps)) = verdict else { continue };
        let rows = &weak.rows[*rows as usize];
        assert!(tells(&mut duel, rows, steps, mutant), "{}", mutant.description);
        assert!(!tells(&mut duel, rows, &steps[..steps.len() - 1], mutant), "no step is one too many");
        survivors += 1;
    }
    let (caught, differing) = (strength.caught(), strength.differing());
    assert!(survivors > 5 && caught < differing, "{survivors}, {caught} of {differing}");
}

/// What a fault in the first step does is to be noticed in the seventh, whatever the codes are that are sent until then.
#[test]
fn a_count_that_is_lost_many_steps_before_it_matters_is_noticed() {
    let step = |at: usize, next: &str, counts: &str| {
        format!(
            "  step step_{at} {{\n    on send_{at} {{\n      field code: text\n      field amount: int\n      \
             when amount <= 100 -> {next} {{ send slip(code = code) }}\n      \
             otherwise refuse wrong {{ {counts} }}\n    }}\n    after 10 min -> late\n  }}\n"
        )
    };
    let steps = (0..7).map(|at| {
        let next = if at == 6 { "done".to_owned() } else { format!("step_{}", at + 1) };
        step(at, &next, if at % 6 == 0 { "count tries" } else { "" })
    });
    let text = format!(
        "language 1\nreason wrong\noutput slip {{\n  field code: text\n}}\nflow long {{\n  start -> step_0\n  \
         limit tries: 3 per session refuse wrong\n{}  end done success\n  end late failure\n}}\n",
        steps.collect::<String>()
    );
    let suite = derive(&flow(&text)).unwrap();
    assert_eq!(survivors(&suite), Vec::<String>::new());
}

/// A flow a file, each with something that only shows far from where it is done.
#[test]
fn the_suites_of_these_flows_catch_every_variant_that_differs() {
    insta::glob!("strength/*.flow", |path| {
        let suite = derive(&flow(&fs::read_to_string(path).unwrap())).unwrap();
        assert_eq!(survivors(&suite), Vec::<String>::new(), "{}", path.display());
    });
}

/// What a suite lets through, looked for further than when it was derived.
fn survivors(suite: &Suite) -> Vec<String> {
    let strength = strength(suite, Bounds { pairs: 400, places: 100 }).unwrap();
    assert!(strength.caught() > 20, "{}", strength.caught());
    let survives = |verdict: &Verdict| matches!(verdict, Verdict::Survives(Telling::By(..)));
    let survivors = strength.verdicts.into_iter().filter(|(_, verdict)| survives(verdict));
    survivors.map(|(mutant, _)| mutant.description).collect()
}

#[test]
fn the_suite_of_sign_in_catches_every_variant_and_almost_every_pair() {
    let suite = derive(&spec("sign_in", "sign_in")).unwrap();
    let alone = strength(&suite, BOUNDS).unwrap();
    assert_eq!(alone.caught(), alone.differing());
    let pairs = flowspec::suite::strength::pairs(&suite, &alone, 200, BOUNDS).unwrap();
    assert!(pairs.caught() * 100 >= pairs.differing() * 97, "{} of {}", pairs.caught(), pairs.differing());
}
