//! Text to tree: files in `syntax/good` are read without a finding, files in `syntax/bad` show what is said of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flowspec::diagnostic::Diagnostic;
use flowspec::source::{Source, SourceId};
use flowspec::syntax;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

mod dump;

fn read(path: &Path) -> Source {
    Source::new("file.flow", fs::read_to_string(path).expect("a test's file can be read"))
}

#[test]
fn good_files_are_read_without_a_finding_and_the_whole_grammar_agrees() {
    insta::glob!("syntax/good/*.flow", |path| {
        let source = read(path);
        let parsed = syntax::parse(&source, SourceId(0));
        assert_eq!(parsed.diagnostics, [], "{}", path.display());
        assert!(syntax::admits(&source.text), "{}", path.display());
        insta::assert_snapshot!(format!("{}\n{}", shown(&source), dump::outline(&parsed.tree)));
    });
}

#[test]
fn bad_files_are_told_what_is_wrong_and_how_to_mend_it() {
    insta::glob!("syntax/bad/*.flow", |path| {
        let source = read(path);
        let parsed = syntax::parse(&source, SourceId(0));
        assert!(!parsed.diagnostics.is_empty(), "{}", path.display());
        let said: String = parsed.diagnostics.iter().map(|finding| said(finding, &source)).collect();
        insta::assert_snapshot!(format!("{}\n{said}\n{}", shown(&source), dump::outline(&parsed.tree)));
    });
}

/// The text with the numbers of its lines, and whatever cannot be seen as an escape.
fn shown(source: &Source) -> String {
    let visible = |character: char| match character {
        '\0'..='\u{1F}' | '\u{A0}' | '\u{200B}' | '\u{3000}' => character.escape_unicode().to_string(),
        _ => character.to_string(),
    };
    let line = |(line, number): (&str, u32)| {
        let text: String = line.chars().map(visible).collect();
        format!("{number:>3} {text}\n")
    };
    let text: String = source.text.lines().zip(1..).map(line).collect();
    if text.is_empty() { "(no line)\n".to_owned() } else { text }
}

/// `line:column code message`, then what can be done.
fn said(finding: &Diagnostic, source: &Source) -> String {
    let place = |at: flowspec::source::Location| {
        let start = source.lines.locate(&source.text, at.span.start);
        format!("{}:{}", start.line, start.column)
    };
    let primary = &finding.primary;
    let mut said = format!(
        "{} {} {} «{}»\n",
        place(primary.location),
        finding.code.id(),
        finding.message,
        shortened(source.slice(primary.location.span))
    );
    for label in &finding.labels {
        writeln!(said, "    {}: {}", place(label.location), label.text).expect("a string takes everything");
    }
    for help in &finding.helps {
        let edit = help.edit.as_ref().map(|edit| {
            let replaced = shortened(source.slice(edit.location.span));
            format!(" [{} «{replaced}» => «{}»]", place(edit.location), shortened(&edit.text))
        });
        writeln!(said, "    help: {}{}", help.text, edit.unwrap_or_default())
            .expect("a string takes everything");
    }
    said
}

fn shortened(text: &str) -> String {
    let shown: String = text.escape_debug().take(60).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

/// What the whole grammar admits and the language does not; and what a file must begin with.
const JUDGED_AFTERWARDS: &[&str] = &["F0102", "F0112", "F0115", "F0117", "F0118", "F0119", "F0121"];

/// What must hold of every text there is.
fn check_any(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("any.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    prop_assert!(parsed.diagnostics.len() <= 101, "{} findings", parsed.diagnostics.len());
    for finding in &parsed.diagnostics {
        let edits = finding.helps.iter().filter_map(|help| help.edit.as_ref().map(|edit| edit.location));
        let labels = finding.labels.iter().map(|label| label.location);
        for place in edits.chain(labels).chain([finding.primary.location]) {
            let range = place.span.start as usize..place.span.end as usize;
            prop_assert!(text.get(range.clone()).is_some(), "{range:?} is no range of {text:?}");
        }
    }
    // Inside a text the grammar admits what cannot be seen, elsewhere not.
    if parsed.diagnostics.iter().any(|finding| finding.code.id() == "F0116") {
        return Ok(());
    }
    let only_judged = parsed.diagnostics.iter().all(|finding| JUDGED_AFTERWARDS.contains(&finding.code.id()));
    prop_assert_eq!(
        only_judged,
        syntax::admits(text),
        "the whole grammar disagrees: {:?}\n{}",
        parsed.diagnostics,
        text
    );
    Ok(())
}

fn good_files() -> Vec<String> {
    let folder = fs::read_dir("tests/syntax/good").expect("the folder of good files can be read");
    let mut paths: Vec<_> = folder.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).expect("a good file can be read")).collect()
}

