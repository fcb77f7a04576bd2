//! What of a session and of the rows can ever make a difference: everything else is forgotten while exploring.

use flowspec_runtime::machine::{Keeping, Kept, Machine};
use flowspec_runtime::model::{
    Action, Atom, Body, Bound, Branch, Comparison, Expr, Handler, Key, Limit, LimitOutcome, Model, Outcome,
    Target, TypeId, Window,
};
use flowspec_runtime::values::Values;

use crate::explore::rivals::parts;

/// How much of a value makes a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// None of it.
    #[default]
    Nothing,
    /// Whether it is set.
    Presence,
    /// What it is.
    Whole,
}

/// What makes a difference in a flow.
#[derive(Debug)]
pub(super) struct Relevance<'m> {
    model: &'m Model,
    givens: Vec<Level>,
    variables: Vec<Level>,
    outputs: Vec<Vec<Level>>,
    attributes: Vec<Vec<Level>>,
    /// Conditions on events and outputs: their fields make a difference.
    conditions: Vec<(Atom, Expr)>,
    changed: bool,
}

impl<'m> Relevance<'m> {
    /// What the flow's own guards, limits, time-outs and keys read, and what is watched from outside.
    pub(super) fn new(model: &'m Model, watched: &[Atom]) -> Self {
        let levels = |count: usize| vec![Level::Nothing; count];
        let mut relevance = Self {
            model,
            givens: levels(model.givens.len()),
            variables: levels(model.variables.len()),
            outputs: model.outputs.iter().map(|output| levels(output.fields.len())).collect(),
            attributes: model.records.iter().map(|record| levels(record.attributes.len())).collect(),
            conditions: Vec::new(),
            changed: true,
        };
        watched.iter().for_each(|atom| relevance.watch(atom));
        relevance.roots();
        while std::mem::take(&mut relevance.changed) {
            relevance.spread();
        }
        relevance
    }

    /// Attributes, by record, that another flow reads.
    pub(super) fn attributes_matter(&mut self, attributes: impl IntoIterator<Item = (u16, u16)>) {
        for (record, attribute) in attributes {
            self.need_attribute(record, attribute, Level::Whole);
        }
        while std::mem::take(&mut self.changed) {
            self.spread();
        }
    }

    /// An output that somebody sees, and is to see alike in different runs: all that it says matters.
    pub(super) fn output_matters(&mut self, output: u16) {
        for level in &mut self.outputs[usize::from(output)] {
            raise(level, Level::Whole, &mut self.changed);
        }
        while std::mem::take(&mut self.changed) {
            self.spread();
        }
    }

    /// What parts of universes remember, by this.
    pub(super) fn keeping(&self, machine: &Machine) -> Keeping {
        let mut keeping = machine.keeping();
        let values = Values::new(self.model);
        let kept = |level: Level, kind: TypeId| match level {
            Level::Nothing => Kept::Nothing,
            Level::Whole => Kept::Whole,
            Level::Presence => match values.nth(kind, 0).and_then(|raw| machine.read_as(kind, &raw)) {
                Some(value) => Kept::Presence(value),
                None => Kept::Whole,
            },
        };
        for (index, (level, given)) in (0..).zip(self.givens.iter().zip(&self.model.givens)) {
            *keeping.given(index) = kept(*level, given.kind);
        }
        for (index, (level, variable)) in (0..).zip(self.variables.iter().zip(&self.model.variables)) {
            *keeping.variable(machine, index) = kept(*level, variable.kind);
        }
        for (id, (levels, output)) in (0..).zip(self.outputs.iter().zip(&self.model.outputs)) {
            for (field, (level, declared)) in (0..).zip(levels.iter().zip(&output.fields)) {
                *keeping.output(machine, id, field) = kept(*level, declared.kind);
            }
        }
        for (id, (levels, record)) in (0..).zip(self.attributes.iter().zip(&self.model.records)) {
            for (attribute, (level, declared)) in (0..).zip(levels.iter().zip(&record.attributes)) {
                *keeping.attribute(id, attribute) = kept(*level, declared.kind);
            }
        }
        keeping
    }

    /// How much of a given makes a difference.
    pub(super) fn given(&self, index: u16) -> Level {
        self.givens[usize::from(index)]
    }

    /// How much of an attribute makes a difference.
    pub(super) fn attribute(&self, record: u16, attribute: u16) -> Level {
        self.attributes[usize::from(record)][usize::from(attribute)]
    }

