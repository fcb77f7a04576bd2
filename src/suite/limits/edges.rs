//! The instants at which a limit changes by itself: the edges of windows and of holds, and what a refusal moves.

use flowspec_runtime::model::{Key, LimitOutcome, Period, Waiting, Window};
use flowspec_runtime::suite::Step;
use flowspec_runtime::{Time, time};

use super::{Drill, Run};
use crate::explore::{SESSION, place};
use crate::suite::writer::Writer;

/// How often in a row an input is refused by a limit whose refusals do something.
const REFUSALS: usize = 3;

/// When the last use comes after the others; no whole minute.
const LATER: Time = 61_001;

impl Drill<'_> {
    pub(super) fn holds(&self, writer: &mut Writer) {
        let LimitOutcome::Refuse { hold: Some(hold), .. } = &self.limit.outcome else { return };
        let Some(full) = self.used(writer, 0, self.fits) else { return };
        let Some(hold) = writer.explorer.runner.value(&full.thread.universe, full.session, hold).as_int()
        else {
            return;
        };
        for (instant, edge) in
            [(hold - 1, "1 ms before the end"), (hold, "at the end"), (hold + 1, "1 ms after the end")]
        {
            let Some(run) = self.later(writer, &full) else { continue };
            self.both(writer, &run, instant, &format!("{edge} of the hold"));
        }
        if let Some(mut run) = self.later(writer, &full) {
            self.once(writer, &mut run, hold / 2);
            if let Some(run) = self.later(writer, &run) {
                self.both(writer, &run, hold, "a refusal does not prolong the hold");
            }
        }
        if let Some(mut run) = self.later(writer, &full) {
            let used = (0..self.fits).all(|_| self.once(writer, &mut run, hold));
            if used {
                self.both(writer, &run, hold, "after the hold it fills again");
                if let Some(run) = self.later(writer, &run) {
                    self.both(writer, &run, hold * 2, "at the end of a second hold");
                }
            }
        }
        self.of_the_last(writer, hold);
        self.refused_meanwhile(writer, &full, hold);
    }

    /// A hold runs from the use that fills the limit, not from the first one.
    fn of_the_last(&self, writer: &mut Writer, hold: Time) {
        let Some(mut run) = self.used(writer, 0, self.fits - 1) else { return };
        if run.uses > 0 {
            let Some(later) = self.later(writer, &run) else { return };
            run = later;
        }
        if !self.once(writer, &mut run, LATER) {
            return;
        }
        for (instant, edge) in [(LATER + hold - 1, "1 ms before"), (LATER + hold, "at")] {
            if let Some(run) = self.later(writer, &run) {
                self.both(
                    writer,
                    &run,
                    instant,
                    &format!("{edge} the end of a hold that began with the last use"),
                );
            }
        }
    }

    /// What was refused while the limit held is no use after that.
    fn refused_meanwhile(&self, writer: &mut Writer, full: &Run, hold: Time) {
        let Some(mut run) = self.later(writer, full) else { return };
        if !(1..self.fits).all(|_| self.once(writer, &mut run, hold - 1)) {
            return;
        }
        let Some(mut run) = self.later(writer, &run) else { return };
        if self.once(writer, &mut run, hold) {
            self.both(writer, &run, hold, "what was refused in the hold is no use after it");
        }
    }

    pub(super) fn windows(&self, writer: &mut Writer) {
        match &self.limit.window {
            Window::All => {}
            Window::Rolling(width) => {
                let universe = &writer.situations.all[self.situation].universe;
                if let Some(width) = writer.explorer.runner.value(universe, SESSION, width).as_int() {
                    self.rolling(writer, width);
                }
            }
            Window::Calendar { period, offset } => {
                let edge = next_window(*period, *offset);
                self.calendar(writer, edge);
            }
        }
    }

    fn rolling(&self, writer: &mut Writer, width: Time) {
        let Some(before) = self.used(writer, 0, self.fits - 1) else { return };
        for (instant, edge) in [(width - 1, "1 ms before"), (width, "when"), (width + 1, "1 ms after")] {
            let Some(mut run) = self.later(writer, &before) else { continue };
            if self.once(writer, &mut run, instant) {
                self.both(writer, &run, instant, &format!("{edge} the first uses leave the window"));
            }
        }
        let Some(first) = self.used(writer, 0, 1) else { return };
        let Some(mut run) = self.later(writer, &first) else { return };
        if !(1..self.fits - 1).all(|_| self.once(writer, &mut run, width / 2)) {
            return;
        }
        let Some(mut run) = self.later(writer, &run) else { return };
        if self.once(writer, &mut run, width) && self.once(writer, &mut run, width) {
            self.both(writer, &run, width, "the window slides with each use");
        }
    }

    /// Refusals by a limit that looks back in time, each followed by what is sent where they may have moved its edges.
    pub(super) fn refusals(&self, writer: &mut Writer) {
        let (Window::Rolling(width), LimitOutcome::Refuse { hold: None, .. }) =
            (&self.limit.window, &self.limit.outcome)
        else {
            return;
        };
        let Some(full) = self.used(writer, 0, self.fits) else { return };
        let Some(mut run) = self.later(writer, &full) else { return };
        let rounds = if self.gate.actions.is_empty() { 1 } else { REFUSALS };
        let mut refused_at: Time = 0;
        for round in 1..=rounds {
            refused_at += 1;
            if !self.once(writer, &mut run, refused_at) || !self.is_barrier(&run.thread.visited) {
                return;
            }
            let Some(width) = writer.explorer.runner.value(&run.thread.universe, run.session, width).as_int()
            else {
                return;
            };
            for edge in [width, refused_at + width] {
                for instant in [edge - 1, edge] {
                    let title = format!("{instant} ms after the first use, refused {round} times between");
                    self.both(writer, &run, instant, &title);
                }
            }
        }
    }

    fn calendar(&self, writer: &mut Writer, edge: Time) {
        let Some(full) = self.used(writer, edge - 1, self.fits) else { return };
        self.both(writer, &full, edge - 1, "1 ms before the window ends");
        let Some(run) = self.later(writer, &full) else { return };
        self.both(writer, &run, edge, "when the next window begins");
    }

    /// The run later: its sessions are left, since the spec may be silent on waiting in a step, unless the limit counts by
    /// session and waiting is settled.
    fn later(&self, writer: &mut Writer, run: &Run) -> Option<Run> {
        let mut run = run.clone();
        if self.gate.key == Key::Session {
            return (writer.model.defaults.waiting.0 == Waiting::Stay).then_some(run);
        }
        for session in 0..=run.session {
            let place = place(&run.thread.universe, session);
            if place.is_some_and(|place| writer.model.step(place).end.is_none())
                && !writer.go(&mut run.thread, Step::Close { session })
            {
                return None;
            }
        }
        run.session += 1;
        Some(run)
    }
}

/// When the calendar period after that of instant 0 begins.
fn next_window(period: Period, offset: i16) -> Time {
    let longest = match period {
        Period::Hour => time::HOUR,
        Period::Day => time::DAY,
        Period::Week => 7 * time::DAY,
        Period::Month => 31 * time::DAY,
        Period::Year => 366 * time::DAY,
    };
    period.start(period.start(0, offset) + longest, offset)
}
