//! Branches that leave a case without an outcome.

use super::{Choice, Copies};
use crate::decide::Formula;
use crate::diagnostic::{Diagnostic, codes};
use crate::guards::{Case, Cases};
use crate::source::Location;

/// How many cases without an outcome are told at once.
const TOLD: usize = 4;

impl Choice<'_> {
    pub(super) fn missing_branch(&mut self, findings: &mut Vec<Diagnostic>, copies: &mut Copies) {
        let opposites: Vec<Formula> = self.holds.iter().map(|(_, formula)| formula.negated()).collect();
        if self.holds.len() < self.branches.len() {
            let given = self.given.clone();
            let rest: Vec<&Formula> = given.iter().chain(&opposites).collect();
            return self.never_otherwise(&rest, copies);
        }
        let given: Vec<&Formula> = self.given.iter().collect();
        let rest: Vec<&Formula> = opposites.iter().collect();
        let holds: Vec<&Formula> = self.holds.iter().map(|(_, formula)| formula).collect();
        let found = self.guards.cases(&given, &rest, &holds, TOLD);
        match found.cases.as_slice() {
            [] if found.complete => {}
            [] => findings.push(self.not_shown_complete()),
            [first, ..] => findings.push(self.missing(first, &found)),
        }
    }

    fn missing(&self, first: &Case, found: &Cases) -> Diagnostic {
        let message = format!("the branches of `{}` leave a case without an outcome", self.name);
        let mut finding = self
            .draft
            .finding(codes::MISSING_BRANCH, self.around, message)
            .here(format!("nothing is said when: {}", first.example(&self.guards)));
        for case in found.cases.iter().skip(1) {
            finding = finding.note(format!("nor when: {}", case.example(&self.guards)));
        }
        if !found.complete {
            finding = finding.note("nor in more cases than these");
        }
        let finding = finding.note("a person in this case would be stuck here");
        let otherwise = self.line("otherwise stay");
        let conditions = found.cases.iter().map(|case| case.condition(&self.guards));
        match conditions.collect::<Option<Vec<String>>>() {
            Some(conditions) if found.complete => {
                let text: String =
                    conditions.iter().map(|condition| self.line(&format!("when {condition} stay"))).collect();
                let finding = finding.mend("say what happens then", self.end(), text);
                finding.mend("or say what happens in all other cases", self.end(), otherwise)
            }
            _ => finding.mend("say what happens in all other cases", self.end(), otherwise),
        }
    }

    fn not_shown_complete(&self) -> Diagnostic {
        let message = format!("it is not shown that the branches of `{}` cover every case", self.name);
        self.draft
            .finding(codes::BRANCHES_NOT_SHOWN, self.around, message)
            .note("these conditions are more than is decided here, so nothing is claimed of them")
            .mend("say what happens in all other cases", self.end(), self.line("otherwise stay"))
    }

    /// Where another branch would be written.
    fn end(&self) -> Location {
        let last = self.branches.last().map_or(self.around, |branch| branch.element);
        self.draft.behind(last)
    }

    fn line(&self, text: &str) -> String {
        let indent = self.branches.last().map_or(0, |branch| self.draft.place(branch.element).indent);
        format!("\n{:indent$}{text}", "", indent = indent as usize)
    }
}
