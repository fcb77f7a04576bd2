//! Many findings: in the order of a reader, each once, and counted.

use std::collections::BTreeSet;
use std::fmt;

use super::{Diagnostic, Severity};
use crate::source::Sources;

/// Sorts findings by file name and place, and drops those that say the same about the same place.
pub fn arrange(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    diagnostics.sort_by(|a, b| key(a, sources).cmp(&key(b, sources)));
    diagnostics.dedup_by(|a, b| key(a, sources) == key(b, sources));
}

fn key<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> impl Ord + 'a {
    let location = diagnostic.primary.location;
    (&sources.get(location.source).name, location.span, diagnostic.code.id(), &diagnostic.message)
}

/// How many findings there are; shown as `2 errors, 1 warning in 3 files`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many findings keep a spec from being built.
    pub errors: usize,
    /// How many do not.
    pub warnings: usize,
    /// How many files have a finding.
    pub files: usize,
}

impl Summary {
    /// Counts findings.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().filter(|finding| finding.severity() == Severity::Error).count();
        let files: BTreeSet<_> = diagnostics.iter().map(|finding| finding.primary.location.source).collect();
        Self { errors, warnings: diagnostics.len() - errors, files: files.len() }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [(self.errors, "error"), (self.warnings, "warning")];
        let counts: Vec<String> = kinds
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| counted(count, noun))
            .collect();
        match counts.as_slice() {
            [] => f.write_str("no findings"),
            some => write!(f, "{} in {}", some.join(", "), counted(self.files, "file")),
        }
    }
}

/// `1 file`, `2 files`.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
