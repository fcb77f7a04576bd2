//! Implementations written by hand from the prose, each with a switch for one mistake: the right ones pass, and every
//! mistake is caught by the requirement that it breaks.

mod register_web_phone;
pub(crate) mod sign_in;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use flowspec_runtime::Implementation;
use flowspec_runtime::conformance::{Candidates, Engine, Failure, Make, Outcome, Suite, Walks, report};
use proptest::test_runner::{Config, RngSeed};

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

/// The report without the number of the line, which moves with every change of the spec.
fn without_line(report: &str) -> String {
    let (head, rest) = report.split_once(".flow:").unwrap();
    format!("{head}.flow:…{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
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
        insta::assert_snapshot!(without_line(&report(&suite().model, &failures[0])));
    }
}

mod registering {
    use super::register_web_phone::{Fault, Register};
    use super::*;

    fn suite() -> &'static Suite {
        static SUITE: OnceLock<Suite> = OnceLock::new();
        SUITE.get_or_init(|| suite_of("alipay", "register_web_phone"))
    }

    fn caught(fault: Fault) -> Vec<Failure> {
        failures(suite(), &|| Box::new(Register::new(fault)) as Box<dyn Implementation>)
    }

    /// Every mistake, the requirement that it breaks, and one beside it that it keeps.
    const MISTAKES: [(Fault, &str, &str); 20] = [
        (Fault::RegionDefaultLost, "identify/next/region", "identify/next/phone"),
        (Fault::NameNotRequired, "profile/page/fill_in/real_name", "profile/page/fill_in/id_number"),
        (Fault::AddressOfAnyKind, "profile/page/fill_in/address", "profile/page/fill_in/occupation"),
        (Fault::PageCodeNotChecked, "identify/next/wrong_code", "code_wait/code/submit_code/wrong_code"),
        (Fault::AnyCode, "code_wait/code/submit_code/wrong_code", "identify/next/wrong_code"),
        (Fault::OldCodeStillValid, "code_wait/code/submit_code/wrong_code", "code_wait/confirmed/profile"),
        (Fault::MessageTwice, "identify/next/code_wait", "landing/click_register"),
        (Fault::MessageToNobody, "identify/next/code_wait", "landing/click_register"),
        (Fault::NoMessageOnResend, "code_wait/code/resend", "identify/next/code_wait"),
        (Fault::ResendRefused, "code_wait/code/resend", "identify/next/code_wait"),
        (Fault::ResendStartsAnew, "code_wait/code/resend", "identify/next/code_wait"),
        (Fault::WrongCodeStartsAnew, "code_wait/code/submit_code/wrong_code", "identify/next/code_wait"),
        (Fault::CardStepSkipped, "code_wait/confirmed/profile", "code_wait/code/resend"),
        (Fault::AgreementNotNeeded, "landing/click_register", "default/unlisted"),
        (Fault::AnswersSwapped, "payment/method_set", "landing/click_register"),
        (Fault::DifferentNumberEndsIt, "payment/card/bind_card/number_differs", "landing/click_register"),
        (Fault::WrongReason, "code_wait/code/submit_code/wrong_code", "code_wait/code/submit_code/code"),
        (Fault::AnsweredAfterTheEnd, "registered", "payment/card"),
        (Fault::NoAccount, "capability/unbind_phone", "payment/method_set"),
        (Fault::PhoneUnbindable, "capability/unbind_phone", "payment/method_set"),
    ];

    #[test]
    fn the_right_ones_pass_whichever_code_they_ask_for() {
        for fault in [Fault::None, Fault::OneCode] {
            let failures = caught(fault);
            assert!(failures.is_empty(), "{}", report(&suite().model, &failures[0]));
        }
    }

    #[test]
    fn every_mistake_is_caught_by_the_requirement_that_it_breaks() {
        let mut otherwise = Vec::new();
        for (fault, broken, kept) in MISTAKES {
            let failures = caught(fault);
            let by = requirements(suite(), &failures);
            if !by.contains(broken) || by.contains(kept) {
                otherwise.push(format!("{fault:?} (breaks {broken}, keeps {kept}) was caught by {by:?}"));
            }
        }
        assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
    }

    /// Each test has an explanation; all of them together have none.
    #[test]
    fn who_asks_for_one_code_in_one_test_and_for_two_in_another_is_caught() {
        let contradiction = |fault| {
            let make: &Make = &|| Box::new(Register::new(fault)) as Box<dyn Implementation>;
            let mut engine = Engine::new(suite(), make).unwrap();
            let mut candidates = Candidates::new(&suite().model);
            suite().tests.iter().find_map(|test| engine.strike(test, &mut candidates).err())
        };
        assert!(caught(Fault::OneCodeOrTwo).is_empty());
        assert_eq!(contradiction(Fault::OneCodeOrTwo).map(|tests| tests.len()), Some(2));
        assert_eq!(contradiction(Fault::None), None);
        assert_eq!(contradiction(Fault::OneCode), None);
    }

    /// No derived test has two sessions with a code each; walks do.
    #[test]
    fn a_walk_finds_a_code_that_is_shared_by_sessions() {
        let make: &Make = &|| Box::new(Register::new(Fault::CodeSharedBySessions)) as Box<dyn Implementation>;
        let mut engine = Engine::new(suite(), make).unwrap();
        let config = Config { rng_seed: RngSeed::Fixed(1), cases: 4_096, ..Walks::default().config };
        let (_, outcome) = Walks { config, ..Walks::default() }.run(&mut engine).unwrap();
        let Outcome::Fail(failure) = outcome else { panic!("it was not found: {outcome:?}") };
        let report = report(&suite().model, &failure);
        // Four steps in each session bring it to a code; then the first code is not taken any more.
        assert_eq!(failure.steps.len(), 9, "{report}");
        assert!(report.contains("code_wait/code/submit_code · a random walk"), "{report}");
        assert!(
            report.contains("It must be accepted, in `profile/page`. It was refused as `wrong_code`"),
            "{report}"
        );
    }
}
