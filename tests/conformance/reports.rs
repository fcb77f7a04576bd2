//! That no report lets a secret out, whatever the implementation repeats.

use std::collections::BTreeSet;

use flowspec::harness::report::{KINDS, write};
use flowspec::harness::results::{
    Coverage, FORMAT, Header, Identification, Method, Results, Spec, SuiteSize, TestResult, Verdict,
};
use flowspec_runtime::conformance::{Engine, Outcome, Secrets, Sequence, Step, report};
use flowspec_runtime::{
    Answer, Implementation, Input, Observation, Rows, SessionId, Time, Unsupported, Value,
};

use crate::faulty::sign_in::{Fault, SignIn};
use crate::support::spec;

/// It says in its last words what it was sent.
struct Talkative(SignIn);

impl Implementation for Talkative {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        self.0.reset(rows)
    }

    fn open(
        &mut self,
        session: SessionId,
        at: Time,
        given: &flowspec_runtime::Fields,
    ) -> Result<Observation, Unsupported> {
        self.0.open(session, at, given)
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        let seen = self.0.apply(session, at, input, answers);
        assert_ne!(seen.step.as_deref(), Some("signed_in"), "I was sent {input:?}");
        seen
    }
}

#[test]
fn no_report_has_a_secret() {
    let model = spec("sign_in", "sign_in");
    let suite = flowspec::suite::derive(&model).unwrap();
    let (mut tests, mut secrets) = (Vec::new(), BTreeSet::new());
    let faulty = || Box::new(SignIn::new(Fault::LockEndsEarly)) as Box<dyn Implementation>;
    let talkative = || Box::new(Talkative(SignIn::new(Fault::None))) as Box<dyn Implementation>;
    for mut engine in [Engine::new(&suite, &faulty).unwrap(), Engine::new(&suite, &talkative).unwrap()] {
        for test in suite.tests.iter().step_by(3) {
            let Outcome::Fail(failure) = engine.run(test) else { continue };
            let mut result = TestResult::new(&suite, test, Verdict::Fail);
            let mut said = String::new();
            for line in &failure.play.lines {
                if let (Step::Apply { .. }, Value::Text(secret)) =
                    (&failure.steps[line.step], line.fields.get("password"))
                {
                    said.push_str(&format!("password={secret}\n"));
                    secrets.extend((secret.chars().count() >= 4).then(|| secret.to_string()));
                }
            }
            result.verdict = Verdict::Crash { message: said.clone() };
            result.stderr = said;
            result.mask(&Secrets::of(&model, &failure.rows, &failure.steps, &failure.play));
            result.failure = Some(Sequence::of(&model, &failure));
            let text = report(&model, &failure);
            assert!(secrets.iter().all(|secret| !text.contains(secret.as_str())), "{text}");
            tests.push(result);
        }
    }
    assert!(tests.len() > 3 && !secrets.is_empty(), "{} tests, {secrets:?}", tests.len());
    let header = Header {
        format: FORMAT,
        flow: model.name.clone(),
        title: String::new(),
        implementation: "by hand".to_owned(),
        spec: Spec { files: vec!["specs/sign_in/sign_in.flow".to_owned()], digest: String::new() },
        version: String::new(),
        protocol: None,
        seed: None,
        method: Method { identification: Identification::None, k: 0, exceptions: Vec::new() },
        suite: SuiteSize::default(),
        faults: None,
        stated_only: false,
        shard: None,
        again: String::new(),
    };
    let results = Results::new(header, tests, Coverage::of(&model));
    for (name, kind) in KINDS {
        let text = write(kind, &results).unwrap();
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} has {secret:?}");
        }
        assert!(name == "badge" || text.contains("••••••"), "{name} masks nothing");
    }
}
