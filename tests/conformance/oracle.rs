//! The rules 22 to 30, each in a flow that is about nothing else.

use flowspec_runtime::conformance::{Candidates, Judgement, Oracle};
use flowspec_runtime::model::Provenance;
use flowspec_runtime::{Answer, Fields, Input, Observation, Rows, Sent, Text, Time, Value, Verdict};

use crate::support::flow;

/// An oracle of a flow with a session opened at 0.
struct Run {
    oracle: Oracle,
}

impl Run {
    fn new(text: &str) -> Self {
        let mut oracle = Oracle::new(flow(&format!("language 1\n{text}"))).unwrap();
        let every = oracle.every_combination();
        assert_eq!(oracle.reset(&Rows::new(), every), Judgement::Consistent);
        assert_eq!(oracle.open(0, 0, &Fields::default(), Some(&accepted("form"))), Judgement::Consistent);
        Self { oracle }
    }

    fn sees(&mut self, at: Time, event: &str, fields: &[(&str, Value)], seen: &Observation) -> Judgement {
        let fields = fields.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.oracle.apply(0, at, &Input::new(event, fields), &[], seen)
    }

    fn allows(&mut self, at: Time, event: &str, seen: &Observation) {
        assert_eq!(self.sees(at, event, &[], seen), Judgement::Consistent);
    }

    fn forbids(&mut self, at: Time, event: &str, seen: &Observation) {
        assert!(matches!(self.sees(at, event, &[], seen), Judgement::Contradiction(_)));
    }
}

fn accepted(step: &str) -> Observation {
    Observation::accepted(step)
}

fn refused(reasons: &[&str], step: &str) -> Observation {
    let reasons = reasons.iter().map(Text::new).collect();
    Observation { verdict: Verdict::Refused(reasons), ..accepted(step) }
}

fn code(code: impl Into<Value>) -> Observation {
    let fields = Fields::from_iter([("code", code.into())]);
    Observation { outputs: vec![Sent { output: "sms".into(), fields }], ..accepted("form") }
}

/// A field, a limit and a guard, each of which can fail, with or without the others.
const STAGES: &str = r#"
reason late
reason full
flow stages {
  start -> form
  remember before: bool = false
  limit tries: 1 per session refuse full
  step form {
    on send {
      field name: text
      refuse late when before
      when not before -> form2 { count tries }
      otherwise stay { count tries }
    }
    on spend stay { count tries
      set before = true
    }
  }
  step form2 { on end -> done }
  end done success
}"#;

fn stages(order: &str) -> Run {
    let mut run = Run::new(&STAGES.replacen("reason late", &format!("{order}\nreason late"), 1));
    run.allows(0, "spend", &accepted("form"));
    run
}

#[test]
fn any_failing_stage_may_refuse_where_the_order_is_free() {
    for reasons in [&["missing:name"][..], &["full"], &["late"], &["full", "late"], &["missing:name", "late"]]
    {
        stages("").allows(0, "send", &refused(reasons, "form"));
    }
    stages("").forbids(0, "send", &refused(&["other"], "form"));
    stages("").forbids(0, "send", &accepted("form"));
}

#[test]
fn the_first_failing_stage_refuses_where_the_order_is_strict() {
    let strict = "default order strict";
    stages(strict).allows(0, "send", &refused(&["missing:name"], "form"));
    stages(strict).forbids(0, "send", &refused(&["full"], "form"));
    stages(strict).forbids(0, "send", &refused(&["missing:name", "late"], "form"));
}

#[test]
fn where_the_spec_is_silent_nothing_is_said_any_more() {
    let mut run = Run::new(
        "flow f {\n start -> form\n step form {\n on go silent\n on end -> done\n }\n end done success\n}",
    );
    let judgement = run.sees(0, "go", &[], &accepted("anywhere"));
    assert!(matches!(judgement, Judgement::Undetermined(Some(_))), "{judgement:?}");
}

#[test]
fn each_alternative_is_allowed_at_each_event() {
    let text = "reason no\nflow f {\n start -> form\n step form {\n on go either {\n stay\n refuse no\n }\n on end -> done\n }\n end done success\n}";
    let mut run = Run::new(text);
    run.allows(0, "go", &accepted("form"));
    run.allows(0, "go", &refused(&["no"], "form"));
    run.allows(0, "go", &accepted("form"));
    run.forbids(0, "go", &refused(&["maybe"], "form"));
}

