//! How findings look in a terminal and as JSON.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::{Duration, Instant};

use flowspec::diagnostic::terminal::Terminal;
use flowspec::diagnostic::{Code, Diagnostic, Summary, arrange, json};
use flowspec::source::{Location, Source, Sources, Span};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn code() -> Code {
    Code::find("F0101").unwrap()
}

fn sources(text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add(Source::new("specs/reset.flow", text));
    sources
}

/// The place of the first occurrence of a text.
fn at(sources: &Sources, needle: &str) -> Location {
    let (source, file) = sources.iter().next().unwrap();
    let start = file.text.find(needle).unwrap();
    Location { source, span: Span::new(start, start + needle.len()) }
}

fn plain(diagnostic: &Diagnostic, sources: &Sources) -> String {
    Terminal::plain().render(diagnostic, sources)
}

const RESET: &str = r#"flow reset {
  start -> forgot

  step forgot "Forgot" zh "忘记密码" @RPP-07 {
    on forgot "I forgot" zh "我忘记支付密码了" @RPP-08 {
      when usual -> card_step @RPP-09
    }
  }
}
"#;

fn missing_branch(sources: &Sources) -> Diagnostic {
    let block = at(sources, "RPP-09\n");
    let after = Location { span: Span { start: block.span.end, end: block.span.end }, ..block };
    Diagnostic::new(
        code(),
        at(sources, "\"我忘记支付密码了\""),
        "the branches of `forgot` leave a case without an outcome",
    )
    .here("nothing is said when: usual = false")
    .label(at(sources, "usual"), "this is the only branch")
    .note("a person in this case would be stuck here")
    .mend("say what happens then", after, "      when not usual -> …\n")
}

#[test]
fn a_finding_shows_its_place_its_reasons_and_the_change() {
    let sources = sources(RESET);
    insta::assert_snapshot!(plain(&missing_branch(&sources), &sources));
}

#[test]
fn carets_stand_under_wide_characters() {
    let sources = sources("zh \"忘记\" oops\n");
    let shown = plain(&Diagnostic::new(code(), at(&sources, "oops"), "no").here("here"), &sources);
    let carets = shown.lines().find(|line| line.contains('^')).unwrap();
    // Each of the two characters takes two columns of a terminal.
    let before_carets = carets.split('|').nth(1).unwrap().find('^').unwrap();
    assert_eq!(before_carets, " zh \"1122\" ".len(), "{shown}");

    let wide = plain(&Diagnostic::new(code(), at(&sources, "忘记"), "no"), &sources);
    assert!(wide.contains(" ^^^^\n"), "two characters take four carets:\n{wide}");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let sources = sources(RESET);
    let finding = missing_branch(&sources);
    let coloured = Terminal::coloured().render(&finding, &sources);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain(&finding, &sources));
}

#[test]
fn nothing_an_author_writes_reaches_the_terminal_as_a_command() {
    let text = "on \u{1b}[31mred \u{9b}2J \u{202e}drow\u{2069} \u{7}\u{7f}\n";
    let mut sources = Sources::default();
    let source = sources.add(Source::new("sp\u{1b}ecs.flow", text));
    let location = Location { source, span: Span::new(0, 9) };
    let end = Location { source, span: Span::new(text.len() - 1, text.len() - 1) };
    let finding = Diagnostic::new(code(), location, text)
        .here(text)
        .label(end, text)
        .note(text)
        .help(text)
        .mend(text, end, text);
    let steering = |c: &char| {
        (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c) || *c == '\u{2069}'
    };
    let shown = plain(&finding, &sources);
    assert_eq!(shown.chars().find(steering), None, "{shown:?}");
    let line = json::line(&finding, &sources);
    assert_eq!(line.chars().find(|c| steering(c) || *c == '\n'), None, "{line:?}");
    let read: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(read["message"], text);
    insta::assert_snapshot!(shown);
}

#[test]
fn labels_far_apart_and_in_other_files_have_excerpts_of_their_own() {
    let long = format!("first\n{}last\n", "filler\n".repeat(100));
    let mut sources = sources(&long);
    let other = sources.add(Source::new("specs/people.flow", "type Phone text\n"));
    let finding = Diagnostic::new(code(), at(&sources, "last"), "three places")
        .here("here")
        .label(at(&sources, "first"), "far above")
        .label(Location { source: other, span: Span::new(5, 10) }, "in another file");
    insta::assert_snapshot!(plain(&finding, &sources));
}

