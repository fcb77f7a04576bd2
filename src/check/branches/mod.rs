//! Branches: of those that stand together exactly one is to hold, whatever comes, and each at some time.

mod missing_branch;
mod never_decides;
mod never_holds;
mod overlapping_branches;

use std::collections::BTreeMap;

use flowspec_runtime::Value;

use super::graph::each_body;
use super::unset::Known;
use crate::decide::Formula;
use crate::diagnostic::Diagnostic;
use crate::guards::{Guards, Scope};
use crate::model::{Branch, Draft, ElementId, Expr, Field, Outcome, Refusal};
use crate::source::Location;

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &*draft.model;
    let plain = Scope { model, event: None, answer: &[], asked: None, known: None };
    let known = Known::of(model);
    let mut copies = Copies::default();
    let mut look = |around, name: &str, branches: &[Branch], refusals: &[Refusal], scope| {
        if let Some(mut choice) = Choice::new(draft, around, name, branches, refusals, scope) {
            choice.find(findings, &mut copies);
        }
    };
    if let Some(first) = model.start.first() {
        let around = model.element(first.element).parent.unwrap_or(model.element);
        look(around, "start", &model.start, &[], plain);
    }
    let handlers =
        (0..).zip(&model.steps).flat_map(|(id, step)| step.handlers.iter().map(move |handler| (id, handler)));
    for (step, handler) in handlers {
        let scope = Scope { event: Some(handler.event), known: Some((&known, step)), ..plain };
        let name = &model.event(handler.event).name;
        look(handler.element, name, &handler.branches, &handler.refusals, scope);
        for branch in &handler.branches {
            each_body(&branch.body, &mut |body| {
                let Outcome::Ask { answers, .. } = &body.outcome else { return };
                for answer in answers {
                    let fields: &[Field] = &answer.fields;
                    let scope = Scope { answer: fields, ..scope };
                    look(answer.element, &answer.name, &answer.branches, &[], scope);
                }
            });
        }
    }
    findings.extend(copies.true_of_all());
}

/// Branches of which exactly one is to hold.
struct Choice<'m> {
    draft: &'m Draft,
    guards: Guards<'m>,
    /// The statement that they stand in.
    around: ElementId,
    name: &'m str,
    branches: &'m [Branch],
    refusals: &'m [Refusal],
    /// When each refusal is given.
    refused: Vec<Formula>,
    /// That no refusal is given, each for itself.
    given: Vec<Formula>,
    /// When each branch holds that has a condition, in their order.
    holds: Vec<(&'m Branch, Formula)>,
}

impl<'m> Choice<'m> {
    /// Nothing where there is nothing to decide, or something is not known.
    fn new(
        draft: &'m Draft,
        around: ElementId,
        name: &'m str,
        branches: &'m [Branch],
        refusals: &'m [Refusal],
        scope: Scope<'m>,
    ) -> Option<Self> {
        let conditions = branches.iter().filter_map(|branch| branch.guard.as_ref());
        let mut all = conditions.chain(refusals.iter().map(|refusal| &refusal.guard)).peekable();
        if all.peek().is_none() || draft.has_gap(around) || all.any(is_broken) {
            return None;
        }
        let mut guards = Guards::new(scope);
        let refused: Vec<Formula> = refusals.iter().map(|refusal| guards.formula(&refusal.guard)).collect();
        let given = refused.iter().map(Formula::negated).collect();
        let holds = branches.iter().filter_map(|branch| Some((branch, branch.guard.as_ref()?)));
        let holds = holds.map(|(branch, guard)| (branch, guards.formula(guard))).collect();
        Some(Self { draft, guards, around, name, branches, refusals, refused, given, holds })
    }

    fn find(&mut self, findings: &mut Vec<Diagnostic>, copies: &mut Copies) {
        let given = self.never_refused(copies);
        self.never_decides_refusal(&given, copies);
        if self.holds.is_empty() {
            return;
        }
        self.missing_branch(findings, copies);
        let possible = self.never_holds(copies);
        self.overlapping_branches(&possible, findings);
        self.never_decides(&possible, copies);
    }

    /// The condition of a branch as it is written.
    fn condition(&self, branch: &Branch) -> &'m str {
        let source = &self.draft.model.element(branch.element).source;
        let span = self.draft.place(branch.element).name.span;
        let written = source.strip_prefix("when ").unwrap_or(source);
        written.get(..(span.end - span.start) as usize).unwrap_or(written)
    }
}

/// What is looked at of a statement, and which part of it.
type What = (&'static str, usize);

/// What is said of a statement that stands in several steps holds only if it is true of each copy.
#[derive(Default)]
struct Copies {
    found: BTreeMap<(Location, What), Option<Diagnostic>>,
}

impl Copies {
    /// Takes what was found of a copy of a statement, or that nothing was.
    fn add(&mut self, place: Location, what: What, finding: Option<Diagnostic>) {
        match self.found.get_mut(&(place, what)) {
            Some(known) if finding.is_none() => *known = None,
            Some(_) => {}
            None => {
                self.found.insert((place, what), finding);
            }
        }
    }

    fn true_of_all(self) -> impl Iterator<Item = Diagnostic> {
        self.found.into_values().flatten()
    }
}

/// Whether something in a condition is wrong and was reported.
pub(super) fn is_broken(guard: &Expr) -> bool {
    let mut broken = false;
    guard.walk(&mut |part| broken |= matches!(part, Expr::Const(Value::Unset)));
    broken
}
