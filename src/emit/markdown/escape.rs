//! Texts of the author's in Markdown: what is escaped is read as the text that it was, and as nothing else.

use crate::emit::text::push_visible;
use crate::emit::words::Target;

/// A page as the target of words.
pub(super) const MARKDOWN: Target = Target { escape, code: code_in_table, markup: true };

/// A text within a paragraph, a heading, a cell of a table or the text of a link. White space becomes one space.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (index, word) in text.split(is_space).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push_word(&mut out, word, index == 0);
    }
    out
}

/// What Markdown takes for white space, and signs that have no look.
fn is_space(char: char) -> bool {
    char.is_whitespace() || char.is_control()
}

fn push_word(out: &mut String, word: &str, first: bool) {
    let numbered = first && begins_a_list(word);
    for (at, char) in word.char_indices() {
        let opens_block = first && at == 0 && matches!(char, '+' | '-' | '=');
        let ends_number = numbered && matches!(char, '.' | ')');
        let address = match char {
            ':' => word[at..].starts_with("://"),
            '@' => true,
            '.' => word[..at].ends_with("www") || word[..at].ends_with("WWW"),
            _ => false,
        };
        if active(char) || opens_block || ends_number || address {
            out.push('\\');
        }
        push_visible(out, char);
    }
}

/// Signs that may begin markup anywhere: emphasis, code, links, HTML, entities, cells, strokes, headings, formulas.
fn active(char: char) -> bool {
    matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#' | '$')
}

/// Whether a word at the start of a block would begin a numbered list.
fn begins_a_list(word: &str) -> bool {
    let digits = word.len() - word.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    digits > 0 && word[digits..].starts_with(['.', ')'])
}

/// A text in code font in a cell of a table, where `|` parts cells even there.
pub(super) fn code_in_table(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A text in code font.
pub(super) fn code(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_space(char) { shown.push(' ') } else { push_visible(&mut shown, char) }
    }
    let longest = shown.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = shown.chars().all(|char| char == ' ');
    let space = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) || blank { " " } else { "" };
    format!("{fence}{space}{shown}{space}{fence}")
}

/// The fragment by which a heading of this text is reached: lower case, without punctuation, `-` for a space.
pub(super) fn fragment(heading: &str) -> String {
    let mut out = String::with_capacity(heading.len());
    for char in heading.chars().flat_map(char::to_lowercase) {
        if char == ' ' {
            out.push('-');
        } else if char.is_alphanumeric() || matches!(char, '-' | '_') {
            out.push(char);
        }
    }
    out
}

/// What the author gave as an address of the web, as the address of a link; without a scheme it is one of `https`.
pub(super) fn web_address(text: &str) -> String {
    let known = ["https://", "http://", "mailto:"].iter().any(|scheme| text.starts_with(scheme));
    let mut out = String::from(if known { "" } else { "https://" });
    for byte in text.trim().bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-#:?=&%@+,;~!$".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path as the address of a link.
pub(super) fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-#".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
