//! Texts with the wrong quotes, with one quote, or with none.

use super::stop::Stop;
use super::{Slip, codes};

const OPENING: &[char] = &['“', '”', '„', '‟', '«', '»', '「', '『', '‘', '’', '\'', '`', '＂', '"'];
const CLOSING: &[char] = &['”', '“', '‟', '»', '«', '」', '』', '’', '‘', '\'', '`', '＂', '"'];

/// Curly and single quotes, and texts that do not end.
pub(super) fn propose_straight(stop: &Stop<'_>) -> Vec<Slip> {
    let Some(start) = opening(stop) else { return Vec::new() };
    let quote = stop.text[start..].chars().next().unwrap_or_default();
    let inner = start + quote.len_utf8();
    let closed = closing(stop.text, inner);
    let cut = endings(stop.text, inner).filter(|_| closed.is_none()).map(|end| (end, end));
    let straight = quote == '"';
    let message = if straight {
        "this text has no second quote".to_owned()
    } else {
        format!("`{quote}` is no quote here")
    };
    let help = if straight { "end it" } else { "write straight double quotes" };
    let with = |(end, after): (usize, usize)| {
        let place = if straight { start..end } else { start..after };
        let mut slip = Slip::new(codes::WRONG_QUOTES, message.clone(), place, help, "");
        slip.edit = (start..after, quoted(&stop.text[inner..end]));
        slip
    };
    closed.into_iter().chain(cut).map(with).collect()
}

/// The quote that ends a text: one with no letter behind it, which an apostrophe has.
fn closing(text: &str, from: usize) -> Option<(usize, usize)> {
    let quotes = text[from..].char_indices().filter(|(_, character)| CLOSING.contains(character));
    let mut ends = quotes.map(|(at, close)| (from + at, from + at + close.len_utf8()));
    ends.find(|(_, after)| !text[*after..].starts_with(char::is_alphanumeric))
}

/// The quote that the stop is about: the one that stands there, or one that was opened before and not closed.
fn opening(stop: &Stop<'_>) -> Option<usize> {
    let here = stop.rest().chars().next().filter(|quote| OPENING.contains(quote) && *quote != '"');
    here.map(|_| stop.at).or_else(|| unclosed(stop.text))
}

/// The quote of a text that does not end on its line.
pub(super) fn unclosed(text: &str) -> Option<usize> {
    let (mut open, mut escaped) = (None, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => open = if open.is_some() { None } else { Some(at) },
            _ => {}
        }
        escaped = open.is_some() && byte == b'\\' && !escaped;
    }
    open
}

/// A text without any quotes.
pub(super) fn propose_around(stop: &Stop<'_>) -> Vec<Slip> {
    if !stop.expects("\"") || !stop.rest().starts_with(char::is_alphanumeric) {
        return Vec::new();
    }
    let ends = endings(stop.text, stop.at).filter(|end| *end > stop.at);
    let around = |end: usize| {
        let words = &stop.text[stop.at..end];
        let message = format!("`{words}` is not in quotes");
        Slip::new(
            codes::WRONG_QUOTES,
            message,
            stop.at..end,
            "if it is a text, write quotes around it",
            quoted(words),
        )
    };
    ends.map(around).collect()
}

/// Where a text that begins at `from` may end: before whatever can follow a text, and at the end of the line.
fn endings(text: &str, from: usize) -> impl Iterator<Item = usize> {
    const FOLLOWERS: &[&str] = &[
        " ->",
        " @",
        " stay",
        " refuse ",
        " ask ",
        " either",
        " silent",
        " assumed ",
        " printed ",
        " restart",
        " resume",
        " allow",
        " deny ",
        " unstated",
        ")",
        ",",
    ];
    let at = move |follower: &&str| text[from..].find(*follower).map(|at| from + at);
    let mut ends: Vec<usize> = FOLLOWERS.iter().filter_map(at).collect();
    ends.push(text.len());
    ends.sort_unstable();
    ends.into_iter()
}

fn quoted(words: &str) -> String {
    format!("\"{}\"", words.trim_end().replace('"', "\\\""))
}
