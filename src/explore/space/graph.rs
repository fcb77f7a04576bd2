//! All that one session can do, as a graph of situations.
//!
//! A situation is where a session can be with everything that it and its world hold but the instants, and of these a
//! [`Zone`]: all places where they may lie there. Within one the same can be done at any time, and each situation goes
//! on until something turns. So whatever is not in a graph that is whole cannot happen at any time at all. Where a flow
//! reads its clock otherwise than by such distances, only some times are tried.

use std::hash::Hash;

use flowspec_runtime::machine::{Session, World};
use flowspec_runtime::model::{ElementId, StepId};
use flowspec_runtime::{Fields, Rows, Time};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::moment::{Clocks, Moment};
use super::timing::Timing;
use super::zone::{Bind, FAR, Zone};
use super::{Act, Budget, Happening, Seen, Space};

/// In one situation with another, so many inputs are tried at most.
pub(super) const TRIES: usize = 16;
/// And so many bounds on instants are looked at: many uses of limits, each with an instant of its own, take long.
pub(super) const BOUNDS: usize = 100_000;

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
    /// How many bounds on instants were looked at.
    bounds: usize,
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

/// Explores.
struct Search<'s> {
    space: &'s Space<'s>,
    follow: Option<Follow>,
    clocks: Clocks<'s>,
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
            complete: rows_complete
                && choices_complete
                && space.is_exact()
                && follow.is_none_or(|follow| follow.within < FAR),
            begun: rows_complete && choices_complete,
            explored: 0,
            tried: 0,
            bounds: 0,
            sessions: Interner::default(),
            worlds: Interner::default(),
            zones: Interner::default(),
        };
        let clocks = Clocks::new(space, follow.map(|follow| follow.within));
        let known = HashMap::with_hasher(FxBuildHasher);
        let mut search = Search { space, follow, clocks, known, graph };
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
        let times = timing.times()?;
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
            let spent = graph.nodes.len() > situations
                || graph.tried > situations.saturating_mul(TRIES)
                || graph.bounds > situations.saturating_mul(BOUNDS);
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
                for moment in self.clocks.beginnings(&[&world]) {
                    for world in self.clocks.placed_worlds(&moment, &[&world]) {
                        for happening in self.space.open(&world, &openings) {
                            self.opened((rows as u32, choices as u32), &moment, happening);
                        }
                    }
                }
            }
        }
    }

    fn opened(&mut self, (rows, choices): (u32, u32), moment: &Moment, happening: Happening) {
        for (edge, arrival) in self.edges(moment, u32::MAX, happening) {
            let target =
                arrival.map(|arrival| self.arrive(arrival, From::Opening(self.graph.openings.len() as u32)));
            let edge = Edge { source: target.unwrap_or(u32::MAX), target, ..edge };
            self.graph.openings.push((rows, choices, edge));
        }
    }

    fn leave(&mut self, number: u32) {
        let first = self.graph.edges.len() as u32;
        let node = self.graph.nodes[number as usize].clone();
        let zone = self.graph.zones.get(node.zone).clone();
        let session = self.graph.sessions.get(node.session).clone();
        let world = self.graph.worlds.get(node.world).clone();
        let is_over = self.clocks.is_over(&session);
        let parts = if is_over { &[][..] } else { &[(&session, &world)][..] };
        let own: Vec<_> = parts.iter().map(|(session, world)| (Some(*session), *world)).collect();
        if let Some(moment) = self.clocks.moment(&own, zone, node.owed) {
            if self.clocks.is_urgent(&moment) {
                self.fire(number, &moment, (&session, &world), &[]);
            } else {
                parts.iter().for_each(|parts| self.act(number, &moment, *parts));
                parts.iter().for_each(|parts| self.wait(number, &moment, *parts));
                self.fall_overdue(number, &moment, parts);
            }
        }
        self.graph.nodes[number as usize].edges = (first, self.graph.edges.len() as u32);
    }

    /// What can be done in a situation, at whatever time.
    fn act(&mut self, number: u32, moment: &Moment, parts: (&Session, &World)) {
        for (session, world) in self.clocks.placed(moment, &[parts]) {
            let events = self.space.events(&session, &world);
            self.graph.complete &= events.complete;
            self.graph.tried += events.tried;
            events.all.into_iter().for_each(|happening| self.add(number, moment, happening));
            if self.clocks.plain && session.is_due(world.now()) {
                // What may fire later may fire at any time.
                let fired = self.space.fired(&session, &world).into_iter();
                let fired = fired.filter(|happening| !happening.seen.visited.is_empty());
                fired.for_each(|happening| self.add(number, moment, happening));
            }
            for changed in self.space.changed(&session, &world) {
                let after = Some((session.clone(), changed));
                self.add(number, moment, Happening { act: Act::Elsewhere, seen: Seen::default(), after });
            }
        }
    }

    /// Lets time pass until something turns.
    fn wait(&mut self, number: u32, moment: &Moment, parts: (&Session, &World)) {
        let late: Vec<ElementId> = self.clocks.due(moment).map(|(_, timer)| timer.element).collect();
        for then in self.clocks.next(moment, &[parts]) {
            self.fire(number, &then, parts, &late);
        }
    }

    /// Lets so much time pass that what is to follow has not followed in time.
    fn fall_overdue(&mut self, source: u32, moment: &Moment, parts: &[(&Session, &World)]) {
        let Some(late) = self.clocks.overdue(moment, parts) else { return };
        let at = self.graph.zones.intern(late);
        let seen = Seen { watched: OVERDUE, ..Seen::default() };
        self.graph.edges.push(Edge {
            source,
            act: Act::Wait(0),
            seen,
            target: None,
            at,
            binds: Box::default(),
        });
    }

    /// Lets fire what is due, but for what was late before: that may fire at any time, and then all that is left.
    fn fire(&mut self, number: u32, moment: &Moment, parts: (&Session, &World), late: &[ElementId]) {
        for (session, world) in self.clocks.placed(moment, &[parts]) {
            for happening in self.space.fired(&session, &world) {
                if !happening.seen.visited.iter().any(|element| late.contains(element)) {
                    self.add(number, moment, happening);
                }
            }
        }
    }

    fn add(&mut self, source: u32, moment: &Moment, happening: Happening) {
        for (edge, arrival) in self.edges(moment, source, happening) {
            let target =
                arrival.map(|arrival| self.arrive(arrival, From::Edge(self.graph.edges.len() as u32)));
            self.graph.edges.push(Edge { target, ..edge });
        }
    }

    /// What happens as edges to wherever it leads, which is still to be entered.
    fn edges(&mut self, moment: &Moment, source: u32, happening: Happening) -> Vec<(Edge, Option<Arrival>)> {
        let Happening { act, seen, after } = happening;
        let owed = match self.follow {
            None => false,
            Some(follow) if seen.watched & follow.by != 0 => false,
            Some(follow) => moment.is_owed() || seen.watched & follow.what != 0,
        };
        let Some((mut session, mut world)) = after else {
            let at = self.graph.zones.intern(moment.zone.clone());
            return vec![(Edge { source, act, seen, target: None, at, binds: Box::default() }, None)];
        };
        let then = self.clocks.afterwards(moment, &[(&session, &world)], owed);
        self.graph.complete &= then.complete;
        self.graph.bounds += then.at.work();
        let at = self.graph.zones.intern(then.at);
        // Situations are told apart by their zones; where the instants lie in this universe does not matter.
        self.clocks.timeless(&mut session, &mut world);
        let lead = |zone: Zone| {
            let binds = then.binds.clone();
            let edge = Edge { source, act: act.clone(), seen: seen.clone(), target: None, at, binds };
            (edge, Some(Arrival { session: session.clone(), world: world.clone(), zone, owed }))
        };
        then.zones.into_iter().map(lead).collect()
    }

    fn arrive(&mut self, Arrival { session, world, zone, owed }: Arrival, from: From) -> u32 {
        let step = session.step();
        let graph = &mut self.graph;
        let (session, world) = (graph.sessions.intern(session), graph.worlds.intern(world));
        let zone = graph.zones.intern(zone);
        *self.known.entry((session, world, zone, owed)).or_insert_with(|| {
            graph.nodes.push(Node { step, from, edges: (0, 0), session, world, zone, owed });
            graph.nodes.len() as u32 - 1
        })
    }
}

/// Where something leads.
struct Arrival {
    session: Session,
    world: World,
    zone: Zone,
    owed: bool,
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
