//! What an event comes to: whether it is expected, then its fields, the limits and the guards.

use smallvec::SmallVec;

use crate::model::{
    Body, Bound, Branch, EventId, Gate, Handler, LimitOutcome, Order, Outcome, Refusal, Unlisted,
};
use crate::{Fields, Input, SessionId, Text, Time, Value};

use super::Machine;
use super::frame::Frame;
use super::plan::{Go, Planner, holding};
use super::resolve::{Halt, Point, Reference, Resolve, pick};
use super::universe::Universe;

/// The values of an event's fields, as far as they were read.
pub(super) type Values = SmallVec<[Value; 8]>;
/// The fields that could not be read.
pub(super) type Failed = SmallVec<[u16; 4]>;
/// The limits that the event does not fit, in the order of their declaration.
type Full<'f> = SmallVec<[&'f Gate; 2]>;

/// The `refuse … when` that hold.
type Refusals<'f> = SmallVec<[&'f Refusal; 2]>;

/// A stage that fails, with what it takes to refuse for it.
enum Failing<'f> {
    Fields(Vec<Text>),
    Limits(Full<'f>),
    Refusals(Refusals<'f>),
    Body(&'f Body),
}

/// What the guards of a handler would be asked of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// They are not asked: the event is not expected, or its fields are refused before.
    Nothing,
    /// They read these fields of this event.
    Fields {
        /// The event.
        event: EventId,
        /// As the machine holds them, in the order of the event's list.
        fields: Vec<Value>,
        /// Which branch would be taken of those that have a guard; none where none of these is.
        taken: Option<usize>,
    },
    /// It is not known beforehand.
    Unknown,
}

impl Machine {
    /// What the guards of a handler would be asked of an input, if nothing is due before.
    pub fn asked_of(&self, universe: &Universe, id: SessionId, at: Time, input: &Input) -> Asked {
        let (Some(session), false) = (universe.session(id), universe.next_due().is_some_and(|due| due <= at))
        else {
            return Asked::Unknown;
        };
        let frame = Frame::new(self, &universe.world, session, at);
        let Some(handler) = listed(&frame, input) else { return Asked::Nothing };
        let frame = Frame { event: Some(handler.event), ..frame };
        let (mut values, mut failed) = (Values::new(), Failed::new());
        let resolve = &mut Reference::without_chosen();
        let reasons = read_fields(&frame, handler, &input.fields, &mut values, &mut failed, resolve);
        match self.model.defaults.order.0 {
            _ if reasons.is_empty() => {
                let frame = Frame { fields: &values, ..frame };
                let holds = |branch: &Branch| branch.guard.as_ref().is_some_and(|guard| frame.holds(guard));
                let taken = handler.branches.iter().position(holds);
                Asked::Fields { event: handler.event, taken, fields: values.into_vec() }
            }
            Order::Strict => Asked::Nothing,
            Order::Free => Asked::Unknown,
        }
    }
}

impl<R: Resolve> Planner<'_, R> {
    /// Plans what an event comes to.
    pub(super) fn event(&mut self, frame: &Frame, input: &Input) -> Result<(), Halt> {
        match listed(frame, input) {
            Some(handler) => self.listed(frame, handler, &input.fields),
            None => self.unlisted(frame),
        }
    }

    fn unlisted(&mut self, frame: &Frame) -> Result<(), Halt> {
        let model = &frame.machine.model;
        let (unlisted, element) = model.defaults.unlisted;
        let element = element.unwrap_or(model.element);
        match unlisted {
            Unlisted::Refuse(reason) => {
                self.resolve.visit(element);
                self.plan.refuse(model.reason(reason));
                Ok(())
            }
            Unlisted::Silent => self.silent(element),
        }
    }

    fn listed<'f>(&mut self, frame: &Frame<'f>, handler: &'f Handler, sent: &Fields) -> Result<(), Halt> {
        self.resolve.visit(handler.element);
        if let [Branch { guard: None, body: Body { outcome: Outcome::Silent, element, .. }, .. }] =
            handler.branches.as_slice()
        {
            // Rule 13: nothing is said of the event, whatever its fields are.
            return self.silent(*element);
        }
        self.plan.interrupts = handler.anywhere;
        let frame = Frame { event: Some(handler.event), ..*frame };
        let (mut values, mut failed) = (Values::new(), Failed::new());
        let reasons = read_fields(&frame, handler, sent, &mut values, &mut failed, self.resolve);
        let frame = Frame { fields: &values, ..frame };
        let strict = frame.machine.model.defaults.order.0 == Order::Strict;
        if strict && !reasons.is_empty() {
            self.plan.reasons = reasons;
            return Ok(());
        }
        let full = self.full(&frame, handler, &failed)?;
        match (reasons.is_empty(), full.is_empty()) {
            (true, true) => self.guards(&frame, handler),
            (true, false) if strict => self.refuse_full(&frame, &full),
            _ => self.any_order(&frame, handler, &failed, reasons, full),
        }
    }

    /// The limits that the event does not fit, of those that can be judged by what was read.
    fn full<'f>(
        &mut self,
        frame: &Frame<'f>,
        handler: &'f Handler,
        failed: &Failed,
    ) -> Result<Full<'f>, Halt> {
        let mut full = Full::new();
        for gate in &handler.gates {
            if frame.gate_reads(gate, failed) || frame.fits(gate) {
                continue;
            }
            let or_more = frame.machine.model.limit(gate.limit).or_more;
            if !or_more || pick(self.resolve, Point::OrMore(gate.limit), 2)? == 1 {
                full.push(gate);
            }
        }
        Ok(full)
    }

    /// Refuses for every limit that is full; what the first one says is done.
    fn refuse_full<'f>(&mut self, frame: &Frame<'f>, full: &Full<'f>) -> Result<(), Halt> {
        let model = &frame.machine.model;
        for gate in full {
            let limit = model.limit(gate.limit);
            self.resolve.visit(limit.element);
            if limit.outcome == LimitOutcome::Silent {
                return self.silent(limit.element);
            }
            self.plan.refuse(frame.machine.limit_reason(gate.limit));
        }
        let Some(first) = full.first() else { return Ok(()) };
        let limit = model.limit(first.limit);
        for action in &first.actions {
            self.action(frame, action);
        }
        let to = match &limit.outcome {
            LimitOutcome::Refuse { to, .. } => *to,
            LimitOutcome::Trip(trip) => Some(trip.to),
            LimitOutcome::Silent => None,
        };
        self.plan.go = to.map_or(Go::Stay, Go::To);
        self.plan.interrupts = false;
        self.finish(frame, false)
    }

    /// Plans what the guards decide.
    fn guards<'f>(&mut self, frame: &Frame<'f>, handler: &'f Handler) -> Result<(), Halt> {
        let refusals = refusals(frame, handler, &Failed::new());
        if !refusals.is_empty() {
            self.refuse_for(frame, &refusals);
            return Ok(());
        }
        self.branches(frame, &handler.branches, handler.element)?;
        self.finish(frame, true)
    }

    fn refuse_for(&mut self, frame: &Frame, refusals: &[&Refusal]) {
        for refusal in refusals {
            self.resolve.visit(refusal.element);
            self.plan.refuse(frame.machine.model.reason(refusal.reason));
        }
    }

    /// Where the order of the stages does not bind: any of those that fail may decide.
    fn any_order<'f>(
        &mut self,
        frame: &Frame<'f>,
        handler: &'f Handler,
        failed: &Failed,
        fields: Vec<Text>,
        full: Full<'f>,
    ) -> Result<(), Halt> {
        let mut stages: SmallVec<[Failing<'f>; 4]> = SmallVec::new();
        if !fields.is_empty() {
            stages.push(Failing::Fields(fields));
        }
        if !full.is_empty() {
            stages.push(Failing::Limits(full));
        }
        let refusals = refusals(frame, handler, failed);
        if refusals.is_empty() {
            stages.extend(refusing(frame, handler, failed).into_iter().map(Failing::Body));
        } else {
            stages.push(Failing::Refusals(refusals));
        }
        let all = stages.len();
        let picked = if all == 1 { 0 } else { pick(self.resolve, Point::Order, all + 1)? };
        let mut others = stages.into_iter();
        match others.nth(if picked == all { 0 } else { picked }) {
            Some(Failing::Fields(reasons)) => self.plan.reasons = reasons,
            Some(Failing::Refusals(refusals)) => self.refuse_for(frame, &refusals),
            Some(Failing::Limits(full)) => self.refuse_full(frame, &full)?,
            Some(Failing::Body(body)) => {
                self.body(frame, body)?;
                self.finish(frame, true)?;
            }
            None => {}
        }
        if picked == all {
            others.for_each(|stage| self.add_reasons(frame, &stage));
        }
        Ok(())
    }

    fn add_reasons(&mut self, frame: &Frame, stage: &Failing) {
        match stage {
            Failing::Fields(reasons) => reasons.iter().for_each(|reason| self.plan.refuse(reason)),
            Failing::Refusals(refusals) => self.refuse_for(frame, refusals),
            Failing::Limits(full) => {
                full.iter().for_each(|gate| self.plan.refuse(frame.machine.limit_reason(gate.limit)));
            }
            Failing::Body(Body { outcome: Outcome::Refuse { reason, .. }, .. }) => {
                self.plan.refuse(frame.machine.model.reason(*reason));
            }
            Failing::Body(_) => {}
        }
    }
}

