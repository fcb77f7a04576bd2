//! What a page is made of: headings, paragraphs, lists, tables and diagrams, each already Markdown.

use serde::Serialize;

/// A part of a page that stands between empty lines.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Block {
    Heading {
        marks: &'static str,
        text: String,
    },
    /// A paragraph, a list, a quotation or a table.
    Text {
        text: String,
    },
    Diagram {
        text: String,
    },
}

/// A line of a list, some levels in.
pub(super) struct Line {
    pub(super) depth: usize,
    pub(super) text: String,
}

/// The heading of a section.
pub(super) fn section(text: &str) -> Block {
    Block::Heading { marks: "##", text: text.to_owned() }
}

/// The heading of a part of a section.
pub(super) fn part(text: String) -> Block {
    Block::Heading { marks: "###", text }
}

pub(super) fn paragraph(text: impl Into<String>) -> Block {
    Block::Text { text: text.into() }
}

/// A list, bulleted.
pub(super) fn bullets(lines: impl IntoIterator<Item = Line>) -> Block {
    joined(lines.into_iter().map(|line| format!("{:width$}- {}", "", line.text, width = 2 * line.depth)))
}

/// A list, bulleted, of one level.
pub(super) fn flat(texts: impl IntoIterator<Item = String>) -> Block {
    joined(texts.into_iter().map(|text| format!("- {text}")))
}

/// A list, numbered.
pub(super) fn numbered(texts: impl IntoIterator<Item = String>) -> Block {
    joined(texts.into_iter().enumerate().map(|(index, text)| format!("{}. {text}", index + 1)))
}

/// A quotation: one text, or a list of several.
pub(super) fn quote(texts: &[String]) -> Block {
    let mark = if texts.len() > 1 { "> -" } else { ">" };
    joined(texts.iter().map(|text| format!("{mark} {text}")))
}

/// A table.
pub(super) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Block {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let rule = "| --- ".repeat(head.len()) + "|";
    let head = format!("| {} |", head.join(" | "));
    joined([head, rule].into_iter().chain(rows.into_iter().map(|cells| line(&cells))))
}

fn joined(lines: impl Iterator<Item = String>) -> Block {
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&line);
    }
    Block::Text { text }
}

/// A section with its heading, where there is something in it.
pub(super) fn titled(title: &str, blocks: Vec<Block>) -> Vec<Block> {
    if blocks.is_empty() {
        return blocks;
    }
    std::iter::once(section(title)).chain(blocks).collect()
}
