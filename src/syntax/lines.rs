//! Reads the line of one statement: pest parses it, the translator makes a statement of it, and where that fails the
//! mistake is looked for, mended in a copy and reported, so that one slip costs no more than itself.

use pest::Parser;

use super::blocks::unreadable;
use super::findings::Findings;
use super::from_pairs::{MOST_PARENTHESES, Placement, Translator};
use super::grammar::{Grammar, Rule, rule_of};
use super::mistake;
use super::tree::Statement;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};

/// Bytes of a statement's line. What is longer was not written by people, and pest would take memory for it.
const LONGEST: usize = 64 * 1024;

/// A source while it is read.
pub(super) struct Reader<'s> {
    pub(super) text: &'s str,
    pub(super) id: SourceId,
    pub(super) findings: Findings,
}

impl<'s> Reader<'s> {
    pub(super) fn new(text: &'s str, id: SourceId) -> Self {
        Self { text, id, findings: Findings::new(id) }
    }

    /// Reads the statement at `start..end`; there are several in `into` afterwards, if the line held several.
    pub(super) fn line(&mut self, start: usize, end: usize, into: &mut Vec<Statement>) {
        let line = &self.text[start..end];
        if let Some(finding) = mistake::comment_line(line, self.findings.location(start, end)) {
            self.findings.add(finding);
            return;
        }
        let place = self.findings.location(start, end);
        let excess = if line.len() > LONGEST {
            Some(mistake::too_long(place))
        } else {
            (nesting(line) > MOST_PARENTHESES).then(|| mistake::too_many_parentheses(place))
        };
        if let Some(finding) = excess {
            self.findings.add(finding);
            into.push(unreadable(Span::new(start, end)));
            return;
        }
        let (statement, found) = translate(self.id, line, Placement::From(start));
        match statement {
            Some(statement) => into.push(statement),
            None if !found.is_empty() => into.push(unreadable(Span::new(start, end))),
            None => self.mistaken(start, end, into),
        }
        found.into_iter().for_each(|finding| self.findings.add(finding));
    }

    fn mistaken(&mut self, start: usize, end: usize, into: &mut Vec<Statement>) {
        let whole = Span::new(start, end);
        if self.findings.full() {
            self.findings.count(whole);
            into.push(unreadable(whole));
            return;
        }
        let before = into.len();
        for part in mistake::mend(&self.text[start..end], start, &mut self.findings) {
            let (statement, found) = translate(self.id, &part.text, Placement::Mended(&part.places));
            into.extend(statement);
            found.into_iter().for_each(|finding| self.findings.add(finding));
        }
        if into.len() == before {
            into.push(unreadable(whole));
        }
    }
}

/// The statement that a line is, if the whole of it is one; what was found in it otherwise, if the grammar admits it.
fn translate(id: SourceId, line: &str, placement: Placement<'_>) -> (Option<Statement>, Vec<Diagnostic>) {
    let Some(pair) = recognise(line) else { return (None, Vec::new()) };
    let mut translator = Translator::new(id, placement);
    let statement = translator.statement(pair);
    (statement, translator.diagnostics)
}

/// The pair of the statement that a line is, if the whole of it is one.
fn recognise(line: &str) -> Option<pest::iterators::Pair<'_, Rule>> {
    let rule = rule_of(keyword(line))?;
    let pair = Grammar::parse(rule, line).ok()?.next()?;
    (pair.as_span().end() == line.len()).then_some(pair)
}

/// The word that a line begins with; empty if it begins with none.
pub(super) fn keyword(line: &str) -> &str {
    let end = line.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'_');
    &line[..end.unwrap_or(line.len())]
}

/// How many parentheses and brackets are open at once, at most.
fn nesting(line: &str) -> usize {
    if line.bytes().filter(|byte| matches!(byte, b'(' | b'[')).count() <= MOST_PARENTHESES {
        return 0;
    }
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in line.bytes() {
        match byte {
            b'"' if !escaped => quoted = !quoted,
            b'(' | b'[' if !quoted => depth += 1,
            b')' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = quoted && byte == b'\\' && !escaped;
        deepest = deepest.max(depth);
    }
    deepest
}
