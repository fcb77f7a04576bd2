//! Many findings: in the order of a reader, each once, and counted.

use std::collections::BTreeSet;
use std::fmt;

use super::{Diagnostic, Severity, codes};
use crate::source::{SourceId, Sources};

/// More errors or more warnings than this in one file help nobody; the rest is counted.
pub const MOST: usize = 100;

/// Beyond this many of a file nobody counts, so that a text that is no spec takes no memory for what is wrong with it.
pub const UNCOUNTED: usize = 10_000;

/// Sorts findings by file name and place, drops those that say the same about the same place, and of a file with very
/// many keeps the first.
pub fn arrange(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    diagnostics.sort_by(|a, b| key(a, sources).cmp(&key(b, sources)));
    diagnostics.dedup_by(|a, b| key(a, sources) == key(b, sources));
    if diagnostics.len() > MOST {
        *diagnostics = shortened(std::mem::take(diagnostics));
    }
}

/// Findings of which each file has a bounded number, with a word on the others.
fn shortened(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept = Vec::new();
    let mut file = Tally::default();
    for finding in diagnostics {
        let source = Some(finding.primary.location.source);
        if file.source != source {
            std::mem::replace(&mut file, Tally { source, ..Tally::default() }).finish(&mut kept);
        }
        file.take(finding, &mut kept);
    }
    file.finish(&mut kept);
    kept
}

/// How many findings of a file were kept, and how many not.
#[derive(Default)]
struct Tally {
    source: Option<SourceId>,
    errors: usize,
    warnings: usize,
    /// Where the last warning stands that was kept.
    warned: usize,
    /// The last error that was not kept.
    last: Option<Diagnostic>,
}

impl Tally {
    fn take(&mut self, finding: Diagnostic, kept: &mut Vec<Diagnostic>) {
        let is_error = finding.severity() == Severity::Error;
        let count = if is_error { &mut self.errors } else { &mut self.warnings };
        *count += 1;
        // What the reader of the file left out is told by a finding of its own, which comes beside the others.
        if *count <= MOST || finding.code == codes::TOO_MANY_MISTAKES {
            self.warned = if is_error { self.warned } else { kept.len() };
            kept.push(finding);
        } else if is_error {
            self.last = Some(finding);
        }
    }

    fn finish(self, kept: &mut Vec<Diagnostic>) {
        if self.warnings > MOST {
            let more = not_shown(self.warnings - MOST, "warning", " of this file");
            kept[self.warned].notes.push(more);
        }
        if let Some(last) = self.last {
            let more = not_shown(self.errors - MOST, "mistake", "");
            kept.push(too_many(more, last));
        }
    }
}

fn too_many(message: String, last: Diagnostic) -> Diagnostic {
    Diagnostic::new(codes::TOO_MANY_MISTAKES, last.primary.location, message)
        .here("the last of them")
        .help("mend some of those above and run again")
}

/// `17 more mistakes are not shown`.
fn not_shown(more: usize, noun: &str, which: &str) -> String {
    match more {
        1 => format!("1 more {noun}{which} is not shown"),
        more if more + MOST >= UNCOUNTED => format!("thousands more {noun}s{which} are not shown"),
        more => format!("{more} more {noun}s{which} are not shown"),
    }
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
