//! Whether a model that was read from a file points only to what is there, so that running it cannot fall over.

use super::{
    Action, Body, Branch, Field, Handler, Kind, LimitOutcome, Model, Outcome, Permission, Target, TimerBase,
    Unlisted,
};

impl Model {
    /// The first place that points to nothing; none in any model that the compiler made.
    ///
    /// Expressions need no look: what they name and is not there is unset.
    pub fn flaw(&self) -> Option<String> {
        let mut flaws = Flaws { model: self, first: None };
        flaws.check();
        flaws.first
    }
}

struct Flaws<'m> {
    model: &'m Model,
    first: Option<String>,
}

impl Flaws<'_> {
    fn check(&mut self) {
        let model = self.model;
        self.within("a list of actors", 0_u16, model.actors.len());
        if let Unlisted::Refuse(reason) = model.defaults.unlisted.0 {
            self.reason(reason);
        }
        for kind in &model.types {
            match &kind.kind {
                Kind::Set { of } | Kind::List { of, .. } => self.kind(*of),
                Kind::Entry { fields } => fields.iter().for_each(|field| self.kind(field.kind)),
                _ => {}
            }
        }
        model.outputs.iter().flat_map(|output| &output.fields).for_each(|field| self.kind(field.kind));
        model.events.iter().for_each(|event| self.fields(&event.fields));
        model.givens.iter().chain(&model.variables).for_each(|variable| self.kind(variable.kind));
        for record in &model.records {
            self.kind(record.key_kind);
            record.attributes.iter().for_each(|attribute| self.kind(attribute.kind));
        }
        model.rows.iter().for_each(|row| self.within("a record", row.record, model.records.len()));
        model.requires.iter().for_each(|require| self.reason(require.reason));
        self.branches(&model.start);
        self.limits();
        model.steps.iter().flat_map(|step| &step.handlers).for_each(|handler| self.handler(handler));
        self.timers();
        for capability in &model.capabilities {
            capability.record.into_iter().for_each(|id| self.within("a record", id, model.records.len()));
            for rule in &capability.rules {
                if let Permission::Deny(reason) = rule.permission {
                    self.reason(reason);
                }
            }
        }
    }

    fn limits(&mut self) {
        for limit in &self.model.limits {
            self.kind(limit.kind);
            match &limit.outcome {
                LimitOutcome::Refuse { reason, to, .. } => {
                    reason.iter().for_each(|reason| self.reason(*reason));
                    to.iter().for_each(|step| self.step(*step));
                }
                LimitOutcome::Trip(trip) => self.step(trip.to),
                LimitOutcome::Silent => {}
            }
        }
    }

    fn handler(&mut self, handler: &Handler) {
        let model = self.model;
        self.within("an event", handler.event, model.events.len());
        self.within("an actor", handler.actor, model.actors.len());
        for gate in &handler.gates {
            self.within("a limit", gate.limit, model.limits.len());
            gate.actions.iter().for_each(|action| self.action(action));
        }
        handler.refusals.iter().for_each(|refusal| self.reason(refusal.reason));
        self.branches(&handler.branches);
    }

    fn timers(&mut self) {
        for timer in &self.model.timers {
            timer.step.into_iter().for_each(|step| self.step(step));
            if let TimerBase::Since(step) = timer.base {
                self.step(step);
            }
            self.body(&timer.body);
        }
    }

    fn branches(&mut self, branches: &[Branch]) {
        branches.iter().for_each(|branch| self.body(&branch.body));
    }

    fn body(&mut self, body: &Body) {
        body.actions.iter().for_each(|action| self.action(action));
        match &body.outcome {
            Outcome::To(step) => self.step(*step),
            Outcome::Refuse { reason, to } => {
                self.reason(*reason);
                to.iter().for_each(|step| self.step(*step));
            }
            Outcome::Ask { actor, answers } => {
                self.within("an actor", *actor, self.model.actors.len());
                for answer in answers {
                    self.fields(&answer.fields);
                    self.branches(&answer.branches);
                }
            }
            Outcome::Either(bodies) => bodies.iter().for_each(|body| self.body(body)),
            Outcome::Stay | Outcome::Restart | Outcome::Resume | Outcome::Silent => {}
        }
    }

    fn action(&mut self, action: &Action) {
        let model = self.model;
        match action {
            Action::Set { target: Target::Variable(variable), .. } => {
                self.within("a remembered value", *variable, model.variables.len());
            }
            Action::Set { target: Target::Attribute { row, attribute }, .. } => {
                self.within("a row", *row, model.rows.len());
                let record = model.rows.get(usize::from(*row)).map(|row| usize::from(row.record));
                let record = record.and_then(|record| model.records.get(record));
                self.within("an attribute", *attribute, record.map_or(0, |record| record.attributes.len()));
            }
            Action::Reset { limit, .. } | Action::Uncount { limit, .. } | Action::Count { limit, .. } => {
                self.within("a limit", *limit, model.limits.len());
            }
            Action::Send { output, fields, .. } => {
                self.within("an output", *output, model.outputs.len());
                let declared =
                    model.outputs.get(usize::from(*output)).map_or(0, |output| output.fields.len());
                fields.iter().for_each(|(field, _)| self.within("an output's field", *field, declared));
            }
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        fields.iter().for_each(|field| self.kind(field.kind));
    }

    fn kind(&mut self, id: u16) {
        self.within("a type", id, self.model.types.len());
    }

    fn step(&mut self, id: u16) {
        self.within("a step", id, self.model.steps.len());
    }

    fn reason(&mut self, id: u16) {
        self.within("a reason", id, self.model.reasons.len());
    }

    fn within(&mut self, what: &str, index: u16, length: usize) {
        if usize::from(index) >= length && self.first.is_none() {
            self.first = Some(format!("{what} is numbered {index}, and there are {length}"));
        }
    }
}
