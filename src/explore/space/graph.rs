//! All that one session can do, as a graph of situations.
//!
//! A situation is where a session can be with everything that it and its world hold but the instants, and of these a
//! [`Zone`]: all places where they may lie there. Within one the same can be done at any time, and each situation goes
//! on until something turns. So whatever is not in a graph that is whole cannot happen at any time at all. Where a flow
//! reads its clock otherwise than by such distances, only some times are tried.

use std::hash::Hash;

use flowspec_runtime::machine::{Distance, Instant, Session, World};
use flowspec_runtime::model::{ElementId, StepId, Timer};
use flowspec_runtime::{Fields, Rows, Time};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::timing::Timing;
use super::zone::{Bind, Turn, Zone};
use super::{Act, Budget, Happening, Seen, Space};

/// In one situation with another, so many inputs are tried at most.
const TRIES: usize = 16;

/// The situations that sessions can be in, nearest first, and what can happen in each.
#[derive(Debug)]
pub struct Graph {
    /// The rows that the universes begin with.
    pub beginnings: Vec<Rows>,
    /// What the implementation may have chosen for good, as indices into the values of each choice.
    pub choices: Vec<Vec<usize>>,
    /// The situations.
    pub nodes: Vec<Node>,
    /// What happens, those of a situation side by side.
    pub edges: Vec<Edge>,
    /// Openings: the beginning and the choices, and what opening a session there comes to.
    pub openings: Vec<(u32, u32, Edge)>,
    /// Whether every situation was looked at.
    pub whole: bool,
    /// Whether no class of values was left out.
    pub complete: bool,
    /// Whether no class of rows and givens was left out.
    pub begun: bool,
    /// How many situations have been looked at: the first ones.
    explored: u32,
    /// How many inputs were tried.
    tried: usize,
    sessions: Interner<Session>,
    worlds: Interner<World>,
    zones: Interner<Zone>,
}

/// Where a session can be.
#[derive(Debug, Clone)]
pub struct Node {
    /// The step or end.
    pub step: StepId,
    /// What led here by the shortest way: an edge, or an opening.
    pub from: From,
    /// Its first edge, and the one after its last.
    pub edges: (u32, u32),
    session: u32,
    world: u32,
    zone: u32,
    /// Whether something is still to follow; see [`Follow`].
    owed: bool,
}

/// What led to a situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// An opening.
    Opening(u32),
    /// An edge of a situation.
    Edge(u32),
}

/// Something that happens in a situation.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The situation that it happens in; of an opening, the one that it leads to.
    pub source: u32,
    /// What is done. How long is waited for it, [`Graph::run`] says.
    pub act: Act,
    /// What is seen.
    pub seen: Seen,
    /// Where it leads; nowhere if anything may follow, or no session was opened.
    pub target: Option<u32>,
    /// When it happens, as a zone.
    at: u32,
    /// Where the instants of the target lie in relation to those.
    binds: Box<[Bind]>,
}

impl Node {
    /// The times that it lasts, as [`Edge::time`] tells them: what happens in these may happen at any of them.
    pub fn time(&self) -> u32 {
        self.zone
    }
}

impl Edge {
    /// What tells apart at which times the edges of a situation happen: those with the same come together.
    pub fn time(&self) -> u32 {
        self.at
    }
}

/// Something that has to be followed by something else in time, both as bits of what is watched.
#[derive(Debug, Clone, Copy)]
pub struct Follow {
    /// What has to be followed.
    pub what: u64,
    /// By what.
    pub by: u64,
    /// Within so many milliseconds.
    pub within: Time,
}

/// The bit of what is watched that says that something was not followed in time.
pub const OVERDUE: u64 = 1 << 63;

/// A run from its beginning on, with the time that passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The rows that it begins with.
    pub rows: Rows,
    /// What the clock shows when the session is opened.
    pub clock: Time,
    /// What the session is opened with.
    pub given: Fields,
    /// What came of opening it.
    pub opening: Seen,
    /// Where that led.
    pub first: Option<StepId>,
    /// What is done then.
    pub lines: Vec<Done>,
}

/// One thing that is done in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// How long nothing was done before it.
    pub wait: Time,
    /// What.
    pub act: Act,
    /// What is seen of it.
    pub seen: Seen,
    /// Where it leads.
    pub to: Option<StepId>,
}

/// What an instant is of; none is the one from which on something is to follow.
type What = Option<Instant>;

/// Instants in a situation: what they are of, where they may lie, and where they lie in the universe that is looked at.
struct Moment {
    all: Vec<What>,
    zone: Zone,
    places: Vec<Time>,
    owed: bool,
    /// Whether a step was interrupted before.
    interrupted: bool,
    /// Whether something turns then.
    turns: bool,
}

