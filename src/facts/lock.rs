//! What was confirmed of a file of facts: a file beside it with an id and a digest a line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Document, Fact};

/// The digests of the texts that somebody confirmed, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    digests: BTreeMap<String, String>,
    unreadable: Vec<u32>,
}

/// How the text of a fact stands to the one that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is the same.
    Confirmed,
    /// It is another: what cites it has to be looked at.
    Changed,
    /// Nobody confirmed any.
    New,
}

impl Lock {
    /// The name of the file that belongs to a file of facts: `facts.lock` beside `facts.md`.
    pub fn name(facts: &str) -> String {
        format!("{}.lock", facts.strip_suffix(".md").unwrap_or(facts))
    }

    /// Reads the file; lines that begin with `#` are for people.
    pub fn read(text: &str) -> Self {
        let mut lock = Self::default();
        for (line, number) in text.lines().zip(1..) {
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (None, ..) => {}
                (Some(word), ..) if word.starts_with('#') => {}
                (Some(id), Some(digest), None) if is_digest(digest) => {
                    lock.digests.insert(id.to_owned(), digest.to_owned());
                }
                _ => lock.unreadable.push(number),
            }
        }
        lock
    }

    /// The lines that are neither an id with a digest nor a comment, as a conflict leaves them.
    pub fn unreadable(&self) -> &[u32] {
        &self.unreadable
    }

    /// How a fact stands to what was confirmed.
    pub fn state(&self, fact: &Fact) -> State {
        match self.digests.get(&fact.id) {
            None => State::New,
            Some(confirmed) if *confirmed == fact.digest() => State::Confirmed,
            Some(_) => State::Changed,
        }
    }

    /// What was confirmed and is no longer in the file of facts.
    pub fn gone<'a>(&'a self, document: &'a Document) -> impl Iterator<Item = &'a str> {
        self.digests.keys().map(String::as_str).filter(|id| document.get(id).is_none())
    }

    /// Confirms facts as they are now: those named, or all; what the document does not have any more is dropped.
    #[must_use]
    pub fn confirm(&self, document: &Document, ids: &BTreeSet<&str>) -> Self {
        let digests = document.rows().iter().filter_map(|fact| {
            let confirmed = match self.digests.get(&fact.id) {
                _ if ids.is_empty() || ids.contains(fact.id.as_str()) => fact.digest(),
                Some(before) => before.clone(),
                None => return None,
            };
            Some((fact.id.clone(), confirmed))
        });
        Self { digests: digests.collect(), unreadable: Vec::new() }
    }

    /// The file: sorted, an id and a digest a line, so that a change of one fact is a change of one line.
    pub fn to_text(&self) -> String {
        let mut text =
            "# The texts of facts that were confirmed. Written by `flowspec facts --confirm`.\n".to_owned();
        for (id, digest) in &self.digests {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{id} {digest}");
        }
        text
    }
}

fn is_digest(word: &str) -> bool {
    word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::read(&format!(
            "| id | class | fact | label |\n| - | - | - | - |\n| B-2 | step | {text} | – |\n| A-1 | step | One | – |\n"
        ))
    }

    #[test]
    fn what_was_confirmed_is_told_from_what_changed_since() {
        let (old, new) = (document("Two"), document("Three"));
        let lock = Lock::read(&Lock::default().confirm(&old, &BTreeSet::new()).to_text());
        let states = |document: &Document, lock: &Lock| -> Vec<State> {
            document.rows().iter().map(|fact| lock.state(fact)).collect()
        };
        assert_eq!(states(&old, &lock), [State::Confirmed; 2]);
        assert_eq!(states(&new, &lock), [State::Changed, State::Confirmed]);
        assert_eq!(states(&new, &Lock::default()), [State::New; 2]);
        let other = lock.confirm(&new, &BTreeSet::from(["A-1"]));
        assert_eq!(states(&new, &other), [State::Changed, State::Confirmed]);
        let confirmed = lock.confirm(&new, &BTreeSet::from(["B-2"]));
        assert_eq!(states(&new, &confirmed), [State::Confirmed; 2]);
    }

    #[test]
    fn a_line_that_a_conflict_left_is_seen() {
        let lock = Lock::read("# people\n\n<<<<<<< ours\nA-1 0123456789abcdef\nA-2 short\n");
        assert_eq!(lock.unreadable(), [3, 5]);
        assert_eq!(lock.gone(&Document::default()).collect::<Vec<_>>(), ["A-1"]);
    }

    #[test]
    fn the_file_lies_beside_the_facts() {
        assert_eq!(Lock::name("specs/alipay/facts.md"), "specs/alipay/facts.lock");
    }
}
