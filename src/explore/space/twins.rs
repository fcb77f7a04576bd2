//! Runs side by side in which the same is done, in worlds that differ only in what two conditions tell apart: whether
//! somebody who sees one of them can tell which it is.
//!
//! It is the product of the flow with itself. What others do may come to something else in the one world than in the
//! other; then it is not the same any more that is done, and such a pair is not followed. Where a spec leaves something
//! open, the implementation decides alike in both.
//!
//! First all that one session shows is looked at. Then, as far as a budget goes, several sessions, one after another: who
//! has tried too often comes back from elsewhere, and a limit may tell then what no answer did.

use flowspec_runtime::machine::{Session, Universe, World};
use flowspec_runtime::model::{ActorId, Atom, ElementId, EventId, Expr, Handler, OutputId, StepId};
use flowspec_runtime::suite::{Seen as Said, Term};
use flowspec_runtime::{Fields, Rows, Text, Time};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::graph::{BOUNDS, Interner, TRIES};
use super::moment::{Clocks, Moment};
use super::timing::Timing;
use super::zone::{Bind, Zone};
use super::{Act, Budget, Happening, Seen, Space};
use crate::explore::inputs::Draft;

/// So many pairs are looked at for each situation of a budget: most pairs only lead up to the cases.
const PAIRS: usize = 8;

/// What must look the same, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct Promise<'m> {
    /// What holds in the first of two worlds, and in the second.
    pub cases: [&'m Expr; 2],
    /// The event that finds it so; none is the opening.
    pub event: Option<EventId>,
    /// Who sees it.
    pub to: ActorId,
    /// Outputs that they do not get to see.
    pub without: &'m [OutputId],
}

/// Two runs in which the same is done; what is seen of the last thing is told apart, or is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// The rows that each began with.
    pub rows: [Rows; 2],
    /// What the clock showed then.
    pub clock: Time,
    /// What both were opened with.
    pub given: Fields,
    /// What came of opening them.
    pub opening: [Seen; 2],
    /// Where that led.
    pub first: [Option<StepId>; 2],
    /// What was done then.
    pub lines: Vec<Both>,
}

/// Something done in both of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Both {
    /// What.
    pub act: Act,
    /// The step that has the handler of the act, where it is an event.
    pub step: StepId,
    /// What is seen of it in each.
    pub seen: [Seen; 2],
    /// Where it leads in each.
    pub to: [Option<StepId>; 2],
}

/// What came of running two worlds side by side.
#[derive(Debug)]
pub struct Twins {
    /// How many pairs of situations there are.
    pub pairs: usize,
    /// Whether every pair was looked at.
    pub whole: bool,
    /// Whether no class of values was left out.
    pub complete: bool,
    /// Whether the two cases ever came up.
    pub met: bool,
    /// The shortest runs that can be told apart.
    pub apart: Option<Apart>,
    /// For each thing that can be seen once the cases have come up, the shortest runs to it; in both it is seen.
    pub alike: Vec<Apart>,
}

/// More runs that look alike than these are not kept.
const KEPT: usize = 32;

/// What is seen of an event: where it is tried, which it is, why it is refused, where it leads.
type Sight = (StepId, EventId, Vec<Text>, Option<StepId>);

/// A session with its world, as numbers.
type Place = (u32, u32);

/// Two runs at one time.
struct Pair {
    places: [Place; 2],
    /// Where their instants may lie.
    zone: u32,
    /// When what led here happened, as a zone, and how the instants here are bound to those.
    at: u32,
    binds: Box<[Bind]>,
    /// Whether the one world has shown to be of the one case, and the other of the other.
    met: bool,
    from: Option<(u32, Both)>,
    start: u32,
}

struct Start {
    rows: [u32; 2],
    given: Fields,
    opening: [Seen; 2],
    first: [Option<StepId>; 2],
}

