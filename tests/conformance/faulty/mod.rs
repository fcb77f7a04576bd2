//! Implementations written by hand from the prose, each with a switch for one mistake: the right ones pass, and every
//! mistake is caught by the requirement that it breaks.

mod sign_in;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use flowspec_runtime::Implementation;
use flowspec_runtime::conformance::{Engine, Failure, Make, Outcome, Suite, report};

use crate::support::spec;

fn suite_of(folder: &str, name: &str) -> Suite {
    flowspec::suite::derive(&spec(folder, name)).unwrap()
}

/// Every test of a suite that an implementation fails.
fn failures(suite: &Suite, make: &Make) -> Vec<Failure> {
    let mut engine = Engine::new(suite, make).unwrap();
    let failed = suite.tests.iter().filter_map(|test| match engine.run(test) {
        Outcome::Pass => None,
        Outcome::Fail(failure) => Some(*failure),
        outcome => panic!("{}: {outcome:?}", test.title),
    });
    failed.collect()
}

/// The requirements by which they are caught.
fn requirements<'s>(suite: &'s Suite, failures: &[Failure]) -> BTreeSet<&'s str> {
    failures.iter().map(|failure| suite.model.element(failure.about.requirement).path.as_str()).collect()
}

mod signing_in {
    use super::sign_in::{Fault, SignIn};
    use super::*;

    fn suite() -> &'static Suite {
        static SUITE: OnceLock<Suite> = OnceLock::new();
        SUITE.get_or_init(|| suite_of("sign_in", "sign_in"))
    }

    fn caught(fault: Fault) -> Vec<Failure> {
        failures(suite(), &|| Box::new(SignIn::new(fault)) as Box<dyn Implementation>)
    }

    #[test]
    fn the_right_one_passes() {
        let failures = caught(Fault::None);
        assert!(failures.is_empty(), "{}", report(&suite().model, &failures[0]));
    }

    /// Every mistake, the requirement that it breaks, and one beside it that it keeps.
    const MISTAKES: [(Fault, &str, &str); 22] = [
        (Fault::SixTries, "limit/wrong_by_login", "password/after/expired"),
        (Fault::FourTries, "limit/wrong_by_login", "password/after/expired"),
        (Fault::LockNeverEnds, "limit/wrong_by_login", "password/submit/signed_in"),
        (Fault::LockEndsEarly, "limit/wrong_by_login", "password/submit/signed_in"),
        (Fault::LockProlonged, "limit/wrong_by_login", "password/submit/signed_in"),
        (Fault::LockOpensForTheRightPassword, "limit/wrong_by_ip", "password/after/expired"),
        (Fault::TriesKeptAfterSuccess, "limit/wrong_by_login", "limit/wrong_by_ip"),
        (Fault::AddressForgivenToo, "limit/wrong_by_ip", "limit/wrong_by_login"),
        (Fault::CountedPerSession, "limit/wrong_by_login", "limit/wrong_by_ip"),
        (Fault::UnknownLoginsNotCounted, "limit/wrong_by_login", "limit/wrong_by_ip"),
        (Fault::CalendarWindow, "limit/wrong_by_login", "password/after/expired"),
        (Fault::PasswordNotRequired, "password/submit/password", "type/Password/length"),
        (Fault::LoginOneShorter, "type/Login/length", "type/Password/length"),
        (Fault::LoginOneLonger, "type/Login/length", "type/Password/length"),
        (Fault::PasswordOneShorter, "type/Password/length", "type/Login/length"),
        (Fault::RefusedInputCounts, "limit/wrong_by_login", "limit/wrong_by_ip"),
        (Fault::LockNamedWrongly, "limit/wrong_by_login", "password/submit/wrong_password"),
        (Fault::UnexpectedAccepted, "signed_in", "limit/wrong_by_login"),
        (Fault::WrongNextStep, "password/submit/signed_in", "expired"),
        (Fault::TimeOutLate, "password/after/expired", "limit/wrong_by_login"),
        (Fault::TimeOutAnewAfterEachTry, "password/after/expired", "limit/wrong_by_login"),
        (Fault::NoTimeOut, "password/after/expired", "limit/wrong_by_login"),
    ];

    #[test]
    fn every_mistake_is_caught_by_the_requirement_that_it_breaks() {
        for (fault, broken, kept) in MISTAKES {
            let failures = caught(fault);
            let by = requirements(suite(), &failures);
            assert!(by.contains(broken) && !by.contains(kept), "{fault:?} was caught by {by:?}");
            assert!(failures.iter().all(|failure| failure.failed == failure.runs), "{fault:?} fails always");
        }
    }

    #[test]
    fn a_report_has_the_requirement_and_the_shortest_sequence_and_no_secret() {
        let failures = caught(Fault::LockEndsEarly);
        insta::assert_snapshot!(report(&suite().model, &failures[0]));
    }
}
