//! Performing a plan: what is kept and sent, then where the session goes, with its time-outs.

use crate::model::{OutputId, StepId, TimerBase};
use crate::{Fields, Sent, Time, Uses, Value};

use super::Machine;
use super::frame::{Frame, KeyOf};
use super::plan::{Count, Go, Hold, Plan, Write};
use super::universe::{Armed, Saved, Session, World};

impl Machine {
    /// Does what was planned; `sent` takes what is put out.
    pub(super) fn perform(
        &self,
        world: &mut World,
        session: &mut Session,
        now: Time,
        plan: &mut Plan,
        sent: &mut Vec<Sent>,
    ) {
        for write in plan.writes.drain(..) {
            self.write(world, session, now, write, sent);
        }
        for Count { limit, key, amount, keep } in plan.counts.drain(..) {
            match key {
                KeyOf::Session => session.counter_mut(limit).count(now, amount, keep),
                KeyOf::Shared(key) => world.uses[usize::from(limit)].count(&key, now, amount, keep),
            }
        }
        for Hold { limit, key, time } in plan.holds.drain(..) {
            match key {
                KeyOf::Session => session.counter_mut(limit).hold(now, time),
                KeyOf::Shared(key) => world.uses[usize::from(limit)].hold(&key, now, time),
            }
        }
        match plan.go {
            Go::Stay => {}
            Go::To(step) => {
                if plan.interrupts && session.saved.is_none() && self.tables.resumes(step) {
                    session.saved = Some(self.save(session, now));
                }
                self.enter(world, session, now, step);
            }
            Go::Restart => self.enter(world, session, now, session.step),
            Go::Resume => self.resume(session, now),
        }
    }

    fn write(&self, world: &mut World, session: &mut Session, now: Time, write: Write, sent: &mut Vec<Sent>) {
        match write {
            Write::Memory { variable, value } => session.memory[self.tables.variable(variable)] = value,
            Write::Row { record, key, attribute, value } => {
                let table = &mut world.rows[usize::from(record)].0;
                let row = table.entry(key).or_insert_with(|| self.new_row(record));
                row[usize::from(attribute)] = value;
            }
            Write::Reset { limit, key: KeyOf::Session } => {
                session.counters.retain(|(of, _)| *of != limit);
            }
            Write::Reset { limit, key: KeyOf::Shared(key) } => world.uses[usize::from(limit)].reset(&key),
            Write::Uncount { limit, key: KeyOf::Session, amount } => {
                session.counter_mut(limit).uncount(now, amount);
            }
            Write::Uncount { limit, key: KeyOf::Shared(key), amount } => {
                world.uses[usize::from(limit)].uncount(&key, now, amount);
            }
            Write::Send { output, values } => sent.push(self.send(session, output, values)),
        }
    }

    /// A row whose attributes are what they are at first.
    pub(super) fn new_row(&self, record: u16) -> Vec<Value> {
        let attributes = &self.model.records[usize::from(record)].attributes;
        attributes.iter().map(|attribute| attribute.default.clone().unwrap_or_default()).collect()
    }

    /// Remembers an output's values, and writes them as they stand on the wire.
    fn send(&self, session: &mut Session, output: OutputId, values: Vec<Value>) -> Sent {
        let declared = &self.model.outputs[usize::from(output)];
        let mut fields = Vec::with_capacity(values.len());
        let set = declared.fields.iter().zip(&values).filter(|(_, value)| value.is_set());
        fields.extend(set.map(|(field, value)| (field.name.clone(), self.on_wire(field.kind, value))));
        let kept = session.memory.iter_mut().skip(self.tables.output(output, 0));
        kept.zip(values).for_each(|(kept, value)| *kept = value);
        Sent { output: declared.name.clone(), fields: Fields(fields) }
    }

