//! Section 6, limits: one use before the bound, at it and beyond it; the edges of windows and holds; after resets; other
//! keys and other sessions.

mod amounts;
mod bounds;
mod edges;
mod keys;
mod passing;
mod ways;

use flowspec_runtime::model::{
    Action, Bound, ElementId, Expr, Gate, Handler, Key, Limit, LimitId, Model, StepId,
};
use flowspec_runtime::suite::{Section, Step, Term};
use flowspec_runtime::{SessionId, Time, Value};

use super::writer::{Thread, Writer, at};
use crate::explore::{Move, SESSION, actions_of, place};

/// Bounds above this are not counted up to: the tests would be longer than anyone wants to run.
const MOST: i64 = 1024;

/// Values from here on are not used elsewhere in a suite.
const FRESH: u32 = 20;

/// Adds the tests of limits.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    for (id, limit) in (0..).zip(&model.limits) {
        let drill = Drill::new(writer, id, limit).map(|drill| drill.with_amounts(writer));
        if let Some(drill) = drill.filter(|drill| i64::from(drill.fits) <= MOST) {
            drill.bound(writer);
            drill.lacking(writer);
            drill.resets(writer);
            drill.resets_elsewhere(writer);
            drill.keeps(writer);
            drill.passing_by(writer);
            drill.holds(writer);
            drill.windows(writer);
            drill.refusals(writer);
            drill.at_once(writer);
            drill.overshot(writer);
        }
    }
}

/// A limit with the way to use it up.
#[derive(Clone)]
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
    /// How many uses fit.
    fits: u32,
    /// The amounts of these uses, where they are not all that of the way.
    amounts: Vec<i64>,
    /// The statements all over the flow that use it.
    using: Vec<ElementId>,
    /// Those that forget its uses.
    forgetting: Vec<ElementId>,
}

/// A thread with the sessions that are open in it.
#[derive(Clone)]
struct Run {
    thread: Thread,
    session: SessionId,
    /// How many uses there were since the last reset, those on the way here included.
    uses: u32,
}

impl<'a> Drill<'a> {
    fn new(writer: &Writer<'a>, id: LimitId, limit: &'a Limit) -> Option<Self> {
        let Bound::AtMost(bound) = &limit.bound else { return None };
        let situations = writer.situations;
        let using =
            all_over(writer.model, |action| matches!(action, Action::Count { limit, .. } if *limit == id));
        let forgetting =
            all_over(writer.model, |action| matches!(action, Action::Reset { limit, .. } if *limit == id));
        let moves = situations.all.iter().enumerate().flat_map(|(index, situation)| {
            situation.moves.iter().map(move |(handler, way)| (index, situation.place, *handler, way))
        });
        let ways: Vec<_> = moves.filter(|(.., way)| is_among(&using, &way.taken.visited)).collect();
        // Where the limit does not apply, it refuses nothing.
        let applies = |situation: usize| {
            let universe = &situations.all[situation].universe;
            let holds =
                |active| writer.explorer.runner.value(universe, SESSION, active) != Value::Bool(false);
            limit.active.as_ref().is_none_or(holds)
        };
        let applying = ways.iter().copied().filter(|(situation, ..)| applies(*situation));
        let (situation, place, handler, way, gate) =
            nearest(writer, id, applying).or_else(|| nearest(writer, id, ways.iter().copied()))?;
        let universe = &situations.all[situation].universe;
        let bound = writer.explorer.runner.value(universe, SESSION, bound).as_int()?;
        let amount = amounts::of(writer, handler, gate, way).unwrap_or(1).max(1);
        let fits = u32::try_from(Some(bound / amount).filter(|fits| *fits >= 1)?).ok()?;
        let others = situations.all[situation]
            .moves
            .iter()
            .filter(|(index, _)| std::ptr::eq(&writer.model.step(place).handlers[*index], handler));
        let other = others.map(|(_, way)| way).find(|way| !is_among(&using, &way.taken.visited));
        let amounts = Vec::new();
        Some(Self { id, limit, gate, handler, situation, way, other, fits, amounts, using, forgetting })
    }