struct Search<'s> {
    space: &'s Space<'s>,
    promise: &'s Promise<'s>,
    beginnings: Vec<Rows>,
    sessions: Interner<Session>,
    worlds: Interner<World>,
    zones: Interner<Zone>,
    clocks: Clocks<'s>,
    starts: Vec<Start>,
    pairs: Vec<Pair>,
    known: HashMap<([Place; 2], u32, bool), (), FxBuildHasher>,
    tried: usize,
    bounds: usize,
    complete: bool,
    whole: bool,
    met: bool,
    sights: Vec<Sight>,
    alike: Vec<Apart>,
    /// What whoever comes back may open another session with; then nobody waits.
    returns: Vec<Fields>,
}

/// Two things that happen, one in each world.
type Two = [Happening; 2];

impl Promise<'_> {
    /// The two conditions, as what makes a difference.
    pub(super) fn conditions(&self) -> Vec<Atom> {
        let atom = |condition: &&Expr| match self.event {
            Some(event) => {
                Atom::Where { what: Atom::Accepted(event).into(), condition: (*condition).clone() }
            }
            None => Atom::Holds((*condition).clone()),
        };
        self.cases.iter().map(atom).collect()
    }
}

impl Twins {
    /// Runs pairs of worlds until one can be told from the other, everything is known, or so many pairs are.
    pub fn explore(machine: &flowspec_runtime::machine::Machine, promise: &Promise, budget: &Budget) -> Self {
        let space = Space::of_twins(machine, promise);
        let mut one = Search::new(&space, promise).run(budget);
        if one.apart.is_none() && one.met {
            let clocks = Clocks::of_points(&space);
            let mut several = Search { returns: space.returns(), clocks, ..Search::new(&space, promise) };
            several.complete = false;
            let several = several.run(budget);
            one.alike.extend(several.alike.into_iter().filter(Apart::is_of_several));
            one.alike.truncate(KEPT);
            one.apart = several.apart;
        }
        one
    }
}

impl Apart {
    /// Whether it takes more than one session.
    pub fn is_of_several(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.act, Act::Open(_)))
    }
}

impl<'s> Search<'s> {
    fn new(space: &'s Space<'s>, promise: &'s Promise<'s>) -> Self {
        let (beginnings, complete) = space.beginnings();
        Self {
            space,
            promise,
            beginnings,
            sessions: Interner::default(),
            worlds: Interner::default(),
            zones: Interner::default(),
            clocks: Clocks::new(space, None),
            starts: Vec::new(),
            pairs: Vec::new(),
            known: HashMap::default(),
            tried: 0,
            bounds: 0,
            complete: complete && space.is_exact(),
            whole: true,
            met: false,
            sights: Vec::new(),
            alike: Vec::new(),
            returns: Vec::new(),
        }
    }

    fn run(mut self, budget: &Budget) -> Twins {
        let mut apart = self.open(budget);
        let mut next = 0;
        while apart.is_none() && next < self.pairs.len() && self.goes_on(budget) {
            apart = self.leave(next as u32);
            next += 1;
        }
        Twins {
            pairs: self.pairs.len(),
            whole: self.whole,
            complete: self.complete,
            met: self.met || apart.is_some(),
            apart,
            alike: self.alike,
        }
    }

    /// Whether there is budget left; once there is none, something is left out.
    fn goes_on(&mut self, budget: &Budget) -> bool {
        let most = budget.situations.saturating_mul(PAIRS);
        let spent = self.pairs.len() > most
            || self.tried > most.saturating_mul(TRIES)
            || self.bounds > most.saturating_mul(BOUNDS);
        self.whole &= !spent && !budget.is_stopped();
        self.whole
    }

