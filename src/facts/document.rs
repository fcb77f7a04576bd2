//! What a file of facts says: tables of Markdown with an id, a class, a fact and the source's own words in a row.

use std::collections::HashMap;

use super::digest::digest;

/// The facts and readings of a source, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    rows: Vec<Fact>,
    /// The first row of each id.
    by_id: HashMap<String, usize>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What marks call it.
    pub id: String,
    /// Its second cell: `step`, `limit`, `ambiguity`.
    pub class: String,
    /// What is asked of the specs, by its class.
    pub kind: Kind,
    /// What it says.
    pub text: String,
    /// The source's own words for a fact; a translation for what is ours.
    pub label: String,
    /// Where the source says so.
    pub clause: String,
    /// Its line in the file, from 1.
    pub line: u32,
    /// The heading that it stands under.
    pub heading: String,
}

/// What a row asks of the specs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The source says so: a statement must carry it.
    Fact,
    /// We decided so: a statement must cite it, or it decides nothing.
    Reading,
    /// It tells how facts stand together, or that the source says nothing: a statement may cite it.
    Remark,
}

impl Document {
    /// Reads every table whose first column is `id`.
    pub fn read(text: &str) -> Self {
        let mut document = Self::default();
        let mut of_facts = None;
        let mut heading = "";
        for (line, number) in text.lines().zip(1..) {
            if let Some(title) = line.strip_prefix('#') {
                heading = title.trim_start_matches('#').trim();
            }
            let Some(cells) = cells(line) else {
                of_facts = None;
                continue;
            };
            match of_facts {
                None => of_facts = Some(cells.first().is_some_and(|cell| cell == "id")),
                Some(true) => document.add(cells, number, heading),
                Some(false) => {}
            }
        }
        document
    }

    /// Every row, in the order of the file; an id may stand twice.
    pub fn rows(&self) -> &[Fact] {
        &self.rows
    }

    /// The first row with this id.
    pub fn get(&self, id: &str) -> Option<&Fact> {
        self.by_id.get(id).and_then(|at| self.rows.get(*at))
    }

    /// What a fact or a reading says; in Chinese where the column of the source's own words is.
    pub fn text(&self, id: &str, language: &str) -> Option<&str> {
        self.get(id).map(|fact| fact.text(language))
    }

    fn add(&mut self, cells: Vec<String>, line: u32, heading: &str) {
        let mut cells = cells.into_iter();
        let (Some(id), Some(class), Some(text), Some(label)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            return;
        };
        if id.is_empty() || id.starts_with(['-', ':']) {
            return;
        }
        self.by_id.entry(id.clone()).or_insert(self.rows.len());
        let (kind, clause, heading) =
            (Kind::of(&class), cells.next().unwrap_or_default(), heading.to_owned());
        self.rows.push(Fact { id, class, kind, text, label, clause, line, heading });
    }
}

impl Fact {
    /// What it says in a language; in Chinese where the column of the source's own words is.
    pub fn text(&self, language: &str) -> &str {
        if language == "zh" && has_chinese(&self.label) { &self.label } else { &self.text }
    }

    /// The heading that it stands under, in a language: `Sign in (登录)` has a Chinese one in parentheses.
    pub fn heading(&self, language: &str) -> &str {
        let parts = self.heading.strip_suffix(')').and_then(|heading| heading.rsplit_once(" ("));
        match parts {
            Some((_, chinese)) if language == "zh" && has_chinese(chinese) => chinese,
            Some((first, chinese)) if has_chinese(chinese) => first,
            _ => &self.heading,
        }
    }

    /// A short stand-in for what it says. The words of the source count; a translation of ours does not.
    pub fn digest(&self) -> String {
        match self.kind {
            Kind::Fact => digest(&[&self.text, &self.label]),
            Kind::Reading | Kind::Remark => digest(&[&self.text]),
        }
    }
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|char| ('\u{4E00}'..='\u{9FFF}').contains(&char))
}

impl Kind {
    fn of(class: &str) -> Self {
        match class.to_ascii_lowercase().as_str() {
            "ambiguity" | "assumption" | "convention" | "inference" => Self::Reading,
            "link" | "silence" | "tension" => Self::Remark,
            _ => Self::Fact,
        }
    }
}

/// The cells of a line of a table; an escaped bar is part of its cell.
fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim().strip_prefix('|')?;
    let mut cells = vec![String::new()];
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, cells.last_mut()) {
            ('\\', Some(cell)) if chars.peek() == Some(&'|') => {
                chars.next();
                cell.push('|');
            }
            ('|', _) => cells.push(String::new()),
            (_, Some(cell)) => cell.push(char),
            (_, None) => {}
        }
    }
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    Some(cells.into_iter().map(|cell| cell.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::{Document, Kind};

    #[test]
    fn a_table_of_facts_is_read_row_by_row_with_lines_and_headings() {
        let document = Document::read(
            "# Title\n\n## Part\n\n| id | class | fact | label |\n| --- | :-: | --- | --- |\n| A-1 | step | One \\| two. | 一 |\n| A-2 | Ambiguity | Ours. | – | A-1 |\n\ntext\n| x |\n",
        );
        assert_eq!(document.text("A-1", "en"), Some("One | two."));
        assert_eq!(document.text("A-1", "zh"), Some("一"));
        assert_eq!(document.text("x", "en"), None);
        let rows: Vec<_> =
            document.rows().iter().map(|row| (row.id.as_str(), row.kind, row.line, &*row.heading)).collect();
        assert_eq!(rows, [("A-1", Kind::Fact, 7, "Part"), ("A-2", Kind::Reading, 8, "Part")]);
    }

    #[test]
    fn the_words_of_the_source_count_and_a_translation_of_ours_does_not() {
        let of = |class: &str, label: &str| {
            let text =
                format!("| id | class | fact | label |\n| - | - | - | - |\n| A | {class} | T | {label} |");
            Document::read(&text).get("A").map(super::Fact::digest)
        };
        assert_ne!(of("step", "一"), of("step", "二"));
        assert_eq!(of("inference", "一"), of("inference", "二"));
    }
}
