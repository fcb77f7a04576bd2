//! Branches and refusals that nothing leads to.

use super::{Choice, Copies};
use crate::decide::{Formula, Verdict};
use crate::diagnostic::{Diagnostic, codes};

impl Choice<'_> {
    /// Which branches with a condition can hold at all; the others are told.
    pub(super) fn never_holds(&mut self, copies: &mut Copies) -> Vec<bool> {
        let mut possible = Vec::with_capacity(self.holds.len());
        for (branch, formula) in &self.holds {
            let all: Vec<&Formula> = self.given.iter().chain([formula]).collect();
            let never = matches!(self.guards.solve(&all), Verdict::Impossible);
            possible.push(!never);
            let finding = never.then(|| {
                let by_refusal = !matches!(self.guards.solve(&[formula]), Verdict::Impossible);
                let why = if by_refusal { "where it would hold, the event is refused before" } else { "" };
                self.draft
                    .finding(codes::NEVER_HOLDS, branch.element, "this condition never holds")
                    .here(why)
                    .note("so this branch never happens")
                    .mend("leave it out, or mend the condition", self.draft.whole(branch.element), "")
            });
            copies.add(self.draft.place(branch.element).head, ("holds", 0), finding);
        }
        possible
    }

    /// Which refusals can be given at all; the others are told.
    pub(super) fn never_refused(&mut self, copies: &mut Copies) -> Vec<bool> {
        let mut possible = Vec::with_capacity(self.refused.len());
        for (refusal, formula) in self.refusals.iter().zip(&self.refused) {
            let never = matches!(self.guards.solve(&[formula]), Verdict::Impossible);
            possible.push(!never);
            let finding = never.then(|| {
                self.draft
                    .finding(codes::NEVER_HOLDS, refusal.element, "this refusal is never given")
                    .note("its condition never holds")
                    .mend("leave it out, or mend the condition", self.draft.whole(refusal.element), "")
            });
            copies.add(self.draft.place(refusal.element).head, ("refused", 0), finding);
        }
        possible
    }

    pub(super) fn never_otherwise(&mut self, rest: &[&Formula], copies: &mut Copies) {
        let Some(otherwise) = self.branches.iter().find(|branch| branch.guard.is_none()) else { return };
        let never = matches!(self.guards.solve(rest), Verdict::Impossible);
        let head = self.draft.place(otherwise.element).head;
        let finding = never.then(|| {
            Diagnostic::new(codes::NEVER_HOLDS, head, "this `otherwise` never happens")
                .here("the other branches cover every case")
                .mend("leave it out", self.draft.whole(otherwise.element), "")
        });
        copies.add(head, ("otherwise", 0), finding);
    }
}
