//! What follows: branches, outcomes and actions as lines of a list.

use flowspec_runtime::Value;
use flowspec_runtime::model::{
    Action, Body, Branch, ElementKind, Expr, Field, LimitId, Outcome, ReasonId, StepId, Target,
};

use super::block::Line;
use super::page::Page;
use crate::emit::words::{Scope, fill, is_of_task};

/// How many things that happen at once are said in one sentence.
const AT_ONCE: usize = 3;

/// What an action comes to, in words; several of a kind share one.
enum Clause {
    Said(String),
    Remembered(Vec<String>),
    /// In a row, by the name of its record.
    Kept(String, Vec<String>),
    Counted(Vec<String>),
    /// So much, towards these limits.
    Added(String, Vec<String>),
}

impl Clause {
    fn takes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Remembered(_), Self::Remembered(_)) | (Self::Counted(_), Self::Counted(_)) => true,
            (Self::Kept(of, _), Self::Kept(other, _)) | (Self::Added(of, _), Self::Added(other, _)) => {
                of == other
            }
            _ => false,
        }
    }

    fn join(&mut self, other: Self) {
        match (self, other) {
            (Self::Remembered(names), Self::Remembered(more))
            | (Self::Kept(_, names), Self::Kept(_, more))
            | (Self::Counted(names), Self::Counted(more))
            | (Self::Added(_, names), Self::Added(_, more)) => names.extend(more),
            _ => {}
        }
    }
}

/// The amount of one use.
pub(super) const ONE: Expr = Expr::Const(Value::Int(1));

impl<'m> Page<'m> {
    /// What follows on branches, a line each, and below it what an actor may answer or what may follow.
    pub(super) fn branches(&self, branches: &'m [Branch], scope: Scope<'m>, depth: usize) -> Vec<Line> {
        branches.iter().flat_map(|branch| self.branch(branch, scope, depth)).collect()
    }

    fn branch(&self, branch: &'m Branch, scope: Scope<'m>, depth: usize) -> Vec<Line> {
        let say = self.words.say;
        let own = self.words.text(&self.model.element(branch.element).texts);
        let guard =
            branch.guard.as_ref().map(|guard| fill(say.when, &[("guard", &self.words.guard(guard, scope))]));
        let lead = match (own, guard) {
            (Some(text), Some(guard)) if !self.heads(branch) => {
                Some(format!("{}{}", self.words.escape(text), fill(say.aside, &[("x", &guard)])))
            }
            (_, Some(guard)) => Some(guard),
            (_, None) if self.heads(branch) => None,
            (Some(text), None) => Some(self.words.escape(text)),
            (None, None) => Some(say.otherwise.to_owned()),
        };
        self.body(lead, &branch.body, scope, depth)
    }

    /// Whether the branch is the event, the answer or the start itself, whose caption has been said.
    fn heads(&self, branch: &Branch) -> bool {
        use flowspec_runtime::model::ElementKind as Kind;
        matches!(self.model.element(branch.element).kind, Kind::On | Kind::Answer | Kind::Start)
    }

    /// An outcome with its actions: one line, and more below it where something else decides.
    pub(super) fn body(
        &self,
        lead: Option<String>,
        body: &'m Body,
        scope: Scope<'m>,
        depth: usize,
    ) -> Vec<Line> {
        let say = self.words.say;
        let mut text = self.outcome(&body.outcome);
        let actions = self.actions(&body.actions, scope);
        let mut below = Vec::new();
        if actions.len() > AT_ONCE {
            text = fill(say.doing_this, &[("outcome", &text)]);
            let line = |action: &String| Line { depth: depth + 1, text: self.sentence(action) };
            below.extend(actions.iter().map(line));
        } else if !actions.is_empty() {
            text = fill(say.doing, &[("outcome", &text), ("actions", &self.words.list(&actions))]);
        }
        if let Some(lead) = lead {
            text = format!("{lead}{}{text}", say.colon);
        }
        below.extend(self.below(&body.outcome, scope, depth + 1));
        let text = if below.is_empty() {
            self.sentence(&text)
        } else {
            self.words.capital(&text) + say.colon.trim_end()
        };
        std::iter::once(Line { depth, text }).chain(below).collect()
    }

