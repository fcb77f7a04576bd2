//! What a page is made of: headings, paragraphs, lists, tables and diagrams, each already Markdown.

use serde::Serialize;

/// A part of a page that stands between empty lines.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Block {
    Heading { marks: &'static str, text: String },
    Paragraph { text: String },
    List { lines: Vec<String> },
    Quote { lines: Vec<String> },
    Table { head: Vec<String>, rows: Vec<Vec<String>> },
    Diagram { text: String },
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
    Block::Paragraph { text: text.into() }
}

/// A list, bulleted.
pub(super) fn bullets(lines: impl IntoIterator<Item = Line>) -> Block {
    let lines = lines.into_iter().map(|line| format!("{:width$}- {}", "", line.text, width = 2 * line.depth));
    Block::List { lines: lines.collect() }
}

/// A list, bulleted, of one level.
pub(super) fn flat(texts: impl IntoIterator<Item = String>) -> Block {
    bullets(texts.into_iter().map(|text| Line { depth: 0, text }))
}

/// A list, numbered.
pub(super) fn numbered(texts: impl IntoIterator<Item = String>) -> Block {
    let lines = texts.into_iter().enumerate().map(|(index, text)| format!("{}. {text}", index + 1));
    Block::List { lines: lines.collect() }
}

/// A table.
pub(super) fn table(head: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table { head: head.iter().map(|&cell| cell.to_owned()).collect(), rows }
}

/// A section with its heading, where there is something in it.
pub(super) fn titled(title: &str, blocks: Vec<Block>) -> Vec<Block> {
    if blocks.is_empty() {
        return blocks;
    }
    std::iter::once(section(title)).chain(blocks).collect()
}