/// A piece of a good file with some places changed.
fn damaged() -> impl Strategy<Value = String> {
    let shards = vec![
        "{", "}", "\"", "\\", "//", "///", "\n", "\r\n", "\r", "\t", " ", "(", ")", "->", "=>", "=", "==",
        "@", ":", "|", ",", "..", "-", "'", "“", "”", "：", "｛", "｝", "#", ";", "中", "\0", "\u{200B}",
        "stay", "step", "not", "or", "1", "A", "a", "_",
    ];
    let change = (any::<prop::sample::Index>(), 0..4_usize, select(shards));
    (select(good_files()), any::<prop::sample::Index>(), vec(change, 1..4)).prop_map(
        |(text, from, changes)| {
            let characters: Vec<char> = text.chars().collect();
            let from = from.index(characters.len());
            let mut characters: Vec<char> = characters.into_iter().skip(from).take(400).collect();
            for (at, removed, shard) in changes {
                let at = at.index(characters.len() + 1);
                let end = (at + removed).min(characters.len());
                characters.splice(at..end, shard.chars());
            }
            characters.into_iter().collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_read_as_the_whole_grammar_says(text in damaged()) {
        check_any(&text)?;
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,200}") {
        check_any(&text)?;
    }
}

#[test]
fn hostile_files_cost_no_more_than_their_size() {
    const SIZE: usize = 200_000;
    let alone = [
        "{", "}", "{}", "｛", "(", "\"", "\\", "\0", "\n", "\r", "#", "//\n", "a ", "oops\n", "on x {\n",
        "on x {", "stay {",
    ];
    let after_when = ["not ", "1 + ", "a or ", "a.", "(", "date of ", "1 % of ", "total a where (", "a == "];
    let texts = alone.iter().map(|part| part.repeat(SIZE / part.len()));
    let lines = after_when.iter().map(|part| format!("when {}a", part.repeat(SIZE / part.len())));
    let short_lines = after_when.iter().map(|part| format!("when {}a", part.repeat(1_000)));
    let types = ["set of ", "list 1 of "].map(|part| format!("type A {}b", part.repeat(1_000)));
    let deep = format!("{}{}", "on x {\n".repeat(SIZE), "}\n".repeat(SIZE));
    for text in texts.chain(lines).chain(short_lines).chain(types).chain([deep]) {
        let start: String = text.chars().take(20).collect();
        let parsed = syntax::parse(&Source::new("hostile.flow", text), SourceId(0));
        assert!((1..=101).contains(&parsed.diagnostics.len()), "{start:?}: {}", parsed.diagnostics.len());
    }
}

#[test]
fn ten_broken_items_are_ten_findings_and_the_sound_ones_remain() {
    let source = read(Path::new("tests/syntax/bad/ten_broken_items.flow"));
    let parsed = syntax::parse(&source, SourceId(0));
    let mut lines: Vec<u32> = parsed
        .diagnostics
        .iter()
        .map(|finding| source.lines.line(finding.primary.location.span.start))
        .collect();
    lines.dedup();
    assert!(lines.len() >= 10, "{lines:?}");
    let outline = dump::outline(&parsed.tree);
    for sound in [
        "Reason { name: Name { text: \"good\" } }",
        "Reason { name: Name { text: \"fine\" } }",
        "On { event: Name { text: \"x\" }",
    ] {
        assert!(outline.contains(sound), "{sound} is not in\n{outline}");
    }
}

#[test]
fn a_hundred_findings_are_shown_and_the_others_counted() {
    let source = Source::new("file.flow", format!("language 1\n{}", "oops\n".repeat(150)));
    let parsed = syntax::parse(&source, SourceId(0));
    assert_eq!(parsed.diagnostics.len(), 101);
    assert_eq!(parsed.diagnostics[100].message, "50 more mistakes are not shown");
    assert_eq!(parsed.tree.statements.len(), 151);
}

#[test]
fn places_are_those_of_the_text_even_where_a_line_was_mended() {
    let source = Source::new("file.flow", "language 1\nsetp one “One” {\n  on x => two\n}\n");
    let parsed = syntax::parse(&source, SourceId(0));
    assert_eq!(parsed.diagnostics.len(), 3, "{:?}", parsed.diagnostics);
    let step = &parsed.tree.statements[1];
    assert_eq!(source.slice(step.children()[0].head), "on x => two");
    assert!(matches!(&step.children()[0].outcome, Some(outcome) if source.slice(outcome.span) == "=> two"));
}
