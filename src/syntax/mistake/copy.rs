//! A line that is mended, and where each of its bytes stands in the source.

use std::ops::Range;

use crate::source::Location;
use crate::syntax::findings::Findings;

/// The text of a statement as it should have been.
pub(in crate::syntax) struct Copy {
    pub(in crate::syntax) text: String,
    /// The place of each byte, and of the end.
    pub(in crate::syntax) places: Vec<usize>,
}

impl Copy {
    /// A line that begins at `start`, unchanged.
    pub(super) fn new(line: &str, start: usize) -> Self {
        Self { text: line.to_owned(), places: (start..=start + line.len()).collect() }
    }

    /// Where a range of the text stands in the source.
    pub(super) fn location(&self, range: Range<usize>, findings: &Findings) -> Location {
        findings.location(self.places[range.start], self.places[range.end])
    }

    /// Replaces a range; what is new stands where the range began.
    pub(super) fn splice(&mut self, range: Range<usize>, replacement: &str) {
        let place = self.places[range.start];
        self.text.replace_range(range.clone(), replacement);
        self.places.splice(range, std::iter::repeat_n(place, replacement.len()));
    }

    /// Cuts off what begins at `at`, and the blanks before it.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let rest = Self { text: self.text.split_off(at), places: self.places[at..].to_vec() };
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.places.truncate(end + 1);
        rest
    }
}
