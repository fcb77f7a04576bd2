//! Text to tree: every file in `syntax/good` is read without a finding.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use flowspec::source::{Source, SourceId};
use flowspec::syntax;

#[test]
fn good_files_are_read_without_a_finding_and_the_whole_grammar_agrees() {
    insta::glob!("syntax/good/*.flow", |path| {
        let source = Source::new("good.flow", fs::read_to_string(path).unwrap());
        let parsed = syntax::parse(&source, SourceId(0));
        assert_eq!(parsed.diagnostics, [], "{}", path.display());
        assert!(syntax::admits(&source.text), "{}", path.display());
    });
}