#[test]
fn an_alternative_that_is_not_shown_at_once_is_told_later() {
    let text = "flow f {\n start -> form\n step form {\n on go either {\n -> left\n -> right\n }\n }\n step left { on l -> done }\n step right { on r -> done }\n end done success\n}";
    let hidden = Observation { step: None, ..accepted("") };
    let mut run = Run::new(text);
    run.allows(0, "go", &hidden);
    run.allows(0, "r", &hidden);
    run.forbids(0, "l", &accepted("done"));
    let mut run = Run::new(text);
    run.allows(0, "go", &hidden);
    run.allows(0, "r", &refused(&["unexpected"], "left"));
    run.allows(0, "l", &accepted("done"));
}

#[test]
fn beyond_a_limit_of_so_many_or_more_both_are_allowed() {
    let text = "flow f {\n start -> form\n limit sends: 2 or more per session\n step form {\n on send stay { count sends }\n on end -> done\n }\n end done success\n}";
    for third in [accepted("form"), refused(&["limit:sends"], "form")] {
        let mut run = Run::new(text);
        run.allows(0, "send", &accepted("form"));
        run.allows(0, "send", &accepted("form"));
        run.allows(0, "send", &third);
    }
    Run::new(text).forbids(0, "send", &refused(&["limit:sends"], "form"));
}

#[test]
fn a_time_out_that_may_be_late_may_still_not_be_early() {
    let text = "flow f {\n start -> form\n step form {\n on go stay\n after 5 min or later -> gone\n }\n end gone success\n}";
    let minutes = 60_000;
    Run::new(text).forbids(5 * minutes - 1, "go", &refused(&["unexpected"], "gone"));
    Run::new(text).allows(5 * minutes, "go", &refused(&["unexpected"], "gone"));
    let mut run = Run::new(text);
    run.allows(5 * minutes, "go", &accepted("form"));
    run.allows(60 * minutes, "go", &accepted("form"));
    run.allows(61 * minutes, "go", &refused(&["unexpected"], "gone"));
    run.forbids(62 * minutes, "go", &accepted("form"));
}

#[test]
fn a_picked_value_is_remembered_as_it_was_seen() {
    let text = "type Code text { length 6 }\nreason wrong\noutput sms { field code: Code chosen }\nflow f {\n start -> form\n step form {\n on get stay { send sms() }\n on try {\n field code: Code\n when code == sms.code -> done\n otherwise refuse wrong\n }\n }\n end done success\n}";
    let mut run = Run::new(text);
    run.allows(0, "get", &code("123456"));
    let tries = |run: &mut Run, with: &str, seen| run.sees(0, "try", &[("code", with.into())], &seen);
    assert_eq!(tries(&mut run, "654321", refused(&["wrong"], "form")), Judgement::Consistent);
    run.allows(0, "get", &code("654321"));
    assert_eq!(tries(&mut run, "123456", refused(&["wrong"], "form")), Judgement::Consistent);
    assert_eq!(tries(&mut run, "654321", accepted("done")), Judgement::Consistent);

    Run::new(text).forbids(0, "get", &code("12345"));
    Run::new(text).forbids(0, "get", &code(Value::Int(123_456)));
    Run::new(text).forbids(0, "get", &accepted("form"));
    let twice = Observation {
        outputs: [code("123456").outputs, code("123456").outputs].concat(),
        ..accepted("form")
    };
    Run::new(text).forbids(0, "get", &twice);
}

/// A window of a day: which one, only the implementation knows.
const CHOICE: &str = r#"
choice window: rolling | calendar
flow f {
  start -> form
  step form {
    on go {
      when window == rolling -> one
      when window == calendar -> two
    }
    on either_way stay
  }
  step one { on end -> done }
  step two { on end -> done }
  end done success
}"#;

#[test]
fn a_choice_is_the_same_in_every_test_of_a_run() {
    let run = |step: &str| {
        let mut run = Run::new(CHOICE);
        run.allows(0, "go", &accepted(step));
        run.oracle.explained()
    };
    let model = flow(&format!("language 1\n{CHOICE}"));
    let mut candidates = Candidates::new(&model);
    assert_eq!(candidates.left(), 0b11);
    let mut neither = Run::new(CHOICE);
    neither.allows(0, "either_way", &accepted("form"));
    assert_eq!(candidates.strike(&"t0".into(), neither.oracle.explained()), Ok(()));
    assert_eq!(candidates.strike(&"t1".into(), run("one")), Ok(()));
    assert_eq!(candidates.strike(&"t2".into(), run("one")), Ok(()));
    assert_eq!(candidates.left(), 0b01);
    assert_eq!(candidates.strike(&"t3".into(), run("two")), Err(vec!["t1".into(), "t3".into()]));
}