    pub(super) fn outcome(&self, outcome: &Outcome) -> String {
        let say = self.words.say;
        match outcome {
            Outcome::To(step) => self.to(*step),
            Outcome::Stay => say.stay.to_owned(),
            Outcome::Restart => say.restart.to_owned(),
            Outcome::Resume => say.resume.to_owned(),
            Outcome::Refuse { reason, to } => self.refusal(*reason, *to),
            Outcome::Ask { actor, .. } => fill(say.asks, &[("actor", &self.words.actor(*actor))]),
            Outcome::Either(_) => say.either.to_owned(),
            Outcome::Silent => say.silent.to_owned(),
        }
    }

    fn below(&self, outcome: &'m Outcome, scope: Scope<'m>, depth: usize) -> Vec<Line> {
        match outcome {
            Outcome::Either(bodies) => {
                bodies.iter().flat_map(|body| self.body(None, body, scope, depth)).collect()
            }
            Outcome::Ask { answers, .. } => answers
                .iter()
                .flat_map(|answer| {
                    let scope = Scope { answer: &answer.fields, ..scope };
                    let name = self.words.name(&self.words.label(Some(answer.element), &answer.name));
                    let mut lead = fill(self.words.say.answer, &[("answer", &name)]);
                    if !answer.fields.is_empty() {
                        let fields = fill(
                            self.words.say.answer_brings,
                            &[("fields", &self.field_names(&answer.fields))],
                        );
                        lead += &fill(self.words.say.aside, &[("x", &fields)]);
                    }
                    match answer.branches.as_slice() {
                        [only] if only.guard.is_none() => self.body(Some(lead), &only.body, scope, depth),
                        several => {
                            let text = self.words.capital(&lead) + self.words.say.colon.trim_end();
                            let below = self.branches(several, scope, depth + 1);
                            std::iter::once(Line { depth, text }).chain(below).collect()
                        }
                    }
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn field_names(&self, fields: &[Field]) -> String {
        let names: Vec<_> = fields
            .iter()
            .map(|field| self.words.name(&self.words.label(Some(field.element), &field.name)))
            .collect();
        self.words.list(&names)
    }

    /// Where an outcome leads.
    pub(super) fn to(&self, step: StepId) -> String {
        let phrase =
            if self.model.step(step).end.is_some() { self.words.say.to_end } else { self.words.say.to_step };
        fill(phrase, &[("step", &self.step(step))])
    }

    /// What somebody sees who is refused, and where that leaves them.
    pub(super) fn refusal(&self, reason: ReasonId, to: Option<StepId>) -> String {
        let reason = self.words.reason(reason);
        match to {
            Some(step) => fill(self.words.say.refused_to, &[("reason", &reason), ("to", &self.to(step))]),
            None => fill(self.words.say.refused, &[("reason", &reason)]),
        }
    }

    /// Actions, a clause each; values that are remembered as they are, or kept in one row, share a clause, and so do
    /// limits that are counted one after another.
    pub(super) fn actions(&self, actions: &'m [Action], scope: Scope<'m>) -> Vec<String> {
        let mut clauses: Vec<Clause> = Vec::new();
        for action in actions.iter().filter(|action| !self.goes_without_saying(action)) {
            let clause = self.clause(action, scope);
            match clauses.iter_mut().rev().find(|known| known.takes(&clause)) {
                Some(known) => known.join(clause),
                None => clauses.push(clause),
            }
        }
        clauses.into_iter().map(|clause| self.said(clause)).collect()
    }

    /// What is done in whichever of several branches, each thing once.
    pub(super) fn actions_once(
        &self,
        actions: impl Iterator<Item = &'m Action>,
        scope: Scope<'m>,
    ) -> Vec<String> {
        let mut told = Vec::new();
        for action in actions.filter(|action| !self.goes_without_saying(action)) {
            let text = self.said(self.clause(action, scope));
            if !told.contains(&text) {
                told.push(text);
            }
        }
        told
    }

    /// What a part is given and remembers is fresh at each call, and a task that is done is ticked.
    fn goes_without_saying(&self, action: &Action) -> bool {
        let Action::Set { element, target, .. } = action else { return false };
        let ticks = |id: u16| is_of_task(self.model, self.model.variables[usize::from(id)].element);
        self.model.element(*element).kind == ElementKind::Call
            || matches!(target, Target::Variable(id) if ticks(*id))
    }

    fn clause(&self, action: &'m Action, scope: Scope<'m>) -> Clause {
        match action {
            Action::Set { target: Target::Variable(id), value, .. } => {
                let variable = &self.model.variables[usize::from(*id)];
                let name = self.words.name(&self.words.label(Some(variable.element), &variable.name));
                let value = self.words.noun(value, Some(variable.kind), scope);
                if value == name { Clause::Remembered(vec![name]) } else { self.becomes(&name, &value) }
            }
            Action::Set { target: Target::Attribute { row, attribute }, value, .. } => {
                let record = self.model.rows[usize::from(*row)].record;
                let kind = self.model.records[usize::from(record)].attributes[usize::from(*attribute)].kind;
                let name = self.words.attribute(record, *attribute);
                let record = self.words.record(*row);
                let value = self.words.noun(value, Some(kind), scope);
                if value == name {
                    return Clause::Kept(record, vec![name]);
                }
                let name = fill(self.words.say.attribute_of, &[("a", &name), ("record", &record)]);
                self.becomes(&name, &value)
            }
            Action::Count { limit, amount, .. } if *amount == ONE => {
                Clause::Counted(vec![self.limit_name(*limit)])
            }
            Action::Count { limit, amount, .. } => {
                let amount = self.words.noun(amount, Some(self.model.limit(*limit).kind), scope);
                Clause::Added(amount, vec![self.limit_name(*limit)])
            }
            other => Clause::Said(self.action(other, scope)),
        }
    }

    fn becomes(&self, name: &str, value: &str) -> Clause {
        Clause::Said(fill(self.words.say.becomes, &[("name", name), ("value", value)]))
    }

    fn said(&self, clause: Clause) -> String {
        let say = self.words.say;
        match clause {
            Clause::Said(text) => text,
            Clause::Remembered(names) => {
                let n = names.len().to_string();
                fill(say.remembered, &[("names", &self.words.all_of(&names)), ("n", &n)])
            }
            Clause::Kept(record, names) => {
                let n = names.len().to_string();
                let names = self.words.all_of(&names);
                fill(say.kept_in, &[("names", &names), ("n", &n), ("record", &record)])
            }
            Clause::Counted(limits) => fill(say.count, &[("limit", &self.words.all_of(&limits))]),
            Clause::Added(amount, limits) => {
                let limits = self.words.all_of(&limits);
                fill(say.count_amount, &[("amount", &amount), ("limit", &limits)])
            }
        }
    }

    fn action(&self, action: &'m Action, scope: Scope<'m>) -> String {
        let say = self.words.say;
        match action {
            // Said together with their like.
            Action::Set { .. } | Action::Count { .. } => String::new(),
            Action::Reset { limit, .. } => fill(say.reset, &[("limit", &self.limit_name(*limit))]),
            Action::Uncount { limit, amount, .. } => {
                self.counted([say.uncount, say.uncount_amount], *limit, amount, scope)
            }
            Action::Send { output, fields, when, .. } => self.sent(*output, fields, when.as_ref(), scope),
        }
    }

    fn counted(
        &self,
        [once, amounts]: [&str; 2],
        limit: LimitId,
        amount: &'m Expr,
        scope: Scope<'m>,
    ) -> String {
        let name = self.limit_name(limit);
        if *amount == ONE {
            return fill(once, &[("limit", &name)]);
        }
        let amount = self.words.noun(amount, Some(self.model.limit(limit).kind), scope);
        fill(amounts, &[("limit", &name), ("amount", &amount)])
    }

    fn sent(
        &self,
        output: u16,
        fields: &'m [(u16, Expr)],
        when: Option<&'m Expr>,
        scope: Scope<'m>,
    ) -> String {
        let say = self.words.say;
        let kinds = &self.model.outputs[usize::from(output)].fields;
        let given: Vec<_> = fields
            .iter()
            .map(|(index, value)| {
                let field = &kinds[usize::from(*index)];
                let name = self.words.escape(&self.words.label(Some(field.element), &field.name));
                let value = self.words.noun(value, Some(field.kind), scope);
                fill(say.send_field, &[("field", &name), ("value", &value)])
            })
            .collect();
        let output = self.words.output(output);
        let sent = if given.is_empty() {
            fill(say.send, &[("output", &output)])
        } else {
            fill(say.send_with, &[("output", &output), ("fields", &self.words.list(&given))])
        };
        match when {
            Some(guard) => {
                fill(say.send_when, &[("guard", &self.words.guard(guard, scope)), ("sent", &sent)])
            }
            None => sent,
        }
    }

    /// The name of a limit, as a link to what is said of it.
    pub(super) fn limit_name(&self, limit: LimitId) -> String {
        self.words.limit(limit)
    }
}
