//! What a file of facts says: a table of Markdown with an id, a fact and the source's own words in a row.

use std::collections::HashMap;

/// The facts and readings of a source, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    rows: HashMap<String, Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    fact: String,
    label: String,
}

impl Facts {
    /// Reads every table whose first column is `id`: then come a class, what is said, and the source's own words.
    pub fn read(text: &str) -> Self {
        let mut rows = HashMap::new();
        let mut of_facts = None;
        for line in text.lines() {
            let Some(cells) = cells(line) else {
                of_facts = None;
                continue;
            };
            match of_facts {
                None => of_facts = Some(cells.first().is_some_and(|cell| cell == "id")),
                Some(true) => rows.extend(row(&cells)),
                Some(false) => {}
            }
        }
        Self { rows }
    }

    /// What a fact or a reading says; in Chinese where the column of the source's own words is.
    pub(super) fn text(&self, id: &str, language: &str) -> Option<&str> {
        let row = self.rows.get(id)?;
        let is_chinese = row.label.chars().any(|char| ('\u{4E00}'..='\u{9FFF}').contains(&char));
        Some(if language == "zh" && is_chinese { &row.label } else { &row.fact })
    }
}

/// The columns of a table of facts: id, class, what it says, the source's own words.
fn row(cells: &[String]) -> Option<(String, Row)> {
    let [id, _, fact, label, ..] = cells else { return None };
    (!id.is_empty() && !id.starts_with('-'))
        .then(|| (id.clone(), Row { fact: fact.clone(), label: label.clone() }))
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
    use super::Facts;

    #[test]
    fn a_table_of_facts_is_read_by_the_names_of_its_columns() {
        let facts = Facts::read(
            "# Title\n\n| id | class | fact | label |\n| --- | --- | --- | --- |\n| A-1 | step | One \\| two. | 一 |\n\ntext\n| x |\n",
        );
        assert_eq!(facts.text("A-1", "en"), Some("One | two."));
        assert_eq!(facts.text("A-1", "zh"), Some("一"));
        assert_eq!(facts.text("x", "en"), None);
    }
}
