//! Reports of runs: what each format says, that it keeps to its standard, and that nothing in a name can break it.
//!
//! `tests/reports/schemas/` holds the schema of JUnit XML from Jenkins' xUnit plugin (MIT, its notice is in the file)
//! and that of SARIF 2.1.0 (OASIS Open, published for use with the standard).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod json_schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use flowspec::harness::report::{KINDS, Kind, Mismatch, Style, human, merge, read, write};
use flowspec::harness::results::{Exit, Objection, Results, Verdict};
use json_schema::breaches;
use roxmltree::{Document, Node};

fn fixture(name: &str) -> Results {
    read(&fs::read_to_string(Path::new("tests/reports").join(format!("{name}.jsonl"))).unwrap()).unwrap()
}

const FIXTURES: [&str; 6] = ["conforms", "failing", "every_verdict", "cut_off", "not_started", "hostile"];

#[test]
fn every_format_says_of_the_same_results_what_its_snapshot_shows() {
    for name in FIXTURES {
        let results = fixture(name);
        for (kind_name, kind) in KINDS {
            let mut text = write(kind, &results).unwrap();
            if kind == Kind::Html {
                // The style sheet is the same in each.
                let (start, end) = (text.find("<style>").unwrap(), text.find("</style>").unwrap());
                text.replace_range(start..end, "<style>…");
            }
            insta::assert_snapshot!(format!("{name}_{kind_name}"), text);
        }
    }
    insta::assert_snapshot!("failing_human_in_colour", human(&fixture("failing"), Style { colour: true }));
}

#[test]
fn results_are_read_as_they_were_written() {
    for name in ["conforms", "failing", "every_verdict", "not_started", "hostile"] {
        let results = fixture(name);
        assert_eq!(read(&write(Kind::JsonLines, &results).unwrap()).unwrap(), results, "{name}");
    }
}

#[test]
fn results_that_do_not_hold_together_are_not_read() {
    let text = fs::read_to_string("tests/reports/conforms.jsonl").unwrap();
    let lines: Vec<_> = text.lines().collect();
    let line = |text: &str| read(text).unwrap_err().line;
    assert_eq!(line(""), 1);
    assert_eq!(line(&lines[1..].join("\n")), 1, "no header");
    assert_eq!(line(&[lines[0], lines[0]].join("\n")), 2, "two headers");
    assert_eq!(line(&format!("{text}{}", lines[1])), lines.len() + 1, "more after the footer");
    assert_eq!(line(&text.replacen("\"format\":1", "\"format\":2", 1)), 1, "another format");
    assert_eq!(line(&text.replacen("\"verdict\":\"pass\"", "\"verdict\":\"fine\"", 1)), 2, "no such verdict");
}

#[test]
fn a_file_cannot_claim_a_pass_that_its_tests_do_not_show() {
    let text = fs::read_to_string("tests/reports/failing.jsonl").unwrap();
    let edited = text.replace("\"exit\":\"inconclusive\"", "\"exit\":\"conforms\"");
    assert_ne!(edited, text);
    assert_eq!(read(&edited).unwrap().footer.exit, Exit::DoesNotConform);
    assert_eq!(
        fixture("cut_off").footer.exit,
        Exit::Inconclusive,
        "all its tests pass, but not all are there"
    );
}

#[test]
fn exit_codes_tell_what_is_known() {
    let mut results = fixture("conforms");
    let with = |results: &Results, verdict: Verdict| {
        let mut results = results.clone();
        results.tests[0].verdict = verdict;
        results.conclude(0);
        results.footer.exit.code()
    };
    let why = flowspec::harness::results::NotRun::Budget;
    let message = || "…".to_owned();
    assert_eq!(with(&results, Verdict::Pass), 0);
    for wrong in [
        Verdict::Fail,
        Verdict::Timeout { after: 1 },
        Verdict::Crash { message: message() },
        Verdict::ProtocolError { message: message() },
        Verdict::OrderDependent { after: vec![] },
    ] {
        assert_eq!(with(&results, wrong.clone()), 1, "{wrong:?}");
    }
    for open in [Verdict::HarnessError { message: message() }, Verdict::NotRun { why }] {
        assert_eq!(with(&results, open.clone()), 3, "{open:?}");
    }
    assert_eq!(with(&results, Verdict::Flaky { failed: 1, runs: 3 }), 5);
    for borne in [
        Verdict::Undetermined { by: None },
        Verdict::Unsupported { what: message() },
        Verdict::KnownFailing { reason: message(), issue: None, expires: None },
    ] {
        assert_eq!(with(&results, borne.clone()), 0, "{borne:?}");
        let mut all = results.clone();
        all.tests.iter_mut().for_each(|test| test.verdict = borne.clone());
        all.conclude(0);
        assert_eq!(all.footer.exit.code(), 3, "nothing passed: {borne:?}");
    }
    results.tests.iter_mut().for_each(|test| test.verdict = Verdict::Crash { message: message() });
    results.conclude(0);
    assert_eq!(results.footer.exit.code(), 4, "it never answered");
    results.tests.clear();
    results.conclude(0);
    assert_eq!(results.footer.exit.code(), 3, "no test is no pass");
}

