//! Entering a call and leaving it: what is performed on the way, as one with the branch that goes there.

use super::super::builder::Builder;
use super::super::compose::{self, Left, append};
use super::super::handler::{Gates, slug};
use super::super::knowledge::Knowledge;
use super::super::scope::Scope;
use super::super::sort::Sort;
use super::super::{Action, Body, ElementId, ElementKind, Expr, Outcome, ReasonId, Target};
use super::Goal;
use crate::diagnostic::codes;
use crate::syntax::tree::{OutcomeKind, Statement, StatementKind as Is};

/// Where a body goes, and with which verdict.
#[derive(Clone, Copy)]
pub(in crate::model) struct Going {
    pub(in crate::model) goal: Goal,
    /// The reason, where it is refused.
    pub(in crate::model) refused: Option<ReasonId>,
}

/// What is known and noted while a branch is put together.
pub(in crate::model) struct Branching<'b, 'g> {
    pub(in crate::model) scope: &'b Scope,
    pub(in crate::model) known: &'b Knowledge,
    pub(in crate::model) gates: &'b mut Gates<'g>,
    /// The call that was just left, which `restart` enters afresh.
    pub(in crate::model) left: Option<usize>,
}

/// A body with the condition under which it is the one, where several may follow.
pub(in crate::model) type Cases = Vec<(Option<Expr>, Body)>;

impl<'a> Builder<'a> {
    /// What becomes of a body that goes somewhere.
    pub(in crate::model) fn arrive(&mut self, body: Body, going: Going, branching: &mut Branching) -> Cases {
        match going.goal {
            Goal::Step(step) => {
                let outcome = match going.refused {
                    None => Outcome::To(step),
                    Some(reason) => Outcome::Refuse { reason, to: Some(step) },
                };
                vec![(None, Body { outcome, ..body })]
            }
            Goal::Call(frame) => self.enter(body, frame, going.refused, branching),
            Goal::End(end) => self.leave(body, end, going.refused, branching),
        }
    }

    /// Enters a call: what the part remembers is fresh, what it is given is read, then it starts.
    fn enter(
        &mut self,
        mut body: Body,
        frame: usize,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let Some(calling) = &self.frames[frame].calling else { return vec![(None, body)] };
        let (element, outer) = (calling.element, calling.outer);
        let (fresh, given) = (calling.fresh.clone(), calling.given.clone());
        let mut entering: Vec<Action> = fresh
            .into_iter()
            .map(|variable| {
                let value = self.model.variables[usize::from(variable)].default.clone().unwrap_or_default();
                Action::Set { element, target: Target::Variable(variable), value: Expr::Const(value) }
            })
            .collect();
        let known = self.known_after(&body, branching.known);
        for (variable, expression) in given {
            let sort = Sort::of(&self.model, self.model.variables[usize::from(variable)].kind);
            let scope = Scope { step: branching.scope.step, ..Scope::session() };
            let value = self.in_frame(outer, |builder| builder.set_value(expression, &sort, &scope, &known));
            self.must_be_readable(&body, &value, expression.span);
            self.arguments.push(value.clone());
            entering.push(Action::Set { element, target: Target::Variable(variable), value });
        }
        append(&self.around, &mut body.actions, entering);
        let start = self.frames[frame].statement.children().iter().find(|child| child.kind == Is::Start);
        let Some(start) = start else {
            // A part without a start was reported where it stands.
            self.sound = false;
            return vec![(None, body)];
        };
        branching.left = None;
        self.in_frame(frame, |builder| builder.go_on(body, start, refused, branching))
    }

    /// Leaves a part by one of its ends: what the caller says of it follows at once.
    fn leave(
        &mut self,
        mut body: Body,
        end: usize,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let Some(calling) = &self.frames[self.frame].calling else { return vec![(None, body)] };
        let (outer, end) = (calling.outer, calling.ends[end]);
        if end.statement.outcome.is_some() {
            body.element = end.element;
            body.outcome = Outcome::Silent;
            return vec![(None, body)];
        }
        match end.handler {
            Some(handler) => {
                branching.left = Some(self.frame);
                self.in_frame(outer, |builder| builder.go_on(body, handler, refused, branching))
            }
            // It was reported at the calling step.
            None => vec![(None, body)],
        }
    }

