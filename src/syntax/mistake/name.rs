//! Names in the wrong case, with hyphens, with letters that no name has.

use std::ops::Range;

use super::stop::Stop;
use super::{Slip, codes};

pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    let place = token(stop.text, stop.at);
    let written = &stop.text[place.clone()];
    if written.is_empty()
        || !written.is_ascii()
        || crate::syntax::lines::keyword(stop.text) == written && place.start == 0
    {
        return Vec::new();
    }
    let small = (
        small(written),
        "names begin with a small letter and join words with `_`",
        "names of steps, events, fields and the like",
    );
    let large = (large(written), "types begin with a capital letter", "names of types");
    let propose = |(meant, rule, help): (String, &str, &str)| {
        let fits = meant != written && meant.starts_with(|first: char| first.is_ascii_alphabetic());
        let message = format!("`{written}` is no name here: {rule}");
        let help = format!("write `{meant}`, as {help} are");
        fits.then(|| Slip::new(codes::WRONG_NAME, message, place.clone(), help, meant))
    };
    [small, large].into_iter().filter_map(propose).collect()
}

/// The characters around a place that were meant as one name.
pub(super) fn token(text: &str, at: usize) -> Range<usize> {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let before: usize = text[..at].chars().rev().take_while(|letter| part(*letter)).map(char::len_utf8).sum();
    let after: usize = text[at..].chars().take_while(|letter| part(*letter)).map(char::len_utf8).sum();
    let whole = &text[at - before..at + after];
    // `->` after a name is no part of it.
    let end =
        if text[at + after..].starts_with('>') { whole.trim_end_matches('-').len() } else { whole.len() };
    at - before..at - before + end
}

/// `SayHello` and `say-hello` as `say_hello`.
fn small(written: &str) -> String {
    let mut name = String::new();
    let mut capital_before = true;
    for letter in written.chars() {
        if letter.is_ascii_uppercase() && !capital_before && !name.ends_with('_') {
            name.push('_');
        }
        capital_before = letter.is_ascii_uppercase();
        name.push(if letter == '-' { '_' } else { letter.to_ascii_lowercase() });
    }
    name.trim_matches('_').to_owned()
}

/// `card_no` and `card-no` as `CardNo`.
fn large(written: &str) -> String {
    let words = written.split(['_', '-']).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
