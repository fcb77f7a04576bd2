//! Which statements a test used, and the weakest mark among them (rule 28).

use crate::model::{ElementId, Model, Provenance};

/// The statements used in a test so far.
#[derive(Debug)]
pub(super) struct Marks {
    marks: Vec<Provenance>,
    /// Those of the evaluation under way, which count only if it turns out to explain what was seen.
    trail: Vec<ElementId>,
    used: Vec<bool>,
    weakest: Provenance,
    /// Whether nobody wants to know.
    ignored: bool,
}

impl Marks {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            marks: model.elements.iter().map(|element| element.provenance).collect(),
            trail: Vec::new(),
            used: vec![false; model.elements.len()],
            weakest: Provenance::Stated,
            ignored: false,
        }
    }

    /// Notes nothing from now on.
    pub(super) fn ignore(&mut self) {
        self.ignored = true;
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        if self.ignored {
            return;
        }
        self.trail.clear();
        self.used.fill(false);
        self.weakest = Provenance::Stated;
    }

    /// Begins an evaluation.
    pub(super) fn begin(&mut self) {
        self.trail.clear();
    }

    /// The evaluation under way came to a statement.
    pub(super) fn visit(&mut self, element: ElementId) {
        if !self.ignored {
            self.trail.push(element);
        }
    }

    /// The evaluation explains what was seen.
    pub(super) fn keep(&mut self) {
        for &element in &self.trail {
            let at = element as usize;
            if let (Some(used @ false), Some(&mark)) = (self.used.get_mut(at), self.marks.get(at)) {
                *used = true;
                self.weakest = self.weakest.max(mark);
            }
        }
    }

    /// The weakest mark.
    pub(super) fn weakest(&self) -> Provenance {
        self.weakest
    }

    /// The statements, in the order of the text.
    pub(super) fn used(&self) -> impl Iterator<Item = ElementId> {
        (0..).zip(&self.used).filter(|(_, used)| **used).map(|(element, _)| element)
    }
}
