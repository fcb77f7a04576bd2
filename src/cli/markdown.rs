//! Markdown for a terminal: headings bold, examples set off, paragraphs filled to the width.
//!
//! It knows what explanations use: headings, paragraphs, lists, fenced code and code in backticks.

use anstyle::{AnsiColor, Style};

const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const BAD: Style = AnsiColor::BrightRed.on_default().bold();
const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();

/// The text with ANSI styles, its paragraphs no wider than `columns` where their words allow it.
pub(super) fn styled(markdown: &str, columns: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            end_paragraph(&mut paragraph, columns, &mut out);
            example(info, lines.by_ref().take_while(|line| !line.starts_with("```")), &mut out);
        } else if let Some(heading) = line.strip_prefix('#') {
            end_paragraph(&mut paragraph, columns, &mut out);
            out.push_str(&format!("{HEADING}{}{HEADING:#}\n", heading.trim_start_matches('#').trim()));
        } else if line.trim().is_empty() {
            end_paragraph(&mut paragraph, columns, &mut out);
            out.push('\n');
        } else {
            if line.starts_with("- ") {
                end_paragraph(&mut paragraph, columns, &mut out);
            }
            paragraph.push_str(line.trim());
            paragraph.push(' ');
        }
    }
    end_paragraph(&mut paragraph, columns, &mut out);
    out
}

fn example<'a>(info: &str, lines: impl Iterator<Item = &'a str>, out: &mut String) {
    match info {
        "flow bad" => out.push_str(&format!("  {BAD}gives the code{BAD:#}\n")),
        "flow good" => out.push_str(&format!("  {GOOD}is fine{GOOD:#}\n")),
        _ => {}
    }
    for line in lines {
        out.push_str(format!("    {line}").trim_end());
        out.push('\n');
    }
}

/// Fills the lines, then colours what stands in backticks, which may run over a line end.
fn end_paragraph(paragraph: &mut String, columns: usize, out: &mut String) {
    let text = std::mem::take(paragraph);
    if text.is_empty() {
        return;
    }
    for (piece, is_code) in fill(&text, columns).split('`').zip([false, true].into_iter().cycle()) {
        match is_code {
            true => out.push_str(&format!("{CODE}{piece}{CODE:#}")),
            false => out.push_str(piece),
        }
    }
    out.push('\n');
}

fn fill(text: &str, columns: usize) -> String {
    let indent = if text.starts_with("- ") { "  " } else { "" };
    let mut filled = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().filter(|c| *c != '`').count();
        if width > 0 && width + 1 + length > columns {
            filled.push('\n');
            filled.push_str(indent);
            width = indent.len();
        } else if width > 0 {
            filled.push(' ');
            width += 1;
        }
        filled.push_str(word);
        width += length;
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_filled_and_its_examples_kept() {
        let page = "# A title\n\nSome words that\nare `filled into` lines.\n\n- one\n- two\n\n```flow bad\na {\n\n  b\n}\n```\n";
        let plain = anstream::adapter::strip_str(&styled(page, 24)).to_string();
        let expected = "A title\n\nSome words that are\nfilled into lines.\n\n- one\n- two\n\n  gives the code\n    a {\n\n      b\n    }\n";
        assert_eq!(plain, expected);
    }
}
