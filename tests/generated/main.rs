//! The interpreter and the generated machines are written apart; here they are held together by random walks over every
//! flow: valid and invalid events, several sessions, times that jump over every window's edge, machines stored half-way.
//!
//! `FLOWSPEC_EVENTS=100000 cargo test --release --test generated` walks that many events per flow.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "modules/blocks.rs"]
pub mod blocks;
#[path = "modules/calls.rs"]
pub mod calls;
#[path = "modules/cash.rs"]
pub mod cash;
#[path = "modules/device.rs"]
pub mod device;
#[path = "modules/interrupts.rs"]
pub mod interrupts;
mod pair;
#[path = "modules/rental.rs"]
pub mod rental;
#[path = "modules/struct_flow.rs"]
pub mod struct_flow;
mod walk;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};
use flowspec_generated::{
    cash_withdrawal, change_bound_phone, device_authorization, enable_fingerprint_payment, first_payment,
    lost_phone_response, order_return, pay_by_fingerprint, register_mobile_app, register_web_email,
    register_web_phone, reset_payment_password, sign_in, smtp_session, use_email_account,
    yearly_quota_used_up,
};
use flowspec_runtime::model::Model;
use flowspec_runtime::typed::Flow;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use pair::{Pair, Step};
use walk::Walk;

/// Events in one walk.
const LENGTH: usize = 50;

/// Events per flow where nothing else is asked for.
const EVENTS: usize = 4_000;

/// Walks through a flow, with every value of its choices.
fn agree<F: Flow>(model: &Arc<Model>) {
    let events =
        std::env::var("FLOWSPEC_EVENTS").ok().and_then(|events| events.parse().ok()).unwrap_or(EVENTS);
    let cases = u32::try_from(events.div_ceil(LENGTH)).unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let walks = (any::<u64>(), prop::collection::vec(any::<u64>(), 1..=2 * LENGTH));
    let outcome = runner.run(&walks, |(start, seeds)| {
        let mut walk = Walk::new(model, start);
        let mut pair = Pair::<F>::new(model, &walk.rows(), &walk.choices());
        let steps = seeds.into_iter().map(Some).chain([None]);
        for seed in steps {
            let step = seed.map_or(Step::Store, |seed| walk.step(seed, &pair));
            prop_assert!(pair.take(&step, &mut walk).is_ok(), "{}", pair.difference(&step));
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{}: {}", model.name, outcome.unwrap_err());
}

/// The flows in some files.
fn models(files: &[(&str, &str)]) -> Vec<Arc<Model>> {
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    for (name, text) in files {
        let id = sources.add(Source::new(*name, *text));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    let compiled = compile(&sources, &parsed);
    assert!(!compiled.has_errors(), "{:#?}", compiled.diagnostics);
    compiled.models
}

/// A flow of a folder of specs.
fn spec(folder: &str, name: &str) -> Arc<Model> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs").join(folder);
    let mut files: Vec<(String, String)> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "flow"))
        .map(|path| {
            let file = path.file_name().unwrap().to_str().unwrap();
            (format!("specs/{folder}/{file}"), fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    models(&files).into_iter().find(|model| model.name == name).unwrap()
}

#[test]
fn sign_in_is_what_the_interpreter_makes_of_it() {
    agree::<sign_in::Shared>(&spec("sign_in", "sign_in"));
}

#[test]
fn register_web_phone_is_what_the_interpreter_makes_of_it() {
    agree::<register_web_phone::Shared>(&spec("alipay", "register_web_phone"));
}

#[test]
fn change_bound_phone_is_what_the_interpreter_makes_of_it() {
    agree::<change_bound_phone::Shared>(&spec("alipay", "change_bound_phone"));
}

#[test]
fn the_other_procedures_are_what_the_interpreter_makes_of_them() {
    agree::<enable_fingerprint_payment::Shared>(&spec("alipay", "enable_fingerprint_payment"));
    agree::<first_payment::Shared>(&spec("alipay", "first_payment"));
    agree::<lost_phone_response::Shared>(&spec("alipay", "lost_phone_response"));
    agree::<pay_by_fingerprint::Shared>(&spec("alipay", "pay_by_fingerprint"));
    agree::<register_mobile_app::Shared>(&spec("alipay", "register_mobile_app"));
    agree::<register_web_email::Shared>(&spec("alipay", "register_web_email"));
    agree::<reset_payment_password::Shared>(&spec("alipay", "reset_payment_password"));
    agree::<use_email_account::Shared>(&spec("alipay", "use_email_account"));
    agree::<yearly_quota_used_up::Shared>(&spec("alipay", "yearly_quota_used_up"));
}

#[test]
fn procedures_of_other_fields_are_what_the_interpreter_makes_of_them() {
    agree::<cash_withdrawal::Shared>(&spec("cash_withdrawal", "cash_withdrawal"));
    agree::<device_authorization::Shared>(&spec("device_authorization", "device_authorization"));
    agree::<order_return::Shared>(&spec("order_return", "order_return"));
    agree::<smtp_session::Shared>(&spec("smtp_session", "smtp_session"));
}

#[test]
fn every_base_of_a_time_out_is_what_the_interpreter_makes_of_it() {
    agree::<device::Shared>(
        &models(&[("tests/generated/flows/device.flow", include_str!("flows/device.flow"))])[0],
    );
}

#[test]
fn percentages_and_days_are_what_the_interpreter_makes_of_them() {
    agree::<rental::Shared>(
        &models(&[("tests/generated/flows/rental.flow", include_str!("flows/rental.flow"))])[0],
    );
}

#[test]
fn amounts_windows_and_overflows_are_what_the_interpreter_makes_of_them() {
    agree::<cash::Shared>(
        &models(&[("tests/generated/flows/cash.flow", include_str!("flows/cash.flow"))])[0],
    );
}

#[test]
fn answers_alternatives_and_names_are_what_the_interpreter_makes_of_them() {
    agree::<struct_flow::Shared>(
        &models(&[("tests/generated/flows/mail.flow", include_str!("flows/mail.flow"))])[0],
    );
}

#[test]
fn interruptions_are_what_the_interpreter_makes_of_them() {
    agree::<interrupts::Shared>(
        &models(&[("tests/generated/flows/interrupts.flow", include_str!("flows/interrupts.flow"))])[0],
    );
}

#[test]
fn calls_of_parts_are_what_the_interpreter_makes_of_them() {
    agree::<calls::Shared>(
        &models(&[("tests/generated/flows/calls.flow", include_str!("flows/calls.flow"))])[0],
    );
}

#[test]
fn blocks_of_limits_and_checklists_in_parts_are_what_the_interpreter_makes_of_them() {
    agree::<blocks::Shared>(
        &models(&[("tests/generated/flows/blocks.flow", include_str!("flows/blocks.flow"))])[0],
    );
}

/// A machine that was generated from one spec, held against another: the walks must notice.
#[test]
fn a_limit_that_is_off_by_one_is_noticed() {
    let text = include_str!("../../specs/sign_in/sign_in.flow");
    // Its scenarios would notice first.
    let text = text.split_once("\n  scenario ").map_or(text, |(flow, _)| flow).to_owned() + "\n}\n";
    let changed = text.replace("wrong_by_ip: 5 per ip", "wrong_by_ip: 6 per ip");
    assert_ne!(changed, text);
    let models = models(&[("specs/sign_in/sign_in.flow", changed.as_str())]);
    let noticed = std::panic::catch_unwind(|| agree::<sign_in::Shared>(&models[0]));
    assert!(noticed.is_err());
}
