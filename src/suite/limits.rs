//! Section 6, limits: one use before the bound, at it and beyond it; the edges of windows and holds; after resets; other
//! keys and other sessions.

use flowspec_runtime::model::{
    Action, Bound, ElementId, Expr, Gate, Handler, Key, Kind, Limit, LimitId, LimitOutcome, Period, Waiting,
    Window,
};
use flowspec_runtime::suite::{Section, Step, Term};
use flowspec_runtime::values::sent;
use flowspec_runtime::{SessionId, Time, Value, parse_money, time};

use super::writer::{Thread, Writer, at};
use crate::explore::{Move, SESSION, actions_of, place};

/// Bounds above this are not counted up to: the tests would be longer than anyone wants to run.
const MOST: i64 = 64;

/// Values from here on are not used elsewhere in a suite.
const FRESH: u32 = 20;

/// Adds the tests of limits.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    for (id, limit) in (0..).zip(&model.limits) {
        if let Some(drill) = Drill::new(writer, id, limit) {
            drill.bound(writer);
            drill.lacking(writer);
            drill.resets(writer);
            drill.keeps(writer);
            drill.holds(writer);
            drill.windows(writer);
            drill.amounts(writer);
        }
    }
}

/// A limit with the way to use it up.
struct Drill<'a> {
    id: LimitId,
    limit: &'a Limit,
    gate: &'a Gate,
    handler: &'a Handler,
    situation: usize,
    /// The input that counts.
    way: &'a Move,
    /// Another input of the same handler, that does not.
    other: Option<&'a Move>,
    /// How many uses fit, each of the way's amount.
    fits: u32,
}

/// A thread with the sessions that are open in it.
#[derive(Clone)]
struct Run {
    thread: Thread,
    session: SessionId,
    uses: u32,
}

impl<'a> Drill<'a> {
    fn new(writer: &Writer<'a>, id: LimitId, limit: &'a Limit) -> Option<Self> {
        let Bound::AtMost(bound) = &limit.bound else { return None };
        let situations = writer.situations;
        let mut found = situations.all.iter().enumerate().flat_map(|(index, situation)| {
            situation.moves.iter().map(move |(handler, way)| (index, situation.place, *handler, way))
        });
        let (situation, place, handler, way) = found.find(|(_, place, handler, way)| {
            counts(&writer.model.step(*place).handlers[*handler], id, &way.taken.visited)
        })?;
        let handler = &writer.model.step(place).handlers[handler];
        let gate = handler.gates.iter().find(|gate| gate.limit == id)?;
        let universe = &situations.all[situation].universe;
        let bound = writer.explorer.runner.value(universe, SESSION, bound).as_int()?;
        let amount = amount_of(writer, handler, gate, way).unwrap_or(1).max(1);
        let fits = u32::try_from(Some(bound / amount).filter(|fits| (1..=MOST).contains(fits))?).ok()?;
        let others = situations.all[situation]
            .moves
            .iter()
            .filter(|(index, _)| std::ptr::eq(&writer.model.step(place).handlers[*index], handler));
        let other = others.map(|(_, way)| way).find(|way| !counts(handler, id, &way.taken.visited));
        Some(Self { id, limit, gate, handler, situation, way, other, fits })
    }

