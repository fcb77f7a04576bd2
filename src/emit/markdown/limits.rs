//! Limits in words: how many, in which time, what happens then, what counts and what forgets.

use flowspec_runtime::model::{
    Action, Body, Bound, Branch, Expr, Handler, Key, Limit, LimitId, LimitOutcome, Outcome, Period, StepId,
    Window,
};

use super::block::{Block, Line, bullets};
use super::outcome::ONE;
use super::page::Page;
use crate::emit::words::{Scope, Words, fill};

/// What is done with a limit somewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Counted,
    Reset,
}

impl<'m> Page<'m> {
    /// Every limit: a line with what it allows, and below it what follows from that.
    pub(super) fn limits(&self) -> Vec<Block> {
        let lines: Vec<_> =
            (0..).zip(&self.model.limits).flat_map(|(id, limit)| self.limit(id, limit)).collect();
        if lines.is_empty() { Vec::new() } else { vec![bullets(lines)] }
    }

    fn limit(&self, id: LimitId, limit: &'m Limit) -> Vec<Line> {
        let say = self.words.say;
        let name = self.words.escape(&self.words.label(Some(limit.element), &limit.name));
        let mut below = Vec::new();
        if matches!(limit.bound, Bound::AtMost(_)) {
            below.push(self.sentences(&self.when_full(id, limit)));
        }
        if let Some(guard) = &limit.active {
            below.push(fill(say.limit_active, &[("guard", &self.words.guard(guard, self.limit_scope(id)))]));
        }
        let gates = self.model.steps.iter().flat_map(|step| &step.handlers).flat_map(|of| &of.gates);
        let block = gates.filter(|gate| gate.limit == id).find(|gate| !gate.actions.is_empty());
        if let Some(gate) = block {
            let actions = self.actions(&gate.actions, self.limit_scope(id)).join(say.between);
            below.push(fill(say.limit_actions, &[("actions", &actions)]));
        }
        below.extend(self.uses(id, Use::Counted).map(|uses| fill(say.limit_counted, &[("where", &uses)])));
        below.extend(self.uses(id, Use::Reset).map(|uses| fill(say.limit_resets, &[("where", &uses)])));
        below.extend(self.notes_lines(limit.element));
        let first = format!("**{name}**{}{}", say.colon, self.allowance(id, limit));
        let below = below.into_iter().filter(|text| !text.is_empty());
        std::iter::once(Line { depth: 0, text: first })
            .chain(below.map(|text| Line { depth: 1, text: self.words.capital(&text) }))
            .collect()
    }

    fn notes_lines(&self, element: u32) -> Vec<String> {
        let mut lines = Vec::new();
        for &id in self.statements(element) {
            lines.extend(self.notes_of(self.model.element(id)));
        }
        lines
    }

    /// “At most 5 for each *login* within any 15 minutes.”
    fn allowance(&self, id: LimitId, limit: &'m Limit) -> String {
        let say = self.words.say;
        let Bound::AtMost(bound) = &limit.bound else { return say.unbounded.to_owned() };
        let n = self.words.noun(bound, Some(limit.kind), Scope::default());
        let phrase = match (self.counts_one_by_one(id), limit.or_more) {
            (true, false) => say.times_at_most,
            (true, true) => say.times_or_more,
            (false, false) => say.amount_at_most,
            (false, true) => say.amount_or_more,
        };
        fill(phrase, &[("n", &n), ("per", &self.per(id, limit)), ("window", &self.window(limit))])
    }

    fn is_per_session(&self, limit: &Limit) -> bool {
        limit.per.as_deref() == Some("session")
    }

    fn per(&self, id: LimitId, limit: &Limit) -> String {
        let say = self.words.say;
        match limit.per.as_deref() {
            None => say.for_all.to_owned(),
            Some(_) if self.is_per_session(limit) => say.per_session.to_owned(),
            Some(name) => {
                let key = self.key(id).map(|(key, scope)| self.words.noun(key, None, scope));
                let key = key.unwrap_or_else(|| self.words.name(&name.replace('_', " ")));
                fill(say.per_key, &[("key", &key)])
            }
        }
    }

    /// What the key of a limit reads, in the first event that says so.
    fn key(&self, id: LimitId) -> Option<(&'m Expr, Scope<'m>)> {
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        handlers.flat_map(|handler| handler.gates.iter().map(move |gate| (handler, gate))).find_map(
            |(handler, gate)| match &gate.key {
                Key::Value(key) if gate.limit == id => {
                    Some((key, Scope::event(self.model.event(handler.event))))
                }
                _ => None,
            },
        )
    }

