//! `known-failing.toml`: failures that are borne for a while, and that must not outlive their reason.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use flowspec_runtime::time::{DAY, Period, Time};
use serde::Deserialize;

use super::selection::matches;
use crate::harness::results::{NotRun, Objection, Results, Verdict};

/// The list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFailing {
    #[serde(default)]
    known: Vec<Entry>,
}

/// One failure, or several of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The test's identifier, or a pattern of requirements.
    id: String,
    /// Why it is borne.
    reason: String,
    /// Where it is followed up.
    issue: Option<String>,
    /// Until the end of which day.
    expires: toml::value::Date,
}

/// A list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl KnownFailing {
    /// Reads a list.
    ///
    /// # Errors
    /// Where it is not TOML, or an entry lacks its `id`, `reason` or `expires`.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        toml::from_str(text).map_err(|error| Unreadable(error.to_string()))
    }

    /// Takes what is known out of the failures, and objects to entries that are not right any more; whether one matches
    /// nothing can only be said where the `whole` suite was run.
    pub(super) fn apply(&self, results: &mut Results, whole: bool) {
        let today = today();
        for entry in &self.known {
            let mut matched = false;
            let mut passed = Vec::new();
            let expired = entry.day() < today;
            for test in results.tests.iter_mut().filter(|test| entry.names(&test.id, &test.requirement)) {
                matched = true;
                match &test.verdict {
                    verdict
                        if (verdict.is_failure() || matches!(verdict, Verdict::Flaky { .. })) && !expired =>
                    {
                        test.verdict = Verdict::KnownFailing {
                            reason: entry.reason.clone(),
                            issue: entry.issue.clone(),
                            expires: Some(entry.expires.to_string()),
                        };
                    }
                    Verdict::Pass => passed.push(test.id.to_string()),
                    _ => {}
                }
            }
            let is_left_out = results.tests.iter().any(|test| {
                matches!(test.verdict, Verdict::NotRun { why } if why != NotRun::NotStated)
                    && entry.names(&test.id, &test.requirement)
            });
            let fails = results.tests.iter().any(|test| {
                matches!(test.verdict, Verdict::KnownFailing { .. })
                    && entry.names(&test.id, &test.requirement)
            });
            let objection = if expired {
                Some(format!("`{}` has expired on {}", entry.id, entry.expires))
            } else if !matched && whole {
                Some(format!("`{}` matches no test", entry.id))
            } else if !passed.is_empty() && !fails && !is_left_out {
                Some(format!("`{}` passes now", entry.id))
            } else {
                None
            };
            results.objections.extend(objection.map(Objection::KnownFailing));
        }
    }
}

impl Entry {
    fn names(&self, id: &str, requirement: &str) -> bool {
        self.id == id
            || self.id == requirement
            || (self.id.contains(['*', '?']) && (matches(&self.id, requirement) || matches(&self.id, id)))
    }

    fn day(&self) -> (u16, u8, u8) {
        (self.expires.year, self.expires.month, self.expires.day)
    }
}

/// The date by UTC.
fn today() -> (u16, u8, u8) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(Time::try_from(now.as_millis()).unwrap_or(Time::MAX))
}

/// Year, month and day of an instant, counted along the periods of the calendar.
fn date(at: Time) -> (u16, u8, u8) {
    let month_start = Period::Month.start(at, 0);
    let day = (at - month_start) / DAY + 1;
    let year_start = Period::Year.start(at, 0);
    let mut month = 1;
    let mut start = month_start;
    while start > year_start {
        start = Period::Month.start(start - 1, 0);
        month += 1;
    }
    let mut year = 1970;
    let mut start = year_start;
    while start > 0 {
        start = Period::Year.start(start - 1, 0);
        year += 1;
    }
    (year, month, u8::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(951_782_400_000), (2000, 2, 29));
        assert_eq!(date(1_795_651_200_000), (2026, 11, 26));
    }

    #[test]
    fn an_entry_needs_its_reason_and_its_day() {
        let known = |text: &str| KnownFailing::read(text).is_ok();
        assert!(known("[[known]]\nid = \"3f9c21aa\"\nreason = \"slow\"\nexpires = 2026-12-31\n"));
        assert!(!known("[[known]]\nid = \"3f9c21aa\"\nreason = \"slow\"\n"));
        assert!(!known("[[known]]\nid = \"3f9c21aa\"\nexpires = 2026-12-31\n"));
        assert!(!known("[[known]]\nid = \"a\"\nreason = \"b\"\nexpires = 2026-12-31\nwhy = \"c\"\n"));
    }
}