#[test]
fn shards_become_one_report_and_a_missing_one_is_never_a_pass() {
    let shards: Vec<_> = (1..=3).map(|at| fixture(&format!("shards/{at}"))).collect();
    let whole = merge(&shards).unwrap();
    let unsharded = fixture("failing");
    assert_eq!(whole.tests, unsharded.tests);
    assert_eq!(whole.footer.counts, unsharded.footer.counts);
    assert_eq!(whole.diagnosis.as_ref().unwrap().explains, 3);
    assert!(whole.objections.is_empty(), "{:?}", whole.objections);
    let (own, all) = (&shards[0].coverage.statements[0], &whole.coverage.statements[0]);
    assert_eq!(all.tests, 3 * own.tests);

    let first = merge(&shards[..1]).unwrap();
    assert!(first.tests.iter().all(|test| test.verdict == Verdict::Pass));
    assert_eq!(first.objections, [Objection::MissingShards(vec![2, 3])]);
    assert_eq!(first.footer.exit, Exit::Inconclusive);

    let mut short = shards.clone();
    short[2].tests.pop();
    assert!(
        matches!(merge(&short).unwrap().objections[..], [Objection::Inconclusive(_)]),
        "a test is lacking"
    );
    let mut other = shards.clone();
    other[1].header.spec.digest = "sha256:0".to_owned();
    assert_eq!(merge(&other).unwrap_err(), Mismatch::Differs("the spec"));
    assert_eq!(merge(&[]).unwrap_err(), Mismatch::Nothing);
}

#[test]
fn what_ran_twice_counts_by_the_worse_of_its_verdicts() {
    let (fails, passes) = (fixture("shards/2"), {
        let mut passes = fixture("shards/2");
        passes.tests.iter_mut().for_each(|test| test.verdict = Verdict::Pass);
        passes
    });
    for pair in [[fails.clone(), passes.clone()], [passes, fails]] {
        let merged = merge(&pair).unwrap();
        assert_eq!(merged.tests.len(), 2);
        assert_eq!(merged.footer.exit, Exit::DoesNotConform);
    }
}

#[test]
fn junit_keeps_to_its_schema_and_counts_what_is_there() {
    let schema = fs::read_to_string("tests/reports/schemas/junit-10.xsd").unwrap();
    let schema = JunitSchema::read(&schema);
    for name in FIXTURES {
        let text = write(Kind::Junit, &fixture(name)).unwrap();
        let document = Document::parse(&text).unwrap();
        document.descendants().filter(Node::is_element).for_each(|node| schema.check(node, name));
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        for (attribute, tag) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let there = suite.descendants().filter(|node| node.has_tag_name(tag)).count();
            assert_eq!(suite.attribute(attribute), Some(there.to_string().as_str()), "{name}: {attribute}");
        }
    }
}

/// The attributes and children that each element may have, as the schema says it.
struct JunitSchema(BTreeMap<String, [BTreeSet<String>; 3]>);

impl JunitSchema {
    fn read(text: &str) -> Self {
        let document = Document::parse(text).unwrap();
        let elements = document
            .root_element()
            .children()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2001/XMLSchema", "element")));
        let named = elements.map(|element| {
            let collect = |tag: &str, key: &str, keep: fn(&Node) -> bool| {
                let inner = element.descendants().filter(|node| node.tag_name().name() == tag && keep(node));
                inner.filter_map(|node| node.attribute(key).map(str::to_owned)).collect::<BTreeSet<_>>()
            };
            let parts = [
                collect("attribute", "name", |_| true),
                collect("attribute", "name", |node| node.attribute("use") == Some("required")),
                collect("element", "ref", |_| true),
            ];
            (element.attribute("name").unwrap().to_owned(), parts)
        });
        Self(named.collect())
    }

