//! What follows an event: refusals, branches, outcomes.

use super::builder::Builder;
use super::call::{Branching, Cases, Goal, Going, none_of};
use super::compose;
use super::event::Pending;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{Body, Branch, ElementId, ElementKind, Expr, Gate, Outcome, Refusal, StepId};
use crate::diagnostic::codes;
use crate::syntax::tree::{self, Name, OutcomeKind, Statement, StatementKind};

/// Limits that a handler counts or checks; none where nothing is gated.
pub(super) type Gates<'g> = Option<&'g mut Vec<Gate>>;

impl<'a> Builder<'a> {
    /// Reads what a handler does.
    pub(super) fn handler(&mut self, pending: &Pending<'a>) {
        self.in_frame(pending.frame, |builder| builder.handler_of_frame(pending));
    }

    fn handler_of_frame(&mut self, pending: &Pending<'a>) {
        let scope = Scope { copied: pending.copied, ..Scope::event(pending.event, pending.step) };
        let position = (usize::from(pending.step), pending.handler);
        let element = self.model.steps[position.0].handlers[position.1].element;
        let mut known = Knowledge::default();
        let refusals = self.refusals(pending.statement, element, &scope, &mut known);
        let mut gates = Vec::new();
        let branches = self.branches(pending.statement, element, &scope, &known, &mut Some(&mut gates));
        gates.sort_by_key(|gate| gate.limit);
        let handler = &mut self.model.steps[position.0].handlers[position.1];
        handler.refusals = refusals;
        handler.gates = gates;
        handler.branches = branches;
    }

