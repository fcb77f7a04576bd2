//! Every expression of a flow, one after another.

use super::{
    Action, Body, Bound, Branch, Expr, Field, Gate, Handler, Key, Limit, LimitOutcome, Model, Outcome, Window,
};

impl Model {
    /// Calls `see` with every expression that running the flow may read, those within others too.
    pub fn expressions(&self, see: &mut dyn FnMut(&Expr)) {
        self.rows
            .iter()
            .flat_map(|row| row.key.iter().chain(row.key_in.iter().flatten()))
            .for_each(|e| e.each(see));
        self.requires.iter().for_each(|require| require.guard.each(see));
        branches(&self.start, see);
        self.limits.iter().for_each(|limit| limit.expressions(see));
        self.events.iter().for_each(|event| fields(&event.fields, see));
        self.steps.iter().flat_map(|step| &step.handlers).for_each(|handler| handler.expressions(see));
        for timer in &self.timers {
            timer.delay.each(see);
            timer.body.expressions(see);
        }
        let rules = self.capabilities.iter().flat_map(|capability| &capability.rules);
        rules.filter_map(|rule| rule.guard.as_ref()).for_each(|guard| guard.each(see));
    }
}

impl Handler {
    /// Calls `see` with every expression of the handler.
    pub fn expressions(&self, see: &mut dyn FnMut(&Expr)) {
        for Gate { key, amount, actions, .. } in &self.gates {
            key.expressions(see);
            amount.each(see);
            actions.iter().for_each(|action| action.expressions(see));
        }
        self.refusals.iter().for_each(|refusal| refusal.guard.each(see));
        branches(&self.branches, see);
    }
}

impl Limit {
    fn expressions(&self, see: &mut dyn FnMut(&Expr)) {
        if let Bound::AtMost(bound) = &self.bound {
            bound.each(see);
        }
        if let Window::Rolling(width) = &self.window {
            width.each(see);
        }
        if let LimitOutcome::Refuse { hold: Some(hold), .. } = &self.outcome {
            hold.each(see);
        }
        self.active.iter().for_each(|active| active.each(see));
    }
}

impl Body {
    fn expressions(&self, see: &mut dyn FnMut(&Expr)) {
        self.actions.iter().for_each(|action| action.expressions(see));
        match &self.outcome {
            Outcome::Ask { answers, .. } => {
                for answer in answers {
                    fields(&answer.fields, see);
                    branches(&answer.branches, see);
                }
            }
            Outcome::Either(alternatives) => alternatives.iter().for_each(|body| body.expressions(see)),
            _ => {}
        }
    }
}

impl Action {
    /// Calls `see` with every expression of the action.
    pub fn expressions(&self, see: &mut dyn FnMut(&Expr)) {
        match self {
            Self::Set { value, .. } => value.each(see),
            Self::Reset { key, .. } => key.expressions(see),
            Self::Uncount { key, amount, .. } | Self::Count { key, amount, .. } => {
                key.expressions(see);
                amount.each(see);
            }
            Self::Send { fields, when, .. } => {
                fields.iter().for_each(|(_, value)| value.each(see));
                when.iter().for_each(|when| when.each(see));
            }
        }
    }
}

impl Key {
    fn expressions(&self, see: &mut dyn FnMut(&Expr)) {
        if let Self::Value(key) = self {
            key.each(see);
        }
    }
}

impl Expr {
    /// Whether the expression or one within it fulfils a test.
    pub fn any(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        let mut found = false;
        self.each(&mut |expr| found = found || test(expr));
        found
    }

    /// Calls `see` with the expression and with every one within it.
    pub fn each(&self, see: &mut dyn FnMut(&Self)) {
        see(self);
        match self {
            Self::IsSet(inner) | Self::IsEmpty(inner) | Self::Not(inner) | Self::Number(inner) => {
                inner.each(see)
            }
            Self::Multiply(inner, _)
            | Self::Percent { of: inner, .. }
            | Self::DateOf { instant: inner, .. } => inner.each(see),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.each(see)),
            Self::Compare { left, right, .. } | Self::Add(left, right) | Self::Subtract(left, right) => {
                left.each(see);
                right.each(see);
            }
            Self::Aggregate { over, of, filter, .. } => {
                over.each(see);
                of.iter().chain(filter).for_each(|part| part.each(see));
            }
            Self::In { word, set } => {
                word.each(see);
                set.each(see);
            }
            _ => {}
        }
    }
}

fn branches(branches: &[Branch], see: &mut dyn FnMut(&Expr)) {
    for branch in branches {
        branch.guard.iter().for_each(|guard| guard.each(see));
        branch.body.expressions(see);
    }
}

fn fields(fields: &[Field], see: &mut dyn FnMut(&Expr)) {
    fields.iter().filter_map(|field| field.when.as_ref()).for_each(|when| when.each(see));
}