    fn limit_scope(&self, id: LimitId) -> Scope<'m> {
        self.key(id).map(|(_, scope)| scope).unwrap_or_default()
    }

    fn window(&self, limit: &'m Limit) -> String {
        let say = self.words.say;
        match &limit.window {
            Window::All => say.ever.to_owned(),
            Window::Rolling(width) => {
                fill(say.within, &[("time", &self.words.length(width, Scope::default()))])
            }
            Window::Calendar { period, offset } => {
                let phrase = match period {
                    Period::Hour => say.each_hour,
                    Period::Day => say.each_day,
                    Period::Week => say.each_week,
                    Period::Month => say.each_month,
                    Period::Year => say.each_year,
                };
                fill(phrase, &[("offset", &self.words.offset(*offset))])
            }
        }
    }

    /// What happens when the limit is full, and for how long.
    fn when_full(&self, id: LimitId, limit: &'m Limit) -> Vec<String> {
        let Bound::AtMost(bound) = &limit.bound else { return Vec::new() };
        let last = Words::constant(bound).filter(|_| self.counts_one_by_one(id));
        match &limit.outcome {
            _ if limit.or_more => Vec::new(),
            LimitOutcome::Refuse { reason, hold, to } => {
                let refusal = match reason {
                    Some(reason) => self.refusal(*reason, *to),
                    None => self.refused_by_limit(*to),
                };
                match hold {
                    Some(hold) => self.held(limit, hold, last, &refusal),
                    None => self.refused_while_full(limit, last, &refusal),
                }
            }
            LimitOutcome::Trip(trip) => vec![self.trip(trip.to, last)],
            LimitOutcome::Silent => vec![self.words.say.limit_silent.to_owned()],
        }
    }

    /// What fills the limit closes it for a time.
    fn held(&self, limit: &Limit, hold: &'m Expr, last: Option<i64>, refusal: &str) -> Vec<String> {
        let say = self.words.say;
        let hold = self.words.length(hold, Scope::default());
        let everywhere = if self.is_per_session(limit) { "" } else { say.in_any_session };
        let last = last.map(|n| self.words.ordinal(n));
        let phrase = if last.is_some() { say.limit_held } else { say.limit_held_amount };
        let values = [
            ("last", last.as_deref().unwrap_or_default()),
            ("hold", &hold),
            ("everywhere", everywhere),
            ("refusal", refusal),
        ];
        vec![fill(phrase, &values), say.limit_hold_over.to_owned()]
    }

    /// What is beyond the limit is refused, until enough has stopped counting.
    fn refused_while_full(&self, limit: &'m Limit, last: Option<i64>, refusal: &str) -> Vec<String> {
        let say = self.words.say;
        let mut told = vec![match last {
            Some(n) => {
                let next = self.words.ordinal(n.saturating_add(1));
                fill(say.limit_next_refused, &[("next", &next), ("refusal", refusal)])
            }
            None => fill(say.limit_beyond_refused, &[("refusal", refusal)]),
        }];
        if let Window::Rolling(width) = &limit.window {
            told.push(fill(say.limit_rolls, &[("time", &self.words.length(width, Scope::default()))]));
        }
        told
    }

    fn trip(&self, to: StepId, last: Option<i64>) -> String {
        let say = self.words.say;
        let step = self.step(to);
        match last {
            Some(n) => fill(say.limit_trips, &[("last", &self.words.ordinal(n)), ("step", &step)]),
            None => fill(say.limit_trips_amount, &[("step", &step)]),
        }
    }

    /// What becomes of whom a limit refuses that names no reason.
    pub(super) fn refused_by_limit(&self, to: Option<StepId>) -> String {
        let say = self.words.say;
        match to {
            Some(step) => fill(say.refused_full_to, &[("to", &self.to(step))]),
            None => say.refused_full.to_owned(),
        }
    }

    /// Whether each use of a limit counts as one.
    fn counts_one_by_one(&self, id: LimitId) -> bool {
        let gates =
            self.model.steps.iter().flat_map(|step| &step.handlers).flat_map(|handler| &handler.gates);
        gates.filter(|gate| gate.limit == id).all(|gate| gate.amount == ONE)
    }

    /// The events that count or forget a limit, each with its step.
    fn uses(&self, id: LimitId, wanted: Use) -> Option<String> {
        let mut places = Vec::new();
        for (step_id, step) in (0..).zip(&self.model.steps) {
            for handler in &step.handlers {
                places.extend(self.uses_in(handler, step_id, id, wanted));
            }
        }
        (!places.is_empty()).then(|| places.join(self.words.say.apart))
    }

    fn uses_in(&self, handler: &'m Handler, step: StepId, id: LimitId, wanted: Use) -> Vec<String> {
        let say = self.words.say;
        let scope = Scope::event(self.model.event(handler.event));
        let event = self.words.name(&self.words.event(handler));
        let step = self.step(step);
        let is_use = |branch: &&'m Branch| uses(&branch.body, id, wanted);
        handler
            .branches
            .iter()
            .filter(is_use)
            .map(|branch| {
                let values = [("event", event.as_str()), ("step", &step)];
                match (&branch.guard, &branch.body.outcome) {
                    (_, Outcome::Refuse { reason, .. }) => {
                        let reason = self.words.reason(*reason);
                        fill(say.event_at_refused, &[values[0], values[1], ("reason", &reason)])
                    }
                    (Some(guard), _) => {
                        let guard = self.words.guard(guard, scope);
                        fill(say.event_at_when, &[values[0], values[1], ("guard", &guard)])
                    }
                    (None, _) if handler.branches.len() > 1 => fill(say.event_at_otherwise, &values),
                    (None, _) => fill(say.event_at, &values),
                }
            })
            .collect()
    }
}

fn uses(body: &Body, id: LimitId, wanted: Use) -> bool {
    body.actions.iter().any(|action| match action {
        Action::Count { limit, .. } => wanted == Use::Counted && *limit == id,
        Action::Reset { limit, .. } => wanted == Use::Reset && *limit == id,
        _ => false,
    }) || match &body.outcome {
        Outcome::Either(bodies) => bodies.iter().any(|body| uses(body, id, wanted)),
        Outcome::Ask { answers, .. } => {
            answers.iter().flat_map(|answer| &answer.branches).any(|branch| uses(&branch.body, id, wanted))
        }
        _ => false,
    }
}
