//! Phrases as one says them, which are written in one way here.

use super::stop::Stop;
use super::{Slip, codes};

/// What people write, and how it is written here. Longer ones first.
const PHRASES: &[(&str, &str)] = &[
    ("is not missing", "is set"),
    ("is not null", "is set"),
    ("is not none", "is set"),
    ("is not set", "is missing"),
    ("is present", "is set"),
    ("is defined", "is set"),
    ("is unset", "is missing"),
    ("is undefined", "is missing"),
    ("is absent", "is missing"),
    ("is null", "is missing"),
    ("is none", "is missing"),
    ("is greater than", ">"),
    ("is more than", ">"),
    ("is less than", "<"),
    ("is at least", ">="),
    ("is at most", "<="),
    ("is equal to", "=="),
    ("is not equal to", "!="),
    ("is not", "!="),
    ("is", "=="),
    ("equals", "=="),
    ("else refuse", "refuse"),
    ("or refuse", "refuse"),
    ("per hour", "each hour"),
    ("per day", "each day"),
    ("per week", "each week"),
    ("per month", "each month"),
    ("per year", "each year"),
    ("every hour", "each hour"),
    ("every day", "each day"),
    ("every week", "each week"),
    ("every month", "each month"),
    ("every year", "each year"),
    ("at most", ""),
    ("no more than", ""),
    ("up to", ""),
];

/// Every phrase that stands where reading stopped.
pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    PHRASES.iter().filter_map(|(said, written)| slip(stop, said, written)).collect()
}

fn slip(stop: &Stop<'_>, said: &str, written: &str) -> Option<Slip> {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = stop.text.as_bytes();
    let (start, _) = stop.text.match_indices(said).find(|(start, _)| {
        let end = start + said.len();
        let alone =
            !is_word(start.checked_sub(1).and_then(|before| bytes.get(before))) && !is_word(bytes.get(end));
        alone && (*start..=end).contains(&stop.at)
    })?;
    let end = start + said.len();
    if written.is_empty() {
        let message = format!("`{said}` is not said here");
        let blanks = stop.text[end..].len() - stop.text[end..].trim_start().len();
        let mut slip = Slip::new(codes::SOMETHING_EXTRA, message, start..end, "leave it out", "");
        slip.edit.0.end += blanks;
        return Some(slip);
    }
    let message = format!("`{said}` is written `{written}` here");
    Some(Slip::new(codes::UNKNOWN_KEYWORD, message, start..end, format!("write `{written}`"), written))
}