/// Reads the fields and says what is wrong with them.
pub(super) fn read_fields<'f>(
    frame: &Frame<'f>,
    handler: &'f Handler,
    sent: &Fields,
    values: &mut Values,
    failed: &mut Failed,
    resolve: &mut impl Resolve,
) -> Vec<Text> {
    let (machine, event) = (frame.machine, usize::from(handler.event));
    let defaults = &machine.model.defaults;
    let mut reasons = Vec::new();
    for (index, field) in (0..).zip(&machine.model.events[event].fields) {
        let is_read = field.when.as_ref().is_none_or(|when| {
            let seen = Frame { fields: values, ..*frame };
            !seen.reads(when, failed) && seen.holds(when)
        });
        if !is_read {
            values.push(Value::Unset);
            continue;
        }
        resolve.visit(handler.fields.get(usize::from(index)).copied().unwrap_or(field.element));
        let names = &machine.tables.fields[event][usize::from(index)];
        let value = match (sent.get(&field.name), &field.default) {
            (Value::Unset, Some(default)) => Ok(default.clone()),
            (Value::Unset, None) if field.optional => Ok(Value::Unset),
            (Value::Unset, None) => Err((&names.missing, defaults.missing.1)),
            (raw, _) => machine
                .read(field.kind, raw, &mut |element| resolve.visit(element))
                .ok_or((&names.invalid, defaults.invalid.1)),
        };
        values.push(value.unwrap_or_else(|(reason, default)| {
            default.into_iter().for_each(|element| resolve.visit(element));
            failed.push(index);
            reasons.push(reason.clone());
            Value::Unset
        }));
    }
    reasons
}

