//! A universe taken apart into what its sessions share and each session, in a form in which those that behave the same
//! are the same; exploration puts them together again as it likes.

use crate::limit::Matters;
use crate::model::{Action, Bound, Expr, LimitId, Model, OutputId, TimerBase, Window as Declared};
use crate::time::{DAY, HOUR};
use crate::{Period, SessionId, Time, Value, Window};

use super::Machine;
use super::frame::Frame;
use super::universe::{Session, Universe, World};

/// How much of a value is remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Kept {
    /// All of it.
    #[default]
    Whole,
    /// Whether it is set: any set value is replaced by this one, as the type reads it.
    Presence(Value),
    /// Nothing.
    Nothing,
}

impl Kept {
    /// As much as either keeps.
    fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (kept, Self::Nothing) | (Self::Nothing, kept) => kept.clone(),
            (Self::Presence(_), Self::Presence(_)) => self.clone(),
            _ => Self::Whole,
        }
    }
}

/// What the parts of a universe remember; everything, unless said.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// By place in a session's memory.
    memory: Vec<Kept>,
    /// By record and attribute.
    attributes: Vec<Vec<Kept>>,
    /// By limit: in which time uses count, and whether they are taken back.
    limits: Vec<Matters>,
    /// The clock may be set back by whole multiples of this; zero where it may not.
    cycle: Time,
    /// By step: since how long ago an entry makes a difference, where that is known.
    entries: Vec<Option<Time>>,
}

impl Keeping {
    /// What a given keeps.
    pub fn given(&mut self, index: u16) -> &mut Kept {
        &mut self.memory[usize::from(index)]
    }

    /// What a remembered value keeps.
    pub fn variable(&mut self, machine: &Machine, index: u16) -> &mut Kept {
        &mut self.memory[machine.tables.variable(index)]
    }

    /// What a field of the last output of a kind keeps.
    pub fn output(&mut self, machine: &Machine, output: OutputId, field: u16) -> &mut Kept {
        &mut self.memory[machine.tables.output(output, field)]
    }

    /// What an attribute of a record keeps.
    pub fn attribute(&mut self, record: u16, attribute: u16) -> &mut Kept {
        &mut self.attributes[usize::from(record)][usize::from(attribute)]
    }

    /// What has to be kept for this and for another version of the same flow; none where they remember other things.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Option<Self> {
        let lengths = |keeping: &Self| {
            let attributes = keeping.attributes.iter().map(Vec::len).collect::<Vec<_>>();
            (keeping.memory.len(), attributes, keeping.limits.len())
        };
        if lengths(self) != lengths(other) {
            return None;
        }
        let both =
            |one: &[Kept], other: &[Kept]| one.iter().zip(other).map(|(one, other)| one.and(other)).collect();
        let attributes = self.attributes.iter().zip(&other.attributes).map(|(one, other)| both(one, other));
        let limits = self.limits.iter().zip(&other.limits).map(|(one, other)| {
            if one == other { *one } else { Matters { window: None, uncounted: true, bound: None } }
        });
        // Steps that only one of them has are as long ago as that one says.
        let longest = self.entries.len().max(other.entries.len());
        let entry = |keeping: &Self, step: usize| keeping.entries.get(step).copied().unwrap_or(Some(0));
        let entries = (0..longest).map(|step| Some(entry(self, step)?.max(entry(other, step)?)));
        Some(Self {
            memory: both(&self.memory, &other.memory),
            attributes: attributes.collect(),
            limits: limits.collect(),
            cycle: if self.cycle.min(other.cycle) == 0 { 0 } else { self.cycle.max(other.cycle) },
            entries: entries.collect(),
        })
    }

    /// After how many milliseconds the clock of parts begins anew; zero where it never does.
    pub fn cycle(&self) -> Time {
        self.cycle
    }

    /// Whether the clock of parts never moves.
    pub fn is_timeless(&self) -> bool {
        self.cycle == 1
    }

    /// Whether the clock of parts begins anew from time to time, so that what happens again looks the same.
    pub fn is_cyclic(&self) -> bool {
        self.cycle > 0
    }
}

impl Machine {
    /// Everything kept, and the clock set back as far as the flow lets one do so without noticing.
    pub fn keeping(&self) -> Keeping {
        let model = &self.model;
        let attributes = model.records.iter().map(|record| vec![Kept::Whole; record.attributes.len()]);
        Keeping {
            memory: vec![Kept::Whole; self.tables.memory],
            attributes: attributes.collect(),
            limits: (0..).zip(&model.limits).map(|(id, _)| matters(model, id)).collect(),
            cycle: cycle(model),
            entries: entries(model),
        }
    }

