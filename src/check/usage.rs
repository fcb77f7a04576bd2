//! What a flow reads, sets and sends, wherever that is.

use std::collections::HashSet;

use super::graph::each_body;
use crate::model::{
    Action, Atom, Body, Bound, Branch, Claim, Draft, EventId, Expr, Key, LimitOutcome, Model, ScenarioLine,
    Target, Window,
};

/// Which of its values a flow uses.
#[derive(Default)]
pub(super) struct Usage {
    pub(super) variables_read: HashSet<u16>,
    pub(super) variables_set: HashSet<u16>,
    pub(super) givens_read: HashSet<u16>,
    pub(super) choices_read: HashSet<u16>,
    /// By event and field.
    pub(super) fields_read: HashSet<(EventId, u16)>,
    /// By record and attribute, read or set.
    pub(super) attributes: HashSet<(u16, u16)>,
    /// By output and field.
    pub(super) fields_sent: HashSet<(u16, u16)>,
    pub(super) sent: HashSet<u16>,
    pub(super) outputs_read: HashSet<u16>,
    pub(super) limits_counted: HashSet<u16>,
}

impl Usage {
    pub(super) fn of(draft: &Draft) -> Self {
        let model = &draft.model;
        let mut usage = Self::default();
        usage.rows(model);
        draft.reads.iter().for_each(|read| usage.read(model, &[], &read.what));
        draft.arguments.iter().for_each(|argument| usage.read(model, &[], argument));
        usage.limits(model);
        model.requires.iter().for_each(|require| usage.read(model, &[], &require.guard));
        usage.branches(model, &[], &model.start);
        for (id, event) in (0..).zip(&model.events) {
            event
                .fields
                .iter()
                .filter_map(|field| field.when.as_ref())
                .for_each(|when| usage.read(model, &[id], when));
        }
        for handler in model.steps.iter().flat_map(|step| &step.handlers) {
            let event = [handler.event];
            handler.refusals.iter().for_each(|refusal| usage.read(model, &event, &refusal.guard));
            for gate in &handler.gates {
                usage.key(model, &event, &gate.key);
                usage.read(model, &event, &gate.amount);
                gate.actions.iter().for_each(|action| usage.action(model, &event, action));
            }
            usage.branches(model, &event, &handler.branches);
        }
        for timer in &model.timers {
            usage.read(model, &[], &timer.delay);
            usage.body(model, &[], &timer.body);
        }
        usage.rules(model);
        usage
    }

    fn rows(&mut self, model: &Model) {
        for row in &model.rows {
            row.key.iter().for_each(|key| self.read(model, &[], key));
            for (event, key) in (0..).zip(&row.key_in) {
                key.iter().for_each(|key| self.read(model, &[event], key));
            }
        }
    }

    fn limits(&mut self, model: &Model) {
        for (id, limit) in (0..).zip(&model.limits) {
            let handlers = model.steps.iter().flat_map(|step| &step.handlers);
            let gated = handlers.filter(|handler| handler.gates.iter().any(|gate| gate.limit == id));
            let events: Vec<EventId> = gated.map(|handler| handler.event).collect();
            limit.active.iter().for_each(|active| self.read(model, &events, active));
            if let Bound::AtMost(bound) = &limit.bound {
                self.read(model, &events, bound);
            }
            if let Window::Rolling(width) = &limit.window {
                self.read(model, &events, width);
            }
            if let LimitOutcome::Refuse { hold: Some(hold), .. } = &limit.outcome {
                self.read(model, &events, hold);
            }
        }
    }

