//! Suites as test runners see them: by requirement, with failures that are kept.

use std::sync::OnceLock;

use flowspec_runtime::conformance::{Regressions, Subject, Suite};
use flowspec_runtime::{Answer, Implementation, Input, Observation, Rows, SessionId, Time, Unsupported};

use crate::faulty::sign_in::{Fault, SignIn};
use crate::support::spec;

fn json() -> &'static str {
    static JSON: OnceLock<String> = OnceLock::new();
    JSON.get_or_init(|| flowspec::suite::derive(&spec("sign_in", "sign_in")).unwrap().to_json())
}

#[test]
fn a_suite_is_read_as_it_was_written() {
    let suite = Suite::from_json(json()).unwrap();
    assert_eq!(suite.to_json(), json());
    let broken = json().replacen("\"leaf\":", "\"leaf\":9999", 1);
    assert!(Suite::from_json(&broken).is_err(), "a leaf that is not there");
    assert!(Suite::from_json(&json().replacen("\"format\":2", "\"format\":1", 1)).is_err(), "another format");
}

#[test]
fn a_failure_is_kept_and_tried_first_from_then_on() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().to_str().unwrap();
    let kept = Regressions::new(home.path(), &"sign_in".into());
    let faulty = Subject::new(json(), folder, || SignIn::new(Fault::LoginOneLonger));
    assert_eq!(faulty.earlier_failures("earlier").unwrap().passed, 0, "nothing failed yet");

    let report = faulty.requirement("type/Login/length", "length").unwrap_err().to_string();
    assert!(report.contains("It must be refused as `invalid:login`"), "{report}");
    assert!(report.contains("again   cargo test length"), "{report}");
    let sequences = kept.read().unwrap();
    assert_eq!(sequences.len(), 1);
    assert_eq!(sequences[0].requirement, "type/Login/length");
    assert!(faulty.requirement("type/Login/length", "length").is_err());
    assert_eq!(kept.read().unwrap().len(), 1, "the same sequence is kept once");

    assert!(faulty.earlier_failures("earlier").is_err());
    let mended = Subject::new(json(), folder, || SignIn::new(Fault::None));
    assert_eq!(mended.earlier_failures("earlier").unwrap().passed, 1);
}

#[test]
fn a_requirement_that_no_test_is_named_by_is_no_pass() {
    let subject = Subject::new(json(), "", || SignIn::new(Fault::None));
    assert!(subject.requirement("no/such/requirement", "none").is_err());
}

/// It has one session, which is there from the start, and no clock of its own.
struct Small(SignIn);

impl Implementation for Small {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        self.0.reset(rows)?;
        self.0.open(0, 0, &[("ip", "vvvvva")].into_iter().collect()).map(|_| ())
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        self.0.apply(session, at, input, answers)
    }
}

#[test]
fn what_an_implementation_cannot_do_is_neither_passed_nor_failed() {
    let home = tempfile::tempdir().unwrap();
    let subject = Subject::new(json(), home.path().to_str().unwrap(), || Small(SignIn::new(Fault::None)));
    let tally = subject.requirement("password/after/expired", "time_out").unwrap();
    assert!(tally.untested().unwrap().contains("a clock that can be moved"), "{tally:?}");
    let tally = subject.requirement("password/submit/signed_in", "signed_in").unwrap();
    assert!(tally.passed > 0, "{tally:?}");
}
