//! Texts of the spec inside Rust: comments and docs that no text can leave, and constants as a reader would write them.

use flowspec_runtime::model::{ElementId, Model};

use super::statement::Statement;

/// The statement that code stands for: `// 24: on click_register -> terms`.
pub(super) fn comment(model: &Model, id: ElementId) -> Statement {
    let element = model.element(id);
    Statement::Comment(plain(&format!("{}: {}", element.line, element.source)))
}

/// What a statement is called, in the first language that has a name for it.
pub(super) fn title(model: &Model, id: ElementId) -> Option<&str> {
    let texts = &model.element(id).texts;
    let own = model.languages.iter().find_map(|language| texts.get(language));
    own.or(texts.values().next()).map(String::as_str)
}

/// Where a statement stands: `specs/sign_in.flow:18`.
pub(super) fn place(model: &Model, id: ElementId) -> String {
    let element = model.element(id);
    let file = model.files.get(usize::from(element.file)).map_or("", |file| file.as_str());
    format!("{file}:{}", element.line)
}

/// A line of documentation of a statement: what it is called, what more is to be said, and where it stands.
pub(super) fn doc(model: &Model, id: ElementId, otherwise: &str, more: &str) -> String {
    let name = title(model, id).unwrap_or(otherwise).trim_end_matches('.');
    let more = if more.is_empty() { String::new() } else { format!(": {more}") };
    format!("{}{}. ({})", markdown(name), more, plain(&place(model, id)))
}

/// Text without what would end a comment, change its direction or break its line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// Text that rustdoc shows as it stands.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::new();
    for (index, c) in plain(text).chars().enumerate() {
        let marks = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&');
        let leads = index == 0 && matches!(c, '#' | '-' | '+' | '=' | ':' | '0'..='9');
        if leads && c.is_ascii_digit() {
            // A number at the beginning would begin a list.
            out.push('\u{200b}');
        } else if marks || leads {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Lines of at most so many columns.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Milliseconds in the largest unit that divides them: `15 * MINUTE`.
pub(super) fn millis(time: i64) -> String {
    let units = [("DAY", 86_400_000), ("HOUR", 3_600_000), ("MINUTE", 60_000), ("SECOND", 1_000)];
    match units.into_iter().find(|(_, unit)| time != 0 && time % unit == 0) {
        Some((name, unit)) if time == unit => name.to_owned(),
        Some((name, unit)) => format!("{} * {name}", super::types::integer(time / unit)),
        None => super::types::integer(time),
    }
}
