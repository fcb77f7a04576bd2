//! What a limit counts by: other keys, other sessions, and the keys of the handler's other limits.

use flowspec_runtime::model::{Expr, Key};
use flowspec_runtime::suite::{Step, Term, Terms};

use super::{Drill, FRESH, Run, in_session, put, set};
use crate::explore::{Move, place};
use crate::suite::writer::Writer;

impl<'a> Drill<'a> {
    /// An input that counts, with the key of another input of the handler.
    pub(super) fn with_key_of(&self, writer: &Writer, other: &Step) -> Option<Move> {
        let event = writer.model.event(self.handler.event);
        let mut same = self.way.step.clone();
        let key = if let Key::Value(Expr::Field(key)) = &self.gate.key { Some(*key) } else { None };
        if let (Some(key), Step::Apply { fields, .. }) = (key, other) {
            let name = &event.fields[usize::from(key)].name;
            let (_, value) = fields.iter().find(|(field, _)| field == name)?;
            set(&mut same, name, value);
        }
        // With that key the other fields may mean something else: one of them may have to be another one.
        let others = (0..).zip(&event.fields).filter(|(id, _)| Some(*id) != key);
        let varied = others.filter_map(|(_, field)| {
            let mut step = same.clone();
            set(&mut step, &field.name, &writer.explorer.values.nth(field.kind, FRESH)?.into());
            Some(step)
        });
        let universe = &writer.situations.all[self.situation].universe;
        let mut tried = std::iter::once(same.clone()).chain(varied).filter_map(|step| {
            let taken = writer.explorer.runner.take(universe, &step)?;
            self.uses(&taken.visited).then(|| Move { step, taken, ..self.way.clone() })
        });
        tried.next()
    }

    /// The keys of the handler's other limits, where they are not this limit's own.
    pub(super) fn others(&self) -> impl Iterator<Item = &Expr> {
        let own = &self.gate.key;
        self.handler.gates.iter().filter(move |gate| gate.limit != self.id && gate.key != *own).filter_map(
            |gate| {
                if let Key::Value(key) = &gate.key { Some(key) } else { None }
            },
        )
    }

    pub(super) fn vary_givens(&self, writer: &Writer, given: &mut Terms, uses: u32, varied: bool) {
        for key in self.others().filter(|_| varied) {
            let Expr::Given(index) = key else { continue };
            let variable = &writer.model.givens[usize::from(*index)];
            let Some(value) = writer.explorer.values.nth(variable.kind, FRESH + uses) else { continue };
            if let Some((_, term)) = given.iter_mut().find(|(name, _)| *name == variable.name) {
                *term = Term::Value(value);
            }
        }
    }

    /// The run in a new session.
    pub(super) fn elsewhere(&self, writer: &mut Writer, run: &Run) -> Option<Run> {
        if self.gate.key == Key::Session || place(&run.thread.universe, run.session).is_none() {
            return None;
        }
        let mut run = run.clone();
        run.session += 1;
        let now = run.thread.universe.now();
        self.ready(writer, &mut run, now, false).then_some(run)
    }

    /// The run with one use more, of a key that was not used before.
    pub(super) fn with_another_key(&self, writer: &mut Writer, run: &Run) -> Option<Run> {
        let mut run = run.clone();
        let now = run.thread.universe.now();
        match &self.gate.key {
            Key::Value(Expr::Field(field)) => {
                if !self.ready(writer, &mut run, now, true) {
                    return None;
                }
                let field = &writer.model.event(self.handler.event).fields[usize::from(*field)];
                let mut step = in_session(&self.way.step, run.session, now);
                put(&mut step, &field.name, writer.explorer.values.nth(field.kind, FRESH * 2)?);
                writer.go(&mut run.thread, step).then_some(run)
            }
            Key::Value(Expr::Given(given)) => {
                let given = &writer.model.givens[usize::from(*given)];
                let value = writer.explorer.values.nth(given.kind, FRESH * 2)?;
                run.session += 1;
                let path: Vec<Step> = writer.situations.path(self.situation).into_iter().cloned().collect();
                for step in path {
                    let mut step = in_session(&step, run.session, now);
                    if let Step::Open { given: terms, .. } = &mut step {
                        for (_, term) in terms.iter_mut().filter(|(name, _)| *name == given.name) {
                            *term = Term::Value(value.clone());
                        }
                    }
                    if !writer.go(&mut run.thread, step) {
                        return None;
                    }
                }
                self.send(writer, &mut run, &self.way.step, now, true).then_some(run)
            }
            Key::Session => {
                run.session += 1;
                let ready = self.ready(writer, &mut run, now, false);
                (ready && self.send(writer, &mut run, &self.way.step, now, false)).then_some(run)
            }
            Key::Universe | Key::Value(_) => None,
        }
    }

    /// An input that forgets the uses.
    pub(super) fn resetting(&self, writer: &Writer<'a>) -> Option<&'a Move> {
        let situation = &writer.situations.all[self.situation];
        let handlers = &writer.model.step(situation.place).handlers;
        let here = situation.moves.iter().filter(|(at, _)| std::ptr::eq(&handlers[*at], self.handler));
        here.map(|(_, way)| way).find(|way| self.forgets(&way.taken.visited))
    }
}