    fn check(&self, node: Node, of: &str) {
        let name = node.tag_name().name();
        let [attributes, required, children] = self.0.get(name).unwrap_or_else(|| panic!("{of}: <{name}>"));
        let own: BTreeSet<_> = node.attributes().map(|attribute| attribute.name().to_owned()).collect();
        assert!(own.is_subset(attributes) && required.is_subset(&own), "{of}: <{name}> has {own:?}");
        for child in node.children().filter(Node::is_element) {
            assert!(children.contains(child.tag_name().name()), "{of}: {child:?} in <{name}>");
        }
        if let Some(time) = node.attribute("time") {
            let (seconds, rest) = time.split_once('.').unwrap();
            assert!(seconds.len() <= 3 && rest.len() == 3, "{of}: {time}");
        }
    }
}

#[test]
fn sarif_keeps_to_its_schema_and_points_at_the_spec() {
    let schema = fs::read_to_string("tests/reports/schemas/sarif-schema-2.1.0.json").unwrap();
    let schema = serde_json::from_str::<serde_json::Value>(&schema).unwrap();
    for name in FIXTURES {
        let json: serde_json::Value =
            serde_json::from_str(&write(Kind::Sarif, &fixture(name)).unwrap()).unwrap();
        let wrong = breaches(&schema, &json);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&write(Kind::Sarif, &fixture("failing")).unwrap()).unwrap();
    let place = &json["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "specs/sign_in/sign_in.flow");
    assert_eq!(place["region"], serde_json::json!({"startLine": 34, "startColumn": 3}));
}

#[test]
fn json_lines_keep_to_the_schema_that_is_published() {
    let schema = fs::read_to_string("docs/results.schema.json").unwrap();
    let schema = serde_json::from_str::<serde_json::Value>(&schema).unwrap();
    for name in FIXTURES {
        for line in write(Kind::JsonLines, &fixture(name)).unwrap().lines() {
            let json = serde_json::from_str(line).unwrap();
            let wrong = breaches(&schema, &json);
            assert!(wrong.is_empty(), "{name}: {wrong:#?}\n{line}");
        }
    }
    for wrong in [r#"{"test":{}}"#, r#"{"footer":{}}"#, r#"{"page":{}}"#, "{}", r#"{"header":{"format":2}}"#]
    {
        assert!(!breaches(&schema, &serde_json::from_str(wrong).unwrap()).is_empty(), "{wrong}");
    }
}

#[test]
fn tap_has_a_line_for_each_test_whatever_they_are_called() {
    for name in FIXTURES {
        let results = fixture(name);
        let text = write(Kind::Tap, &results).unwrap();
        let points =
            text.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count();
        match text.lines().find_map(|line| line.strip_prefix("1..")) {
            Some(plan) => assert_eq!(plan, points.to_string(), "{name}"),
            None => assert!(text.contains("\nBail out! "), "{name}"),
        }
        for line in text.lines() {
            let known = ["TAP version 14", "1..", "ok ", "not ok ", "# ", "  ", "Bail out! "];
            assert!(known.iter().any(|start| line.starts_with(start)), "{name}: {line}");
        }
    }
}

#[test]
fn hostile_names_are_only_names() {
    let results = fixture("hostile");
    for (name, kind) in KINDS {
        let text = write(kind, &results).unwrap();
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{name} would steer a terminal");
        if kind != Kind::JsonLines {
            let turns = |sign: char| matches!(sign, '\u{202e}' | '\u{2066}' | '\u{200b}' | '\u{feff}');
            assert!(!text.contains(turns), "{name} would turn the direction of a text");
        }
    }
    // What is printed is read by CI systems, too.
    let printed = write(Kind::Human, &results).unwrap();
    assert!(!printed.lines().any(|line| line.starts_with("::")), "it would be a command of a CI system");
    let html = write(Kind::Html, &results).unwrap();
    assert_eq!(html.matches("<script").count(), 1, "the page's own");
    for kind in [Kind::Badge, Kind::Junit] {
        let text = write(kind, &results).unwrap();
        let document = Document::parse(&text).unwrap();
        assert!(document.descendants().all(|node| node.tag_name().name() != "script"), "{kind}");
    }
    let markdown = write(Kind::Markdown, &results).unwrap();
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    for event in pulldown_cmark::Parser::new_ext(&markdown, options) {
        if let pulldown_cmark::Event::Html(html) | pulldown_cmark::Event::InlineHtml(html) = event {
            assert!(html.starts_with("<details>") || html.starts_with("</details>"), "{html}");
            assert!(!html.contains("<script"), "{html}");
        }
    }
}
