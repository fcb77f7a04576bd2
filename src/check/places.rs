//! Where to point, and where a missing line would be written.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Draft, ElementId, Place};
use crate::source::{Location, Span};

impl Draft {
    /// Where an element stands.
    pub(super) fn place(&self, element: ElementId) -> Place {
        self.places[element as usize]
    }

    /// A finding about the name in an element's head.
    pub(super) fn finding(&self, code: Code, element: ElementId, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.place(element).name, message)
    }

    /// All of an element, its block included.
    pub(super) fn whole(&self, element: ElementId) -> Location {
        let place = self.place(element);
        Location { source: place.head.source, span: place.whole }
    }

    /// The point behind an element's head.
    pub(super) fn behind_head(&self, element: ElementId) -> Location {
        point(self.place(element).head, self.place(element).head.span.end)
    }

    /// The point behind an element and its block.
    pub(super) fn behind(&self, element: ElementId) -> Location {
        let place = self.place(element);
        point(place.head, place.whole.end)
    }

    /// Whether an element has a block.
    pub(super) fn has_block(&self, element: ElementId) -> bool {
        let place = self.place(element);
        place.whole.end > place.head.span.end
    }

    /// The point before the brace that closes an element's block.
    pub(super) fn before_brace(&self, element: ElementId) -> Location {
        let place = self.place(element);
        point(place.head, place.whole.end.saturating_sub(1))
    }

    /// Whether something within an element is not known.
    pub(super) fn has_gap(&self, element: ElementId) -> bool {
        self.gaps.iter().any(|gap| self.encloses(element, *gap))
    }

    /// Whether a place is within an element.
    pub(super) fn encloses(&self, element: ElementId, place: Location) -> bool {
        let whole = self.whole(element);
        place.source == whole.source
            && place.span.start >= whole.span.start
            && place.span.end <= whole.span.end
    }

    /// How an element is called in messages.
    pub(super) fn step_name(&self, step: u16) -> &str {
        &self.model.step(step).name
    }
}

fn point(near: Location, offset: u32) -> Location {
    Location { source: near.source, span: Span { start: offset, end: offset } }
}