    /// Takes a universe apart. Instants become distances from a clock that all parts of one flow have in common.
    pub fn part(&self, universe: Universe, keeping: &Keeping) -> (World, Vec<Session>) {
        let Universe { mut world, mut sessions } = universe;
        let back = if keeping.cycle == 0 { 0 } else { -world.now.div_euclid(keeping.cycle) * keeping.cycle };
        self.shift_world(&mut world, back);
        self.normalise_world(&mut world, keeping);
        for session in &mut sessions {
            shift_session(session, back);
            self.normalise_session(session, world.now, keeping);
        }
        (world, sessions)
    }

    /// A universe as it is compared with others that behave the same: what can never matter is forgotten, and its clock
    /// is set back; what was sent and is still to be seen stays.
    #[must_use]
    pub fn condensed(&self, universe: &Universe, keeping: &Keeping) -> Universe {
        let (world, mut sessions) = self.part(universe.clone(), keeping);
        for (condensed, session) in sessions.iter_mut().zip(&universe.sessions) {
            condensed.undelivered.clone_from(&session.undelivered);
        }
        Universe { world, sessions }
    }

    /// What is shared, so much later: windows move on, nothing else happens.
    pub fn aged_world(&self, world: &World, by: Time, keeping: &Keeping) -> World {
        let mut world = world.clone();
        world.now = world.now.saturating_add(by);
        self.part(Universe { world, sessions: Vec::new() }, keeping).0
    }

    /// The same world in which an attribute of a row is this, as the type reads it; the row is made if need be.
    pub fn changed_world(
        &self,
        world: &World,
        (record, key, attribute, value): (u16, &Value, u16, &Value),
        keeping: &Keeping,
    ) -> World {
        let mut world = world.clone();
        let table = &mut world.rows[usize::from(record)].0;
        let row = table.entry(key.clone()).or_insert_with(|| self.new_row(record));
        if value.is_set() {
            row[usize::from(attribute)] = value.clone();
        }
        self.part(Universe { world, sessions: Vec::new() }, keeping).0
    }

    /// A session so much later, beside a world whose clock is `now`; what is due then has not fired yet.
    pub fn aged_session(&self, session: &Session, now: Time, by: Time, keeping: &Keeping) -> Session {
        let mut session = session.clone();
        let later = now.saturating_add(by);
        let back = if keeping.cycle == 0 { 0 } else { -later.div_euclid(keeping.cycle) * keeping.cycle };
        shift_session(&mut session, back);
        self.normalise_session(&mut session, later.saturating_add(back), keeping);
        session
    }

    /// The instants after now at which the world may begin to answer otherwise although nothing is done.
    pub fn turns(&self, world: &World) -> Vec<Time> {
        let mut turns = Vec::new();
        for (id, uses) in (0..).zip(&world.uses) {
            let Some(window) = constant_window(&self.model, id) else { continue };
            turns.extend(uses.each().flat_map(|counter| counter.turns(world.now, window)));
        }
        turns
    }

    /// The instants after now at which something of a session turns: its time-outs and its own counters.
    pub fn turns_of(&self, session: &Session, now: Time) -> Vec<Time> {
        let due = session.timers.iter().map(|armed| armed.due).filter(|due| *due > now);
        let mut turns: Vec<Time> = due.collect();
        let nobody = World { now, rows: Vec::new(), uses: Vec::new(), choices: Vec::new() };
        for (id, counter) in &session.counters {
            let limit = self.model.limit(*id);
            let readable =
                constant_window(&self.model, *id).is_some() || !reads_rows(limit_width(&limit.window));
            if readable {
                let window = Frame::new(self, &nobody, session, now).window(limit);
                turns.extend(counter.turns(now, window));
            }
        }
        turns
    }

    fn shift_world(&self, world: &mut World, by: Time) {
        world.now = world.now.saturating_add(by);
        world.uses.iter_mut().for_each(|uses| uses.change(|counter| counter.shift(by)));
    }

    fn normalise_world(&self, world: &mut World, keeping: &Keeping) {
        let now = world.now;
        for (uses, matters) in world.uses.iter_mut().zip(&keeping.limits) {
            uses.change(|counter| counter.normalise(now, *matters));
        }
        for (table, kept) in world.rows.iter_mut().zip(&keeping.attributes) {
            for row in table.0.values_mut() {
                row.iter_mut().zip(kept).for_each(|(value, kept)| keep(value, kept));
            }
        }
    }

