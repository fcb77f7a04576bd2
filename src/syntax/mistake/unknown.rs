//! Lines that no change mends: where reading stopped, what could have stood there, how the statement is written.

use std::ops::Range;

use super::stop::{Letters, Stop};
use super::usage::usage;
use super::{keyword, name, quotes, unit};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::source::Location;
use crate::syntax::grammar::{KEYWORDS, rule_of};
use crate::syntax::lines;

pub(super) fn report(stop: &Stop<'_>, locate: impl Fn(Range<usize>) -> Location) -> Diagnostic {
    let (code, message, place, help) = trouble(stop);
    let finding = Diagnostic::new(code, locate(place), message);
    let finding = match help {
        Some(help) => finding.help(help),
        None => finding,
    };
    match usage(lines::keyword(stop.text)) {
        Some(usage) => finding.help(format!("the statement is written: {usage}")),
        None => finding,
    }
}

const BEGINNING: &str =
    "a statement begins with a word such as `step`, `on`, `field`, `when`, `limit` or `end`";

type Trouble = (Code, String, Range<usize>, Option<String>);

fn trouble(stop: &Stop<'_>) -> Trouble {
    let first = lines::keyword(stop.text);
    if !first.is_empty() && rule_of(first).is_none() {
        return unknown_keyword(stop, first);
    }
    if let Some(start) = quotes::unclosed(stop.text) {
        let help = "a text ends with a second `\"` on the same line".to_owned();
        let message = "this text has no second quote".to_owned();
        return (codes::WRONG_QUOTES, message, start..stop.text.len(), Some(help));
    }
    if let Some((_, place)) = unit::quantity(stop).filter(|_| stop.expects("ms")) {
        let message = format!("`{}` is no unit", &stop.text[place.clone()]);
        return (codes::WRONG_UNIT, message, place, Some(format!("the units are {}", unit::UNITS)));
    }
    wrong_name(stop).unwrap_or_else(|| unexpected(stop))
}

fn unknown_keyword(stop: &Stop<'_>, first: &str) -> Trouble {
    let meant = keyword::candidates(first, KEYWORDS.iter().copied()).next();
    let help = meant.map_or_else(|| BEGINNING.to_owned(), |meant| format!("did you mean `{meant}`?"));
    let place = if stop.text.len() == first.len() { 0..stop.text.len() } else { 0..first.len() };
    (codes::UNKNOWN_KEYWORD, format!("`{first}` begins no statement"), place, Some(help))
}

/// A name that holds what no name may hold.
fn wrong_name(stop: &Stop<'_>) -> Option<Trouble> {
    let place = name::token(stop.text, stop.at);
    let written = stop.text.get(place.clone()).filter(|written| !written.is_empty())?;
    let foreign = written.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii());
    let numbered = written.starts_with(|first: char| first.is_ascii_digit()) && !stop.letters.digit;
    let named = stop.letters.small || stop.letters.capital || place.start < stop.at;
    if !named || !(foreign || numbered) {
        return None;
    }
    let help = "names consist of the letters a to z, digits and `_`, and begin with a letter; what people read goes into a text in quotes";
    Some((codes::WRONG_NAME, format!("`{written}` is no name"), place, Some(help.to_owned())))
}

fn unexpected(stop: &Stop<'_>) -> Trouble {
    let wanted = wanted(stop);
    let help = if stop.at == 0 {
        Some(BEGINNING.to_owned())
    } else {
        (!wanted.is_empty()).then(|| format!("expected here: {}", wanted.join(", ")))
    };
    if stop.rest().is_empty() {
        let end = stop.text.len();
        let last = stop.text.chars().next_back().map_or(0, char::len_utf8);
        return (codes::UNREADABLE_SYNTAX, "the statement ends too early".to_owned(), end - last..end, help);
    }
    let place = stop.word();
    let shown: String = stop.text[place.clone()].chars().take(40).collect();
    (codes::UNREADABLE_SYNTAX, format!("`{shown}` cannot stand here"), place, help)
}

/// What could have stood there, in words.
fn wanted(stop: &Stop<'_>) -> Vec<String> {
    const OUTCOMES: &[&str] = &[
        "->", "stay", "silent", "refuse", "ask", "either", "allow", "deny", "unstated", "restart", "resume",
    ];
    const SAID: &[&str] =
        &["@", "assumed", "printed", "\"", "_", "==", "!=", "<=", ">=", "<", ">", "+", "*", " ", "\t"];
    let text = stop.expects("\"");
    // Inside a word, any further letter would do; that is no help.
    let letters = if stop.expects("_") { Letters::default() } else { stop.letters };
    let phrases = [
        (letters.small && !text, "a name"),
        (letters.capital && letters.small, "a type"),
        (letters.capital && !letters.small, "an id such as `RWP-03`"),
        (letters.digit, "a number"),
        (text, "a text in quotes"),
        (stop.expects("->"), "an outcome (`-> step`, `stay`, `refuse reason` …)"),
        (stop.expects("=="), "a comparison"),
        (stop.expects("@"), "a mark (`@FACT`, `assumed ID`)"),
    ];
    let phrases = phrases.into_iter().filter(|(fits, _)| *fits).map(|(_, phrase)| phrase.to_owned());
    let others = stop.expected.iter().filter(|token| {
        !OUTCOMES.contains(&token.as_str()) && !SAID.contains(&token.as_str()) && token.trim() == *token
    });
    let visible =
        others.filter(|token| !token.is_empty() && token.chars().all(|letter| !letter.is_control()));
    phrases.chain(visible.map(|token| format!("`{token}`"))).take(6).collect()
}
