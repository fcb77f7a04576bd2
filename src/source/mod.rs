//! The texts that authors wrote, and places in them.

mod line_index;

pub use line_index::{LineColumn, LineIndex};

/// One file as it was read: what it is called, its text, and where its lines begin.
#[derive(Debug, Clone)]
pub struct Source {
    /// How models and generated files call it, the same wherever the folder lies: `specs/sign_in.flow`.
    pub name: String,
    /// How messages show it, so that a person finds it: the path as the user gave it.
    pub path: String,
    /// The whole text, UTF-8.
    pub text: String,
    /// Where each line begins.
    pub lines: LineIndex,
}

impl Source {
    /// A source with its line index. Texts are at most 4 GiB; `cli` refuses larger files before it reads them.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let lines = LineIndex::new(&text);
        Self { path: name.clone(), name, text, lines }
    }

    /// Messages show another path than the name.
    #[must_use]
    pub fn shown_as(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// The name of the file that a path written in this one means.
    pub fn beside(&self, path: &str) -> String {
        beside(&self.name, path)
    }

    /// The text at a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// The name of the file that a path written in another one means: `people.flow` in `specs/sign_in.flow` means
/// `specs/people.flow`.
pub fn beside(name: &str, path: &str) -> String {
    match name.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => tidy(&format!("{folder}/{path}")),
        _ => tidy(path),
    }
}

/// A path without `.` and, where a folder stands before it, without `..`; `/` between its parts.
pub fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", Some(_)) | (".", None) => {}
            ("..", Some(last)) if !matches!(*last, "" | "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// All sources of one run, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a source and returns its id.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(source);
        id
    }

    /// The source with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Every source with its id.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0..).map(SourceId).zip(&self.files)
    }
}

/// Which source a span belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes in one source; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A span from two byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A span in a named source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The source.
    pub source: SourceId,
    /// The bytes in it.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_file_is_meant_from_its_folder() {
        assert_eq!(beside("specs/a.flow", "b.flow"), "specs/b.flow");
        assert_eq!(beside("specs/web/a.flow", "../people.flow"), "specs/people.flow");
        assert_eq!(beside("specs/a.flow", "./x//y.flow"), "specs/x/y.flow");
        assert_eq!(beside("a.flow", "b.flow"), "b.flow");
        assert_eq!(beside("a.flow", "../../b.flow"), "../../b.flow");
        assert_eq!(beside("/s/a.flow", "b.flow"), "/s/b.flow");
        assert_eq!(beside("s/a.flow", "/b.flow"), "/b.flow");
    }
}
