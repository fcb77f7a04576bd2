//! All that one session can do, as a graph of situations.

use std::hash::Hash;

use flowspec_runtime::machine::{Session, World};
use flowspec_runtime::model::StepId;
use flowspec_runtime::{Rows, Time};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

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
    /// What is done.
    pub act: Act,
    /// What is seen.
    pub seen: Seen,
    /// Where it leads; nowhere if anything may follow, or no session was opened.
    pub target: Option<u32>,
}

impl Graph {
    /// Explores breadth first until everything is known, or so many situations are.
    pub fn explore(space: &Space, budget: &Budget) -> Self {
        let (beginnings, rows_complete) = space.beginnings();
        let (choices, choices_complete) = space.choices();
        let mut graph = Self {
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
        };
        let mut known = HashMap::with_hasher(FxBuildHasher);
        graph.open(space, &mut known);
        let mut next = 0;
        while next < graph.nodes.len() {
            let situations = budget.situations;
            let spent = graph.nodes.len() > situations || graph.tried > situations.saturating_mul(TRIES);
            if spent || budget.is_stopped() {
                graph.whole = false;
                break;
            }
            graph.leave(space, &mut known, next);
            next += 1;
        }
        graph.explored = next as u32;
        graph
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

    /// The parts of a situation.
    pub fn parts(&self, node: u32) -> (&Session, &World) {
        let node = &self.nodes[node as usize];
        (self.sessions.get(node.session), self.worlds.get(node.world))
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

    fn open(&mut self, space: &Space, known: &mut Known) {
        let (openings, complete) = space.openings();
        self.complete &= complete;
        self.begun &= complete;
        for rows in 0..self.beginnings.len() {
            for choices in 0..self.choices.len() {
                let Some(world) = space.world(&self.beginnings[rows], &self.choices[choices]) else {
                    continue;
                };
                for Happening { act, seen, after } in space.open(&world, &openings) {
                    let from = From::Opening(self.openings.len() as u32);
                    let target = after.map(|(session, world)| self.arrive(known, session, world, from));
                    let edge = Edge { source: target.unwrap_or(u32::MAX), act, seen, target };
                    self.openings.push((rows as u32, choices as u32, edge));
                }
            }
        }
    }

    fn leave(&mut self, space: &Space, known: &mut Known, node: usize) {
        let first = self.edges.len() as u32;
        let Node { session, world, step, .. } = self.nodes[node].clone();
        if space.model().step(step).end.is_none() {
            let session = self.sessions.get(session).clone();
            let world = self.worlds.get(world).clone();
            let events = space.events(&session, &world);
            self.complete &= events.complete;
            self.tried += events.tried;
            events.all.into_iter().for_each(|happening| self.add(known, node, happening));
            self.wait(space, known, node, &session, &world);
            for changed in space.changed(&session, &world) {
                let after = Some((session.clone(), changed));
                self.add(known, node, Happening { act: Act::Elsewhere, seen: Seen::default(), after });
            }
        }
        self.nodes[node].edges = (first, self.edges.len() as u32);
    }

    /// Lets time pass until something turns, and until just before it does.
    fn wait(&mut self, space: &Space, known: &mut Known, node: usize, session: &Session, world: &World) {
        let turns = [space.next_turn(world), space.next_turn_of(session, world.now())];
        let Some(next) = turns.into_iter().flatten().min() else { return };
        for by in [next - 1, next] {
            if by == 0 {
                continue;
            }
            let aged = space.aged_session(session, world.now(), by);
            let later = space.aged_world(world, by);
            for mut happening in space.fired(&aged, &later) {
                happening.act = Act::Wait(by);
                self.add(known, node, happening);
            }
        }
    }

    fn add(&mut self, known: &mut Known, node: usize, happening: Happening) {
        let from = From::Edge(self.edges.len() as u32);
        let Happening { act, seen, after } = happening;
        let target = after.map(|(session, world)| self.arrive(known, session, world, from));
        self.edges.push(Edge { source: node as u32, act, seen, target });
    }

    fn arrive(&mut self, known: &mut Known, session: Session, world: World, from: From) -> u32 {
        let step = session.step();
        let (session, world) = (self.sessions.intern(session), self.worlds.intern(world));
        *known.entry((session, world)).or_insert_with(|| {
            self.nodes.push(Node { step, from, edges: (0, 0), session, world });
            self.nodes.len() as u32 - 1
        })
    }

    /// How long it takes until a situation by the shortest way to it.
    pub fn time(&self, node: u32) -> Time {
        let waits = self.way(node).1.into_iter().map(|edge| match self.edges[edge as usize].act {
            Act::Wait(by) => by,
            _ => 0,
        });
        waits.sum()
    }
}

/// Situations by their parts.
type Known = HashMap<(u32, u32), u32, FxBuildHasher>;

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
