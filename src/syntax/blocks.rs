//! Puts statements and comments into the blocks they stand in, and mends braces that do not pair.
//!
//! Braces alone decide in a file where they pair. Where they do not, the file is read once more and a line's indentation
//! says where a brace is missing or too many, so that one brace costs one diagnostic.

use super::lines::Reader;
use super::mistake::brace;
use super::pieces::{Piece, Pieces};
use super::tree::{Comment, Comments, Statement, StatementKind, Tree};
use crate::source::Span;

/// Blocks inside one another. Bounded, so that whoever walks a tree may recurse.
const MOST_BLOCKS: usize = 64;

/// Whether braces alone say where a block ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// They do.
    Braces,
    /// They do not pair: indentation has a say.
    Indentation,
}

/// Reads the whole text of a reader. `None`: its braces do not pair, and they were trusted.
pub(super) fn read(reader: &mut Reader<'_>, trust: Trust) -> Option<Tree> {
    let text = reader.text;
    let mut blocks = Blocks {
        reader,
        trust,
        open: Vec::new(),
        here: Frame::default(),
        state: State::Fresh,
        line_start: 0,
        too_deep: 0,
    };
    for piece in Pieces::new(text) {
        blocks.piece(piece)?;
        if blocks.reader.findings.hopeless() {
            return Some(blocks.close_all());
        }
    }
    blocks.finish()
}

struct Blocks<'a, 's> {
    reader: &'a mut Reader<'s>,
    trust: Trust,
    /// The blocks around the current one, from the outermost.
    open: Vec<Frame>,
    here: Frame,
    state: State,
    line_start: usize,
    /// Braces open beyond the bound; what is inside them is passed over.
    too_deep: usize,
}

/// A block that is open. The statement it belongs to is the last of the frame around it.
#[derive(Default)]
struct Frame {
    /// Where its brace stands; the file has none.
    brace: Span,
    /// The blanks before the line that opened it.
    indent: usize,
    /// Whether its statements stand further to the right than that line: only then does indentation say where it ends.
    indented: bool,
    statements: Vec<Statement>,
    /// The blanks before the last of them.
    last_indent: usize,
    /// Comments on lines of their own that wait for the statement after them.
    waiting: Vec<Comment>,
}

/// What the current line holds so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing.
    Fresh,
    /// A statement, the last of the current frame.
    Statement,
    /// `{`, of the last statement of the frame around the current one.
    Opened,
    /// `}`, of the last statement of the current frame.
    Closed,
}

impl Blocks<'_, '_> {
    fn piece(&mut self, piece: Piece) -> Option<()> {
        match piece {
            Piece::Open { .. } if self.too_deep > 0 => self.too_deep += 1,
            Piece::Close { .. } if self.too_deep > 0 => self.too_deep -= 1,
            _ if self.too_deep > 0 => {}
            Piece::Newline { end } => (self.state, self.line_start) = (State::Fresh, end),
            Piece::Statement { start, end } => self.statement(start, end),
            Piece::Comment { start, end } => self.comment(start, end),
            Piece::Open { start, end } => self.open(start, end),
            Piece::Close { start, end } => return self.close(start, end),
        }
        Some(())
    }

    fn statement(&mut self, start: usize, end: usize) {
        if self.trust == Trust::Indentation && self.state == State::Fresh {
            self.close_by_indentation(start);
            self.open_by_indentation(start);
        }
        if let State::Statement | State::Closed = self.state {
            self.reader.findings.add(brace::second_statement(self.reader, start, end));
        }
        let indent = start - self.line_start;
        if self.here.statements.is_empty() {
            self.here.indented = indent > self.here.indent;
        }
        if self.state == State::Fresh {
            self.here.last_indent = indent;
        }
        let before = self.here.statements.len();
        self.reader.line(start, end, &mut self.here.statements);
        let waiting = std::mem::take(&mut self.here.waiting);
        if let (false, Some(first)) = (waiting.is_empty(), self.here.statements.get_mut(before)) {
            comments_of(first).leading = waiting;
        }
        self.state = State::Statement;
    }

    fn comment(&mut self, start: usize, end: usize) {
        let comment = comment(self.reader.text, start, end);
        let owner = match self.state {
            State::Fresh => None,
            State::Statement | State::Closed => self.here.statements.last_mut(),
            State::Opened => self.open.last_mut().and_then(|outer| outer.statements.last_mut()),
        };
        match owner {
            Some(owner) if self.state == State::Closed => comments_of(owner).after = Some(comment),
            Some(owner) => comments_of(owner).trailing = Some(comment),
            None => self.here.waiting.push(comment),
        }
    }

    fn open(&mut self, start: usize, end: usize) {
        if end - start > 1 {
            self.reader.findings.add(brace::full_width(self.reader, start, end, "{"));
        }
        if self.open.len() == MOST_BLOCKS {
            self.reader.findings.add(brace::too_deep(self.reader, start, end));
            self.too_deep = 1;
            return;
        }
        if self.state != State::Statement {
            self.give_an_owner(start, end);
        }
        let indent = self.indent();
        let frame = Frame { brace: Span::new(start, end), indent, ..Frame::default() };
        self.open.push(std::mem::replace(&mut self.here, frame));
        self.state = State::Opened;
    }