    fn rules(&mut self, model: &Model) {
        let rules = model.capabilities.iter().flat_map(|capability| {
            capability.rules.iter().map(move |rule| (capability.record, rule.guard.as_ref()))
        });
        for (record, guard) in rules {
            guard.iter().for_each(|guard| self.asked(model, record, guard));
        }
        let mut atoms: Vec<&Atom> = Vec::new();
        for property in &model.properties {
            match &property.claim {
                Claim::Always(guard) => self.read(model, &[], guard),
                Claim::Never { what, before } => atoms.extend(std::iter::once(what).chain(before)),
                Claim::Follow { what, by, within } => {
                    atoms.extend([what, by]);
                    within.iter().for_each(|within| self.read(model, &[], within));
                }
                Claim::Indistinguishable { one, other, event, .. } => {
                    let events: Vec<EventId> = event.iter().copied().collect();
                    [one, other].into_iter().for_each(|case| self.read(model, &events, case));
                }
            }
        }
        for atom in atoms {
            match atom {
                Atom::Holds(guard) => self.read(model, &[], guard),
                Atom::Where { what, condition } => match **what {
                    Atom::Accepted(event) => self.read(model, &[event], condition),
                    _ => self.read(model, &[], condition),
                },
                _ => {}
            }
        }
        for line in model.scenarios.iter().flat_map(|scenario| &scenario.lines) {
            if let ScenarioLine::Do { event, fields, .. } = line {
                fields.iter().for_each(|(_, value)| self.read(model, &[*event], value));
            }
        }
    }

    fn asked(&mut self, model: &Model, record: Option<u16>, guard: &Expr) {
        guard.walk(&mut |part| match (part, record) {
            (Expr::Asked(attribute), Some(record)) => {
                self.attributes.insert((record, *attribute));
            }
            _ => self.leaf(model, &[], part),
        });
    }

    fn branches(&mut self, model: &Model, events: &[EventId], branches: &[Branch]) {
        for branch in branches {
            branch.guard.iter().for_each(|guard| self.read(model, events, guard));
            self.body(model, events, &branch.body);
        }
    }

    fn body(&mut self, model: &Model, events: &[EventId], body: &Body) {
        each_body(body, &mut |body| {
            body.actions.iter().for_each(|action| self.action(model, events, action));
            if let crate::model::Outcome::Ask { answers, .. } = &body.outcome {
                for branch in answers.iter().flat_map(|answer| &answer.branches) {
                    branch.guard.iter().for_each(|guard| self.read(model, events, guard));
                }
            }
        });
    }

    fn action(&mut self, model: &Model, events: &[EventId], action: &Action) {
        match action {
            Action::Set { target, value, .. } => {
                self.read(model, events, value);
                match target {
                    Target::Variable(variable) => {
                        self.variables_set.insert(*variable);
                    }
                    Target::Attribute { row, attribute } => {
                        let record = model.rows[usize::from(*row)].record;
                        self.attributes.insert((record, *attribute));
                    }
                }
            }
            Action::Reset { key, .. } => self.key(model, events, key),
            Action::Count { limit, key, amount, .. } => {
                self.limits_counted.insert(*limit);
                self.key(model, events, key);
                self.read(model, events, amount);
            }
            Action::Uncount { key, amount, .. } => {
                self.key(model, events, key);
                self.read(model, events, amount);
            }
            Action::Send { output, fields, when, .. } => {
                self.sent.insert(*output);
                for (field, value) in fields {
                    self.fields_sent.insert((*output, *field));
                    self.read(model, events, value);
                }
                when.iter().for_each(|when| self.read(model, events, when));
            }
        }
    }

    fn key(&mut self, model: &Model, events: &[EventId], key: &Key) {
        if let Key::Value(key) = key {
            self.read(model, events, key);
        }
    }

    fn read(&mut self, model: &Model, events: &[EventId], expr: &Expr) {
        expr.walk(&mut |part| self.leaf(model, events, part));
    }

    fn leaf(&mut self, model: &Model, events: &[EventId], part: &Expr) {
        match part {
            Expr::Variable(variable) => {
                self.variables_read.insert(*variable);
            }
            Expr::Given(given) => {
                self.givens_read.insert(*given);
            }
            Expr::Choice(choice) => {
                self.choices_read.insert(*choice);
            }
            Expr::Field(field) => self.fields_read.extend(events.iter().map(|event| (*event, *field))),
            Expr::Output { output, .. } => {
                self.outputs_read.insert(*output);
            }
            Expr::Attribute { row, attribute } => {
                let record = model.rows[usize::from(*row)].record;
                self.attributes.insert((record, *attribute));
            }
            _ => {}
        }
    }
}