    fn bound(&self, writer: &mut Writer) {
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
    fn resets(&self, writer: &mut Writer) {
        let Some(reset) = self.resetting(writer) else { return };
        // Only uses of the very key that is reset are forgotten.
        let Some(way) = self.with_key_of(writer, &reset.step) else { return };
        let drill = Drill { way: &way, ..*self };
        let n = drill.fits;
        let Some(mut run) = drill.used(writer, 0, n - 1) else { return };
        if !drill.ready(writer, &mut run, 0, false) || !drill.send(writer, &mut run, reset, 0, false) {
            return;
        }
        for _ in 0..n {
            if !drill.once(writer, &mut run, 0) {
                return;
            }
        }
        drill.both(writer, &run, 0, &format!("{n} uses after a reset, and one more"));
    }

    /// An input that counts, with the key of another input of the handler.
    fn with_key_of(&self, writer: &Writer, other: &Step) -> Option<Move> {
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
            counts(self.handler, self.id, &taken.visited).then(|| Move { step, taken, ..self.way.clone() })
        });
        tried.next()
    }

    /// As many uses as fit but one, an input that lacks a field, and the last that fits: what is refused for a field is
    /// no use.
    fn lacking(&self, writer: &mut Writer) {
        let key = if let Key::Value(Expr::Field(field)) = &self.gate.key { Some(*field) } else { None };
        let fields = &writer.model.event(self.handler.event).fields;
        let needed = (0..).zip(fields).filter(|(id, field)| {
            Some(*id) != key && !field.optional && field.default.is_none() && field.when.is_none()
        });
        let Some((_, lacking)) = needed.last() else { return };
        let Some(mut run) = self.used(writer, 0, self.fits - 1) else { return };
        if !self.ready(writer, &mut run, 0, false) {
            return;
        }
        let mut step = in_session(&self.way.step, run.session, 0);
        if let Step::Apply { fields, .. } = &mut step {
            fields.retain(|(name, _)| *name != lacking.name);
        }
        if writer.go(&mut run.thread, step) && !counts(self.handler, self.id, &run.thread.visited) {
            self.both(writer, &run, 0, &format!("an input without {} is no use", lacking.name));
        }
    }

    /// As many uses as fit but one, something that forgets none of them, and on until the limit is full.
    fn keeps(&self, writer: &mut Writer) {
        let Some(other) = self.other.filter(|_| self.resetting(writer).is_none()) else { return };
        let Some(mut run) = self.used(writer, 0, self.fits - 1) else { return };
        if self.ready(writer, &mut run, 0, false)
            && self.send(writer, &mut run, other, 0, false)
            && self.once(writer, &mut run, 0)
        {
            self.both(writer, &run, 0, "an input that does not count forgets no use");
        }
    }

    fn holds(&self, writer: &mut Writer) {
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
            }
        }
    }

    fn windows(&self, writer: &mut Writer) {
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

    fn calendar(&self, writer: &mut Writer, edge: Time) {
        let Some(full) = self.used(writer, edge - 1, self.fits) else { return };
        self.both(writer, &full, edge - 1, "1 ms before the window ends");
        let Some(run) = self.later(writer, &full) else { return };
        self.both(writer, &run, edge, "when the next window begins");
    }

    /// Where the amount is a field: just under the bound, at it and just over it.
    fn amounts(&self, writer: &mut Writer) {
        let (Expr::Field(field), Bound::AtMost(bound)) = (&self.gate.amount, &self.limit.bound) else {
            return;
        };
        let universe = &writer.situations.all[self.situation].universe;
        let Some(bound) = writer.explorer.runner.value(universe, SESSION, bound).as_int() else { return };
        let event = writer.model.event(self.handler.event);
        let field = &event.fields[usize::from(*field)];
        let kind = &writer.model.kind(field.kind).kind;
        for amount in [bound.saturating_sub(1), bound, bound.saturating_add(1)] {
            let mut run = Run { thread: writer.at(self.situation), session: SESSION, uses: 0 };
            let mut step = at(&self.way.step, run.thread.universe.now());
            put(&mut step, &field.name, sent(kind, amount));
            if writer.go(&mut run.thread, step) {
                self.both(writer, &run, 0, &format!("{amount} in minor units at once"));
            }
        }
    }

    /// Tests what counts and what does not, from here.
    fn both(&self, writer: &mut Writer, run: &Run, instant: Time, title: &str) {
        let ways = [Some((self.way, "")), self.other.map(|way| (way, ", with an input that does not count"))];
        for (way, what) in ways.into_iter().flatten() {
            let mut run = run.clone();
            if self.ready(writer, &mut run, instant, false)
                && self.send(writer, &mut run, way, instant, false)
            {
                self.test(writer, &run, format!("{title}{what}"));
            }
        }
    }

    fn test(&self, writer: &mut Writer, run: &Run, title: String) {
        let title = format!("{}: {title}", self.limit.name);
        writer.test(Section::Limit, &run.thread, &[self.limit.element, self.gate.element], title);
    }

    /// A run with so many uses, all at one instant.
    fn used(&self, writer: &mut Writer, instant: Time, uses: u32) -> Option<Run> {
        let thread = writer.begin(writer.situations.all[self.situation].world)?;
        let mut run = Run { thread, session: SESSION, uses: 0 };
        (0..uses).all(|_| self.once(writer, &mut run, instant)).then_some(run)
    }

    /// One use more, with other values for the keys of the handler's other limits where that can be.
    fn once(&self, writer: &mut Writer, run: &mut Run, instant: Time) -> bool {
        run.uses += 1;
        for varied in [true, false] {
            let mut tried = run.clone();
            if self.ready(writer, &mut tried, instant, varied)
                && self.send(writer, &mut tried, self.way, instant, varied)
                && (counts(self.handler, self.id, &tried.thread.visited)
                    || self.is_barrier(&tried.thread.visited))
            {
                *run = tried;
                return true;
            }
        }
        false
    }

    fn is_barrier(&self, visited: &[ElementId]) -> bool {
        visited.contains(&self.limit.element)
    }

    /// Brings a session to the step where the limit is used: the one at hand, or else a new one.
    fn ready(&self, writer: &mut Writer, run: &mut Run, instant: Time, varied: bool) -> bool {
        let here = writer.situations.all[self.situation].place;
        let other_givens = varied && self.others().any(|key| matches!(key, Expr::Given(_)));
        if !other_givens && place(&run.thread.universe, run.session) == Some(here) {
            return true;
        }
        if self.gate.key == Key::Session && place(&run.thread.universe, run.session).is_some() {
            return false;
        }
        if place(&run.thread.universe, run.session).is_some() {
            run.session += 1;
        }
        let path: Vec<Step> = writer.situations.path(self.situation).into_iter().cloned().collect();
        path.into_iter().all(|step| {
            let mut step = in_session(&step, run.session, instant);
            if let Step::Open { given, .. } = &mut step {
                self.vary_givens(writer, given, run.uses, other_givens);
            }
            writer.go(&mut run.thread, step)
        })
    }

    fn send(&self, writer: &mut Writer, run: &mut Run, way: &Move, instant: Time, varied: bool) -> bool {
        let mut step = in_session(&way.step, run.session, instant);
        if varied {
            let event = writer.model.event(self.handler.event);
            for key in self.others() {
                let Expr::Field(field) = key else { continue };
                let field = &event.fields[usize::from(*field)];
                if let Some(value) = writer.explorer.values.nth(field.kind, FRESH + run.uses) {
                    put(&mut step, &field.name, value);
                }
            }
        }
        writer.go(&mut run.thread, step)
    }

    /// The keys of the handler's other limits, where they are not this limit's own.
    fn others(&self) -> impl Iterator<Item = &Expr> {
        let own = &self.gate.key;
        self.handler.gates.iter().filter(move |gate| gate.limit != self.id && gate.key != *own).filter_map(
            |gate| {
                if let Key::Value(key) = &gate.key { Some(key) } else { None }
            },
        )
    }

    fn vary_givens(
        &self,
        writer: &Writer,
        given: &mut flowspec_runtime::suite::Terms,
        uses: u32,
        varied: bool,
    ) {
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
    fn elsewhere(&self, writer: &mut Writer, run: &Run) -> Option<Run> {
        if self.gate.key == Key::Session || place(&run.thread.universe, run.session).is_none() {
            return None;
        }
        let mut run = run.clone();
        run.session += 1;
        let now = run.thread.universe.now();
        self.ready(writer, &mut run, now, false).then_some(run)
    }

    /// The run with one use more, of a key that was not used before.
    fn with_another_key(&self, writer: &mut Writer, run: &Run) -> Option<Run> {
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
                self.send(writer, &mut run, self.way, now, true).then_some(run)
            }
            Key::Session => {
                run.session += 1;
                let ready = self.ready(writer, &mut run, now, false);
                (ready && self.send(writer, &mut run, self.way, now, false)).then_some(run)
            }
            Key::Universe | Key::Value(_) => None,
        }
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

    /// An input that forgets the uses.
    fn resetting(&self, writer: &Writer<'a>) -> Option<&'a Move> {
        let of_this = |action: &Action| matches!(action, Action::Reset { limit, .. } if *limit == self.id);
        let resets = actions_of(self.handler, of_this);
        let moves = &writer.situations.all[self.situation].moves;
        moves.iter().map(|(_, way)| way).find(|way| way.taken.visited.iter().any(|id| resets.contains(id)))
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

fn in_session(step: &Step, session: SessionId, offset: Time) -> Step {
    let mut step = at(step, step.at().unwrap_or(0).saturating_add(offset));
    match &mut step {
        Step::Open { session: own, .. } | Step::Apply { session: own, .. } | Step::Close { session: own } => {
            *own = session
        }
        Step::Advance { .. } | Step::May { .. } => {}
    }
    step
}

fn put(step: &mut Step, name: &str, value: Value) {
    if let Step::Apply { fields, .. } = step {
        fields.retain(|(field, _)| field != name);
        fields.push((name.into(), Term::Value(value)));
    }
}

fn set(step: &mut Step, name: &str, term: &Term) {
    if let Step::Apply { fields, .. } = step {
        fields.iter_mut().filter(|(field, _)| field == name).for_each(|(_, own)| *own = term.clone());
    }
}

/// How much of a limit an input uses.
fn amount_of(writer: &Writer, handler: &Handler, gate: &Gate, way: &Move) -> Option<i64> {
    let field = match &gate.amount {
        Expr::Const(amount) => return amount.as_int(),
        Expr::Field(field) => &writer.model.event(handler.event).fields[usize::from(*field)],
        _ => return None,
    };
    let (_, term) = way.draft.fields.iter().find(|(name, _)| *name == field.name)?;
    match (&writer.model.kind(field.kind).kind, term) {
        (Kind::Money { digits, .. }, Term::Value(Value::Text(text))) => parse_money(text, *digits),
        (_, Term::Value(value)) => value.as_int(),
        _ => None,
    }
}

fn counts(handler: &Handler, limit: LimitId, visited: &[ElementId]) -> bool {
    let counting =
        actions_of(handler, |action| matches!(action, Action::Count { limit: of, .. } if *of == limit));
    visited.iter().any(|id| counting.contains(id))
}