    /// A brace without a statement on its line belongs to the statement above, if that has no block yet.
    fn give_an_owner(&mut self, start: usize, end: usize) {
        let above = self.here.statements.last().filter(|above| above.block.is_none());
        let nested = self.state == State::Opened;
        let finding = match above {
            Some(above) => Some(brace::own_line(self.reader, above, start, end)),
            None if nested => None,
            None => Some(brace::without_statement(self.reader, start, end)),
        };
        if above.is_none() {
            self.here.statements.push(unreadable(Span::new(start, end)));
        }
        finding.into_iter().for_each(|finding| self.reader.findings.add(finding));
    }

    fn close(&mut self, start: usize, end: usize) -> Option<()> {
        if end - start > 1 {
            self.reader.findings.add(brace::full_width(self.reader, start, end, "}"));
        }
        let mut stray = self.open.is_empty();
        if stray && self.trust == Trust::Braces {
            return None;
        }
        if self.trust == Trust::Indentation && self.state == State::Fresh {
            let indent = start - self.line_start;
            while !self.open.is_empty() && self.here.indent > indent {
                self.missing_before(start);
            }
            stray = self.open.is_empty() || self.here.indent < indent;
        }
        if stray {
            self.reader.findings.add(brace::stray(self.reader, start, end));
        } else {
            self.close_block(end);
            self.state = State::Closed;
        }
        Some(())
    }

    /// Ends the blocks that the line at `start` cannot be in.
    fn close_by_indentation(&mut self, start: usize) {
        while !self.open.is_empty() && self.here.indented && start - self.line_start <= self.here.indent {
            self.missing_before(start);
        }
    }

    /// Begins the block of the statement above, if this line stands to the right of it and a `}` below ends what its
    /// `{` did not begin.
    fn open_by_indentation(&mut self, start: usize) {
        let indent = self.here.last_indent;
        let Some(above) = self.here.statements.last().filter(|above| above.block.is_none()) else { return };
        let deeper = start - self.line_start > indent && self.open.len() < MOST_BLOCKS;
        if !deeper || !closes_below(&self.reader.text[self.line_start..], indent) {
            return;
        }
        let end = above.head.end;
        self.reader.findings.add(brace::missing_open(self.reader, end, start));
        let frame = Frame { brace: Span { start: end, end }, indent, ..Frame::default() };
        self.open.push(std::mem::replace(&mut self.here, frame));
    }

    fn missing_before(&mut self, start: usize) {
        let (brace, indent) = (self.here.brace, self.here.indent);
        self.reader.findings.add(brace::missing(self.reader, brace, indent, self.line_start, start));
        self.close_block(self.here.statements.last().map_or(brace.end, |last| last.span.end) as usize);
    }

    /// Hands the current block to its statement.
    fn close_block(&mut self, end: usize) {
        let Some(outer) = self.open.pop() else { return };
        let mut block = std::mem::replace(&mut self.here, outer);
        block.statements.shrink_to_fit();
        let Some(owner) = self.here.statements.last_mut() else { return };
        owner.span = owner.span.to(Span::new(end, end));
        owner.block = Some(block.statements);
        if !block.waiting.is_empty() {
            comments_of(owner).closing = block.waiting;
        }
    }

    fn finish(self) -> Option<Tree> {
        if !self.open.is_empty() {
            if self.trust == Trust::Braces {
                return None;
            }
            let braces: Vec<Span> = self.open.iter().skip(1).map(|frame| frame.brace).collect();
            self.reader.findings.add(brace::missing_at_end(self.reader, self.here.brace, &braces));
        }
        Some(self.close_all())
    }

    fn close_all(mut self) -> Tree {
        while !self.open.is_empty() {
            self.close_block(self.reader.text.len());
        }
        Tree { statements: self.here.statements, closing_comments: self.here.waiting }
    }

    /// The blanks at the beginning of the current line.
    fn indent(&self) -> usize {
        let line = &self.reader.text.as_bytes()[self.line_start..];
        line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }
}

/// Whether a `}` with this indentation comes before anything else that stands as far to the left.
fn closes_below(text: &str, indent: usize) -> bool {
    /// Bytes to look through; a block that is longer is left to its author.
    const FAR: usize = 64 * 1024;
    let lines = text.as_bytes()[..text.len().min(FAR)].split(|byte| *byte == b'\n');
    let mut starts =
        lines.map(|line| (line.len() - line.trim_ascii_start().len(), line.trim_ascii_start().first()));
    let outside = starts.find(|(blanks, first)| first.is_some() && *blanks <= indent);
    outside.is_some_and(|(blanks, first)| blanks == indent && first == Some(&b'}'))
}

fn comment(text: &str, start: usize, end: usize) -> Comment {
    let written = &text[start..end];
    let doc = written.starts_with("///");
    let after = if doc { 3 } else { 2 };
    Comment { text: written.get(after..).unwrap_or_default().into(), span: Span::new(start, end), doc }
}

fn comments_of(statement: &mut Statement) -> &mut Comments {
    statement.comments.get_or_insert_default()
}

/// A statement that is there, but says nothing.
pub(super) fn unreadable(span: Span) -> Statement {
    Statement {
        span,
        head: span,
        kind: StatementKind::Unreadable,
        texts: Box::default(),
        outcome: None,
        marks: Box::default(),
        block: None,
        comments: None,
    }
}