const REFUSING_CHOICE: &str = r#"
choice window: rolling | calendar
flow f {
  start -> form
  step form {
    on go {
      when window == rolling refuse unexpected
      when window == calendar stay
    }
    on stop -> done
  }
  end done success
}"#;

#[test]
fn within_one_test_a_choice_does_not_change_either() {
    let mut run = Run::new(REFUSING_CHOICE);
    run.allows(0, "go", &accepted("form"));
    run.forbids(0, "go", &refused(&["unexpected"], "form"));
}

#[test]
fn a_choice_that_nothing_reads_makes_no_difference() {
    let model = flow(
        "language 1\nchoice colour: red | green | blue\nflow f {\n start -> form\n step form { on end -> done }\n end done success\n}",
    );
    assert_eq!(Candidates::new(&model).left(), 1);
}

const MARKS: &str = "facts \"facts.md\"\ndefault unlisted refuse unexpected assumed A-1\ndefault missing refuse missing @F-2\ndefault invalid refuse invalid @F-2\nflow f @F-1 {\n start -> form @F-1\n step form @F-1 {\n on a stay @F-1\n on b stay assumed A-2\n on end -> done @F-1\n }\n end done success @F-1\n}";

#[test]
fn a_test_is_as_weak_as_the_weakest_statement_that_it_used() {
    let mut run = Run::new(MARKS);
    run.allows(0, "a", &accepted("form"));
    assert_eq!(run.oracle.provenance(), Provenance::Stated);
    run.allows(0, "b", &accepted("form"));
    assert_eq!(run.oracle.provenance(), Provenance::Assumed);
    let mut run = Run::new(MARKS);
    run.allows(0, "no_such_event", &refused(&["unexpected"], "form"));
    assert_eq!(run.oracle.provenance(), Provenance::Assumed);
}

const WAITING: &str = "flow f {\n start -> form\n step form {\n on go stay\n on wait -> timed\n }\n step timed {\n on go stay\n after 1 h -> done\n }\n end done success\n}";

#[test]
fn nothing_is_said_of_a_long_wait_where_the_spec_says_nothing() {
    let mut run = Run::new(&format!("default waiting silent\n{WAITING}"));
    run.allows(1_000, "go", &accepted("form"));
    run.allows(2_000, "go", &accepted("form"));
    assert!(matches!(run.sees(3_001, "go", &[], &accepted("form")), Judgement::Undetermined(_)));

    let mut run = Run::new(&format!("default waiting silent\n{WAITING}"));
    run.allows(0, "wait", &accepted("timed"));
    run.allows(3_599_999, "go", &accepted("timed"));
    run.allows(3_600_000, "go", &refused(&["unexpected"], "done"));
    run.allows(9_000_000, "go", &refused(&["unexpected"], "done"));

    let mut run = Run::new(&format!("default waiting stay\n{WAITING}"));
    run.allows(9_000_000, "go", &accepted("form"));
}

#[test]
fn an_answer_is_told_or_reported() {
    let text = "actor bank\nreason no\nflow f {\n start -> form\n step form {\n on pay ask bank {\n on yes -> done\n on never refuse no\n }\n }\n end done success\n}";
    let answer =
        |answer: &str| Answer { actor: "bank".into(), answer: answer.into(), fields: Fields::default() };
    let pay = Input::new("pay", Fields::default());
    let mut run = Run::new(text);
    let seen = refused(&["no"], "form");
    assert_eq!(run.oracle.apply(0, 0, &pay, &[answer("never")], &seen), Judgement::Consistent);
    let reported = Observation { answers: vec![answer("yes")], ..accepted("done") };
    assert_eq!(run.oracle.apply(0, 0, &pay, &[answer("never")], &reported), Judgement::Consistent);
    let impossible = Observation { answers: vec![answer("perhaps")], ..accepted("done") };
    let judgement = Run::new(text).oracle.apply(0, 0, &pay, &[], &impossible);
    assert!(matches!(judgement, Judgement::Contradiction(_)), "{judgement:?}");
}

#[test]
fn what_cannot_be_asked_is_nobodys_failure_but_the_callers() {
    let mut run = Run::new(WAITING);
    run.allows(500, "go", &accepted("form"));
    assert!(matches!(run.sees(499, "go", &[], &accepted("form")), Judgement::Fault(_)));
}
