//! Symbols of other languages, and the full-width forms of ours.

use super::stop::Stop;
use super::{Slip, codes};

/// What people write, and what it is here. Longer ones first.
const SYMBOLS: &[(&str, &str)] = &[
    ("===", "=="),
    ("!==", "!="),
    ("！＝", "!="),
    ("！=", "!="),
    ("==>", "->"),
    ("-->", "->"),
    ("=>", "->"),
    ("~>", "->"),
    ("- >", "->"),
    ("→", "->"),
    ("⇒", "->"),
    ("➔", "->"),
    ("⟶", "->"),
    ("＝＝", "=="),
    ("＝", "="),
    ("＝", "=="),
    ("：＝", "="),
    (":=", "="),
    ("<>", "!="),
    ("/=", "!="),
    ("≠", "!="),
    ("=<", "<="),
    ("≤", "<="),
    ("≥", ">="),
    ("＜", "<"),
    ("＞", ">"),
    ("&&", "and"),
    ("||", "or"),
    ("!", "not "),
    ("！", "not "),
    ("：", ": "),
    ("，", ", "),
    ("、", ", "),
    ("（", "("),
    ("）", ")"),
    ("＠", "@"),
    ("？", "?"),
    ("｜", "|"),
    ("＋", "+"),
    ("－", "-"),
    ("−", "-"),
    ("–", "-"),
    ("—", "-"),
    ("×", "*"),
    ("％", "%"),
    ("…", ".."),
    ("...", ".."),
    ("==", "="),
    ("=", "=="),
    (">", "->"),
];

/// What ends a statement in other languages.
const ENDINGS: &[&str] = &[";", "；", "。", ":", "："];

pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    endings(stop).into_iter().chain(symbols(stop)).collect()
}

fn endings(stop: &Stop<'_>) -> Option<Slip> {
    let ending = ENDINGS.iter().find(|ending| stop.rest().trim_end() == **ending)?;
    let (place, blanks) = (stop.at..stop.text.len(), stop.text[..stop.at].trim_end().len());
    let message = format!("`{ending}` after the statement");
    let mut slip =
        Slip::new(codes::WRONG_SYMBOL, message, place, "remove it: the newline ends a statement", "");
    slip.edit.0.start = blanks;
    Some(slip)
}

/// Reading may have stopped after the first character of a symbol, as in `=>` after `=`.
fn symbols(stop: &Stop<'_>) -> Vec<Slip> {
    let starts = [0, 1, 2].iter().filter_map(|before| stop.at.checked_sub(*before));
    let starts = starts.filter(|start| stop.text.is_char_boundary(*start));
    let found = starts.flat_map(|start| {
        let here = SYMBOLS.iter().filter(move |(wrong, _)| stop.text[start..].starts_with(wrong));
        here.map(move |(wrong, right)| symbol(stop.text, start, wrong, right))
    });
    found.collect()
}

fn symbol(text: &str, start: usize, wrong: &str, right: &str) -> Slip {
    let (end, meant) = (start + wrong.len(), right.trim());
    let word = meant.bytes().all(|byte| byte.is_ascii_alphabetic());
    let blank = |there: bool| if there { " " } else { "" };
    let before = blank(word && !text[..start].ends_with([' ', '\t', '(']));
    let after = blank(!right.ends_with(' ') && word && !text[end..].starts_with([' ', '\t']));
    let replacement = if text[end..].starts_with([' ', '\t']) {
        meant.to_owned()
    } else {
        format!("{before}{right}{after}")
    };
    let message = match (wrong, meant) {
        ("=", "==") => "`=` gives a value; two values are compared with `==`".to_owned(),
        ("==", "=") => "`==` compares two values; a value is given with `=`".to_owned(),
        _ if wrong.is_ascii() => format!("`{wrong}` belongs to another language; here it is `{meant}`"),
        _ => format!("`{wrong}` is not a symbol of the language; its plain form is `{meant}`"),
    };
    Slip::new(codes::WRONG_SYMBOL, message, start..end, format!("write `{meant}`"), replacement)
}