/// Explores.
struct Search<'s> {
    space: &'s Space<'s>,
    follow: Option<Follow>,
    /// Whether zones stand for all times; otherwise they are points.
    plain: bool,
    known: HashMap<(u32, u32, u32, bool), u32, FxBuildHasher>,
    graph: Graph,
}

impl Graph {
    /// Explores breadth first until everything is known, or so many situations are.
    pub fn explore(space: &Space, budget: &Budget) -> Self {
        Self::explore_following(space, None, budget)
    }

    /// The same, looking out for something that has to be followed by something else: what is overdue is an edge of
    /// waiting in whose sight [`OVERDUE`] is set.
    pub fn explore_following(space: &Space, follow: Option<Follow>, budget: &Budget) -> Self {
        let (beginnings, rows_complete) = space.beginnings();
        let (choices, choices_complete) = space.choices();
        let graph = Self {
            beginnings,
            choices,
            nodes: Vec::new(),
            edges: Vec::new(),
            openings: Vec::new(),
            whole: true,
            complete: rows_complete && choices_complete && space.is_exact(),
            begun: rows_complete && choices_complete,
            explored: 0,
            tried: 0,
            sessions: Interner::default(),
            worlds: Interner::default(),
            zones: Interner::default(),
        };
        let plain = space.machine().has_plain_times(space.keeping());
        let mut search = Search { space, follow, plain, known: HashMap::with_hasher(FxBuildHasher), graph };
        search.run(budget);
        search.graph
    }

    /// What can happen in a situation.
    pub fn out(&self, node: u32) -> &[Edge] {
        let (first, last) = self.nodes[node as usize].edges;
        &self.edges[first as usize..last as usize]
    }

    /// Whether a situation has been looked at.
    pub fn is_explored(&self, node: u32) -> bool {
        node < self.explored
    }

    /// The situation before any event: where the openings lead.
    pub fn roots(&self) -> impl Iterator<Item = u32> {
        self.openings.iter().filter_map(|(.., edge)| edge.target)
    }

    /// The shortest way to a situation: its opening, and the edges from there.
    pub fn way(&self, node: u32) -> (u32, Vec<u32>) {
        let mut edges = Vec::new();
        let mut at = node;
        loop {
            match self.nodes[at as usize].from {
                From::Opening(opening) => {
                    edges.reverse();
                    return (opening, edges);
                }
                From::Edge(edge) => {
                    edges.push(edge);
                    at = self.edges[edge as usize].source;
                }
            }
        }
    }

    /// An opening and edges that follow on one another as a run, with times at which it goes like that; none where it
    /// takes times closer together than a millisecond.
    pub fn run(&self, opening: u32, edges: &[u32]) -> Option<Run> {
        let (rows, _, opening) = &self.openings[opening as usize];
        let followed: Vec<&Edge> = edges.iter().map(|edge| &self.edges[*edge as usize]).collect();
        let mut timing = Timing::default();
        for edge in std::iter::once(&opening).chain(&followed) {
            timing.happens(self.zones.get(edge.at), &edge.binds);
        }
        let times = timing.earliest()?;
        let step = |node: Option<u32>| node.map(|node| self.nodes[node as usize].step);
        let done = |(edge, wait): (&&Edge, Time)| Done {
            wait,
            act: edge.act.clone(),
            seen: edge.seen.clone(),
            to: step(edge.target),
        };
        let waits = times.windows(2).map(|times| times[1] - times[0]);
        Some(Run {
            rows: self.beginnings[*rows as usize].clone(),
            clock: times[0],
            given: if let Act::Open(given) = &opening.act { given.clone() } else { Fields::default() },
            opening: opening.seen.clone(),
            first: step(opening.target),
            lines: followed.iter().zip(waits).map(done).collect(),
        })
    }
}

