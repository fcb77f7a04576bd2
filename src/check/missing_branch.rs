//! Branches that leave a case without an outcome, or give one case two; branches that never happen.

use flowspec_runtime::Value;

use super::case::Case;
use super::graph::each_body;
use super::guards::{Formula, Guards, Verdict};
use super::unset::Known;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Branch, Comparison, Draft, ElementId, Expr, Field, Outcome};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &*draft.model;
    let plain = Guards { model, event: None, answer: &[], asked: None, known: None };
    let known = Known::of(model);
    if let Some(first) = model.start.first() {
        let around = model.element(first.element).parent.unwrap_or(model.element);
        Choice { draft, guards: plain, around, name: "start", branches: &model.start, before: Vec::new() }
            .find(findings);
    }
    let handlers =
        (0..).zip(&model.steps).flat_map(|(id, step)| step.handlers.iter().map(move |handler| (id, handler)));
    for (step, handler) in handlers {
        let event = model.event(handler.event);
        let guards = Guards { event: Some(handler.event), known: Some((&known, step)), ..plain };
        let before: Vec<&Expr> = handler.refusals.iter().map(|refusal| &refusal.guard).collect();
        let branches = &handler.branches;
        Choice { draft, guards, around: handler.element, name: &event.name, branches, before }.find(findings);
        for branch in &handler.branches {
            each_body(&branch.body, &mut |body| {
                let Outcome::Ask { answers, .. } = &body.outcome else { return };
                for answer in answers {
                    let fields: &[Field] = &answer.fields;
                    let guards = Guards { answer: fields, ..guards };
                    let (name, branches) = (&answer.name, &answer.branches);
                    let before = Vec::new();
                    Choice { draft, guards, around: answer.element, name, branches, before }.find(findings);
                }
            });
        }
    }
}

/// Branches of which exactly one is to hold.
struct Choice<'m> {
    draft: &'m Draft,
    guards: Guards<'m>,
    /// The statement that they stand in.
    around: ElementId,
    name: &'m str,
    branches: &'m [Branch],
    /// What is judged before, and does not hold any more.
    before: Vec<&'m Expr>,
}

/// How many cases without an outcome are told at once.
const TOLD: usize = 4;

