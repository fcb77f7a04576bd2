//! Signs that no target may pass on as they are.

/// Appends a sign; one that turns the direction of the text or cannot be seen is shown by its number.
pub(crate) fn push_visible(out: &mut String, char: char) {
    if hides(char) {
        out.push_str(&format!("⟨U+{:04X}⟩", u32::from(char)));
    } else {
        out.push(char);
    }
}

/// Marks of direction, separators of lines, and the byte order mark: they change what stands around them, unseen.
pub(crate) fn hides(char: char) -> bool {
    matches!(char,
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}
