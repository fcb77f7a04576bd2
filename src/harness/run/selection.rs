//! Which tests of a suite are run.

use flowspec_runtime::model::Provenance;
use flowspec_runtime::suite::{Suite, Test};
use wildmatch::WildMatch;

use crate::harness::results::Shard;

/// Which tests are run: those that every part of it lets through.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Whose requirement, title or section matches one of these, with `*` and `?`, or has it in it.
    pub filters: Vec<String>,
    /// Whose identifier begins with one of these.
    pub only: Vec<String>,
    /// The part of the suite.
    pub shard: Option<Shard>,
    /// Only those that stand on stated facts.
    pub stated_only: bool,
}

impl Selection {
    /// Whether it lets everything through.
    pub fn is_whole(&self) -> bool {
        self.filters.is_empty() && self.only.is_empty() && self.shard.is_none() && !self.stated_only
    }

    /// The tests that are left out for what they stand on, and those that are run, as indices.
    pub(super) fn choose(&self, suite: &Suite) -> (Vec<usize>, Vec<usize>) {
        let named = (0..).zip(&suite.tests).filter(|(_, test)| self.names(suite, test));
        let mine = named.zip(0..).filter(|(_, nth)| self.shard.is_none_or(|shard| is_part(shard, *nth)));
        let mine = mine.map(|(named, _)| named);
        let (left_out, chosen): (Vec<_>, Vec<_>) =
            mine.partition(|(_, test)| self.stated_only && test.provenance != Provenance::Stated);
        let indices = |tests: Vec<(usize, &Test)>| tests.into_iter().map(|(at, _)| at).collect();
        (indices(left_out), indices(chosen))
    }

    fn names(&self, suite: &Suite, test: &Test) -> bool {
        let path = &suite.model.element(suite.requirement(test)).path;
        let section = serde_json::to_string(&test.section).unwrap_or_default();
        let texts = [path.as_str(), &test.title, section.trim_matches('"')];
        let filtered = self.filters.iter().any(|filter| texts.iter().any(|text| matches(filter, text)));
        (self.filters.is_empty() || filtered)
            && (self.only.is_empty() || self.only.iter().any(|only| test.id.starts_with(only.as_str())))
    }
}

/// A pattern where it has `*` or `?`, otherwise a part of the text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    if pattern.contains(['*', '?']) { WildMatch::new(pattern).matches(text) } else { text.contains(pattern) }
}

/// Neighbours share their way, and fail together: so they go to different parts.
fn is_part(shard: Shard, nth: usize) -> bool {
    nth % (shard.of.max(1) as usize) + 1 == shard.index as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_is_in_one_shard() {
        for nth in 0..20 {
            let parts = (1..=3).filter(|index| is_part(Shard { index: *index, of: 3 }, nth));
            assert_eq!(parts.count(), 1);
        }
    }

    #[test]
    fn a_filter_is_a_part_of_the_text_or_a_pattern() {
        assert!(matches("submit", "password/submit"));
        assert!(matches("password/*", "password/submit"));
        assert!(!matches("submit*", "password/submit"));
    }
}