    /// Opens a session in every two worlds that differ only in what the conditions read.
    fn open(&mut self, budget: &Budget) -> Option<Apart> {
        let (choices, all_choices) = self.space.choices();
        let (openings, all_openings) = self.space.openings();
        self.complete &= all_choices && all_openings;
        let read = Read::of(self.space, self.promise);
        let beginnings = self.beginnings.clone();
        let all = (0..).zip(&beginnings);
        let pairs = all.clone().flat_map(|one| all.clone().map(move |other| [one, other]));
        let pairs = pairs.filter(|[(one, left), (other, right)]| {
            one != other && read.differ_in_nothing_else(self.space, [left, right])
        });
        for [(one, left), (other, right)] in pairs.collect::<Vec<_>>() {
            for choice in &choices {
                let worlds = [left, right].map(|rows| self.space.world(rows, choice));
                let [Some(left), Some(right)] = worlds else { continue };
                for moment in self.clocks.beginnings(&[&left, &right]) {
                    let placed = self.clocks.placed_worlds(&moment, &[&left, &right]);
                    for given in &openings {
                        let found = self.open_both([one, other], &moment, [&placed[0], &placed[1]], given);
                        if found.is_some() {
                            return found;
                        }
                    }
                }
                if !self.goes_on(budget) {
                    return None;
                }
            }
        }
        None
    }

    fn open_both(
        &mut self,
        rows: [u32; 2],
        moment: &Moment,
        worlds: [&World; 2],
        given: &Fields,
    ) -> Option<Apart> {
        let met = self.promise.event.is_none();
        if met && !self.opens_both_cases(worlds, given) {
            return None;
        }
        self.met |= met;
        let openings = std::slice::from_ref(given);
        let ways = worlds.map(|world| self.space.open(world, openings));
        let (pairs, differing) = matched(&ways);
        let start = |two: &Two| Start {
            rows,
            given: given.clone(),
            opening: two.each_ref().map(|one| one.seen.clone()),
            first: two.each_ref().map(step_after),
        };
        if let Some(two) = differing.filter(|_| met) {
            let Start { opening, first, .. } = start(&two);
            let rows = rows.map(|rows| self.beginnings[rows as usize].clone());
            let clock = worlds[0].now();
            return Some(Apart { rows, clock, given: given.clone(), opening, first, lines: Vec::new() });
        }
        for two in pairs {
            let number = self.starts.len() as u32;
            self.starts.push(start(&two));
            self.arrive(two, met, None, number, moment);
        }
        None
    }

    /// Everything that can be done in a pair of situations, in both.
    fn leave(&mut self, at: u32) -> Option<Apart> {
        let Pair { places, zone, .. } = &self.pairs[at as usize];
        let parts = places
            .map(|(session, world)| (self.sessions.get(session).clone(), self.worlds.get(world).clone()));
        if self.clocks.plain && parts.iter().any(|(session, _)| self.clocks.is_over(session)) {
            return None;
        }
        let lent = parts.each_ref().map(|(session, world)| (session, world));
        let open = lent.map(|(session, world)| (Some(session), world));
        let moment = self.clocks.moment(&open, self.zones.get(*zone).clone(), false)?;
        if self.clocks.is_urgent(&moment) {
            return self.fire(at, &moment, lent, &[]);
        }
        let placed = self.clocks.placed(&moment, &lent);
        let found = self.act(at, &moment, [&placed[0], &placed[1]]);
        match found {
            None if self.returns.is_empty() => self.wait(at, &moment, lent),
            None => self.come_back(at, &moment, [&placed[0].1, &placed[1].1]),
            found => found,
        }
    }

