//! Results as JSON lines: one object a line with a single key that says what it is. `docs/reports.md` describes them.
//!
//! The header comes first and the footer last, so that a file that was cut off can be told from a whole one.

use serde::{Deserialize, Serialize};

use crate::harness::results::{Coverage, Diagnosis, FORMAT, Footer, Header, Objection, Results, TestResult};

/// One line, as it is written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'r> {
    Header(&'r Header),
    Test(&'r TestResult),
    Coverage(&'r Coverage),
    Diagnosis(&'r Diagnosis),
    Objection(&'r Objection),
    Footer(&'r Footer),
}

/// One line, as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Read {
    Header(Box<Header>),
    Test(Box<TestResult>),
    Coverage(Coverage),
    Diagnosis(Diagnosis),
    Objection(Objection),
    Footer(Footer),
}

/// Why results cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Writes results.
pub(super) fn write(results: &Results) -> String {
    let mut lines = vec![Line::Header(&results.header)];
    lines.extend(results.tests.iter().map(Line::Test));
    lines.push(Line::Coverage(&results.coverage));
    lines.extend(results.diagnosis.as_ref().map(Line::Diagnosis));
    lines.extend(results.objections.iter().map(Line::Objection));
    lines.push(Line::Footer(&results.footer));
    // Every key is text, which is all that could go wrong.
    lines.iter().filter_map(|line| serde_json::to_string(line).ok()).map(|line| line + "\n").collect()
}

/// Reads results. Those without a footer come from a run that was cut off, and object to themselves.
///
/// # Errors
/// Where a line is not one of results in this version of the format, or the first is no header.
pub fn read(text: &str) -> Result<Results, Unreadable> {
    let mut results: Option<Results> = None;
    let mut ended = false;
    for (line, number) in text.lines().zip(1..) {
        let unreadable = |why: String| Unreadable { line: number, why };
        if line.trim().is_empty() {
            continue;
        }
        let read: Read = serde_json::from_str(line).map_err(|error| unreadable(error.to_string()))?;
        let Some(known) = &mut results else {
            let Read::Header(header) = read else {
                return Err(unreadable("results begin with a header".to_owned()));
            };
            if header.format != FORMAT {
                return Err(unreadable(format!(
                    "it has format {}, and format {FORMAT} is known here",
                    header.format
                )));
            }
            results = Some(Results::new(*header, Vec::new(), Coverage::default()));
            continue;
        };
        match read {
            Read::Header(_) => return Err(unreadable("a second header: one file holds one run".to_owned())),
            _ if ended => return Err(unreadable("nothing may follow the footer".to_owned())),
            Read::Test(test) => known.tests.push(*test),
            Read::Coverage(coverage) => known.coverage = coverage,
            Read::Diagnosis(diagnosis) => known.diagnosis = Some(diagnosis),
            Read::Objection(objection) => known.objections.push(objection),
            Read::Footer(footer) => {
                // Counts are worked out anew: a file that was edited must not say what its tests do not.
                known.conclude(footer.microseconds);
                ended = true;
            }
        }
    }
    let mut results = results.ok_or(Unreadable { line: 1, why: "there is no header".to_owned() })?;
    if !ended {
        results
            .objections
            .push(Objection::Inconclusive("the run was cut off: its results have no footer".to_owned()));
        results.conclude(0);
    }
    Ok(results)
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for Unreadable {}
