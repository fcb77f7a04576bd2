//! Reports of a run, a format a file: each is a function of the results and of nothing else.

mod badge;
mod claim;
mod html;
mod human;
mod json_lines;
mod junit;
mod markdown;
mod merge;
mod sarif;
mod shown;
mod tap;
mod xml;

use std::fmt;
use std::str::FromStr;

pub use human::{Style, human};
pub use json_lines::{Unreadable, read};
pub use merge::{Mismatch, merge};

use super::results::Results;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// For people, as in a terminal, without colour.
    Human,
    /// One JSON object a line; what [`read`] reads and [`merge`] merges.
    JsonLines,
    /// JUnit XML, as CI systems read it.
    Junit,
    /// SARIF 2.1.0, pointing at the lines of the spec.
    Sarif,
    /// TAP 14.
    Tap,
    /// Markdown, for the summary of a CI job.
    Markdown,
    /// One HTML file that needs nothing else.
    Html,
    /// A small SVG picture.
    Badge,
}

/// Every format with its name.
pub const KINDS: [(&str, Kind); 8] = [
    ("human", Kind::Human),
    ("jsonl", Kind::JsonLines),
    ("junit", Kind::Junit),
    ("sarif", Kind::Sarif),
    ("tap", Kind::Tap),
    ("markdown", Kind::Markdown),
    ("html", Kind::Html),
    ("badge", Kind::Badge),
];

/// A report that was asked for, as `KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The format.
    pub kind: Kind,
    /// Where to.
    pub file: String,
}

/// The report in a format. Only a fault of ours keeps it from being made.
///
/// # Errors
/// Where a template cannot be printed.
pub fn write(kind: Kind, results: &Results) -> Result<String, crate::emit::Fault> {
    // JSON has an escape for every sign; all other formats get texts in which nothing is hidden.
    if kind == Kind::JsonLines {
        return Ok(json_lines::write(results));
    }
    let results = shown::shown(results);
    Ok(match kind {
        Kind::Human | Kind::JsonLines => human(&results, Style::PLAIN),
        Kind::Junit => junit::write(&results),
        Kind::Sarif => sarif::write(&results),
        Kind::Tap => tap::write(&results),
        Kind::Markdown => markdown::write(&results),
        Kind::Html => html::write(&results)?,
        Kind::Badge => badge::write(&results),
    })
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let name = KINDS.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        formatter.write_str(name)
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || KINDS.map(|(name, _)| name).join(", ");
        let (name, file) = text.split_once('=').ok_or_else(|| {
            format!("a report is asked for as KIND=FILE, where KIND is one of: {}", known())
        })?;
        let kind = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let kind = kind.ok_or_else(|| format!("`{name}` is no kind of report; there are: {}", known()))?;
        if file.is_empty() {
            return Err(format!("where is the report to be written? {name}=FILE"));
        }
        Ok(Self { kind, file: file.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_asked_for_by_its_kind_and_its_file() {
        let request: Request = "junit=out/a=b.xml".parse().unwrap();
        assert_eq!(request, Request { kind: Kind::Junit, file: "out/a=b.xml".to_owned() });
        for wrong in ["junit", "junit=", "pdf=x", "=x", ""] {
            assert!(wrong.parse::<Request>().is_err(), "{wrong:?}");
        }
        assert!(KINDS.iter().all(|(name, kind)| kind.to_string() == *name));
    }
}
