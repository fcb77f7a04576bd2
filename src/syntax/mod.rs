//! Text to tree, with recovery: whatever can be read is in the tree, and everything else has a diagnostic.

mod blocks;
mod findings;
mod from_pairs;
mod grammar;
mod lines;
mod mistake;
mod pieces;
pub mod tree;
mod version;

pub use tree::Tree;

use blocks::Trust;
use lines::Reader;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, SourceId};

/// What a text was read as.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// Every statement that could be read; the others stand in it as [`tree::StatementKind::Unreadable`].
    pub tree: Tree,
    /// Everything that could not be read, in the order of the text. Empty: the tree says all that the text says.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one source. Never fails: what cannot be read is reported and left out.
pub fn parse(source: &Source, id: SourceId) -> Parsed {
    let read = |trust| {
        let mut reader = Reader::new(&source.text, id);
        let tree = blocks::read(&mut reader, trust)?;
        version::check(&tree, &mut reader.findings);
        Some(Parsed { tree, diagnostics: reader.findings.finish() })
    };
    let parsed = read(Trust::Braces).or_else(|| read(Trust::Indentation));
    parsed.unwrap_or_else(|| Parsed { tree: Tree::default(), diagnostics: Vec::new() })
}

/// Whether the grammar as a whole admits a text: pest's own parse of it and nothing else, the yardstick for [`parse`].
pub fn admits(text: &str) -> bool {
    use pest::Parser;
    grammar::Grammar::parse(grammar::Rule::file, text).is_ok()
}
