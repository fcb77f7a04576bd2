//! One use before the bound of a limit, at it and beyond it; what is no use, and what forgets uses.

use flowspec_runtime::model::{Expr, Key};
use flowspec_runtime::suite::{Step, Term};

use super::{Drill, Run, in_session};
use crate::explore::place;
use crate::suite::writer::Writer;

impl<'a> Drill<'a> {
    pub(super) fn bound(&self, writer: &mut Writer) {
        let n = self.fits;
        let Some(before) = self.used(writer, 0, n - 1) else { return };
        self.both(writer, &before, 0, &format!("the {}, the last that fits", ordinal(n)));
        let Some(full) = self.used(writer, 0, n) else { return };
        let over = format!("the {}, one more than fits", ordinal(n + 1));
        self.both(writer, &full, 0, &over);
        if let Some(elsewhere) = self.elsewhere(writer, &full) {
            self.both(writer, &elsewhere, 0, &format!("{over}, in another session"));
        }
        if let Some(varied) = self.with_another_key(writer, &full) {
            self.test(writer, &varied, format!("{n} uses of one key leave another key alone"));
        }
    }

    /// As many uses as fit but one, a reset, and as many again: none of the first may still count.
    pub(super) fn resets(&self, writer: &mut Writer<'a>) {
        let Some(reset) = self.resetting(writer) else { return };
        // Only uses of the very key that is reset are forgotten.
        let Some(way) = self.with_key_of(writer, &reset.step) else { return };
        let drill = Drill { way: &way, ..self.clone() };
        let n = drill.fits;
        let Some(mut run) = drill.used(writer, 0, n - 1) else { return };
        if !drill.ready(writer, &mut run, 0, false) || !drill.send(writer, &mut run, &reset.step, 0, false) {
            return;
        }
        run.uses = 0;
        if !drill.up_to(writer, &mut run, 0, n) {
            return;
        }
        drill.both(writer, &run, 0, &format!("{n} uses after a reset, and one more"));
    }

    /// As many uses as fit but one, an input that lacks a field or has one of the wrong form, and the last that fits: what
    /// is refused for a field is no use.
    pub(super) fn lacking(&self, writer: &mut Writer) {
        let key = if let Key::Value(Expr::Field(field)) = &self.gate.key { Some(*field) } else { None };
        let fields = &writer.model.event(self.handler.event).fields;
        let needed = (0..).zip(fields).filter(|(id, field)| {
            Some(*id) != key && !field.optional && field.default.is_none() && field.when.is_none()
        });
        let Some((_, needed)) = needed.last() else { return };
        let refused = writer.explorer.values.refused(needed.kind);
        let malformed = refused.into_iter().find(|refused| refused.element.is_some());
        let missing = (format!("an input without {}", needed.name), None);
        let malformed =
            malformed.map(|it| (format!("an input with a malformed {}", needed.name), Some(it.value)));
        for (what, value) in std::iter::once(missing).chain(malformed) {
            let Some(mut run) = self.used(writer, 0, self.fits - 1) else { return };
            if !self.ready(writer, &mut run, 0, false) {
                return;
            }
            let mut step = in_session(&self.way.step, run.session, 0);
            if let Step::Apply { fields, .. } = &mut step {
                fields.retain(|(name, _)| *name != needed.name);
                fields.extend(value.map(|value| (needed.name.clone(), Term::Value(value))));
            }
            if writer.go(&mut run.thread, step.clone()) && !self.uses(&run.thread.visited) {
                self.both(writer, &run, 0, &format!("{what} is no use"));
            }
            // Which of the two is said where the limit is full, too.
            let Some(mut full) = self.used(writer, 0, self.fits) else { continue };
            if self.ready(writer, &mut full, 0, false) {
                let step = in_session(&step, full.session, 0);
                if writer.go(&mut full.thread, step) {
                    self.test(writer, &full, format!("{what}, where it is full"));
                }
            }
        }
    }

    /// As many uses as fit but one, then whatever else can be done, here and on the way here, and on until the limit is
    /// full: none of that forgets a use.
    pub(super) fn keeps(&self, writer: &mut Writer) {
        let Some(before) = self.used(writer, 0, self.fits - 1) else { return };
        let mut run = before.clone();
        if self.ready(writer, &mut run, 0, false) && self.idle(writer, &mut run, self.situation) {
            self.fill(writer, run, "what else can be done here forgets no use");
        }
        let mut run = before;
        if self.gate.key != Key::Session && self.on_the_way(writer, &mut run) {
            self.fill(writer, run, "what can be done on the way forgets no use");
        }
    }

    /// The last use that fits, and what comes after it.
    fn fill(&self, writer: &mut Writer, mut run: Run, title: &str) {
        if self.once(writer, &mut run, 0) {
            self.both(writer, &run, 0, title);
        }
    }

    /// Another session on its way to where the limit is used; at each step it does whatever else it can.
    fn on_the_way(&self, writer: &mut Writer, run: &mut Run) -> bool {
        if place(&run.thread.universe, run.session).is_some() {
            run.session += 1;
        }
        let mut idled = false;
        let mut way = vec![self.situation];
        while let Some(parent) = way.last().and_then(|last| writer.situations.all[*last].parent) {
            way.push(parent);
        }
        for situation in way.into_iter().rev() {
            let step = in_session(&writer.situations.all[situation].step, run.session, 0);
            if !writer.go(&mut run.thread, step) {
                return false;
            }
            idled |= situation != self.situation && self.idle(writer, run, situation);
        }
        idled && place(&run.thread.universe, run.session) == Some(writer.situations.all[self.situation].place)
    }

    /// Does in a step everything that neither is a use nor forgets one; false where there is no such thing.
    fn idle(&self, writer: &mut Writer, run: &mut Run, situation: usize) -> bool {
        let here = writer.situations.all[situation].place;
        // Whoever leaves comes back in a new session, where that makes no difference to the limit.
        let comes_back = situation == self.situation && self.gate.key != Key::Session;
        let mut idled = false;
        for (_, way) in &writer.situations.all[situation].moves {
            let mut tried = run.clone();
            let sent = (!comes_back || self.ready(writer, &mut tried, 0, false))
                && self.send(writer, &mut tried, &way.step, 0, false);
            let visited = &tried.thread.visited;
            let bears = self.uses(visited) || self.is_barrier(visited) || self.forgets(visited);
            let stays = place(&tried.thread.universe, tried.session) == Some(here);
            if sent && !bears && (comes_back || stays) {
                *run = tried;
                idled = true;
            }
        }
        idled
    }
}

/// `1st`, `2nd`, `3rd`, `4th`.
fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}