    /// Leaves the step that the session is in and enters another, or the same one anew.
    pub(super) fn enter(&self, world: &World, session: &mut Session, now: Time, step: StepId) {
        self.leave(session);
        session.step = step;
        if !self.tables.resumes(step) {
            session.saved = None;
        }
        if self.model.step(step).end.is_some() {
            session.timers.clear();
            return;
        }
        if self.tables.is_since(step) {
            self.note_entry(world, session, now, step);
        }
        for timer in self.tables.timers(step) {
            self.arm(world, session, now, *timer);
        }
    }

    /// Disarms the time-outs of the step; those of the flow run on.
    fn leave(&self, session: &mut Session) {
        session.timers.retain(|armed| self.model.timers[usize::from(armed.timer)].step.is_none());
    }

    /// Remembers when a step was entered, and arms the flow's time-outs that run from then.
    fn note_entry(&self, world: &World, session: &mut Session, now: Time, step: StepId) {
        match session.entered.iter_mut().find(|(entered, _)| *entered == step) {
            Some((_, at)) => *at = now,
            None => session.entered.push((step, now)),
        }
        for timer in &self.tables.flow_timers {
            if self.model.timers[usize::from(*timer)].base == TimerBase::Since(step) {
                self.arm(world, session, now, *timer);
            }
        }
    }

    /// Arms a time-out anew: from now, or from the last entry of the step that it names.
    pub(super) fn arm(&self, world: &World, session: &mut Session, now: Time, id: u16) {
        session.timers.retain(|armed| armed.timer != id);
        let timer = &self.model.timers[usize::from(id)];
        let from = match timer.base {
            TimerBase::Entry | TimerBase::Idle => now,
            TimerBase::Since(step) => match session.entered.iter().find(|(entered, _)| *entered == step) {
                Some((_, at)) => *at,
                None => return,
            },
        };
        let delay = Frame::new(self, world, session, now).time(&timer.delay).max(1);
        // One that is due after the last instant never fires.
        if let Some(due) = from.checked_add(delay) {
            session.timers.push(Armed { timer: id, due: due.max(now) });
        }
    }

    /// Arms what runs from the opening of a session.
    pub(super) fn begin(&self, world: &World, session: &mut Session, now: Time) {
        if self.model.step(session.step).end.is_some() {
            return;
        }
        for timer in &self.tables.flow_timers {
            if !matches!(self.model.timers[usize::from(*timer)].base, TimerBase::Since(_)) {
                self.arm(world, session, now, *timer);
            }
        }
    }

    /// A user's event: the time-outs of the step and of the flow that wait for one start anew.
    pub(super) fn rearm_idle(&self, world: &World, session: &mut Session, now: Time) {
        let of_step = self.tables.timers(session.step);
        for timer in of_step.iter().chain(&self.tables.flow_timers) {
            if self.model.timers[usize::from(*timer)].base == TimerBase::Idle {
                self.arm(world, session, now, *timer);
            }
        }
    }

    /// The step with what is left of its time-outs.
    fn save(&self, session: &Session, now: Time) -> Saved {
        let timer = |armed: &Armed| &self.model.timers[usize::from(armed.timer)];
        let of_step = session.timers.iter().filter(|armed| timer(armed).step.is_some());
        let rests = of_step.map(|armed| match timer(armed).base {
            TimerBase::Since(_) => *armed,
            TimerBase::Entry | TimerBase::Idle => Armed { due: armed.due.saturating_sub(now), ..*armed },
        });
        Saved { step: session.step, timers: rests.collect() }
    }

    /// Enters the step that was interrupted, with what was left of its time-outs.
    fn resume(&self, session: &mut Session, now: Time) {
        let Some(saved) = session.saved.take() else { return };
        self.leave(session);
        session.step = saved.step;
        for armed in saved.timers {
            let due = match self.model.timers[usize::from(armed.timer)].base {
                TimerBase::Since(_) => Some(armed.due.max(now)),
                TimerBase::Entry | TimerBase::Idle => now.checked_add(armed.due),
            };
            session.timers.extend(due.map(|due| Armed { due, ..armed }));
        }
    }

    /// Counters of every limit, all empty.
    pub(super) fn no_uses(&self) -> Vec<Uses<Value>> {
        self.model.limits.iter().map(|_| Uses::default()).collect()
    }
}
