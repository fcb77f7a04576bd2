//! Texts in quotes, and comments.

use std::fmt::{self, Display, Formatter, Write};

use crate::syntax::tree::{Comment, Quoted, Text};

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(language) = &self.language {
            write!(f, "{} ", language.as_str())?;
        }
        self.value.fmt(f)
    }
}

impl Display for Quoted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        quoted(&self.value, f)
    }
}

impl Display for Comment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "//{}{}", if self.doc { "/" } else { "" }, self.text)
    }
}

/// A text in quotes, with whatever a reader could not see as an escape.
pub(super) fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            unseen if is_unseen(unseen) => write!(f, "\\u{{{:X}}}", u32::from(unseen))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

/// Control characters, and those that turn the direction of what follows without being seen.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}
