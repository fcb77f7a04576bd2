//! Limits: how much of what, whose, in which time, and what happens then.

use std::collections::{BTreeSet, HashSet};
use std::mem::discriminant;

use super::builder::{Builder, index};
use super::call::Goal;
use super::compose::Left;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::types::UNKNOWN;
use super::{
    Action, Bound, ElementKind, EventId, Expr, Key, Kind, Limit, LimitId, LimitOutcome, Period, StepId, Trip,
    TypeId, Window,
};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{self, Expression, Name, OutcomeKind, Statement, StatementKind};

impl<'a> Builder<'a> {
    /// Declares a limit with all but its own block.
    pub(super) fn declare_limit(&mut self, statement: &'a Statement) {
        let StatementKind::Limit(head) = &statement.kind else { return };
        let name = &head.name;
        let declared = (self.file, statement.span);
        if let Some(known) = self.limits_of_parts.get(&declared).filter(|_| self.frame != 0) {
            self.names.limits.insert(name.as_str(), *known);
            return;
        }
        let element =
            self.element(ElementKind::Limit, format!("limit/{name}"), statement, Some(self.model.element));
        if let Some(first) = self.names.limits.get(name.as_str()) {
            let first = self.place(self.model.limits[usize::from(*first)].element).name;
            self.report(names::duplicate("limit", name.as_str(), self.at(name.span), first));
            return;
        }
        let scope = Scope::limit();
        let (bound, kind) = self.bound(head.bound.as_ref(), &scope);
        let window = self.window(head.window.as_ref(), &scope);
        let active =
            head.active.as_ref().map(|active| self.guard(active, &scope.as_guard(), &Knowledge::default()));
        let outcome = self.limit_outcome(statement, head, &scope);
        self.model.limits.push(Limit {
            name: name.text.clone(),
            element,
            bound,
            kind,
            or_more: head.or_more,
            per: head.per.as_ref().map(|path| path.text.clone()),
            window,
            active,
            outcome,
        });
        self.limits.push(head);
        let id = index(self.model.limits.len() - 1);
        self.limits_of_parts.insert(declared, id);
        self.names.limits.insert(name.as_str(), id);
    }

    fn bound(&mut self, bound: Option<&'a Expression>, scope: &Scope) -> (Bound, TypeId) {
        let Some(bound) = bound else { return (Bound::Unbounded, self.nameless(Kind::Int)) };
        let known = Knowledge::default();
        let typed = self.expression(bound, None, scope, &known);
        self.must_be_set(&typed.expr, bound, scope, &known);
        let kind = match &typed.sort {
            Sort::Int => self.nameless(Kind::Int),
            Sort::Money { currency, digits } => {
                self.nameless(Kind::Money { currency: currency.clone(), digits: *digits })
            }
            Sort::Unknown => UNKNOWN,
            other => {
                let what = other.describe(&self.model);
                let finding = self.finding(
                    codes::WRONG_TYPE,
                    bound.span,
                    format!("a limit counts uses or adds up amounts, and this is {what}"),
                );
                self.report(finding.help("write a number, or an amount of money"));
                UNKNOWN
            }
        };
        (Bound::AtMost(typed.expr), kind)
    }

    fn window(&mut self, window: Option<&'a tree::Window>, scope: &Scope) -> Window {
        match window {
            None => Window::All,
            Some(tree::Window::Within(width)) => Window::Rolling(self.time(width, scope)),
            Some(tree::Window::Each { period, offset }) => match self.period(period) {
                Some(period) => {
                    Window::Calendar { period, offset: i16::try_from(offset.minutes).unwrap_or(0) }
                }
                None => Window::All,
            },
        }
    }

    fn period(&mut self, name: &Name) -> Option<Period> {
        let periods = [
            ("hour", Period::Hour),
            ("day", Period::Day),
            ("week", Period::Week),
            ("month", Period::Month),
            ("year", Period::Year),
        ];
        if let Some((_, period)) = periods.iter().find(|(word, _)| *word == name.as_str()) {
            return Some(*period);
        }
        let at = self.at(name.span);
        let finding =
            self.finding(codes::UNKNOWN_NAME, name.span, format!("there is no period named `{name}`"));
        let words = periods.iter().map(|(word, _)| *word);
        self.report(names::suggest(finding, name, at, self.candidates(words)));
        None
    }