    /// How much of what an action keeps makes a difference.
    pub(super) fn target(&self, target: Target) -> Level {
        match target {
            Target::Variable(index) => self.variables[usize::from(index)],
            Target::Attribute { row, attribute } => self.attribute(self.record(row), attribute),
        }
    }

    /// How much of what an output carries makes a difference.
    pub(super) fn output(&self, output: u16, field: u16) -> Level {
        let asked = self.conditions.iter().any(|(what, condition)| {
            *what == Atom::Sent(output) && condition.any(&mut |part| *part == Expr::Field(field))
        });
        if asked {
            return Level::Whole;
        }
        self.outputs[usize::from(output)][usize::from(field)]
    }

    /// Every expression of a handler that makes a difference, with how much of it does.
    pub(super) fn of_handler<'a>(&'a self, handler: &'a Handler) -> Vec<(&'a Expr, Level)> {
        let mut found = Vec::new();
        let event = self.model.event(handler.event);
        whole(&mut found, event.fields.iter().filter_map(|field| field.when.as_ref()));
        let keys = self.model.rows.iter().filter_map(|row| row.key_in.get(usize::from(handler.event)));
        whole(&mut found, keys.flatten());
        for gate in &handler.gates {
            let limit = self.model.limit(gate.limit);
            whole(&mut found, key(&gate.key).chain([&gate.amount]).chain(of_limit(limit)));
            gate.actions.iter().for_each(|action| self.of_action(action, &mut found));
        }
        let asked = self.conditions.iter().filter(|(what, _)| match what {
            Atom::Accepted(event) => *event == handler.event,
            Atom::Answered(_) => true,
            _ => false,
        });
        whole(&mut found, asked.map(|(_, condition)| condition));
        whole(&mut found, handler.refusals.iter().map(|refusal| &refusal.guard));
        self.of_branches(&handler.branches, &mut found);
        found
    }

    fn of_branches<'a>(&self, branches: &'a [Branch], found: &mut Vec<(&'a Expr, Level)>) {
        for branch in branches {
            whole(found, &branch.guard);
            self.of_body(&branch.body, found);
        }
    }

    fn of_body<'a>(&self, body: &'a Body, found: &mut Vec<(&'a Expr, Level)>) {
        body.actions.iter().for_each(|action| self.of_action(action, found));
        match &body.outcome {
            Outcome::Ask { answers, .. } => {
                for case in answers {
                    whole(found, case.fields.iter().filter_map(|field| field.when.as_ref()));
                    self.of_branches(&case.branches, found);
                }
            }
            Outcome::Either(bodies) => bodies.iter().for_each(|body| self.of_body(body, found)),
            _ => {}
        }
    }

    fn of_action<'a>(&self, action: &'a Action, found: &mut Vec<(&'a Expr, Level)>) {
        match action {
            Action::Set { target, value, .. } => {
                let level = if self.may_overflow(value, self.kind(*target)) {
                    Level::Whole
                } else {
                    self.target(*target)
                };
                found.push((value, level));
            }
            Action::Reset { key: of, .. } => whole(found, key(of)),
            Action::Count { key: of, amount, .. } | Action::Uncount { key: of, amount, .. } => {
                whole(found, key(of).chain([amount]));
            }
            Action::Send { output, fields, when, .. } => {
                whole(found, when);
                for (field, value) in fields {
                    let kind = self.model.outputs[usize::from(*output)].fields[usize::from(*field)].kind;
                    let level = if self.may_overflow(value, kind) {
                        Level::Whole
                    } else {
                        self.output(*output, *field)
                    };
                    found.push((value, level));
                }
            }
        }
    }

    /// Whether keeping a value may fail, for lying outside the type.
    fn may_overflow(&self, value: &Expr, kind: TypeId) -> bool {
        match self.kind_of(value) {
            Some(known) => known != kind && !self.model.kind(kind).constraints.is_empty(),
            None => !matches!(value, Expr::Const(_) | Expr::Field(_) | Expr::AnswerField(_)),
        }
    }

    fn kind_of(&self, place: &Expr) -> Option<TypeId> {
        let model = self.model;
        Some(match place {
            Expr::Given(index) => model.givens[usize::from(*index)].kind,
            Expr::Variable(index) => model.variables[usize::from(*index)].kind,
            Expr::Choice(index) => model.choices[usize::from(*index)].kind,
            Expr::Output { output, field } => {
                model.outputs[usize::from(*output)].fields[usize::from(*field)].kind
            }
            Expr::Attribute { row, attribute } => {
                model.records[usize::from(self.record(*row))].attributes[usize::from(*attribute)].kind
            }
            Expr::RowKey(row) => model.records[usize::from(self.record(*row))].key_kind,
            _ => return None,
        })
    }

    fn kind(&self, target: Target) -> TypeId {
        match target {
            Target::Variable(index) => self.model.variables[usize::from(index)].kind,
            Target::Attribute { row, attribute } => {
                self.model.records[usize::from(self.record(row))].attributes[usize::from(attribute)].kind
            }
        }
    }

    fn record(&self, row: u16) -> u16 {
        self.model.rows[usize::from(row)].record
    }

    fn watch(&mut self, atom: &Atom) {
        match atom {
            Atom::Holds(condition) => self.need(condition, Level::Whole),
            Atom::Where { what, condition } => {
                self.need(condition, Level::Whole);
                self.watch(what);
                self.conditions.push((what.as_ref().clone(), condition.clone()));
            }
            _ => {}
        }
    }

    fn roots(&mut self) {
        let model = self.model;
        for row in &model.rows {
            row.key.iter().chain(row.key_in.iter().flatten()).for_each(|key| self.need(key, Level::Whole));
        }
        model.requires.iter().for_each(|require| self.need(&require.guard, Level::Whole));
        model.limits.iter().flat_map(of_limit).for_each(|expr| self.need(expr, Level::Whole));
        model.timers.iter().for_each(|timer| self.need(&timer.delay, Level::Whole));
    }

    fn spread(&mut self) {
        let model = self.model;
        let mut found = Vec::new();
        self.of_branches(&model.start, &mut found);
        for handler in model.steps.iter().flat_map(|step| &step.handlers) {
            found.extend(self.of_handler(handler));
        }
        model.timers.iter().for_each(|timer| self.of_body(&timer.body, &mut found));
        let found: Vec<(Expr, Level)> =
            found.into_iter().map(|(expr, level)| (expr.clone(), level)).collect();
        found.iter().for_each(|(expr, level)| self.need(expr, *level));
    }

    fn need(&mut self, expr: &Expr, level: Level) {
        match expr {
            Expr::Given(index) => raise(&mut self.givens[usize::from(*index)], level, &mut self.changed),
            Expr::Variable(index) => {
                raise(&mut self.variables[usize::from(*index)], level, &mut self.changed)
            }
            Expr::Output { output, field } => {
                let known = &mut self.outputs[usize::from(*output)][usize::from(*field)];
                raise(known, level, &mut self.changed);
            }
            Expr::Attribute { row, attribute } => self.need_attribute(self.record(*row), *attribute, level),
            Expr::IsSet(inner) => self.need(inner, level.min(Level::Presence)),
            // What is computed from a value is set where the value is; what it comes to depends on all of it.
            _ => parts(expr).into_iter().for_each(|part| self.need(part, level)),
        }
    }

    fn need_attribute(&mut self, record: u16, attribute: u16, level: Level) {
        raise(&mut self.attributes[usize::from(record)][usize::from(attribute)], level, &mut self.changed);
    }
}

fn raise(known: &mut Level, level: Level, changed: &mut bool) {
    if *known < level {
        *known = level;
        *changed = true;
    }
}

fn whole<'m>(found: &mut Vec<(&'m Expr, Level)>, exprs: impl IntoIterator<Item = &'m Expr>) {
    found.extend(exprs.into_iter().map(|expr| (expr, Level::Whole)));
}

fn key(key: &Key) -> impl Iterator<Item = &Expr> {
    let expr = if let Key::Value(expr) = key { Some(expr) } else { None };
    expr.into_iter()
}

fn of_limit(limit: &Limit) -> impl Iterator<Item = &Expr> {
    let bound = if let Bound::AtMost(bound) = &limit.bound { Some(bound) } else { None };
    let width = if let Window::Rolling(width) = &limit.window { Some(width) } else { None };
    let hold =
        if let LimitOutcome::Refuse { hold: Some(hold), .. } = &limit.outcome { Some(hold) } else { None };
    bound.into_iter().chain(width).chain(hold).chain(&limit.active)
}

/// Whether two sides are only asked to be the same.
pub(super) fn is_equality(how: Comparison) -> bool {
    matches!(how, Comparison::Equal | Comparison::NotEqual)
}