impl Search<'_> {
    fn run(&mut self, budget: &Budget) {
        self.open();
        let mut next = 0;
        while next < self.graph.nodes.len() {
            let situations = budget.situations;
            let graph = &mut self.graph;
            let spent = graph.nodes.len() > situations || graph.tried > situations.saturating_mul(TRIES);
            if spent || budget.is_stopped() {
                graph.whole = false;
                break;
            }
            self.leave(next as u32);
            next += 1;
        }
        self.graph.explored = next as u32;
    }

    fn open(&mut self) {
        let (openings, complete) = self.space.openings();
        self.graph.complete &= complete;
        self.graph.begun &= complete;
        for rows in 0..self.graph.beginnings.len() {
            for choices in 0..self.graph.choices.len() {
                let (of_rows, of_choices) = (&self.graph.beginnings[rows], &self.graph.choices[choices]);
                let Some(world) = self.space.world(of_rows, of_choices) else { continue };
                for moment in self.beginnings(&world) {
                    let mut world = world.clone();
                    self.space.machine().place_instants(
                        (None, &mut world),
                        &moment.places,
                        self.space.keeping(),
                        false,
                    );
                    for happening in self.space.open(&world, &openings) {
                        for edge in self.edges(&moment, u32::MAX, happening) {
                            let number = self.graph.openings.len() as u32;
                            let edge = self.arrived(edge, From::Opening(number));
                            let source = edge.target.unwrap_or(u32::MAX);
                            self.graph.openings.push((rows as u32, choices as u32, Edge { source, ..edge }));
                        }
                    }
                }
            }
        }
    }

    /// When a session may be opened: at any time that a calendar shows.
    fn beginnings(&self, world: &World) -> Vec<Moment> {
        let all: Vec<What> = self.distances(None, world).into_iter().map(|(what, _)| Some(what)).collect();
        let zone = match all.is_empty() {
            false if self.plain => Zone::within(self.space.cycle()),
            _ => Zone::point(&vec![0; all.len()]),
        };
        let turns = self.turns(&all);
        let parts = zone.split(&turns).into_iter();
        parts.filter_map(|zone| Moment::of(all.clone(), zone, false, None)).collect()
    }

    fn leave(&mut self, number: u32) {
        let first = self.graph.edges.len() as u32;
        let node = self.graph.nodes[number as usize].clone();
        let zone = self.graph.zones.get(node.zone).clone();
        if self.space.model().step(node.step).end.is_some() {
            if node.owed {
                self.fall_overdue(number, &zone, &[]);
            }
        } else {
            let session = self.graph.sessions.get(node.session).clone();
            let world = self.graph.worlds.get(node.world).clone();
            let mut all: Vec<What> =
                self.distances(Some(&session), &world).into_iter().map(|(what, _)| Some(what)).collect();
            all.extend(node.owed.then_some(None));
            if let Some(moment) = Moment::of(all, zone, node.owed, Some(&session)) {
                if self.is_urgent(&moment.all, &moment.zone) {
                    self.fire(number, &moment, &session, &world, &[]);
                } else {
                    self.act(number, &moment, &session, &world);
                    self.wait(number, &moment, &session, &world);
                }
            }
        }
        self.graph.nodes[number as usize].edges = (first, self.graph.edges.len() as u32);
    }

    /// What can be done in a situation, at whatever time.
    fn act(&mut self, number: u32, moment: &Moment, session: &Session, world: &World) {
        let (session, world) = self.placed(moment, session, world);
        let (session, world) = self.space.normalised(&session, &world);
        let events = self.space.events(&session, &world);
        self.graph.complete &= events.complete;
        self.graph.tried += events.tried;
        events.all.into_iter().for_each(|happening| self.add(number, moment, happening));
        if self.plain && session.is_due(world.now()) {
            // What may fire later may fire at any time.
            for happening in self.space.fired(&session, &world) {
                if !happening.seen.visited.is_empty() {
                    self.add(number, moment, happening);
                }
            }
        }
        for changed in self.space.changed(&session, &world) {
            let after = Some((session.clone(), changed));
            self.add(number, moment, Happening { act: Act::Elsewhere, seen: Seen::default(), after });
        }
    }

    /// Lets time pass until something turns; where not all times are looked at, also until just before it does.
    fn wait(&mut self, number: u32, moment: &Moment, session: &Session, world: &World) {
        let space = self.space;
        let mut turns = moment.zone.to_come(&self.turns(&moment.all));
        let next = if self.plain {
            moment.zone.next(&turns)
        } else {
            let (session, world) = self.placed(moment, session, world);
            let next = [space.next_turn(&world), space.next_turn_of(&session, world.now())];
            let next = next.into_iter().flatten().min();
            // Points have the beginning of the clock for their first instant.
            turns = next.map(|next| (1, world.now() + next)).into_iter().collect();
            let by = next.into_iter().flat_map(|next| [next - 1, next]).filter(|by| *by > 0);
            by.map(|by| moment.zone.aged(by)).collect()
        };
        let late: Vec<ElementId> = self.due(&moment.all, &moment.zone).map(|timer| timer.element).collect();
        for zone in next {
            let owed = moment.owed.then_some(moment.all.len());
            let zone = match (owed, self.follow) {
                (Some(last), Some(follow)) => zone.until((last, follow.within)),
                _ => Some(zone),
            };
            let Some(zone) = zone else { continue };
            let Some(then) = Moment::of(moment.all.clone(), zone, moment.owed, Some(session)) else {
                continue;
            };
            self.fire(number, &Moment { turns: true, ..then }, session, world, &late);
        }
        if moment.owed {
            self.fall_overdue(number, &moment.zone, &turns);
        }
    }

    /// Lets fire what is due, but for what was late before: that may fire at any time, and then all that is left.
    fn fire(&mut self, number: u32, moment: &Moment, session: &Session, world: &World, late: &[ElementId]) {
        let (session, world) = self.placed(moment, session, world);
        let (session, world) = self.space.normalised(&session, &world);
        for happening in self.space.fired(&session, &world) {
            if !happening.seen.visited.iter().any(|element| late.contains(element)) {
                self.add(number, moment, happening);
            }
        }
    }

    /// Whether something fires before anything else can happen.
    fn is_urgent(&self, all: &[What], zone: &Zone) -> bool {
        self.due(all, zone).any(|timer| !timer.or_later)
    }

    /// The time-outs that are due.
    fn due(&self, all: &[What], zone: &Zone) -> impl Iterator<Item = &Timer> {
        let timers = &self.space.model().timers;
        (1..).zip(all).filter_map(|(index, what)| match what {
            Some(Instant::Due(timer)) if zone.has_turned((index, 0)) == Some(true) => {
                Some(&timers[usize::from(*timer)])
            }
            _ => None,
        })
    }

    /// Lets so much time pass that what is to follow has not followed in time, before anything else turns.
    fn fall_overdue(&mut self, number: u32, zone: &Zone, turns: &[Turn]) {
        let Some(follow) = self.follow else { return };
        let last = zone.len();
        let late = zone.waiting(turns).and_then(|zone| zone.after((last, follow.within)));
        let Some(late) = late.filter(|late| late.place().is_some()) else { return };
        let at = self.graph.zones.intern(late);
        let seen = Seen { watched: OVERDUE, ..Seen::default() };
        let edge = Edge { source: number, act: Act::Wait(0), seen, target: None, at, binds: Box::default() };
        self.graph.edges.push(edge);
    }

    fn add(&mut self, source: u32, moment: &Moment, happening: Happening) {
        for edge in self.edges(moment, source, happening) {
            let from = From::Edge(self.graph.edges.len() as u32);
            let edge = self.arrived(edge, from);
            self.graph.edges.push(edge);
        }
    }

    /// What happens as edges to wherever it leads, which is still to be entered.
    fn edges(&mut self, moment: &Moment, source: u32, happening: Happening) -> Vec<(Edge, Option<Arrival>)> {
        let Happening { act, seen, after } = happening;
        let owed = match self.follow {
            None => false,
            Some(follow) if seen.watched & follow.by != 0 => false,
            Some(follow) => moment.owed || seen.watched & follow.what != 0,
        };
        let edge = |at: u32, binds: Box<[Bind]>| Edge {
            source,
            act: act.clone(),
            seen: seen.clone(),
            target: None,
            at,
            binds,
        };
        let Some((mut session, mut world)) = after else {
            let at = self.graph.zones.intern(moment.zone.clone());
            return vec![(edge(at, Box::default()), None)];
        };
        let is_end = self.space.model().step(session.step()).end.is_some();
        let distances = if is_end { Vec::new() } else { self.distances(Some(&session), &world) };
        let mut binds: Vec<Bind> =
            distances.iter().map(|distance| self.bind(moment, &distances, *distance)).collect();
        let mut all: Vec<What> = distances.iter().map(|(what, _)| Some(*what)).collect();
        if owed {
            all.push(None);
            let to = if moment.owed { moment.all.len() } else { 0 };
            binds.push(Bind { to, by: 0 });
        }
        let zone = self.pinned(moment, &session);
        let at = self.graph.zones.intern(zone.clone());
        // Situations are told apart by their zones; where the instants lie in this universe does not matter.
        let nowhere = vec![0; self.distances(Some(&session), &world).len()];
        self.space.machine().place_instants(
            (Some(&mut session), &mut world),
            &nowhere,
            self.space.keeping(),
            false,
        );
        let turns = self.turns(&all);
        let parts = zone.bound(binds.iter().copied()).split(&turns);
        let arrivals = parts.into_iter().filter_map(|zone| {
            let stays = self.plain && !self.is_urgent(&all, &zone);
            let zone = if stays { self.staying(&zone, &turns, owed)? } else { zone };
            zone.place().is_some().then(|| Arrival {
                session: session.clone(),
                world: world.clone(),
                zone,
                owed,
            })
        });
        arrivals.map(|arrival| (edge(at, binds.clone().into()), Some(arrival))).collect()
    }

    /// The times that a situation lasts.
    fn staying(&self, zone: &Zone, turns: &[Turn], owed: bool) -> Option<Zone> {
        let waiting = zone.waiting(&zone.to_come(turns))?;
        match self.follow.filter(|_| owed) {
            Some(follow) => {
                let last = waiting.len();
                waiting.until((last, follow.within))
            }
            None => Some(waiting),
        }
    }

    fn arrived(&mut self, (edge, arrival): (Edge, Option<Arrival>), from: From) -> Edge {
        let Some(Arrival { session, world, zone, owed }) = arrival else { return edge };
        let step = session.step();
        let graph = &mut self.graph;
        let (session, world) = (graph.sessions.intern(session), graph.worlds.intern(world));
        let zone = graph.zones.intern(zone);
        let target = *self.known.entry((session, world, zone, owed)).or_insert_with(|| {
            graph.nodes.push(Node { step, from, edges: (0, 0), session, world, zone, owed });
            graph.nodes.len() as u32 - 1
        });
        Edge { target: Some(target), ..edge }
    }

    fn distances(&self, session: Option<&Session>, world: &World) -> Vec<Distance> {
        self.space.machine().distances(session, world, self.space.keeping())
    }

    /// Parts with their instants where they lie.
    fn placed(&self, moment: &Moment, session: &Session, world: &World) -> (Session, World) {
        let (mut session, mut world) = (session.clone(), world.clone());
        let parts = (Some(&mut session), &mut world);
        self.space.machine().place_instants(parts, &moment.places, self.space.keeping(), moment.turns);
        (session, world)
    }

    /// What turns how long after which instants, by their numbers in zones.
    fn turns(&self, all: &[What]) -> Vec<Turn> {
        let of_parts = all.iter().map_while(|what| *what);
        let turns = self.space.machine().turning(of_parts, self.space.keeping());
        turns.into_iter().map(|(index, after)| (index + 1, after)).collect()
    }

    /// Where an instant of afterwards lies in relation to those of before: it is one of them, or so far from now.
    fn bind(&self, moment: &Moment, afterwards: &[Distance], (what, distance): Distance) -> Bind {
        let known = |other: What| {
            let same = (1..).zip(moment.all.iter().zip(&moment.places));
            let mut same = same.filter(|(_, (known, place))| **known == other && **place == distance);
            same.next().map(|(to, _)| Bind { to, by: 0 })
        };
        let resumed = match what {
            Instant::Due(timer) => known(Some(Instant::Saved(timer))),
            Instant::Saved(timer) => known(Some(Instant::Due(timer))),
            _ => None,
        };
        let since = || {
            let Instant::Due(timer) = what else { return None };
            let (step, delay) = self.space.machine().since(timer)?;
            let entry = afterwards.iter().find(|(other, _)| *other == Instant::Entry(step))?;
            let Bind { to, by } = self.bind(moment, &[], *entry);
            (entry.1 + delay == distance).then_some(Bind { to, by: by + delay })
        };
        known(Some(what)).or(resumed).or_else(since).unwrap_or(Bind { to: 0, by: distance })
    }

    /// The times at which this happens: what stands still from then on is remembered as a number, and only one is tried.
    fn pinned(&mut self, moment: &Moment, after: &Session) -> Zone {
        let mut zone = moment.zone.clone();
        if !moment.interrupted {
            for timer in self.space.machine().standing_still(after) {
                let due = moment.all.iter().position(|what| *what == Some(Instant::Due(timer)));
                let Some(due) = due.filter(|due| !zone.is_fixed(due + 1)) else { continue };
                self.graph.complete = false;
                zone = zone.clone().with(due + 1, moment.places[due]).unwrap_or(zone);
            }
        }
        zone
    }
}

/// Where something leads.
struct Arrival {
    session: Session,
    world: World,
    zone: Zone,
    owed: bool,
}

impl Moment {
    /// None where the instants cannot lie so in whole milliseconds.
    fn of(all: Vec<What>, zone: Zone, owed: bool, session: Option<&Session>) -> Option<Self> {
        let places = zone.place()?;
        let interrupted = session.is_some_and(Session::is_interrupted);
        Some(Self { all, zone, places, owed, interrupted, turns: false })
    }
}

/// Values under small numbers, each once.
#[derive(Debug)]
pub(super) struct Interner<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32, FxBuildHasher>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashMap::with_hasher(FxBuildHasher) }
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    pub(super) fn intern(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    pub(super) fn get(&self, number: u32) -> &T {
        &self.all[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
