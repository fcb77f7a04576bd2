//! What the suites promise: the rules of the oracle hold, sound implementations pass, faulty ones are caught.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "conformance/faulty/mod.rs"]
mod faulty;
#[path = "conformance/oracle.rs"]
mod oracle;
#[path = "conformance/reports.rs"]
mod reports;
#[path = "conformance/subject.rs"]
mod subject;
#[path = "conformance/support.rs"]
mod support;

use flowspec_runtime::Implementation;
use flowspec_runtime::conformance::{Engine, Interpreter, Outcome, Walks, report};
use support::spec;

#[test]
fn the_interpreter_passes_the_suites_of_the_specs() {
    for (folder, name) in
        [("sign_in", "sign_in"), ("alipay", "register_web_phone"), ("alipay", "change_bound_phone")]
    {
        let model = spec(folder, name);
        let suite = flowspec::suite::derive(&model).unwrap();
        let make = || Box::new(Interpreter::new(&model).unwrap()) as Box<dyn Implementation>;
        let mut engine = Engine::new(&suite, &make).unwrap();
        for test in &suite.tests {
            match engine.run(test) {
                Outcome::Pass => {}
                Outcome::Fail(failure) => panic!("{}", report(&model, &failure)),
                outcome => panic!("{name} · {} · {outcome:?}", test.title),
            }
        }
        let (walked, outcome) = Walks::default().run(&mut engine).unwrap();
        if let Outcome::Fail(failure) = outcome {
            panic!("{}", report(&model, &failure));
        }
        assert!(walked.events > 1_000, "{name}: {walked:?}");
    }
}
