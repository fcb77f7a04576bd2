//! The search: pairs of situations, breadth first, from every two worlds that differ only in the cases.

use flowspec_runtime::machine::{Session, Universe, World};
use flowspec_runtime::model::{ActorId, ElementId, EventId, Handler, StepId};
use flowspec_runtime::{Fields, Rows};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::cases::Read;
use super::matching::{Two, matched, step_after};
use super::told::Sight;
use super::{Apart, Both, Promise, Twins};
use crate::explore::inputs::Draft;
use crate::explore::space::graph::{BOUNDS, Interner, TRIES};
use crate::explore::space::moment::{Clocks, Moment};
use crate::explore::space::zone::{Bind, Zone};
use crate::explore::space::{Budget, Happening, Seen, Space};

/// So many pairs are looked at for each situation of a budget: most pairs only lead up to the cases.
const PAIRS: usize = 8;

/// A session with its world, as numbers.
type Place = (u32, u32);

/// Two runs at one time.
pub(super) struct Pair {
    places: [Place; 2],
    /// Where their instants may lie.
    zone: u32,
    /// When what led here happened, as a zone, and how the instants here are bound to those.
    pub(super) at: u32,
    pub(super) binds: Box<[Bind]>,
    /// Whether the one world has shown to be of the one case, and the other of the other.
    met: bool,
    pub(super) from: Option<(u32, Both)>,
    pub(super) start: u32,
}

pub(super) struct Start {
    pub(super) rows: [u32; 2],
    pub(super) given: Fields,
    pub(super) opening: [Seen; 2],
    pub(super) first: [Option<StepId>; 2],
}

pub(super) struct Search<'s> {
    pub(super) space: &'s Space<'s>,
    pub(super) promise: &'s Promise<'s>,
    pub(super) beginnings: Vec<Rows>,
    sessions: Interner<Session>,
    worlds: Interner<World>,
    pub(super) zones: Interner<Zone>,
    clocks: Clocks<'s>,
    pub(super) starts: Vec<Start>,
    pub(super) pairs: Vec<Pair>,
    known: HashMap<([Place; 2], u32, bool), (), FxBuildHasher>,
    tried: usize,
    bounds: usize,
    pub(super) complete: bool,
    whole: bool,
    met: bool,
    pub(super) sights: Vec<Sight>,
    pub(super) alike: Vec<Apart>,
    /// What whoever comes back may open another session with; then nobody waits.
    returns: Vec<Fields>,
}

impl<'s> Search<'s> {
    pub(super) fn new(space: &'s Space<'s>, promise: &'s Promise<'s>) -> Self {
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

    /// A search among runs of several sessions, one after another, in which nobody waits.
    pub(super) fn of_several(space: &'s Space<'s>, promise: &'s Promise<'s>) -> Self {
        let (returns, clocks) = (space.returns(), Clocks::of_points(space));
        Self { returns, clocks, complete: false, ..Self::new(space, promise) }
    }

    pub(super) fn run(mut self, budget: &Budget) -> Twins {
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
}
