//! Keywords that are misspelled, or called otherwise elsewhere.

use super::stop::Stop;
use super::{Slip, codes};
use crate::syntax::grammar::{KEYWORDS, rule_of};

/// What people of other languages write, and what it is called here.
const SYNONYMS: &[(&str, &str)] = &[
    ("if", "when"),
    ("case", "when"),
    ("else", "otherwise"),
    ("default", "otherwise"),
    ("state", "step"),
    ("screen", "step"),
    ("page", "step"),
    ("event", "on"),
    ("timeout", "after"),
    ("goto", "->"),
    ("go", "->"),
    ("then", "->"),
    ("to", "->"),
    ("reject", "refuse"),
    ("deny", "refuse"),
    ("error", "refuse"),
    ("import", "use"),
    ("include", "use"),
    ("var", "remember"),
    ("let", "remember"),
    ("store", "remember"),
    ("param", "given"),
    ("input", "field"),
    ("enum", "type"),
    ("value", "member"),
    ("increment", "count"),
    ("emit", "send"),
    ("final", "end"),
    ("test", "scenario"),
    ("module", "flow"),
    ("process", "flow"),
    ("ok", "success"),
    ("fail", "failure"),
    ("failed", "failure"),
    ("done", "success"),
    ("exists", "set"),
];

/// The first word of the line, if it is none of ours; else the word where reading stopped.
pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    let first = crate::syntax::lines::keyword(stop.text);
    if !first.is_empty() && rule_of(first).is_none() {
        let statement = |meant: &str| slip(first, 0, meant, "begins no statement");
        return candidates(first, KEYWORDS.iter().copied()).map(statement).collect();
    }
    let word = crate::syntax::lines::keyword(stop.rest());
    let expected = stop.expected.iter().map(String::as_str).filter(|token| is_word(token));
    let meant = candidates(word, expected.chain(stop.expects("->").then_some("->")));
    meant.map(|meant| slip(word, stop.at, meant, "means nothing here")).collect()
}

fn slip(word: &str, at: usize, meant: &str, trouble: &str) -> Slip {
    let message = format!("`{word}` {trouble}");
    Slip::new(codes::UNKNOWN_KEYWORD, message, at..at + word.len(), format!("did you mean `{meant}`?"), meant)
}

fn is_word(token: &str) -> bool {
    token.len() > 1 && token.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// What a word may have been meant for: the nearest spellings, then what it is called elsewhere.
pub(super) fn candidates<'a>(
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> impl Iterator<Item = &'a str> {
    let small = word.to_ascii_lowercase();
    let tolerance = small.len().div_ceil(3).min(2);
    let distance = |candidate: &str| strsim::osa_distance(&small, candidate);
    let near = known
        .clone()
        .filter(|candidate| candidate.len() > 1 && !small.is_empty() && distance(candidate) <= tolerance);
    let mut near: Vec<&str> = near.collect();
    near.sort_by_key(|candidate| (distance(candidate), candidate.len().abs_diff(small.len())));
    let elsewhere = SYNONYMS.iter().filter(|(foreign, _)| *foreign == small).map(|(_, meant)| *meant);
    let elsewhere: Vec<&str> =
        elsewhere.filter(|meant| known.clone().any(|candidate| candidate == *meant)).collect();
    near.into_iter().chain(elsewhere)
}
