//! Units of time that are written otherwise, and numbers that stick to their units.

use super::stop::Stop;
use super::{Slip, codes};

/// Every unit, as one writes it.
pub(super) const UNITS: &str = "`ms`, `s`, `min`, `h`, `day` and `days`";

const OTHERWISE: &[(&str, &str)] = &[
    ("msec", "ms"),
    ("millis", "ms"),
    ("milliseconds", "ms"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "min"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("d", "days"),
    ("秒", "s"),
    ("分钟", "min"),
    ("分", "min"),
    ("小时", "h"),
    ("天", "days"),
];

pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    let Some((number, unit)) = quantity(stop) else { return Vec::new() };
    let written = &stop.text[unit.clone()];
    let sticks = number == unit.start;
    let known = OTHERWISE
        .iter()
        .find(|(otherwise, _)| otherwise.eq_ignore_ascii_case(written))
        .map(|(_, unit)| *unit);
    let meant = known.or_else(|| is_unit(written).then_some(written));
    let weeks = weeks(stop.text, number, written).map(|days| {
        let start = number - digits_before(stop.text, number).len();
        let message = format!("`{written}` is no unit");
        Slip::new(
            codes::WRONG_UNIT,
            message,
            start..unit.end,
            format!("write `{days} days`"),
            format!("{days} days"),
        )
    });
    let propose = |meant: &str| {
        let message = match (sticks, is_unit(written)) {
            (true, true) => "a blank is missing between the number and its unit".to_owned(),
            _ => format!("`{written}` is no unit"),
        };
        let replacement = format!("{}{meant}", if sticks { " " } else { "" });
        let help = format!("write `{} {meant}`", digits_before(stop.text, number));
        Slip::new(codes::WRONG_UNIT, message, unit.clone(), help, replacement)
    };
    meant.map(propose).into_iter().chain(weeks).collect()
}

/// Whether a word stands where only a unit can, and is none that anybody knows.
pub(super) fn is_unknown(stop: &Stop<'_>) -> bool {
    quantity(stop).is_some() && stop.expects("ms") && propose(stop).is_empty()
}

/// How many days so many weeks have.
fn weeks(text: &str, number: usize, unit: &str) -> Option<u32> {
    let count: u32 = digits_before(text, number).parse().ok()?;
    matches!(unit, "week" | "weeks" | "周" | "星期").then(|| count.checked_mul(7)).flatten()
}

/// The end of the number and the place of the word after it, where a unit should stand.
pub(super) fn quantity(stop: &Stop<'_>) -> Option<(usize, std::ops::Range<usize>)> {
    let digits = stop.rest().bytes().take_while(u8::is_ascii_digit).count();
    let after = stop.at + digits;
    let number = if digits > 0 { after } else { stop.text[..stop.at].trim_end().len() };
    let start = if digits > 0 { after } else { stop.at };
    let letters =
        stop.text[start..].find(|letter: char| !letter.is_alphabetic()).unwrap_or(stop.text.len() - start);
    let ends_in_digit = stop.text[..number].ends_with(|digit: char| digit.is_ascii_digit());
    (letters > 0 && ends_in_digit).then_some((number, start..start + letters))
}

fn digits_before(text: &str, end: usize) -> &str {
    let count = text[..end].bytes().rev().take_while(u8::is_ascii_digit).count();
    &text[end - count..end]
}

fn is_unit(word: &str) -> bool {
    matches!(word, "ms" | "s" | "min" | "h" | "day" | "days")
}