/// The handler of an event, unless the session has another step to come back to first.
pub(super) fn listed<'f>(frame: &Frame<'f>, input: &Input) -> Option<&'f Handler> {
    let model = &frame.machine.model;
    let named = |handler: &&Handler| {
        model.events[usize::from(handler.event)].name == input.event
            && model.actors[usize::from(handler.actor)].name == input.by
    };
    let handler = model.step(frame.session.step).handlers.iter().find(named)?;
    let blocked = frame.session.saved.is_some() && frame.machine.tables.interrupts(handler);
    (!blocked).then_some(handler)
}

/// Every `refuse … when` that holds, of those that can be judged by what was read.
fn refusals<'f>(frame: &Frame<'f>, handler: &'f Handler, failed: &Failed) -> Refusals<'f> {
    let holds = |refusal: &&Refusal| !frame.reads(&refusal.guard, failed) && frame.holds(&refusal.guard);
    handler.refusals.iter().filter(holds).collect()
}

/// The refusing alternatives of the branch that holds, if they can be judged by what was read.
fn refusing<'f>(frame: &Frame<'f>, handler: &'f Handler, failed: &Failed) -> SmallVec<[&'f Body; 2]> {
    let guards = handler.branches.iter().filter_map(|branch| branch.guard.as_ref());
    if guards.into_iter().any(|guard| frame.reads(guard, failed)) {
        return SmallVec::new();
    }
    let Some(branch) = holding(frame, &handler.branches) else { return SmallVec::new() };
    let bodies = match &branch.body.outcome {
        Outcome::Either(bodies) => bodies.as_slice(),
        _ => std::slice::from_ref(&branch.body),
    };
    let refuses = |body: &&Body| matches!(body.outcome, Outcome::Refuse { .. });
    bodies.iter().filter(refuses).filter(|body| !frame.body_reads(body, failed)).collect()
}

impl<'f> Frame<'f> {
    /// Whether an event fits what is left of a limit.
    fn fits(&self, gate: &'f Gate) -> bool {
        let limit = self.machine.model.limit(gate.limit);
        let Bound::AtMost(bound) = &limit.bound else { return true };
        if !limit.active.as_ref().is_none_or(|active| self.holds(active)) {
            return true;
        }
        let (Some(key), Some(bound), Some(amount)) =
            (self.key(&gate.key), self.int(bound), self.int(&gate.amount))
        else {
            return true;
        };
        match self.counter(gate.limit, &key) {
            Some(counter) => counter.fits(self.window(limit), self.now, bound, amount),
            None => amount <= bound,
        }
    }
}
