//! Branches of which two hold at once.
//!
//! Which pairs can overlap at all is found first, from the bounds that each condition gives a dimension alone, for all
//! branches together. Only what is left is asked of the solver, so that a table of thousands of rules is no more than
//! its rules.

use std::collections::BTreeMap;

use super::Choice;
use crate::decide::{Atom, Bounds, Dim, Formula, Literal, Pairs, Verdict};
use crate::diagnostic::{Diagnostic, codes};
use crate::guards::Case;
use crate::model::Branch;

/// So many earlier branches are told that a branch overlaps with.
const TOLD: usize = 4;

/// So many cases may be joined by `or` in a mend.
const JOINED: usize = 3;

impl Choice<'_> {
    pub(super) fn overlapping_branches(&mut self, possible: &[bool], findings: &mut Vec<Diagnostic>) {
        let formulas: Vec<Formula> = self.holds.iter().map(|(_, formula)| formula.clone()).collect();
        let candidates = Pairs::new(formulas.iter().map(hull));
        for second in 0..formulas.len() {
            let mut overlapping: Vec<usize> = Vec::new();
            let mut open = None;
            for first in candidates.before(second) {
                if !possible[first] || !possible[second] || overlapping.len() == TOLD {
                    continue;
                }
                let both: Vec<&Formula> =
                    self.given.iter().chain([&formulas[first], &formulas[second]]).collect();
                match self.guards.solve(&both) {
                    Verdict::Impossible => {}
                    Verdict::Possible(_) => overlapping.push(first),
                    Verdict::Open => open = open.or(Some(first)),
                }
            }
            match (overlapping.is_empty(), open) {
                (false, _) => findings.push(self.overlap(&overlapping, second)),
                (true, Some(first)) => findings.push(self.not_shown_apart(first, second)),
                (true, None) => {}
            }
        }
    }

    fn overlap(&mut self, earlier: &[usize], second: usize) -> Diagnostic {
        let first = earlier.first().copied().unwrap_or(second);
        let ((one, first_holds), (other, second_holds)) = (&self.holds[first], &self.holds[second]);
        let (one, other): (&Branch, &Branch) = (one, other);
        let opposites = [first_holds.negated(), second_holds.negated()];
        let given: Vec<&Formula> = self.given.iter().collect();
        let against: Vec<&Formula> = opposites.iter().collect();
        let shared = self.guards.cases(&given, &[first_holds, second_holds], &against, 1);
        let example = shared.cases.first().map_or_else(String::new, |case| case.example(&self.guards));
        let message = format!("two branches of `{}` hold at once", self.name);
        let mut finding = self
            .draft
            .finding(codes::OVERLAPPING_BRANCHES, other.element, message)
            .here(format!("this one too when: {example}"))
            .label(self.draft.place(one.element).name, "this one holds");
        for also in &earlier[1..] {
            let place = self.draft.place(self.holds[*also].0.element).name;
            finding = finding.label(place, "at other times this one holds too");
        }
        let finding = finding.note("nothing says which of the two then happens");
        self.apart(finding, first, second)
    }

    fn not_shown_apart(&mut self, first: usize, second: usize) -> Diagnostic {
        let (one, other) = (self.holds[first].0, self.holds[second].0);
        let message = format!("it is not shown that two branches of `{}` exclude one another", self.name);
        let finding = self
            .draft
            .finding(codes::BRANCHES_NOT_SHOWN, other.element, message)
            .label(self.draft.place(one.element).name, "the other one");
        self.excluding(finding, other, one, "leave those cases to the first")
    }

    /// Offers the change after which the two exclude one another, and both can still happen.
    fn apart(&mut self, finding: Diagnostic, first: usize, second: usize) -> Diagnostic {
        let (one, other) = (self.holds[first].0, self.holds[second].0);
        if let Some(cases) = self.without(second, first) {
            return self.narrowed(finding, other, one, cases, "leave those cases to the first");
        }
        match self.without(first, second) {
            Some(cases) => self.narrowed(finding, one, other, cases, "leave those cases to the second"),
            None => {
                let whole = self.draft.whole(other.element);
                finding.mend("they hold in the same cases: leave one of them out", whole, "")
            }
        }
    }

    /// The cases of one branch that another leaves it; nothing where there are none.
    fn without(&mut self, own: usize, other: usize) -> Option<Vec<Case>> {
        let (own, other) = (&self.holds[own].1, &self.holds[other].1);
        let (not_own, not_other) = (own.negated(), other.negated());
        let given: Vec<&Formula> = self.given.iter().collect();
        let found = self.guards.cases(&given, &[own, &not_other], &[&not_own, other], JOINED);
        match (found.complete, found.cases.is_empty()) {
            (true, true) => None,
            (true, false) => Some(found.cases),
            (false, _) => Some(Vec::new()),
        }
    }

    fn narrowed(
        &self,
        finding: Diagnostic,
        branch: &Branch,
        other: &Branch,
        cases: Vec<Case>,
        text: &str,
    ) -> Diagnostic {
        let conditions: Option<Vec<String>> = cases.iter().map(|case| case.condition(&self.guards)).collect();
        match conditions.filter(|conditions| !conditions.is_empty()) {
            Some(conditions) => {
                finding.mend(text, self.draft.place(branch.element).name, conditions.join(" or "))
            }
            None => self.excluding(finding, branch, other, text),
        }
    }

    fn excluding(&self, finding: Diagnostic, branch: &Branch, other: &Branch, text: &str) -> Diagnostic {
        let (own, other) = (self.condition(branch), self.condition(other));
        let own = match branch.guard {
            Some(crate::model::Expr::Or(_)) => format!("({own})"),
            _ => own.to_owned(),
        };
        finding.mend(text, self.draft.place(branch.element).name, format!("{own} and not ({other})"))
    }
}

/// What a formula says at least of dimensions by themselves.
fn hull(formula: &Formula) -> BTreeMap<Dim, Bounds> {
    match formula {
        Formula::Literal(Literal { atom, truth: true }) => match atom {
            Atom::AtMost(dim, bound) => BTreeMap::from([(*dim, (i128::MIN + 1, *bound))]),
            Atom::AtLeast(dim, bound) => BTreeMap::from([(*dim, (*bound, i128::MAX))]),
            Atom::Is(dim, word) => BTreeMap::from([(*dim, (word.0.into(), word.0.into()))]),
            Atom::Set(_) | Atom::Related(_) => BTreeMap::new(),
        },
        Formula::Literal(_) => BTreeMap::new(),
        Formula::All(parts) => {
            let mut whole: BTreeMap<Dim, Bounds> = BTreeMap::new();
            for (dim, (low, high)) in parts.iter().flat_map(hull) {
                let known = whole.entry(dim).or_insert((low, high));
                *known = (known.0.max(low), known.1.min(high));
            }
            whole
        }
        Formula::Any(parts) => {
            let mut parts = parts.iter().map(hull);
            let mut whole = parts.next().unwrap_or_default();
            for part in parts {
                whole.retain(|dim, _| part.contains_key(dim));
                for (dim, (low, high)) in &mut whole {
                    if let Some((least, greatest)) = part.get(dim) {
                        (*low, *high) = ((*low).min(*least), (*high).max(*greatest));
                    }
                }
            }
            whole
        }
    }
}
