//! Faulty variants of the specs: each can be run, is another flow than the right one, and says what is wrong with it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "conformance/support.rs"]
mod support;

use std::collections::BTreeSet;

use flowspec::suite::mutants::{Kind, mutants};
use support::{flow, spec};

#[test]
fn the_variants_of_sign_in_are_these() {
    let model = spec("sign_in", "sign_in");
    let lines: Vec<_> =
        mutants(&model).iter().map(|mutant| format!("{}: {}", mutant.kind, mutant.description)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_variant_can_be_run_and_is_another_model_or_run_in_another_way() {
    for (folder, name) in [("sign_in", "sign_in"), ("cash_withdrawal", "cash_withdrawal")] {
        let model = spec(folder, name);
        for mutant in mutants(&model) {
            let what = format!("{name}: {}: {}", mutant.kind, mutant.description);
            assert!(mutant.implementation(&model).is_ok(), "{what}");
            assert!(mutant.habit.is_some() || *mutant.model(&model) != *model, "{what}");
        }
    }
}

/// A flow with something of everything.
const EVERYTHING: &str = r#"
language 1
default order strict
reason no
reason wrong
actor bank
output mail {
  field to: text
  field code: text chosen
}
output note
type Code text { length 4..6
  matches "[a-z]+"
}
record account by name: text { field open: bool = false }
flow everything {
  start -> form
  given name: text
  row account by name
  remember tries: int = 0
  limit calls: 3 per name within 24 h refuse no for 10 min
  limit days: 5 per name each day at +08:00 refuse no
  step form {
    on send -> wait {
      field code: Code
      field n: int = 3
      refuse wrong when n > 9
      count calls
      count days
      set tries = tries + 1
      send mail(to = name) when n >= 2
    }
    on ask_bank ask bank {
      on yes -> done { reset calls }
      on no refuse wrong
    }
    after 5 min -> gone
  }
  step wait {
    on try {
      field code: text
      when code == mail.code and tries <= 2 -> done
      when code != mail.code or tries > 2 refuse wrong
    }
  }
  end done success
  end gone failure
  capability pay {
    when tries == 1 allow
    otherwise deny no
  }
}
"#;

#[test]
fn every_kind_is_found_in_a_flow_that_has_something_of_everything() {
    let kinds: BTreeSet<Kind> = mutants(&flow(EVERYTHING)).iter().map(|mutant| mutant.kind).collect();
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn two_faults_of_one_part_are_not_tried_together() {
    let model = spec("sign_in", "sign_in");
    let mutants = mutants(&model);
    assert!(mutants[0].with(&mutants[0]).is_none());
    let other = mutants.iter().find_map(|other| mutants[0].with(other)).unwrap();
    assert!(other.implementation(&model).is_ok() && other.description.contains(", and "));
}
