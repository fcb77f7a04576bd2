//! What is derived from the specs: the same bytes every time, every part of a flow covered, no test without a reason.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use flowspec::source::{Source, SourceId, Sources};
use flowspec::{compile, suite, syntax};
use flowspec_runtime::model::{ElementKind, Model};
use flowspec_runtime::suite::{Section, Suite};

const SPECS: [&[&str]; 3] = [
    &["specs/sign_in/sign_in.flow"],
    &["specs/alipay/register_web_phone.flow", "specs/alipay/people.flow"],
    &["specs/alipay/change_bound_phone.flow", "specs/alipay/people.flow"],
];

fn models() -> Vec<Arc<Model>> {
    SPECS.into_iter().flat_map(model_of).collect()
}

fn model_of(files: &[&str]) -> Vec<Arc<Model>> {
    let mut sources = Sources::default();
    let mut parsed = Vec::new();
    for (id, file) in (0..).zip(files) {
        let source = Source::new(*file, fs::read_to_string(file).expect("the spec is there"));
        parsed.push(syntax::parse(&source, SourceId(id)));
        sources.add(source);
    }
    compile(&sources, &parsed).models
}

fn derived(model: &Arc<Model>) -> Suite {
    suite::derive(model).expect("the model can be run")
}

#[test]
fn a_suite_is_the_same_bytes_every_time() {
    for model in models() {
        assert_eq!(derived(&model).to_json(), derived(&model).to_json(), "{}", model.name);
    }
}

#[test]
fn the_tests_of_sign_in_are_these() {
    let model = models().swap_remove(0);
    let suite = derived(&model);
    let lines: Vec<String> = suite
        .tests
        .iter()
        .map(|test| {
            let requirement = &model.element(suite.requirement(test)).path;
            format!("{:?} · {requirement} · {} · {} steps", test.section, test.title, suite.steps(test).len())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_end_step_event_branch_answer_limit_and_time_out_has_a_test() {
    for model in models() {
        let suite = derived(&model);
        let tested: BTreeSet<u32> =
            suite.tests.iter().flat_map(|test| test.requirements.iter().copied()).collect();
        let silent = |source: &str| source.contains("silent");
        let missing: Vec<&str> = (0..)
            .zip(&model.elements)
            .filter(|(id, element)| {
                use ElementKind as Kind;
                let needs =
                    matches!(element.kind, Kind::End | Kind::When | Kind::Answer | Kind::Limit | Kind::After);
                needs && !silent(&element.source) && !tested.contains(id)
            })
            .map(|(_, element)| element.path.as_str())
            .collect();
        assert!(missing.is_empty(), "{}: nothing tests {missing:?}", model.name);
    }
}

#[test]
fn identifiers_are_unique() {
    for model in models() {
        let suite = derived(&model);
        let ids: BTreeSet<_> = suite.tests.iter().map(|test| &test.id).collect();
        assert_eq!(ids.len(), suite.tests.len(), "{}", model.name);
    }
}

#[test]
fn the_sections_that_a_flow_calls_for_are_there() {
    let suite = derived(&models().swap_remove(0));
    let sections: BTreeSet<Section> = suite.tests.iter().map(|test| test.section).collect();
    let wanted = [
        Section::Way,
        Section::Transition,
        Section::Field,
        Section::Guard,
        Section::Unlisted,
        Section::Limit,
    ];
    assert!(wanted.iter().all(|section| sections.contains(section)), "{sections:?}");
}
