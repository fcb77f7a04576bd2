//! Cuts a text at the marks that no mistake inside a statement can move: newlines, braces, comments.
//!
//! pest then sees one statement at a time. That bounds its memory, gives every statement its own diagnostic, and leaves
//! everything around a mistake as it was.

/// A piece of the text; offsets are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// The line of a statement, without its block and without blanks at either end.
    Statement { start: usize, end: usize },
    /// `{`, or the full-width `｛`.
    Open { start: usize, end: usize },
    /// `}`, or the full-width `｝`.
    Close { start: usize, end: usize },
    /// `//` to the end of the line.
    Comment { start: usize, end: usize },
    /// The end of a line; the next begins at `end`.
    Newline { end: usize },
}

/// The pieces of a text, in order.
pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

const WIDE_OPEN: &[u8] = "｛".as_bytes();
const WIDE_CLOSE: &[u8] = "｝".as_bytes();

impl<'a> Pieces<'a> {
    /// The pieces of a text; a byte order mark at its beginning is passed over.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: if text.starts_with('\u{FEFF}') { 3 } else { 0 } }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn line_end(&self, from: usize) -> usize {
        self.bytes()[from..].iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |at| from + at)
    }

    fn trimmed(&self, start: usize, end: usize) -> usize {
        let line = &self.text[start..end];
        start + line.strip_suffix('\r').unwrap_or(line).trim_end_matches([' ', '\t']).len()
    }

    /// The end of the statement that begins at `start`, blanks at its end included.
    fn statement_end(&self, start: usize) -> usize {
        let bytes = self.bytes();
        if bytes[start] == b'#' {
            return self.line_end(start);
        }
        let mut at = start;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\n' | b'{' | b'}' => break,
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => break,
                b'/' if bytes.get(at + 1) == Some(&b'/') => break,
                b'"' => at = self.string_end(at),
                0xEF if bytes[at..].starts_with(WIDE_OPEN) || bytes[at..].starts_with(WIDE_CLOSE) => break,
                _ => at += 1,
            }
        }
        at
    }

    /// The byte after the string that begins at `start`. A string without an end goes to the end of the line, but leaves
    /// a brace that ends the line outside: one forgotten quote must not unbalance the file.
    fn string_end(&self, start: usize) -> usize {
        let bytes = self.bytes();
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                Some(b'"') => return at + 1,
                Some(b'\\') if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
                Some(b'\n') | None => break,
                Some(_) => at += 1,
            }
        }
        let end = self.trimmed(start, at);
        if bytes[end - 1] == b'{' { end - 1 } else { at }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let bytes = self.bytes();
        while matches!(bytes[self.at..], [b' ' | b'\t', ..] | [b'\r', b'\n', ..]) {
            self.at += 1;
        }
        let start = self.at;
        let one = |end| (end, Piece::Open { start, end });
        let (next, piece) = match *bytes.get(start)? {
            b'\n' => (start + 1, Piece::Newline { end: start + 1 }),
            b'{' => one(start + 1),
            b'}' => (start + 1, Piece::Close { start, end: start + 1 }),
            b'/' if bytes.get(start + 1) == Some(&b'/') => {
                let end = self.line_end(start);
                (end, Piece::Comment { start, end: self.trimmed(start, end) })
            }
            _ if bytes[start..].starts_with(WIDE_OPEN) => one(start + WIDE_OPEN.len()),
            _ if bytes[start..].starts_with(WIDE_CLOSE) => {
                let end = start + WIDE_CLOSE.len();
                (end, Piece::Close { start, end })
            }
            _ => {
                let end = self.statement_end(start);
                (end, Piece::Statement { start, end: self.trimmed(start, end) })
            }
        };
        self.at = next;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        Pieces::new(text)
            .map(|piece| match piece {
                Piece::Newline { .. } => "\n",
                Piece::Statement { start, end }
                | Piece::Open { start, end }
                | Piece::Close { start, end }
                | Piece::Comment { start, end } => &text[start..end],
            })
            .collect()
    }

    #[test]
    fn braces_and_slashes_cut_outside_strings_only() {
        assert_eq!(cut("on a \"{ // \\\" }\" {  // b }\r\n"), ["on a \"{ // \\\" }\"", "{", "// b }", "\n"]);
    }

    #[test]
    fn a_string_without_end_leaves_the_brace_of_its_line_alone() {
        assert_eq!(cut("step a \"b {\n}"), ["step a \"b", "{", "\n", "}"]);
    }

    #[test]
    fn full_width_braces_cut_too() {
        assert_eq!(cut("step a ｛\n｝"), ["step a", "｛", "\n", "｝"]);
    }
}