    /// A time that something takes: a duration, at least a millisecond where it is a constant.
    pub(super) fn time(&mut self, expression: &'a Expression, scope: &Scope) -> Expr {
        let expr = self.set_value(expression, &Sort::Duration, scope, &Knowledge::default());
        let constant = super::constraint::fold(&expr).and_then(|value| value.as_int());
        if constant.is_some_and(|time| time < 1) {
            let finding = self.finding(codes::NO_TIME, expression.span, "no time passes in this");
            self.report(finding.help("write at least `1 ms`"));
        }
        expr
    }

    fn limit_outcome(
        &mut self,
        statement: &'a Statement,
        head: &'a tree::Limit,
        scope: &Scope,
    ) -> LimitOutcome {
        match statement.outcome.as_ref().map(|outcome| &outcome.kind) {
            Some(OutcomeKind::Refuse { reason, hold, to }) => {
                let reason = self.reason(reason);
                let hold = hold.as_ref().map(|hold| self.time(hold, scope));
                let to = to.as_ref().and_then(|to| self.moved_by_limit(to));
                LimitOutcome::Refuse { reason, hold, to }
            }
            Some(OutcomeKind::To(name)) => match self.moved_by_limit(name) {
                Some(to) => LimitOutcome::Trip(Trip { to }),
                None => LimitOutcome::Silent,
            },
            Some(_) => LimitOutcome::Silent,
            None => {
                if head.bound.is_some() && !head.or_more {
                    self.no_consequence(statement, head);
                }
                LimitOutcome::Refuse { reason: None, hold: None, to: None }
            }
        }
    }

    /// The step that a limit leads to; a call has to be entered by a branch.
    fn moved_by_limit(&mut self, name: &Name) -> Option<StepId> {
        if let Some(Goal::Call(frame)) = self.names.steps.get(name.as_str())
            && self.does_something_at_entry(*frame)
        {
            let message = format!("a limit cannot enter the call of `{name}`");
            let finding = self.finding(codes::LIMIT_ENTERS, name.span, message);
            let finding =
                finding.note("what the part is given and remembers would be left from another call");
            self.report(finding.help("lead to a step first, from which an event goes on"));
        }
        self.step(name)
    }

    fn no_consequence(&mut self, statement: &Statement, head: &tree::Limit) {
        let message = format!("the limit `{}` has no consequence", head.name);
        let finding = self.finding(codes::NO_CONSEQUENCE, head.name.span, message);
        let texts = statement.texts.iter().map(|text| text.value.span.end).max();
        let marks = statement.marks.iter().map(|mark| mark.span.start).min();
        let end = texts.unwrap_or_else(|| marks.unwrap_or(statement.head.end));
        let end = match (texts, marks) {
            (None, Some(_)) => {
                end - u32::try_from(trailing_blanks(self.text(Span { start: statement.head.start, end })))
                    .unwrap_or(0)
            }
            _ => end,
        };
        let at = self.at(Span { start: end, end });
        let reason = self.unused_reason();
        let finding = finding.here("nothing says what happens when it is full");
        let finding =
            finding.mend("say what happens to the use that is one too many", at, format!(" refuse {reason}"));
        self.report(finding.help("if the implementation may allow more, write `or more` after the number"));
    }

