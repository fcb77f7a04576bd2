//! Every code has a page whose bad example gives that code, and whose good example gives nothing.

use flowspec::check::{BUDGET, Budget};
use flowspec::diagnostic::{Code, codes};
use flowspec::source::{Source, SourceId, Sources};
use flowspec::syntax;

#[test]
fn every_bad_example_gives_its_code_and_every_good_one_nothing() {
    let wrong: Vec<String> =
        codes::ALL.iter().filter(|code| !is_about_a_file(**code)).flat_map(wrong_with).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_page_has_a_title_of_its_own_and_says_why() {
    for (index, code) in codes::ALL.iter().enumerate() {
        let page = code.explanation();
        assert!(page.starts_with("# "), "{}: the page does not begin with a title", code.id());
        let twin = codes::ALL[..index].iter().find(|other| other.title() == code.title());
        assert!(twin.is_none(), "{} has the title of {}", code.id(), twin.map_or("", |twin| twin.id()));
        let prose = page.lines().nth(2).unwrap_or_default();
        assert!(!prose.is_empty() && !prose.starts_with("```"), "{}: no word on why it matters", code.id());
    }
}

#[test]
fn the_page_of_all_checks_is_what_the_explanations_make() {
    let page = flowspec::diagnostic::handbook::page();
    for code in codes::ALL {
        assert!(
            page.contains(&format!("\n### {}: {}\n", code.id(), code.title())),
            "{} is missing",
            code.id()
        );
    }
    // `flowspec explain --all > docs/checks.md` makes it anew.
    assert!(include_str!("../docs/checks.md") == page, "docs/checks.md is stale");
}

#[test]
fn codes_are_unique_and_in_order() {
    let ids: Vec<&str> = codes::ALL.iter().map(|code| code.id()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[test]
fn an_example_that_does_not_hold_is_seen() {
    let code = Code::find("F0109").expect("the code of foreign symbols");
    assert_eq!(findings("language 1\nflow a {\n  start => b\n}\n").first(), Some(&code.id()));
    assert_eq!(examples("# T\n\n```flow bad\na\nb\n```\n\n```flow good\nc\n```\n", "flow bad"), ["a\nb\n"]);
}

/// Files that are not texts have no example as text; `tests/cli/` holds those codes.
fn is_about_a_file(code: Code) -> bool {
    code.id().starts_with("F00")
}

/// Machines of other tools are no flows.
fn is_about_dot(code: Code) -> bool {
    code.id().starts_with("F08")
}

fn wrong_with(code: &Code) -> Vec<String> {
    let mut wrong = Vec::new();
    let language = if is_about_dot(*code) { "dot" } else { "flow" };
    let examples = |kind| examples(code.explanation(), &format!("{language} {kind}"));
    let findings = match *code {
        code if is_about_dot(code) => findings_in_dot,
        code if is_about_runs(code) => findings_of_runs,
        _ => findings,
    };
    let (bad, good) = (examples("bad"), examples("good"));
    if bad.is_empty() || good.is_empty() {
        wrong.push(format!("{}: a bad or a good example is missing", code.id()));
    }
    for text in bad {
        let found = findings(&text);
        if !found.contains(&code.id()) {
            wrong.push(format!("{}: the bad example gives {found:?}", code.id()));
        }
    }
    // Nothing is wrong with what is mended, not even once its flows are explored.
    for text in good {
        let found = if is_about_dot(*code) { findings_in_dot(&text) } else { findings_of_runs(&text) };
        if !found.is_empty() {
            wrong.push(format!("{}: the good example gives {found:?}", code.id()));
        }
    }
    wrong
}

/// The codes that are found in a text without exploring what its flows do.
fn findings(text: &str) -> Vec<&'static str> {
    let mut sources = Sources::default();
    let source = Source::new("specs/example.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    sources.add(source);
    flowspec::compile(&sources, &[parsed]).diagnostics.iter().map(|finding| finding.code.id()).collect()
}

/// The code that reading a machine finds in a text.
fn findings_in_dot(text: &str) -> Vec<&'static str> {
    let read = flowspec::suite::identification::read(&Source::new("machine.dot", text), SourceId(0));
    read.err().map(|finding| finding.code.id()).into_iter().collect()
}

/// Only exploring a flow shows these.
fn is_about_runs(code: Code) -> bool {
    [
        "F0321", "F0322", "F0323", "F0324", "F0408", "F0409", "F0410", "F0605", "F0606", "F0607", "F0608",
        "F0609", "F0610",
    ]
    .contains(&code.id())
}

/// The codes that `flowspec check` finds in a text.
fn findings_of_runs(text: &str) -> Vec<&'static str> {
    let mut sources = Sources::default();
    let source = Source::new("specs/example.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    sources.add(source);
    let compiled = flowspec::compile_within(&sources, &[parsed], &Budget::of(BUDGET));
    compiled.diagnostics.iter().map(|finding| finding.code.id()).collect()
}

/// The fenced examples of a kind.
fn examples(page: &str, kind: &str) -> Vec<String> {
    let fence = format!("```{kind}");
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line == fence {
            let body = lines.by_ref().take_while(|line| *line != "```");
            found.push(body.map(|line| format!("{line}\n")).collect());
        }
    }
    found
}