    fn refusals(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        scope: &Scope,
        known: &mut Knowledge,
    ) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for child in statement.children() {
            let StatementKind::RefuseWhen { reason, condition } = &child.kind else { continue };
            let element =
                self.element(ElementKind::Refuse, self.below(parent, reason.as_str()), child, Some(parent));
            let guard = self.guard(condition, &scope.as_guard(), &Knowledge::default());
            if let Some(reason) = self.reason(reason) {
                refusals.push(Refusal { element, reason, guard });
            }
        }
        refusals.iter().for_each(|refusal| known.learn(&refusal.guard, false));
        refusals
    }

    /// The branches of a handler, an answer or `start`; one without a guard where the statement has the outcome itself.
    pub(super) fn branches(
        &mut self,
        statement: &'a Statement,
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Vec<Branch> {
        let is_branch =
            |child: &&Statement| matches!(child.kind, StatementKind::When { .. } | StatementKind::Otherwise);
        let cases: Vec<&'a Statement> = statement.children().iter().filter(is_branch).collect();
        if cases.is_empty() {
            let cases = self.bodies(statement, element, scope, known, gates);
            return cases.into_iter().map(|(guard, body)| branch(element, guard, body)).collect();
        }
        self.only_branches(statement, cases[0]);
        self.checks(statement, element, scope, gates);
        let mut others = known.clone();
        let mut branches = Vec::with_capacity(cases.len());
        let mut guards = Vec::with_capacity(cases.len());
        for case in &cases {
            let StatementKind::When { condition } = &case.kind else { continue };
            let path = self.below(element, slug(case));
            let id = self.element(ElementKind::When, path, case, Some(element));
            let guard = self.guard(condition, &scope.as_guard(), known);
            let mut inside = known.clone();
            inside.learn(&guard, true);
            others.learn(&guard, false);
            guards.push(guard.clone());
            for (also, body) in self.bodies(case, id, scope, &inside, gates) {
                let guard = match also {
                    Some(also) => compose::all(vec![guard.clone(), also]),
                    None => guard.clone(),
                };
                branches.push(branch(id, Some(guard), body));
            }
        }
        if let Some((id, bodies)) = self.otherwise(&cases, element, scope, &others, gates) {
            for (also, body) in bodies {
                let guard = also.map(|also| compose::all(vec![none_of(&guards), also]));
                branches.push(branch(id, guard, body));
            }
        }
        branches
    }

    /// What no `when` takes, and what follows there.
    fn otherwise(
        &mut self,
        cases: &[&'a Statement],
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Option<(ElementId, Cases)> {
        let mut first: Option<(ElementId, Cases)> = None;
        for case in cases.iter().filter(|case| case.kind == StatementKind::Otherwise) {
            let path = self.below(element, slug(case));
            let id = self.element(ElementKind::Otherwise, path, case, Some(element));
            if let Some((first, _)) = &first {
                let first = self.place(*first).name;
                let finding =
                    self.finding(codes::TWO_OTHERWISE, case.head, "there are two `otherwise` branches");
                let finding = finding.here("the second").label(first, "the first");
                self.report(finding.help("leave one of them out, or give it a `when`"));
                // What only this one leads to, or does, is not missing.
                self.gap(case.span);
                continue;
            }
            first = Some((id, self.bodies(case, id, scope, known, gates)));
        }
        first
    }

    /// Beside branches there are no actions and no outcome: nobody would know when they happen.
    fn only_branches(&mut self, statement: &'a Statement, branch: &Statement) {
        if let Some(outcome) = &statement.outcome {
            let finding = self.finding(
                codes::OUTCOME_AND_BRANCHES,
                outcome.span,
                "there is an outcome here and another in the branches",
            );
            let finding = finding.label(self.at(branch.head), "a branch says what happens");
            self.report(finding.help("leave this one out, or write it into an `otherwise` branch"));
        }
        for child in statement.children() {
            let action = matches!(
                child.kind,
                StatementKind::Set { .. }
                    | StatementKind::Count { .. }
                    | StatementKind::Uncount { .. }
                    | StatementKind::Reset { .. }
                    | StatementKind::Send { .. }
            );
            if action {
                let finding = self.finding(
                    codes::OUTCOME_AND_BRANCHES,
                    child.head,
                    "this action stands beside branches, so nothing says when it happens",
                );
                self.report(finding.help("write it into the blocks of the branches that do it"));
            }
        }
    }

    /// What a statement with an outcome comes to, where only one thing can follow.
    pub(super) fn body(
        &mut self,
        statement: &'a Statement,
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Body {
        let mut cases = self.bodies(statement, element, scope, known, gates);
        if cases.len() > 1 {
            let message = "what follows depends on a condition, which cannot be asked here";
            let finding = self.finding(codes::CASES_HERE, statement.head, message);
            self.report(finding.help("let an event leave the part, or go to a step that decides"));
        }
        let silent = Body { element, actions: Vec::new(), outcome: Outcome::Silent };
        cases.drain(..).next().map_or(silent, |(_, body)| body)
    }

    /// What a statement with an outcome comes to; several things where it leaves a part whose caller makes a difference.
    fn bodies(
        &mut self,
        statement: &'a Statement,
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Cases {
        let actions = self.actions(statement, element, scope, known, gates);
        let mut body = Body { element, actions, outcome: Outcome::Silent };
        let Some(outcome) = &statement.outcome else {
            self.no_outcome(statement);
            return vec![(None, body)];
        };
        if let Some(going) = self.going(outcome, scope) {
            return self.arrive(body, going, &mut Branching { scope, known, gates, left: None });
        }
        let around = self.around.len();
        self.around.extend(body.actions.iter().cloned());
        body.outcome = self.outcome(outcome, statement, element, scope, known, gates);
        self.around.truncate(around);
        vec![(None, body)]
    }

    /// Where an outcome goes, if it goes to a step.
    fn going(&mut self, outcome: &'a tree::Outcome, scope: &Scope) -> Option<Going> {
        match &outcome.kind {
            OutcomeKind::To(name) => {
                let goal = self.goal(name)?;
                if let Goal::Step(to) = goal {
                    self.not_to_itself(to, outcome, scope);
                }
                Some(Going { goal, refused: None })
            }
            OutcomeKind::Refuse { reason, to: Some(to), .. } => {
                let (refused, goal) = (self.reason(reason), self.goal(to));
                Some(Going { goal: goal?, refused: Some(refused?) })
            }
            _ => None,
        }
    }

    pub(super) fn no_outcome(&mut self, statement: &Statement) {
        self.gap(statement.span);
        if statement.children().iter().any(|child| child.kind == StatementKind::Unreadable) {
            self.sound = false;
            return;
        }
        let finding = self.finding(codes::NO_OUTCOME, statement.head, "this does not say what happens");
        let end = crate::source::Span { start: statement.head.end, end: statement.head.end };
        let finding = finding.note("a person who does this would not know where they are afterwards");
        let finding = finding.mend("say it: `-> STEP`, `stay` or `refuse REASON`", self.at(end), " stay");
        self.report(finding);
    }

    fn outcome(
        &mut self,
        outcome: &'a tree::Outcome,
        statement: &'a Statement,
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Outcome {
        match &outcome.kind {
            // Its step is not known, which was reported.
            OutcomeKind::To(_) | OutcomeKind::Refuse { to: Some(_), .. } => Outcome::Silent,
            OutcomeKind::Stay => Outcome::Stay,
            OutcomeKind::Restart => Outcome::Restart,
            OutcomeKind::Resume => self.resume(outcome),
            OutcomeKind::Refuse { reason, .. } => match self.reason(reason) {
                Some(reason) => Outcome::Refuse { reason, to: None },
                None => Outcome::Silent,
            },
            OutcomeKind::Ask(actor) => self.ask(actor, statement, element, scope, known, gates),
            OutcomeKind::Either => self.either(statement, element, scope, known, gates),
            OutcomeKind::Silent | OutcomeKind::Allow | OutcomeKind::Deny(_) | OutcomeKind::Unstated => {
                Outcome::Silent
            }
        }
    }

    /// Back to the step that was interrupted: there must be something that interrupts.
    fn resume(&mut self, outcome: &tree::Outcome) -> Outcome {
        let flow = self.frames[0].statement;
        if flow.children().iter().any(|child| child.kind == StatementKind::Anywhere) {
            return Outcome::Resume;
        }
        let message = "nothing was interrupted, so there is nothing to resume";
        let finding = self.finding(codes::NOTHING_TO_RESUME, outcome.span, message);
        self.report(
            finding.help("name the step to go back to: `-> STEP`; or interrupt: `anywhere { on … }`"),
        );
        Outcome::Silent
    }

    /// Says that no step has a name; the one that was probably meant.
    pub(super) fn unknown_step(&mut self, name: &Name) -> Option<StepId> {
        let at = self.at(name.span);
        let known: Vec<&'a str> = self.names.steps.keys().copied().collect();
        let meant = names::closest(name.as_str(), self.candidates(known.iter().copied()));
        let finding =
            self.finding(codes::UNKNOWN_STEP, name.span, format!("there is no step or end named `{name}`"));
        let declare = format!("declare it: `step {name} {{ … }}` or `end {name} success`");
        let finding = names::suggest_or(finding, name, at, self.candidates(known.iter().copied()), declare);
        self.report(finding);
        let meant = meant.and_then(|meant| self.names.steps.get(meant).copied());
        match meant {
            Some(Goal::Step(step)) => Some(step),
            _ => {
                self.gap(name.span);
                None
            }
        }
    }

    fn not_to_itself(&mut self, to: StepId, outcome: &tree::Outcome, scope: &Scope) {
        if scope.step == Some(to) && !scope.copied {
            let finding = self.finding(codes::TO_ITSELF, outcome.span, "this step leads to itself");
            let finding = finding.note("it would not be clear whether its time-outs begin again");
            let finding = finding.mend("to keep the step and its time-outs", self.at(outcome.span), "stay");
            self.report(finding.mend("to leave it and enter it again", self.at(outcome.span), "restart"));
        }
    }

    fn either(
        &mut self,
        statement: &'a Statement,
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Outcome {
        let mut bodies = Vec::new();
        for child in statement.children() {
            if child.kind == StatementKind::Alternative {
                let path = self.below(element, slug(child));
                let id = self.element(ElementKind::Alternative, path, child, Some(element));
                bodies.push(self.body(child, id, scope, known, gates));
            }
        }
        if bodies.len() < 2 {
            let finding = self.finding(
                codes::TOO_FEW_ALTERNATIVES,
                statement.head,
                "`either` has fewer than two alternatives",
            );
            self.report(finding.help("write each outcome on a line of its block: `-> a`, `refuse b`"));
        }
        Outcome::Either(bodies)
    }
}

fn branch(element: ElementId, guard: Option<Expr>, body: Body) -> Branch {
    Branch { element, guard, body }
}

/// The name of a branch: what it comes to.
pub(super) fn slug(statement: &Statement) -> &str {
    match statement.outcome.as_ref().map(|outcome| &outcome.kind) {
        Some(OutcomeKind::To(name) | OutcomeKind::Ask(name) | OutcomeKind::Deny(name)) => name.as_str(),
        Some(OutcomeKind::Refuse { reason, .. }) => reason.as_str(),
        Some(OutcomeKind::Stay) => "stay",
        Some(OutcomeKind::Restart) => "restart",
        Some(OutcomeKind::Resume) => "resume",
        Some(OutcomeKind::Either) => "either",
        Some(OutcomeKind::Silent) => "silent",
        Some(OutcomeKind::Allow) => "allow",
        Some(OutcomeKind::Unstated) => "unstated",
        None => "branch",
    }
}
