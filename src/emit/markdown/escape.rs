//! Texts of the author's in Markdown: what is escaped is read as the text that it was, and as nothing else.

use crate::emit::text::push_visible;
use crate::emit::words::Target;

/// A page as the target of words.
pub(super) const MARKDOWN: Target = Target { escape, code: code_in_table, markup: true };

/// A text within a paragraph, a heading, a cell of a table or the text of a link. White space becomes one space.
pub(crate) fn escape(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (index, word) in text.split(is_space).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push_word(&mut out, word, index == 0);
    }
    out
}

/// Whether there is nothing to escape for sure: only letters, digits, commas, single spaces, and signs of scripts none
/// of which are hidden, controls or white space.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    let plain = text.bytes().all(|byte| {
        let known = byte.is_ascii_alphanumeric() || byte == b',' || (byte == b' ' && before != b' ');
        before = byte;
        known || (byte >= 0x80 && !matches!(byte, 0xC2 | 0xD8 | 0xE1 | 0xE2 | 0xEF))
    });
    plain && before != b' ' && !text.contains('\u{3000}')
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
pub(crate) fn code(text: &str) -> String {
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
    let mut shown = String::with_capacity(heading.len());
    for (index, word) in heading.split(is_space).filter(|word| !word.is_empty()).enumerate() {
        shown.push_str(if index > 0 { " " } else { "" });
        word.chars().for_each(|char| push_visible(&mut shown, char));
    }
    let mut out = String::with_capacity(shown.len());
    for char in shown.chars().flat_map(char::to_lowercase) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// What a text comes to where white space is one space and hidden signs are shown.
    fn shown(text: &str) -> String {
        let words: Vec<_> = text.split(is_space).filter(|word| !word.is_empty()).collect();
        let mut out = String::new();
        words.join(" ").chars().for_each(|char| push_visible(&mut out, char));
        out
    }

    /// What GitHub reads beside CommonMark.
    fn github() -> Options {
        Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM
    }

    /// The text of a page, and whatever there is in it beside text.
    fn read(page: &str) -> (String, Vec<String>) {
        let (mut text, mut markup) = (String::new(), Vec::new());
        for event in Parser::new_ext(page, github()) {
            match event {
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                other => markup.push(format!("{other:?}")),
            }
        }
        (text, markup)
    }

    /// Texts rich in what Markdown reads.
    fn texts() -> impl Strategy<Value = String> {
        let sign = prop_oneof![
            4 => prop::sample::select("\\`*_[]<>&|~#$!(){}+-=.:;'\"@%^/?1290 \n\tab".chars().collect::<Vec<_>>()),
            1 => prop::sample::select(vec!['\u{202E}', '\u{200F}', '\u{3000}', '码', '，', 'é', '\u{0}']),
            1 => any::<char>(),
        ];
        let piece = prop_oneof![
            6 => sign.prop_map(String::from),
            1 => prop::sample::select(vec!["<script>", "&lt;", "http://", "www.", "](x)", "---", "1. ", "```", "a@b.c", "[^1]", ":-:"]).prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn an_escaped_text_is_read_as_itself(text in texts()) {
            let (read, markup) = read(&escape(&text));
            prop_assert_eq!(read, shown(&text));
            prop_assert!(markup.is_empty(), "{:?}", markup);
        }

        #[test]
        fn an_escaped_text_stays_in_its_cell(text in texts()) {
            let page = format!("| a | b |\n| --- | --- |\n| {} | end |\n", escape(&text));
            let cells = Parser::new_ext(&page, github()).filter(|event| *event == Event::End(TagEnd::TableCell));
            prop_assert_eq!(cells.count(), 4);
            prop_assert_eq!(read(&page).0, format!("ab{}end", shown(&text)));
        }

        #[test]
        fn an_escaped_text_stays_in_its_heading_and_emphasis(text in texts()) {
            prop_assume!(!shown(&text).is_empty());
            prop_assert_eq!(read(&format!("### 1. {}\n", escape(&text))).0, format!("1. {}", shown(&text)));
        }

        #[test]
        fn code_is_read_as_itself(text in texts()) {
            prop_assume!(!text.is_empty());
            let page = format!("| a |\n| --- |\n| {} |\n", code_in_table(&text));
            let mut wanted = String::new();
            text.chars().for_each(|char| if is_space(char) { wanted.push(' ') } else { push_visible(&mut wanted, char) });
            let (read, _) = read(&page);
            prop_assert_eq!(read.trim(), format!("a{wanted}").trim().to_owned());
        }
    }

    #[test]
    fn fragments_are_those_of_github() {
        assert_eq!(fragment("2. Terms and privacy policy"), "2-terms-and-privacy-policy");
        assert_eq!(fragment("2. 服务协议、隐私权政策"), "2-服务协议隐私权政策");
        assert_eq!(fragment("3. a\n b\u{202E}"), "3-a-bu202e");
        assert_eq!(fragment("4. Is it A/B - or `c_d`?"), "4-is-it-ab---or-c_d");
    }

    #[test]
    fn an_address_of_the_web_ends_no_link() {
        assert_eq!(web_address("example.com/a b)"), "https://example.com/a%20b%29");
        assert_eq!(web_address("javascript:alert(1)"), "https://javascript:alert%281%29");
    }
}