    /// Goes on with a statement, the start of a part or what follows its end: at once, in the same branch.
    fn go_on(
        &mut self,
        body: Body,
        statement: &'a Statement,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let is_case = |child: &&Statement| matches!(child.kind, Is::When { .. } | Is::Otherwise);
        let cases: Vec<&'a Statement> = statement.children().iter().filter(is_case).collect();
        let path = match (&statement.kind, branching.left) {
            (Is::On { event, .. }, Some(left)) => format!("{}{event}", self.frames[left].prefix),
            _ => format!("{}start", self.frames[self.frame].prefix),
        };
        let element = self.element(ElementKind::On, path, statement, Some(self.model.element));
        if cases.is_empty() {
            return self.go_on_with(body, statement, element, refused, branching);
        }
        let left = Left::by(self.around.iter().chain(&body.actions));
        let known = self.known_after(&body, branching.known);
        let scope = Scope { step: branching.scope.step, ..Scope::session() };
        let mut guards = Vec::new();
        let mut all = Cases::new();
        for case in cases {
            let guard = match &case.kind {
                Is::When { condition } => {
                    let guard = self.guard(condition, &scope.as_guard(), &known);
                    self.must_be_readable(&body, &guard, condition.span);
                    let guard = left.before(&guard);
                    guards.push(guard.clone());
                    guard
                }
                _ => none_of(&guards),
            };
            let id = self.element(ElementKind::When, self.below(element, slug(case)), case, Some(element));
            let followed = self.go_on_with(body.clone(), case, id, refused, branching);
            all.extend(followed.into_iter().map(|(inner, body)| {
                let guard = match inner {
                    Some(inner) => compose::all(vec![guard.clone(), inner]),
                    None => guard.clone(),
                };
                (Some(guard), body)
            }));
        }
        all
    }

    fn go_on_with(
        &mut self,
        mut body: Body,
        statement: &'a Statement,
        element: ElementId,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let known = self.known_after(&body, branching.known);
        let scope = Scope { step: branching.scope.step, ..Scope::session() };
        let gated = branching.gates.as_ref().map_or(0, |gates| gates.len());
        let actions = self.actions(statement, element, &scope, &known, branching.gates);
        let left = Left::by(self.around.iter().chain(&body.actions));
        if let Some(gates) = branching.gates {
            gates.iter_mut().skip(gated).for_each(|gate| left.gate(gate));
        }
        append(&self.around, &mut body.actions, actions);
        // Where a call begins, the branch that goes there is still what is spoken of.
        if statement.kind != Is::Start {
            body.element = element;
        }
        let Some(outcome) = &statement.outcome else {
            self.no_outcome(statement);
            return vec![(None, body)];
        };
        match (&outcome.kind, refused) {
            (OutcomeKind::To(name), _) => match self.goal(name) {
                Some(goal) => self.arrive(body, Going { goal, refused }, branching),
                None => vec![(None, body)],
            },
            (OutcomeKind::Refuse { reason, to: Some(name), .. }, None) => {
                match (self.reason(reason), self.goal(name)) {
                    (Some(reason), Some(goal)) => {
                        self.arrive(body, Going { goal, refused: Some(reason) }, branching)
                    }
                    _ => vec![(None, body)],
                }
            }
            (OutcomeKind::Restart, _) if branching.left.is_some() => {
                let frame = branching.left.unwrap_or(self.frame);
                self.enter(body, frame, refused, branching)
            }
            (OutcomeKind::Silent, _) => vec![(None, Body { outcome: Outcome::Silent, ..body })],
            _ => {
                let finding = self.finding(
                    codes::END_STAYS,
                    outcome.span,
                    "the call is over here, so this must say which step comes next",
                );
                self.report(
                    finding.help(
                        "write `-> STEP`, `refuse REASON -> STEP`, `restart` to call again, or `silent`",
                    ),
                );
                vec![(None, body)]
            }
        }
    }

    /// What is known once a body's actions are performed.
    fn known_after(&self, body: &Body, known: &Knowledge) -> Knowledge {
        let mut known = known.clone();
        for action in self.around.iter().chain(&body.actions) {
            if let Action::Set { target: Target::Variable(variable), value, .. } = action
                && *value != Expr::Const(flowspec_runtime::Value::Unset)
            {
                known.learn_set(&Expr::Variable(*variable));
            }
        }
        known
    }

    /// What a call reads at the moment of entering or leaving must be known before that moment.
    fn must_be_readable(&mut self, body: &Body, expr: &Expr, span: crate::source::Span) {
        let sent = |output: u16| {
            let sends =
                |action: &Action| matches!(action, Action::Send { output: sent, .. } if *sent == output);
            self.around.iter().chain(&body.actions).any(sends)
        };
        let reads_sent = expr.any(&mut |part| matches!(part, Expr::Output { output, .. } if sent(*output)));
        let left = Left::by(self.around.iter().chain(&body.actions));
        let rows = &self.model.rows;
        let hidden = left.hides(expr, |row| rows.get(usize::from(row)).and_then(|row| row.key.clone()));
        if reads_sent || hidden {
            let finding = self.finding(
                codes::READ_AT_ONCE,
                span,
                "this is not known yet at the moment in which the call is entered or left",
            );
            let what = if hidden { "the key of its row is set" } else { "it is sent" };
            let finding = finding.note(format!("{what} in the same branch"));
            self.report(finding.help("go to a step first, and read it in an event of that step"));
        }
    }
}

/// That none of some conditions holds.
pub(in crate::model) fn none_of(guards: &[Expr]) -> Expr {
    match guards {
        [one] => Expr::Not(one.clone().into()),
        several => Expr::Not(Expr::Or(several.to_vec()).into()),
    }
}
