//! Characters that nobody sees: control characters, zero-width blanks, unusual blanks.

use super::stop::Stop;
use super::{Slip, codes};

pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    let Some(character) = stop.rest().chars().next() else { return Vec::new() };
    let blank = character.is_whitespace() && !matches!(character, ' ' | '\t');
    if !blank && !character.is_control() && !is_zero_width(character) {
        return Vec::new();
    }
    let place = stop.at..stop.at + character.len_utf8();
    let number = u32::from(character);
    let (message, help, replacement) = if blank {
        (format!("an unusual blank (U+{number:04X})"), "write an ordinary one", " ")
    } else {
        (format!("a character that cannot be seen (U+{number:04X})"), "remove it", "")
    };
    vec![Slip::new(codes::INVISIBLE_CHARACTER, message, place, help, replacement)]
}

fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}