impl Choice<'_> {
    fn find(&self, findings: &mut Vec<Diagnostic>) {
        let guards: Vec<&Expr> = self.branches.iter().filter_map(|branch| branch.guard.as_ref()).collect();
        if guards.is_empty() || self.draft.has_gap(self.around) || guards.iter().any(|guard| is_broken(guard))
        {
            return;
        }
        let before: Vec<Formula> =
            self.before.iter().map(|guard| self.guards.formula(guard, false)).collect();
        let holds: Vec<Formula> = guards.iter().map(|guard| self.guards.formula(guard, true)).collect();
        let mut rest = before.clone();
        rest.extend(guards.iter().map(|guard| self.guards.formula(guard, false)));
        match self.branches.iter().find(|branch| branch.guard.is_none()) {
            Some(otherwise) => self.never_otherwise(otherwise, &rest, findings),
            None => self.gap(rest, findings),
        }
        let possible = self.possible(&before, &holds, findings);
        self.overlaps(&before, &guards, &holds, &possible, findings);
    }

    fn never_otherwise(&self, otherwise: &Branch, rest: &[Formula], findings: &mut Vec<Diagnostic>) {
        if let Verdict::Impossible = self.guards.solve(rest) {
            let whole = self.draft.whole(otherwise.element);
            findings.push(
                Diagnostic::new(
                    codes::NEVER_HOLDS,
                    self.draft.place(otherwise.element).head,
                    "this `otherwise` never happens",
                )
                .here("the other branches cover every case")
                .mend("leave it out", whole, ""),
            );
        }
    }

    /// Which branches can hold at all; the others are told.
    fn possible(&self, before: &[Formula], holds: &[Formula], findings: &mut Vec<Diagnostic>) -> Vec<bool> {
        let mut possible = Vec::with_capacity(holds.len());
        for (branch, formula) in self.branches.iter().zip(holds) {
            let alone: Vec<Formula> = before.iter().chain([formula]).cloned().collect();
            let never = matches!(self.guards.solve(&alone), Verdict::Impossible);
            possible.push(!never);
            if never {
                let whole = self.draft.whole(branch.element);
                let finding =
                    self.draft.finding(codes::NEVER_HOLDS, branch.element, "this condition never holds");
                findings.push(finding.note("so this branch never happens").mend(
                    "leave it out, or mend the condition",
                    whole,
                    "",
                ));
            }
        }
        possible
    }

    fn gap(&self, mut rest: Vec<Formula>, findings: &mut Vec<Diagnostic>) {
        let mut cases: Vec<Case> = Vec::new();
        loop {
            match self.guards.solve(&rest) {
                Verdict::Possible(state) => {
                    let case = Case::new(self.guards, state);
                    rest.push(Formula::excluding(case.literals()));
                    cases.push(case);
                    if cases.len() == TOLD {
                        break;
                    }
                }
                Verdict::Open if cases.is_empty() => return findings.push(self.not_shown_complete()),
                Verdict::Impossible | Verdict::Open => break,
            }
        }
        if let Some(first) = cases.first() {
            findings.push(self.missing(first, &cases));
        }
    }

    fn missing(&self, first: &Case, cases: &[Case]) -> Diagnostic {
        let message = format!("the branches of `{}` leave a case without an outcome", self.name);
        let mut finding = self
            .draft
            .finding(codes::MISSING_BRANCH, self.around, message)
            .here(format!("nothing is said when: {}", first.example()));
        for case in cases.iter().skip(1) {
            finding = finding.note(format!("nor when: {}", case.example()));
        }
        let finding = finding.note("a person in this case would be stuck here");
        let conditions: Vec<String> = cases.iter().map(Case::condition).collect();
        let text: String =
            conditions.iter().map(|condition| self.line(&format!("when {condition} stay"))).collect();
        let finding = finding.mend("say what happens then", self.end(), text);
        finding.mend("or say what happens in all other cases", self.end(), self.line("otherwise stay"))
    }

    fn not_shown_complete(&self) -> Diagnostic {
        let message = format!("it is not shown that the branches of `{}` cover every case", self.name);
        self.draft
            .finding(codes::BRANCHES_NOT_SHOWN, self.around, message)
            .note("these conditions are more than is decided here, so nothing is claimed of them")
            .mend("say what happens in all other cases", self.end(), self.line("otherwise stay"))
    }

    fn overlaps(
        &self,
        before: &[Formula],
        guards: &[&Expr],
        holds: &[Formula],
        possible: &[bool],
        findings: &mut Vec<Diagnostic>,
    ) {
        let points: Vec<Vec<(&Expr, &Value)>> = guards.iter().map(|guard| points(guard)).collect();
        for second in 0..holds.len() {
            for first in 0..second {
                let apart = points[first].iter().any(|(place, value)| {
                    points[second].iter().any(|(same, other)| place == same && value != other)
                });
                if apart || !possible[first] || !possible[second] {
                    continue;
                }
                let both: Vec<Formula> =
                    before.iter().chain([&holds[first], &holds[second]]).cloned().collect();
                match self.guards.solve(&both) {
                    Verdict::Impossible => {}
                    Verdict::Possible(state) => {
                        findings.push(self.overlap(first, second, &Case::new(self.guards, state)));
                        break;
                    }
                    Verdict::Open => {
                        findings.push(self.not_shown_apart(first, second));
                        break;
                    }
                }
            }
        }
    }

    fn overlap(&self, first: usize, second: usize, case: &Case) -> Diagnostic {
        let (first, second) = (&self.branches[first], &self.branches[second]);
        let message = format!("two branches of `{}` hold at once", self.name);
        let finding = self
            .draft
            .finding(codes::OVERLAPPING_BRANCHES, second.element, message)
            .here(format!("this one too when: {}", case.example()))
            .label(self.draft.place(first.element).name, "this one holds")
            .note("nothing says which of the two then happens");
        self.exclude(finding, first, second)
    }

    fn not_shown_apart(&self, first: usize, second: usize) -> Diagnostic {
        let (first, second) = (&self.branches[first], &self.branches[second]);
        let message = format!("it is not shown that two branches of `{}` exclude one another", self.name);
        let finding = self
            .draft
            .finding(codes::BRANCHES_NOT_SHOWN, second.element, message)
            .label(self.draft.place(first.element).name, "the other one");
        self.exclude(finding, first, second)
    }

    fn exclude(&self, finding: Diagnostic, first: &Branch, second: &Branch) -> Diagnostic {
        let (own, other) = (self.condition(second), self.condition(first));
        let own = if matches!(second.guard, Some(Expr::Or(_))) { format!("({own})") } else { own.to_owned() };
        let at = self.draft.place(second.element).name;
        finding.mend("leave those cases to the first", at, format!("{own} and not ({other})"))
    }

    /// The condition of a branch as it is written.
    fn condition(&self, branch: &Branch) -> &str {
        let source = &self.draft.model.element(branch.element).source;
        let span = self.draft.place(branch.element).name.span;
        let written = source.strip_prefix("when ").unwrap_or(source);
        written.get(..(span.end - span.start) as usize).unwrap_or(written)
    }

    /// Where another branch would be written.
    fn end(&self) -> crate::source::Location {
        let last = self.branches.last().map_or(self.around, |branch| branch.element);
        self.draft.behind(last)
    }

    fn line(&self, text: &str) -> String {
        let indent = self.branches.last().map_or(0, |branch| self.draft.place(branch.element).indent);
        format!("\n{:indent$}{text}", "", indent = indent as usize)
    }
}

/// Whether something in a condition is wrong and was reported.
pub(super) fn is_broken(guard: &Expr) -> bool {
    let mut broken = false;
    guard.walk(&mut |part| broken |= matches!(part, Expr::Const(Value::Unset)));
    broken
}

/// What a condition fixes to a constant, so that most branches need no search to be told apart.
fn points(guard: &Expr) -> Vec<(&Expr, &Value)> {
    match guard {
        Expr::And(parts) => parts.iter().flat_map(points).collect(),
        Expr::Compare { how: Comparison::Equal, left, right } => match (&**left, &**right) {
            (place, Expr::Const(value)) | (Expr::Const(value), place) => vec![(place, value)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