#[test]
fn spans_at_the_edges_of_a_file_are_drawn() {
    for text in ["", "\n", "a", "a\n", "忘", "a\r\nb\r\n"] {
        let sources = sources(text);
        let source = sources.iter().next().unwrap().0;
        for start in 0..=text.len() + 2 {
            for end in 0..=text.len() + 2 {
                let location = Location { source, span: Span::new(start, end) };
                let finding =
                    Diagnostic::new(code(), location, "edge").here("here").mend("do", location, "x\n");
                assert!(plain(&finding, &sources).contains("specs/reset.flow:"), "{text:?} {start}..{end}");
                assert!(json::line(&finding, &sources).contains("\"line\":"));
            }
        }
    }
}

#[test]
fn a_span_of_a_whole_file_is_shown_by_its_first_line() {
    let sources = sources(&format!("flow {{\n{}}}\n", "  step\n".repeat(10_000)));
    let source = sources.iter().next().unwrap().0;
    let location = Location { source, span: Span::new(0, 70_000) };
    let shown = plain(&Diagnostic::new(code(), location, "too much").here("all of this"), &sources);
    assert!(shown.lines().count() < 10, "{shown}");
}

#[test]
fn a_line_too_long_to_be_read_is_named_and_not_shown() {
    let sources = sources(&"{".repeat(10_000_000));
    let source = sources.iter().next().unwrap().0;
    let location = Location { source, span: Span::new(9_000_000, 9_000_001) };
    insta::assert_snapshot!(plain(&Diagnostic::new(code(), location, "too deep").here("here"), &sources));
}

#[test]
fn thousands_of_findings_in_a_large_file_cost_no_more_than_their_lines() {
    let sources = sources(&"    on submit \"Submit\" zh \"提交\" -> done\n".repeat(250_000));
    let source = sources.iter().next().unwrap().0;
    let started = Instant::now();
    for place in 0..5_000 {
        let location = Location { source, span: Span::new(place * 2_000, place * 2_000 + 4) };
        assert!(!plain(&Diagnostic::new(code(), location, "again").here("here"), &sources).is_empty());
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn findings_are_sorted_and_said_once() {
    let mut sources = Sources::default();
    let b = sources.add(Source::new("b.flow", "one two\n"));
    let a = sources.add(Source::new("a.flow", "one two\n"));
    let finding = |source, start| {
        let location = Location { source, span: Span::new(start, start + 3) };
        Diagnostic::new(code(), location, "wrong")
    };
    let mut findings = vec![finding(b, 4), finding(a, 4), finding(b, 4), finding(a, 0)];
    arrange(&mut findings, &sources);
    assert_eq!(findings, [finding(a, 0), finding(a, 4), finding(b, 4)]);
    assert_eq!(Summary::of(&findings).to_string(), "3 errors in 2 files");
    assert_eq!(Summary::of(&findings[..1]).to_string(), "1 error in 1 file");
    assert_eq!(Summary::of(&[]).to_string(), "no findings");
}

#[test]
fn json_says_all_that_the_terminal_shows() {
    let sources = sources(RESET);
    let line = json::line(&missing_branch(&sources), &sources);
    assert_eq!(line.lines().count(), 1);
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&object).unwrap());
}

proptest! {
    #[test]
    fn every_place_in_every_text_can_be_drawn(
        pieces in vec(select(vec!["a", " ", "忘", "é", "\t", "\n", "\r\n", "\r", "{", "\u{202e}", "\u{1b}", "🙂", "e\u{301}"]), 0..60),
        places in vec((0..200_usize, 0..200_usize), 6),
        texts in vec(select(vec!["", "here", "two\nlines", "忘记", "x\n", "\n"]), 6),
    ) {
        let text = pieces.concat();
        let sources = sources(&text);
        let source = sources.iter().next().unwrap().0;
        let place = |index: usize| {
            let (start, end) = places[index];
            Location { source, span: Span::new(start, end) }
        };
        let finding = Diagnostic::new(code(), place(0), texts[0])
            .here(texts[1])
            .label(place(1), texts[2])
            .label(place(2), texts[3])
            .label(place(3), texts[4])
            .note(texts[5])
            .mend(texts[0], place(4), texts[1])
            .mend(texts[2], place(5), texts[3]);
        let shown = plain(&finding, &sources);
        prop_assert!(shown.starts_with("error[F0101]"));
        let steers = shown.contains(['\u{1b}', '\u{202e}', '\r']);
        prop_assert!(!steers, "{:?}", shown);
        let read: serde_json::Value = serde_json::from_str(&json::line(&finding, &sources)).unwrap();
        prop_assert_eq!(&read["labels"].as_array().unwrap().len(), &3);
    }
}