    fn normalise_session(&self, session: &mut Session, now: Time, keeping: &Keeping) {
        session.undelivered.clear();
        if self.model.step(session.step).end.is_some() {
            session.memory.fill(Value::Unset);
            session.entered.clear();
            session.counters.clear();
            session.saved = None;
            return;
        }
        session.memory.iter_mut().zip(&keeping.memory).for_each(|(value, kept)| keep(value, kept));
        for (id, counter) in &mut session.counters {
            counter.normalise(now, keeping.limits[usize::from(*id)]);
        }
        session.counters.retain(|(_, counter)| !counter.is_blank());
        for armed in &mut session.timers {
            armed.due = armed.due.max(now.saturating_sub(1));
        }
        session.timers.sort_unstable_by_key(|armed| armed.timer);
        for (step, at) in &mut session.entered {
            if let Some(age) = keeping.entries[usize::from(*step)] {
                *at = (*at).max(now.saturating_sub(age));
            }
        }
        session.entered.sort_unstable();
        if let Some(saved) = &mut session.saved {
            for armed in saved.timers.iter_mut().filter(|armed| self.runs_on(armed.timer)) {
                armed.due = armed.due.max(now);
            }
            saved.timers.sort_unstable_by_key(|armed| armed.timer);
        }
    }
}

impl Universe {
    /// Parts put together, the sessions under the numbers 0, 1 and so on.
    pub fn of_parts<'p>(world: &World, sessions: impl IntoIterator<Item = &'p Session>) -> Self {
        let numbered = |(id, session): (SessionId, &Session)| Session { id, ..session.clone() };
        Self { world: world.clone(), sessions: (0..).zip(sessions).map(numbered).collect() }
    }
}

impl World {
    /// The clock.
    pub fn now(&self) -> Time {
        self.now
    }
}

impl Session {
    /// Whether something is due by an instant.
    pub fn is_due(&self, by: Time) -> bool {
        self.timers.iter().any(|armed| armed.due <= by)
    }

    /// The same session under another number.
    #[must_use]
    pub fn numbered(mut self, id: SessionId) -> Self {
        self.id = id;
        self
    }
}

fn keep(value: &mut Value, kept: &Kept) {
    match kept {
        Kept::Whole => {}
        Kept::Presence(known) if value.is_set() => value.clone_from(known),
        Kept::Presence(_) => {}
        Kept::Nothing => *value = Value::Unset,
    }
}

fn shift_session(session: &mut Session, by: Time) {
    session.timers.iter_mut().for_each(|armed| armed.due = armed.due.saturating_add(by));
    session.entered.iter_mut().for_each(|(_, at)| *at = at.saturating_add(by));
    session.counters.iter_mut().for_each(|(_, counter)| counter.shift(by));
}

/// How far the clock may be set back: not at all where instants are read, by whole periods where there are calendars.
fn cycle(model: &Model) -> Time {
    let mut reads_clock = false;
    model.expressions(&mut |expr| reads_clock |= *expr == Expr::Now);
    let mut cycle = 1;
    for limit in &model.limits {
        if let Declared::Calendar { period, .. } = limit.window {
            let length = match period {
                Period::Hour => HOUR,
                Period::Day => DAY,
                Period::Week => 7 * DAY,
                Period::Month | Period::Year => return 0,
            };
            cycle = cycle.max(length);
        }
    }
    if reads_clock { 0 } else { cycle }
}

fn matters(model: &Model, id: LimitId) -> Matters {
    let mut uncounted = false;
    model.actions(&mut |action| {
        uncounted |= matches!(action, Action::Uncount { limit, .. } if *limit == id);
    });
    let bound = match &model.limit(id).bound {
        Bound::AtMost(Expr::Const(Value::Int(bound))) => Some(*bound),
        _ => None,
    };
    Matters { window: constant_window(model, id), uncounted, bound }
}

fn limit_width(window: &Declared) -> Option<&Expr> {
    if let Declared::Rolling(width) = window { Some(width) } else { None }
}

fn reads_rows(width: Option<&Expr>) -> bool {
    width.is_some_and(|width| {
        width.any(&mut |part| {
            matches!(part, Expr::Attribute { .. } | Expr::RowKey(_) | Expr::RowExists(_) | Expr::Choice(_))
        })
    })
}

/// A limit's window, where it never changes.
pub(super) fn constant_window(model: &Model, id: LimitId) -> Option<Window> {
    match &model.limit(id).window {
        Declared::All => Some(Window::All),
        Declared::Rolling(Expr::Const(Value::Int(width))) => Some(Window::Rolling(*width)),
        Declared::Rolling(_) => None,
        Declared::Calendar { period, offset } => Some(Window::Calendar(*period, *offset)),
    }
}

/// By step: how long after an entry the last time-out that runs from it is due, where that is known.
fn entries(model: &Model) -> Vec<Option<Time>> {
    let mut entries = vec![Some(0); model.steps.len()];
    for timer in &model.timers {
        let TimerBase::Since(step) = timer.base else { continue };
        let entry: &mut Option<Time> = &mut entries[usize::from(step)];
        *entry = timer.constant_delay().zip(*entry).map(|(delay, longest)| longest.max(delay));
    }
    entries
}
