//! Tree to text: a statement a line, two blanks a level, every comment kept, at most one empty line between two lines.
//!
//! How the smallest parts are written stands beside the rest in `Display` implementations, so that a message can show
//! an expression or an outcome as the author would write it.

mod expression;
mod head;
mod tail;
mod text;
mod type_reference;

use std::fmt::Write;

use crate::source::Source;
use crate::syntax::Tree;
use crate::syntax::tree::{Comment, Comments, Statement};

/// The text of a tree. The source is the one that the tree was read from without a finding: it says where the author
/// left lines empty.
pub fn format(tree: &Tree, source: &Source) -> String {
    let mut printer =
        Printer { source: &source.text, text: String::with_capacity(source.text.len()), depth: 0 };
    printer.statements(&tree.statements);
    let first = tree.statements.is_empty();
    printer.comments(&tree.closing_comments, first);
    printer.text
}

struct Printer<'a> {
    source: &'a str,
    text: String,
    depth: usize,
}

impl Printer<'_> {
    fn statements(&mut self, statements: &[Statement]) {
        for (index, statement) in statements.iter().enumerate() {
            self.statement(statement, index == 0);
        }
    }

    /// `first`: nothing stands before it in its block.
    fn statement(&mut self, statement: &Statement, first: bool) {
        let none = Comments::default();
        let comments = statement.comments.as_deref().unwrap_or(&none);
        self.comments(&comments.leading, first);
        self.begin(statement.span.start, first && comments.leading.is_empty());
        self.write(&statement.kind);
        statement.texts.iter().for_each(|text| self.part(text));
        statement.outcome.iter().for_each(|outcome| self.part(outcome));
        statement.marks.iter().for_each(|mark| self.part(mark));
        if let Some(block) = &statement.block {
            self.block(block, comments);
        } else {
            self.end(comments.trailing.as_ref());
        }
    }

    fn block(&mut self, block: &[Statement], comments: &Comments) {
        self.text.push_str(" {");
        if block.is_empty() && comments.closing.is_empty() && comments.trailing.is_none() {
            self.text.push('}');
        } else {
            self.end(comments.trailing.as_ref());
            self.depth += 1;
            self.statements(block);
            self.comments(&comments.closing, block.is_empty());
            self.depth -= 1;
            self.indent();
            self.text.push('}');
        }
        self.end(comments.after.as_ref());
    }

    /// Comments on lines of their own.
    fn comments(&mut self, comments: &[Comment], first: bool) {
        for (index, comment) in comments.iter().enumerate() {
            self.begin(comment.span.start, first && index == 0);
            self.write(comment);
            self.end(None);
        }
    }

    /// Begins the line of what stands at `start` in the source.
    fn begin(&mut self, start: u32, first: bool) {
        if !first && empty_line_before(self.source, start) {
            self.text.push('\n');
        }
        self.indent();
    }

    fn end(&mut self, comment: Option<&Comment>) {
        comment.into_iter().for_each(|comment| self.part(comment));
        self.text.push('\n');
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// A part of a line after others.
    fn part(&mut self, part: &impl std::fmt::Display) {
        if !self.text.ends_with(' ') && !self.text.ends_with('\n') && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.write(part);
    }

    fn write(&mut self, part: &impl std::fmt::Display) {
        // A string takes everything.
        let _ = write!(self.text, "{part}");
    }
}

/// Whether the author left a line empty before the line that something begins on.
fn empty_line_before(source: &str, start: u32) -> bool {
    let blank = |text: &str| text.trim_end_matches([' ', '\t', '\r']).len();
    let before = source.get(..start as usize).unwrap_or_default();
    let line = &before[..blank(before)];
    line.strip_suffix('\n').is_some_and(|above| above[..blank(above)].ends_with('\n'))
}
