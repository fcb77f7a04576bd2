//! Text to tree: files in `syntax/good` are read without a finding, files in `syntax/bad` show what is said of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flowspec::diagnostic::Diagnostic;
use flowspec::source::{Source, SourceId};
use flowspec::syntax;

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
        insta::assert_snapshot!(dump::outline(&parsed.tree));
    });
}

#[test]
fn bad_files_are_told_what_is_wrong_and_how_to_mend_it() {
    insta::glob!("syntax/bad/*.flow", |path| {
        let source = read(path);
        let parsed = syntax::parse(&source, SourceId(0));
        assert!(!parsed.diagnostics.is_empty(), "{}", path.display());
        let said: String = parsed.diagnostics.iter().map(|finding| said(finding, &source)).collect();
        insta::assert_snapshot!(format!("{said}\n{}", dump::outline(&parsed.tree)));
    });
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
