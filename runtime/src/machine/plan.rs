//! What an input will change, read in full before anything is changed.

use smallvec::SmallVec;

use crate::model::{
    Action, AnswerCase, Body, Branch, ElementId, Expr, Key, Limit, LimitId, LimitOutcome, Outcome, OutputId,
    StepId, Target, Window as Declared,
};
use crate::{Answer, Keep, OVERFLOW, SILENT, Text, Value};

use super::frame::{Frame, KeyOf};
use super::resolve::{Fault, Halt, Point, Resolve, pick};

/// Everything that follows from an input; performing it cannot fail.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// None where the input is accepted.
    pub(super) reasons: Vec<Text>,
    /// In the order of the text.
    pub(super) writes: SmallVec<[Write; 2]>,
    /// Performed after the writes.
    pub(super) counts: SmallVec<[Count; 2]>,
    /// Performed after the counts.
    pub(super) holds: SmallVec<[Hold; 1]>,
    pub(super) go: Go,
    /// Whether the input may interrupt the step: it comes from an `anywhere`.
    pub(super) interrupts: bool,
    /// Whether a value lay outside its type.
    overflow: bool,
}

/// Where the session goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Go {
    #[default]
    Stay,
    To(StepId),
    Restart,
    Resume,
}

#[derive(Debug)]
pub(super) enum Write {
    Memory { variable: u16, value: Value },
    Row { record: u16, key: Value, attribute: u16, value: Value },
    Reset { limit: LimitId, key: KeyOf<'static> },
    Uncount { limit: LimitId, key: KeyOf<'static>, amount: i64 },
    Send { output: OutputId, values: Vec<Value> },
}

#[derive(Debug)]
pub(super) struct Count {
    pub(super) limit: LimitId,
    pub(super) key: KeyOf<'static>,
    pub(super) amount: i64,
    pub(super) keep: Keep,
}

#[derive(Debug)]
pub(super) struct Hold {
    pub(super) limit: LimitId,
    pub(super) key: KeyOf<'static>,
    pub(super) time: i64,
}

impl Plan {
    /// Refuses for one reason, and does nothing else.
    fn refuse_only(&mut self, reason: Text) {
        *self = Self { reasons: vec![reason], ..Self::default() };
    }

    /// Adds a reason to the set.
    pub(super) fn refuse(&mut self, reason: &Text) {
        if !self.reasons.contains(reason) {
            self.reasons.push(reason.clone());
        }
    }
}

/// Makes a plan, asking for what the spec leaves open.
pub(super) struct Planner<'r, R> {
    /// Not held by value: it has room for the usual plan in place, and is never moved.
    pub(super) plan: &'r mut Plan,
    pub(super) answers: &'r [Answer],
    pub(super) resolve: &'r mut R,
}

/// The values of an answer's fields.
type AnswerFields = SmallVec<[Value; 4]>;

impl<R: Resolve> Planner<'_, R> {
    /// Plans the one branch that holds.
    pub(super) fn branches<'f>(
        &mut self,
        frame: &Frame<'f>,
        branches: &'f [Branch],
        element: ElementId,
    ) -> Result<(), Halt> {
        let branch = holding(frame, branches).ok_or(Fault::Spec(element))?;
        self.resolve.visit(branch.element);
        self.body(frame, &branch.body)
    }

    /// Plans actions and an outcome.
    pub(super) fn body<'f>(&mut self, frame: &Frame<'f>, body: &'f Body) -> Result<(), Halt> {
        self.resolve.visit(body.element);
        for action in &body.actions {
            self.action(frame, action);
        }
        match &body.outcome {
            Outcome::To(step) => self.plan.go = Go::To(*step),
            Outcome::Stay => self.plan.go = Go::Stay,
            Outcome::Restart => self.plan.go = Go::Restart,
            Outcome::Resume if frame.session.saved.is_none() => return Err(Fault::Spec(body.element).into()),
            Outcome::Resume => self.plan.go = Go::Resume,
            Outcome::Refuse { reason, to } => {
                self.plan.refuse(frame.machine.model.reason(*reason));
                self.plan.go = to.map_or(Go::Stay, Go::To);
            }
            Outcome::Ask { actor, answers } => {
                let actor = &frame.machine.model.actors[usize::from(*actor)].name;
                return self.ask(frame, actor, answers);
            }
            Outcome::Either(bodies) => {
                let picked = pick(self.resolve, Point::Either(body.element), bodies.len())?;
                return self.body(frame, &bodies[picked]);
            }
            Outcome::Silent => return self.silent(body.element),
        }
        Ok(())
    }

    /// The spec says nothing: refuses for that reason if the resolver wants to go on.
    pub(super) fn silent(&mut self, element: ElementId) -> Result<(), Halt> {
        if !self.resolve.silent(element) {
            return Err(Halt::Silent(element));
        }
        self.plan.refuse_only(SILENT);
        Ok(())
    }

    /// Plans what follows from the answer that the actor gives.
    fn ask<'f>(&mut self, frame: &Frame<'f>, actor: &Text, cases: &'f [AnswerCase]) -> Result<(), Halt> {
        let fault = || Fault::Answer(actor.clone());
        let answer = self.answers.iter().find(|answer| answer.actor == *actor).ok_or_else(fault)?;
        let case = cases.iter().find(|case| case.name == answer.answer).ok_or_else(fault)?;
        let fields = self.answer_fields(frame, case, answer).ok_or_else(fault)?;
        self.resolve.visit(case.element);
        self.branches(&Frame { answer: &fields, ..*frame }, &case.branches, case.element)
    }

    fn answer_fields(&mut self, frame: &Frame, case: &AnswerCase, answer: &Answer) -> Option<AnswerFields> {
        let mut fields = AnswerFields::new();
        for field in &case.fields {
            let seen = Frame { answer: &fields, ..*frame };
            let is_read = field.when.as_ref().is_none_or(|when| seen.holds(when));
            let value = match (is_read, answer.fields.get(&field.name), &field.default) {
                (false, ..) => Value::Unset,
                (true, Value::Unset, Some(default)) => default.clone(),
                (true, Value::Unset, None) => field.optional.then_some(Value::Unset)?,
                (true, raw, _) => {
                    frame.machine.read(field.kind, raw, &mut |element| self.resolve.visit(element))?
                }
            };
            self.resolve.visit(field.element);
            fields.push(value);
        }
        Some(fields)
    }

    /// Reads an action's values; a limit whose key is unset is left alone.
    pub(super) fn action<'f>(&mut self, frame: &Frame<'f>, action: &'f Action) {
        match action {
            Action::Set { element, target, value } => {
                self.resolve.visit(*element);
                self.set(frame, *target, value);
            }
            Action::Reset { element, limit, key } => {
                self.resolve.visit(*element);
                if let Some(key) = frame.key(key) {
                    self.plan.writes.push(Write::Reset { limit: *limit, key: key.into_owned() });
                }
            }
            Action::Uncount { element, limit, key, amount } => {
                self.resolve.visit(*element);
                if let Some((key, amount)) = self.amount(frame, key, amount) {
                    self.plan.writes.push(Write::Uncount { limit: *limit, key, amount });
                }
            }
            Action::Count { element, limit, key, amount } => {
                self.resolve.visit(*element);
                if let Some((key, amount)) = self.amount(frame, key, amount) {
                    let keep = keep(frame, frame.machine.model.limit(*limit));
                    self.plan.counts.push(Count { limit: *limit, key, amount, keep });
                }
            }
            Action::Send { element, output, fields, when } => {
                if when.as_ref().is_none_or(|when| frame.holds(when)) {
                    self.resolve.visit(*element);
                    self.send(frame, *output, fields);
                }
            }
        }
    }

    fn set<'f>(&mut self, frame: &Frame<'f>, target: Target, value: &'f Expr) {
        let model = &frame.machine.model;
        let write = match target {
            Target::Variable(variable) => {
                let kind = model.variables[usize::from(variable)].kind;
                frame.value_of(value, kind).map(|value| Write::Memory { variable, value })
            }
            Target::Attribute { row, attribute } => {
                let record = model.rows[usize::from(row)].record;
                let kind = model.records[usize::from(record)].attributes[usize::from(attribute)].kind;
                let key = frame.row_key_value(row);
                if !key.is_set() {
                    return;
                }
                frame.value_of(value, kind).map(|value| Write::Row {
                    record,
                    key: key.clone(),
                    attribute,
                    value,
                })
            }
        };
        self.plan.overflow |= write.is_none();
        self.plan.writes.extend(write);
    }

    /// The key and the amount of a use; none where the key is unset, or the amount does not fit.
    fn amount<'f>(
        &mut self,
        frame: &Frame<'f>,
        key: &'f Key,
        amount: &'f Expr,
    ) -> Option<(KeyOf<'static>, i64)> {
        let key = frame.key(key)?;
        let amount = i64::try_from(frame.int(amount)?);
        self.plan.overflow |= amount.is_err();
        Some((key.into_owned(), amount.ok()?))
    }

    fn send<'f>(&mut self, frame: &Frame<'f>, output: OutputId, fields: &'f [(u16, Expr)]) {
        let declared = &frame.machine.model.outputs[usize::from(output)].fields;
        let mut values = vec![Value::Unset; declared.len()];
        for (field, value) in fields {
            match frame.value_of(value, declared[usize::from(*field)].kind) {
                Some(value) => values[usize::from(*field)] = value,
                None => self.plan.overflow = true,
            }
        }
        self.plan.writes.push(Write::Send { output, values });
    }

    /// Completes a plan whose readings are all made: overflows, chosen values, and what full limits then do.
    pub(super) fn finish(&mut self, frame: &Frame, trips: bool) -> Result<(), Halt> {
        if self.plan.overflow {
            self.plan.refuse_only(OVERFLOW);
            return Ok(());
        }
        self.choose(frame)?;
        if trips { self.fill(frame) } else { Ok(()) }
    }

    /// Asks for the chosen values of what will be sent.
    fn choose(&mut self, frame: &Frame) -> Result<(), Halt> {
        for write in &mut self.plan.writes {
            let Write::Send { output, values } = write else { continue };
            let declared = &frame.machine.model.outputs[usize::from(*output)];
            for (index, field) in (0..).zip(&declared.fields).filter(|(_, field)| field.chosen) {
                let value = self.resolve.chosen(*output, index).and_then(|raw| {
                    frame.machine.read(field.kind, &raw, &mut |element| self.resolve.visit(element))
                });
                values[usize::from(index)] =
                    value.ok_or_else(|| Fault::Chosen(declared.name.clone(), field.name.clone()))?;
            }
        }
        Ok(())
    }
}

/// The branch that holds; one without a guard holds where no other does.
pub(super) fn holding<'f>(frame: &Frame<'f>, branches: &'f [Branch]) -> Option<&'f Branch> {
    let guarded = |branch: &&Branch| branch.guard.is_some();
    branches
        .iter()
        .filter(guarded)
        .find(|branch| branch.guard.as_ref().is_some_and(|guard| frame.holds(guard)))
        .or_else(|| branches.iter().find(|branch| !guarded(branch)))
}

/// What of its uses a limit must keep.
pub(super) fn keep<'f>(frame: &Frame<'f>, limit: &'f Limit) -> Keep {
    let varies = matches!(&limit.window, Declared::Rolling(width) if !matches!(width, Expr::Const(_)));
    let holds = matches!(limit.outcome, LimitOutcome::Refuse { hold: Some(_), .. });
    Keep::of(frame.window(limit), varies, holds)
}