    /// A reason that the file's flows do not give yet; most likely it is meant for this.
    fn unused_reason(&self) -> &'a str {
        let mut given = HashSet::new();
        given_reasons(&self.program.files[self.file].tree.statements, &mut given);
        let known = self.program.known(self.file, super::program::Space::Reason);
        known.iter().find(|reason| !given.contains(*reason)).or(known.first()).copied().unwrap_or("too_many")
    }

    /// A limit's key means the same wherever it is counted.
    pub(super) fn same_key(&mut self, id: LimitId, key: &Key, name: &Name) {
        let Key::Value(expr) = key else { return };
        let here = self.at(name.span);
        let Some((first, place)) = self.keys.get(&id) else {
            self.keys.insert(id, (expr.clone(), here));
            return;
        };
        if discriminant(first) == discriminant(expr) {
            return;
        }
        let place = *place;
        let per = self.limits[usize::from(id)].per.as_ref().map(|per| per.text.clone()).unwrap_or_default();
        let message =
            format!("`{per}` means one thing here and another elsewhere, so `{name}` would count two things");
        let finding =
            self.finding(codes::KEY_DIFFERS, name.span, message).label(place, "it means something else here");
        self.report(finding.help("give the field another name than the value that is remembered"));
    }

    /// The rows that a limit's head reads must be known in each event that counts it.
    pub(super) fn rows_of_limit(&mut self, id: LimitId, name: &Name, scope: &Scope) {
        let limit = &self.model.limits[usize::from(id)];
        let mut rows = Vec::new();
        let mut note = |part: &Expr| match part {
            Expr::Attribute { row, .. } | Expr::RowKey(row) | Expr::RowExists(row) => rows.push(*row),
            _ => {}
        };
        for expr in expressions(limit) {
            expr.walk(&mut note);
        }
        for row in rows {
            self.row_key(row, name.span, scope, &Knowledge::default());
        }
    }

    /// Reads the limits' own blocks, which are performed in the events that were refused for them.
    pub(super) fn limit_blocks(&mut self, statement: &'a Statement) {
        let declared: Vec<&'a Statement> = statement
            .children()
            .iter()
            .filter(|child| matches!(child.kind, StatementKind::Limit(_)))
            .collect();
        for child in declared {
            let StatementKind::Limit(head) = &child.kind else { continue };
            let Some(id) = self.names.limits.get(head.name.as_str()).copied() else { continue };
            let element = self.model.limits[usize::from(id)].element;
            if child.children().is_empty() || self.place(element).whole != child.span {
                continue;
            }
            let gated = self.gated(id);
            let scope = Scope { event: gated.first().copied(), ..Scope::session() };
            let actions = self.actions(child, element, &scope, &Knowledge::default(), &mut None);
            self.block_in_events(id, head, &gated, actions);
        }
    }

    /// The events that a limit gates.
    fn gated(&self, id: LimitId) -> Vec<EventId> {
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        let gated = handlers.filter(|handler| handler.gates.iter().any(|gate| gate.limit == id));
        let mut events: Vec<_> = gated.map(|handler| handler.event).collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    /// Puts a limit's block, which was read with the fields of the first event, into every event that the limit gates.
    fn block_in_events(&mut self, id: LimitId, head: &tree::Limit, gated: &[EventId], block: Vec<Action>) {
        let mut read = BTreeSet::new();
        let mut note = |part: &Expr| {
            if let Expr::Field(field) = part {
                read.insert(*field);
            }
        };
        block.iter().for_each(|action| action.expressions(&mut |expr| expr.walk(&mut note)));
        for event in gated {
            let renamed = read.iter().filter_map(|field| {
                let there = self.same_field(head, gated[0], *field, *event)?;
                Some((Expr::Field(*field), Expr::Field(there)))
            });
            let renamed = Left::renaming(renamed.collect());
            let handlers = self.model.steps.iter_mut().flat_map(|step| &mut step.handlers);
            let gates = handlers.filter(|handler| handler.event == *event).flat_map(|of| &mut of.gates);
            for gate in gates.filter(|gate| gate.limit == id) {
                gate.actions = block.iter().map(|action| renamed.action(action.clone())).collect();
            }
        }
    }

    /// Where another event has the field that a limit's block reads.
    fn same_field(&mut self, head: &tree::Limit, first: EventId, field: u16, event: EventId) -> Option<u16> {
        let declared = self.model.event(first).fields[usize::from(field)].clone();
        let there = &self.model.event(event).fields;
        let same = |field: &super::Field| field.name == declared.name && field.kind == declared.kind;
        let found = there.iter().position(same).map(index);
        if found.is_none() {
            let message = format!(
                "the block of `{}` reads the field `{}`, and `{}`, which counts it too, has no such field",
                head.name,
                declared.name,
                self.model.event(event).name
            );
            let finding = self.finding(codes::UNKNOWN_NAME, head.name.span, message);
            self.report(finding.help("declare the field in each event that counts the limit, with one type"));
        }
        found
    }
}

/// What a limit's head reads.
fn expressions(limit: &Limit) -> Vec<&Expr> {
    let mut parts: Vec<&Expr> = limit.active.iter().collect();
    if let Bound::AtMost(bound) = &limit.bound {
        parts.push(bound);
    }
    if let Window::Rolling(width) = &limit.window {
        parts.push(width);
    }
    if let LimitOutcome::Refuse { hold: Some(hold), .. } = &limit.outcome {
        parts.push(hold);
    }
    parts
}

/// The reasons that statements give, and those in their blocks.
fn given_reasons<'t>(statements: &'t [Statement], given: &mut HashSet<&'t str>) {
    for statement in statements {
        match (&statement.kind, statement.outcome.as_ref().map(|outcome| &outcome.kind)) {
            (StatementKind::RefuseWhen { reason, .. }, _)
            | (_, Some(OutcomeKind::Refuse { reason, .. } | OutcomeKind::Deny(reason))) => {
                given.insert(reason.as_str());
            }
            _ => {}
        }
        given_reasons(statement.children(), given);
    }
}

fn trailing_blanks(text: &str) -> usize {
    text.len() - text.trim_end().len()
}