    /// Tests what counts and what does not, from here.
    fn both(&self, writer: &mut Writer, run: &Run, instant: Time, title: &str) {
        let ways = [Some((self.way, "")), self.other.map(|way| (way, ", with an input that does not count"))];
        for (way, what) in ways.into_iter().flatten() {
            let mut run = run.clone();
            if !self.ready(writer, &mut run, instant, false) {
                continue;
            }
            // Beyond what fits, the least that is refused tells most.
            let way = if run.uses < self.fits {
                self.with_amount(writer, &way.step, run.uses)
            } else {
                way.step.clone()
            };
            if self.send(writer, &mut run, &way, instant, false) {
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
        let thread = self.begin(writer)?;
        let mut run = Run { thread, session: SESSION, uses: 0 };
        self.up_to(writer, &mut run, instant, uses).then_some(run)
    }

    /// The beginning of a world in which there is a row under the other key, too, where the key names a row.
    fn begin(&self, writer: &mut Writer) -> Option<Thread> {
        let mut rows = writer.worlds[writer.situations.all[self.situation].world].clone();
        let Key::Value(key @ Expr::Given(given)) = &self.gate.key else { return writer.begin_with(rows) };
        let named = writer.model.rows.iter().filter(|row| row.key.as_ref() == Some(key));
        for record in named.map(|row| &writer.model.records[usize::from(row.record)]) {
            let kind = writer.model.givens[usize::from(*given)].kind;
            let (Some(of), Some(other)) =
                (rows.get_mut(&record.name), writer.explorer.values.nth(kind, FRESH * 2))
            else {
                continue;
            };
            let another = of.first().map(|(_, row)| (other, row.clone()));
            of.extend(another);
        }
        writer.begin_with(rows)
    }

    /// Uses until there are so many.
    fn up_to(&self, writer: &mut Writer, run: &mut Run, instant: Time, uses: u32) -> bool {
        while run.uses < uses {
            let before = run.uses;
            // Where the way back to where it is used forgets the uses, there never are more.
            if !self.once(writer, run, instant) || run.uses <= before {
                return false;
            }
        }
        true
    }

    /// One use more, with other values for the keys of the handler's other limits where that can be.
    fn once(&self, writer: &mut Writer, run: &mut Run, instant: Time) -> bool {
        for varied in [true, false] {
            let mut tried = run.clone();
            if !self.ready(writer, &mut tried, instant, varied) {
                continue;
            }
            let way = self.with_amount(writer, &self.way.step, tried.uses);
            if !self.send(writer, &mut tried, &way, instant, varied) {
                continue;
            }
            let counted = self.uses(&tried.thread.visited);
            if counted || self.is_barrier(&tried.thread.visited) {
                tried.uses += u32::from(!counted);
                *run = tried;
                return true;
            }
        }
        false
    }

    /// Whether something of this uses the limit.
    fn uses(&self, visited: &[ElementId]) -> bool {
        is_among(&self.using, visited)
    }

    /// Whether something of this forgets its uses.
    fn forgets(&self, visited: &[ElementId]) -> bool {
        is_among(&self.forgetting, visited)
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
            return self.go_to(writer, run, here, instant);
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
            self.go(writer, run, step)
        })
    }

    fn send(&self, writer: &mut Writer, run: &mut Run, way: &Step, instant: Time, varied: bool) -> bool {
        let mut step = in_session(way, run.session, instant);
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
        self.go(writer, run, step)
    }
}

/// Where a limit is used: a situation, its step, the handler, the input, and how the limit is asked for there.
type Place<'a> = (usize, StepId, &'a Handler, &'a Move, &'a Gate);

/// The nearest of the inputs that use a limit; where it is counted by session, one after which the session is still
/// there to use it again, if there is such a one.
fn nearest<'a>(
    writer: &Writer<'a>,
    id: LimitId,
    using: impl Iterator<Item = (usize, StepId, usize, &'a Move)>,
) -> Option<Place<'a>> {
    let mut first = None;
    for (situation, here, handler, way) in using {
        let handler = &writer.model.step(here).handlers[handler];
        let gate = handler.gates.iter().find(|gate| gate.limit == id)?;
        let found = (situation, here, handler, way, gate);
        if gate.key != Key::Session || place(&way.taken.universe, SESSION) == Some(here) {
            return Some(first.filter(|_| gate.key != Key::Session).unwrap_or(found));
        }
        first = first.or(Some(found));
    }
    first
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

/// The statements of the actions that are wanted, in every handler.
fn all_over(model: &Model, wanted: impl Fn(&Action) -> bool) -> Vec<ElementId> {
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    handlers.flat_map(|handler| actions_of(handler, &wanted)).collect()
}

fn is_among(wanted: &[ElementId], visited: &[ElementId]) -> bool {
    visited.iter().any(|id| wanted.contains(id))
}
