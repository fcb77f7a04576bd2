//! Tree to text: what the formatter makes of a file, that it does it once, and that it changes nothing but the form.

use std::fs;

use flowspec::format::format;
use flowspec::source::{Source, SourceId};
use flowspec::syntax::{self, Tree};

use proptest::prelude::*;

mod arbitrary;
mod dump;

/// The formatted text of a text, and the tree of each.
fn formatted(text: &str) -> (String, Tree, Tree) {
    let read = |text: &str| {
        let source = Source::new("file.flow", text);
        let parsed = syntax::parse(&source, SourceId(0));
        assert_eq!(parsed.diagnostics, [], "{text}");
        (format(&parsed.tree, &source), parsed.tree)
    };
    let (once, before) = read(text);
    let (twice, after) = read(&once);
    assert_eq!(once, twice, "formatting twice changes something");
    (once, before, after)
}

#[test]
fn formatting_keeps_the_tree_and_twice_is_once() {
    insta::glob!("{format,syntax/good}/*.flow", |path| {
        let text = fs::read_to_string(path).expect("a test's file can be read");
        let (once, before, after) = formatted(&text);
        assert_eq!(dump::outline(&before), dump::outline(&after), "{}", path.display());
        assert_eq!(comments(&text), comments(&once), "{}", path.display());
        insta::assert_snapshot!(once);
    });
}

/// The comments of a text, in order; the test's files have no `//` inside texts.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once("//")).map(|(_, comment)| comment.trim()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_tree_is_printed_is_read_back_as_it_was(tree in arbitrary::tree()) {
        let nowhere = Source::new("tree", "");
        // The parser asks for it, and what it says is held elsewhere.
        let text = format!("language 1\n{}", format(&tree, &nowhere));
        let source = Source::new("file.flow", text);
        let mut parsed = syntax::parse(&source, SourceId(0));
        prop_assert_eq!(&parsed.diagnostics, &[], "{}", source.text);
        parsed.tree.statements.remove(0);
        prop_assert_eq!(dump::outline(&parsed.tree), dump::outline(&tree), "{}", source.text);
        prop_assert!(syntax::admits(&source.text), "{}", source.text);
    }
}