    /// Sends the same event in both, each that there is.
    fn act(&mut self, at: u32, moment: &Moment, parts: [&(Session, World); 2]) -> Option<Apart> {
        let universes = parts.map(|(session, world)| Universe::of_parts(world, [session]));
        let mut done: Vec<(EventId, ActorId, Fields, Draft)> = Vec::new();
        for (session, _) in parts {
            let step = session.step();
            for (index, handler) in (0..).zip(&self.space.model().step(step).handlers) {
                for draft in self.drafts(&universes, handler) {
                    let fields = self.space.stage.fields(&universes[0], &draft.fields);
                    let same = |known: &(EventId, ActorId, Fields, Draft)| {
                        (known.0, known.1) == (handler.event, handler.actor)
                            && known.2 == fields
                            && known.3.answers == draft.answers
                    };
                    if done.iter().any(same) {
                        continue;
                    }
                    done.push((handler.event, handler.actor, fields, draft.clone()));
                    let found = self.event(at, moment, &universes, (step, index, handler), &draft);
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }

    /// Leaves, and opens another session.
    fn come_back(&mut self, at: u32, moment: &Moment, worlds: [&World; 2]) -> Option<Apart> {
        let is_case = self.promise.event.is_none();
        let met = self.pairs[at as usize].met || is_case;
        for given in self.returns.clone() {
            if is_case && !self.opens_both_cases(worlds, &given) {
                continue;
            }
            let ways = worlds.map(|world| self.space.open(world, std::slice::from_ref(&given)));
            self.tried += 1;
            let found = self.follow(at, moment, 0, ways, (met, true));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn opens_both_cases(&self, worlds: [&World; 2], given: &Fields) -> bool {
        let machine = self.space.machine();
        let mut cases = self.promise.cases.iter().zip(worlds);
        cases.all(|(case, world)| machine.holds_at_opening(&Universe::of_parts(world, []), given, case))
    }

    /// What may be sent to a handler, by what either world tells apart; not what only somebody else could know.
    fn drafts(&mut self, universes: &[Universe; 2], handler: &Handler) -> Vec<Draft> {
        let mut all: Vec<Draft> = Vec::new();
        let hidden = |term: &Term| match term {
            Term::Seen(Said::Sent(output, _)) => !self.space.stage.shown.contains(output),
            _ => false,
        };
        for universe in universes {
            let drafts = self.space.classes.drafts(universe, handler);
            self.complete &= drafts.complete;
            all.extend(
                drafts.all.into_iter().filter(|draft| !draft.fields.iter().any(|(_, term)| hidden(term))),
            );
        }
        // A field that is read under a condition may be left out to see whether it is.
        let event = self.space.model().event(handler.event);
        for field in event.fields.iter().filter(|field| field.when.is_some()) {
            let without: Vec<Draft> = all
                .iter()
                .filter(|draft| draft.fields.iter().any(|(name, _)| *name == field.name))
                .map(|draft| {
                    let mut draft = draft.clone();
                    draft.fields.retain(|(name, _)| *name != field.name);
                    draft
                })
                .collect();
            all.extend(without);
        }
        all
    }

    fn event(
        &mut self,
        at: u32,
        moment: &Moment,
        universes: &[Universe; 2],
        (step, index, handler): (StepId, u16, &Handler),
        draft: &Draft,
    ) -> Option<Apart> {
        let is_case = self.promise.event == Some(handler.event);
        if is_case && !self.is_of_both_cases(universes, handler.event, draft) {
            return None;
        }
        self.met |= is_case;
        let met = self.pairs[at as usize].met || is_case;
        let ways = universes.each_ref().map(|universe| {
            let mut done = Vec::new();
            self.space.stage.event(universe, (index, handler), draft, &mut done);
            self.tried += done.len();
            self.space.parted(done)
        });
        let seen_by = handler.actor == self.promise.to;
        self.follow(at, moment, step, ways, (met, seen_by))
    }

    fn is_of_both_cases(&self, universes: &[Universe; 2], event: EventId, draft: &Draft) -> bool {
        let stage = &self.space.stage;
        let declared = &stage.model.event(event).fields;
        self.promise.cases.iter().zip(universes).all(|(case, universe)| {
            let fields = stage.read(universe, declared, &draft.fields);
            let session = crate::explore::situations::SESSION;
            stage.machine.holds_of(universe, session, case, Some(event), &fields, &[])
        })
    }

    /// Lets time pass until something turns in either world.
    fn wait(&mut self, at: u32, moment: &Moment, parts: [(&Session, &World); 2]) -> Option<Apart> {
        let late: Vec<(usize, ElementId)> =
            self.clocks.due(moment).map(|(side, timer)| (side, timer.element)).collect();
        if self.clocks.plain && !late.is_empty() {
            // What may fire later may fire at any time.
            let found = self.fire(at, moment, parts, &[]);
            if found.is_some() {
                return found;
            }
        }
        self.clocks.next(moment, &parts).iter().find_map(|then| self.fire(at, then, parts, &late))
    }

    /// Lets fire in both what is due, but for what was late before.
    fn fire(
        &mut self,
        at: u32,
        moment: &Moment,
        parts: [(&Session, &World); 2],
        late: &[(usize, ElementId)],
    ) -> Option<Apart> {
        let met = self.pairs[at as usize].met;
        let placed = self.clocks.placed(moment, &parts);
        let ways = [0, 1].map(|side| {
            let (session, world) = &placed[side];
            let mut fired = self.space.fired(session, world);
            let is_late = |element: &ElementId| late.contains(&(side, *element));
            fired.retain(|happening| !happening.seen.visited.iter().any(is_late));
            fired
        });
        self.follow(at, moment, 0, ways, (met, true))
    }

    /// Goes on with what looks the same in both; what does not is found where the cases have come up.
    fn follow(
        &mut self,
        at: u32,
        moment: &Moment,
        step: StepId,
        ways: [Vec<Happening>; 2],
        (met, seen_by): (bool, bool),
    ) -> Option<Apart> {
        let (pairs, differing) = matched(&ways);
        let both = |two: &Two| Both {
            act: two[0].act.clone(),
            step,
            seen: two.each_ref().map(|one| one.seen.clone()),
            to: two.each_ref().map(step_after),
        };
        if let Some(two) = differing.filter(|_| met && seen_by) {
            let apart = self.apart(at, both(&two), moment);
            // What takes times closer together than a millisecond is not told.
            self.complete &= apart.is_some();
            if apart.is_some() {
                return apart;
            }
        }
        let start = self.pairs[at as usize].start;
        for two in pairs {
            let line = both(&two);
            if met && seen_by {
                self.keep(at, &line, moment);
            }
            self.arrive(two, met, Some((at, line)), start, moment);
        }
        None
    }

    /// Keeps the runs to something that is seen for the first time.
    fn keep(&mut self, at: u32, line: &Both, moment: &Moment) {
        let Act::Event { handler, .. } = &line.act else { return };
        let step = self.space.model().step(line.step);
        let Some(handler) = step.handlers.get(usize::from(*handler)) else { return };
        let sight = (line.step, handler.event, line.seen[0].reasons.clone(), line.to[0]);
        if self.alike.len() < KEPT && !self.sights.contains(&sight) {
            self.sights.push(sight);
            self.alike.extend(self.apart(at, line.clone(), moment));
        }
    }

    fn arrive(&mut self, two: Two, met: bool, from: Option<(u32, Both)>, start: u32, moment: &Moment) {
        let [Some(mut left), Some(mut right)] = two.map(|one| one.after) else { return };
        let then = self.clocks.afterwards(moment, &[(&left.0, &left.1), (&right.0, &right.1)], false);
        self.complete &= then.complete;
        self.bounds += then.at.work();
        self.clocks.timeless(&mut left.0, &mut left.1);
        self.clocks.timeless(&mut right.0, &mut right.1);
        let places =
            [left, right].map(|(session, world)| (self.sessions.intern(session), self.worlds.intern(world)));
        let at = self.zones.intern(then.at);
        for zone in then.zones {
            let zone = self.zones.intern(zone);
            if self.known.insert((places, zone, met), ()).is_none() {
                let (binds, from) = (then.binds.clone(), from.clone());
                self.pairs.push(Pair { places, zone, at, binds, met, from, start });
            }
        }
    }

    /// The two runs that end with this line, at this moment; none where they take times closer together than a
    /// millisecond.
    fn apart(&self, at: u32, last: Both, moment: &Moment) -> Option<Apart> {
        let mut pairs = vec![&self.pairs[at as usize]];
        while let Some((before, _)) = pairs[pairs.len() - 1].from {
            pairs.push(&self.pairs[before as usize]);
        }
        pairs.reverse();
        let mut timing = Timing::default();
        pairs.iter().for_each(|pair| timing.happens(self.zones.get(pair.at), &pair.binds));
        timing.happens(&moment.zone, &[]);
        let times = timing.times()?;
        let mut lines = Vec::new();
        let done = pairs.iter().filter_map(|pair| pair.from.as_ref()).map(|(_, line)| line).chain([&last]);
        for (line, times) in done.zip(times.windows(2)) {
            let wait = Act::Wait(times[1] - times[0]);
            if matches!(line.act, Act::Wait(_)) {
                lines.push(Both { act: wait, ..line.clone() });
                continue;
            }
            if times[0] < times[1] {
                lines.push(Both { act: wait, step: line.step, seen: Default::default(), to: [None; 2] });
            }
            lines.push(line.clone());
        }
        let start = &self.starts[pairs[0].start as usize];
        Some(Apart {
            rows: start.rows.map(|rows| self.beginnings[rows as usize].clone()),
            clock: times[0],
            given: start.given.clone(),
            opening: start.opening.clone(),
            first: start.first,
            lines,
        })
    }
}

/// What the conditions of a promise read of rows.
struct Read {
    records: Vec<u16>,
    attributes: Vec<(u16, u16)>,
}

impl Read {
    fn of(space: &Space, promise: &Promise) -> Self {
        let mut read = Self { records: Vec::new(), attributes: Vec::new() };
        let record = |row: &u16| space.model().rows[usize::from(*row)].record;
        for case in promise.cases {
            case.each(&mut |part| match part {
                Expr::Attribute { row, attribute } => {
                    read.records.push(record(row));
                    read.attributes.push((record(row), *attribute));
                }
                Expr::RowExists(row) => read.records.push(record(row)),
                _ => {}
            });
        }
        read
    }

    fn differ_in_nothing_else(&self, space: &Space, [one, other]: [&Rows; 2]) -> bool {
        (0..).zip(&space.model().records).all(|(id, record)| {
            let rows = [one, other].map(|rows| rows.get(&record.name).map(Vec::as_slice).unwrap_or_default());
            if !self.records.contains(&id) {
                return rows[0] == rows[1];
            }
            let ([(_, left)], [(_, right)]) = (rows[0], rows[1]) else { return true };
            (0..).zip(&record.attributes).all(|(attribute, declared)| {
                self.attributes.contains(&(id, attribute))
                    || left.get(&declared.name) == right.get(&declared.name)
            })
        })
    }
}

/// What happens in both and looks the same, and the first that does not. Where the spec is silent, nothing is asked.
fn matched(ways: &[Vec<Happening>; 2]) -> (Vec<Two>, Option<Two>) {
    let (mut pairs, mut differing) = (Vec::new(), None);
    for (side, one) in (0..2).flat_map(|side| ways[side].iter().map(move |one| (side, one))) {
        let others = &ways[1 - side];
        if one.seen.silent || others.iter().any(|other| other.seen.silent) {
            continue;
        }
        let same_picks = others.iter().find(|other| other.seen.picks == one.seen.picks);
        let alike = others.iter().find(|other| looks_like(one, other));
        let Some(other) = same_picks.filter(|other| looks_like(one, other)).or(alike) else {
            let other = same_picks.or(others.first());
            differing = differing.or_else(|| other.map(|other| in_order(side, one, other)));
            continue;
        };
        let two = in_order(side, one, other);
        if side == 0 || same_picks.is_none() {
            pairs.push(two);
        }
    }
    (pairs, differing)
}

fn in_order(side: usize, one: &Happening, other: &Happening) -> Two {
    if side == 0 { [one.clone(), other.clone()] } else { [other.clone(), one.clone()] }
}

fn looks_like(one: &Happening, other: &Happening) -> bool {
    one.seen.reasons == other.seen.reasons
        && one.seen.shown == other.seen.shown
        && step_after(one) == step_after(other)
}

fn step_after(happening: &Happening) -> Option<StepId> {
    happening.after.as_ref().map(|(session, _)| session.step())
}
