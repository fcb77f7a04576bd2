//! A suite as text: the same bytes for the same suite, a node or a test a line.

use std::io;

use serde::Serialize;

use super::{FORMAT, Node, Suite, Test};

/// A suite cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl Suite {
    /// Reads a suite.
    ///
    /// # Errors
    /// Where the text is no suite of this version, or a part of it points where nothing is.
    pub fn from_json(json: &str) -> Result<Self, Unreadable> {
        let suite: Self = serde_json::from_str(json).map_err(|error| Unreadable(error.to_string()))?;
        match suite.lack() {
            None => Ok(suite),
            Some(lack) => Err(Unreadable(lack)),
        }
    }

    /// Writes the suite.
    pub fn to_json(&self) -> String {
        let mut json = format!("{{\"format\":{},\n\"model\":", self.format).into_bytes();
        write(&mut json, &*self.model);
        lines(&mut json, "rows", &self.rows);
        lines(&mut json, "steps", &self.steps);
        lines(&mut json, "nodes", &self.nodes);
        lines(&mut json, "tests", &self.tests);
        json.extend_from_slice(b"}\n");
        // JSON is UTF-8.
        String::from_utf8(json).unwrap_or_default()
    }

    /// What does not hold together, if anything does not.
    fn lack(&self) -> Option<String> {
        if self.format != FORMAT {
            return Some(format!("it has format {}, and format {FORMAT} is known here", self.format));
        }
        let grown = |(at, node): (usize, &Node)| {
            (node.step as usize) < self.steps.len() && node.parent.is_none_or(|parent| (parent as usize) < at)
        };
        let whole =
            self.nodes.iter().enumerate().all(grown) && self.tests.iter().all(|test| self.holds(test));
        (!whole).then(|| "a part of it points where nothing is".to_owned())
    }

    fn holds(&self, test: &Test) -> bool {
        (test.leaf as usize) < self.nodes.len()
            && (test.rows as usize) < self.rows.len()
            && test.requirements.iter().all(|&element| (element as usize) < self.model.elements.len())
    }
}

/// A list, each part on a line of its own.
fn lines<T: Serialize>(json: &mut Vec<u8>, name: &str, parts: &[T]) {
    json.extend_from_slice(b",\n\"");
    json.extend_from_slice(name.as_bytes());
    json.extend_from_slice(b"\":[");
    for (at, part) in parts.iter().enumerate() {
        json.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        write(&mut *json, part);
    }
    json.extend_from_slice(b"\n]");
}

/// One part of a suite; every key is text and no writer here fails, which is all that could go wrong.
fn write<T: Serialize>(to: impl io::Write, part: &T) {
    let _ = serde_json::to_writer(to, part);
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "the suite cannot be read: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}
