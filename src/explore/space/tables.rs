//! What sessions can do, each with what they share, worked out by the machine once for each pair and kept as numbers.

use flowspec_runtime::machine::{Session, World};
use flowspec_runtime::{Fields, Time};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::graph::Interner;
use super::{Happening, Space};

/// A session, or the place of one that is not open yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Local {
    /// It may be opened with what its slot gives.
    Closed(u32),
    Open(Session),
}

/// The number of a session.
pub(super) type LocalId = u32;
/// The number of what is shared.
pub(super) type WorldId = u32;

/// Something that has to be known before exploring can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// What a session can do.
    Events(LocalId, WorldId),
    /// What becomes of it when what is due fires.
    Fired(LocalId, WorldId),
    /// A session so much later.
    AgedLocal(LocalId, Time),
    /// What is shared, so much later.
    AgedWorld(WorldId, Time),
}

/// What was worked out.
pub(super) enum Found {
    Pairs(Vec<(Local, World)>, bool),
    Local(Local),
    World(World),
}

/// Where a list of results stands.
type Range = (u32, u32);

/// Everything that is known so far.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) locals: Interner<Local>,
    pub(super) worlds: Interner<World>,
    events: HashMap<u64, Range, FxBuildHasher>,
    fired: HashMap<u64, Range, FxBuildHasher>,
    results: Vec<(LocalId, WorldId)>,
    aged_locals: HashMap<(LocalId, Time), LocalId, FxBuildHasher>,
    aged_worlds: HashMap<(WorldId, Time), WorldId, FxBuildHasher>,
    /// How long until a session turns, and whether something is due now.
    local_turns: Vec<(Time, bool)>,
    world_turns: Vec<Time>,
    /// Whether no class of values was left out.
    pub(super) complete: bool,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            locals: Interner::default(),
            worlds: Interner::default(),
            events: HashMap::default(),
            fired: HashMap::default(),
            results: Vec::new(),
            aged_locals: HashMap::default(),
            aged_worlds: HashMap::default(),
            local_turns: Vec::new(),
            world_turns: Vec::new(),
            complete: true,
        }
    }

    pub(super) fn local(&mut self, space: &Space, local: Local) -> LocalId {
        let id = self.locals.intern(local);
        if id as usize == self.local_turns.len() {
            self.local_turns.push(match self.locals.get(id) {
                Local::Closed(_) => (Time::MAX, false),
                Local::Open(session) => {
                    (space.next_turn_of(session, 0).unwrap_or(Time::MAX), session.is_due(0))
                }
            });
        }
        id
    }

    pub(super) fn world(&mut self, space: &Space, world: World) -> WorldId {
        let id = self.worlds.intern(world);
        if id as usize == self.world_turns.len() {
            self.world_turns.push(space.next_turn(self.worlds.get(id)).unwrap_or(Time::MAX));
        }
        id
    }

    pub(super) fn local_turn(&self, local: LocalId) -> Time {
        self.local_turns[local as usize].0
    }

    pub(super) fn is_due(&self, local: LocalId) -> bool {
        self.local_turns[local as usize].1
    }

    pub(super) fn world_turn(&self, world: WorldId) -> Time {
        self.world_turns[world as usize]
    }

    pub(super) fn events(&self, local: LocalId, world: WorldId) -> Result<&[(LocalId, WorldId)], Wanted> {
        let range = self.events.get(&pair(local, world));
        range.map(|range| self.results(*range)).ok_or(Wanted::Events(local, world))
    }

    pub(super) fn fired(&self, local: LocalId, world: WorldId) -> Result<&[(LocalId, WorldId)], Wanted> {
        let range = self.fired.get(&pair(local, world));
        range.map(|range| self.results(*range)).ok_or(Wanted::Fired(local, world))
    }

    pub(super) fn aged_local(&self, local: LocalId, by: Time) -> Result<LocalId, Wanted> {
        self.aged_locals.get(&(local, by)).copied().ok_or(Wanted::AgedLocal(local, by))
    }

    pub(super) fn aged_world(&self, world: WorldId, by: Time) -> Result<WorldId, Wanted> {
        self.aged_worlds.get(&(world, by)).copied().ok_or(Wanted::AgedWorld(world, by))
    }

    /// Works something out; nothing is changed.
    pub(super) fn find(&self, space: &Space, slots: &[Vec<Fields>], wanted: Wanted) -> Found {
        match wanted {
            Wanted::Events(local, world) => {
                let world = self.worlds.get(world);
                match self.locals.get(local) {
                    Local::Closed(slot) => parts(space.open(world, &slots[*slot as usize]), true),
                    Local::Open(session) => {
                        let events = space.events(session, world);
                        parts(events.all, events.complete)
                    }
                }
            }
            Wanted::Fired(local, world) => match self.locals.get(local) {
                Local::Closed(_) => Found::Pairs(Vec::new(), true),
                Local::Open(session) => parts(space.fired(session, self.worlds.get(world)), true),
            },
            Wanted::AgedLocal(local, by) => Found::Local(match self.locals.get(local) {
                Local::Closed(slot) => Local::Closed(*slot),
                Local::Open(session) => Local::Open(space.aged_session(session, 0, by)),
            }),
            Wanted::AgedWorld(world, by) => Found::World(space.aged_world(self.worlds.get(world), by)),
        }
    }

    /// Keeps what was worked out.
    pub(super) fn keep(&mut self, space: &Space, wanted: Wanted, found: Found) {
        match (wanted, found) {
            (Wanted::Events(local, world), Found::Pairs(pairs, complete)) => {
                self.complete &= complete;
                let range = self.pairs(space, pairs, Some((local, world)));
                self.events.insert(pair(local, world), range);
            }
            (Wanted::Fired(local, world), Found::Pairs(pairs, _)) => {
                let range = self.pairs(space, pairs, None);
                self.fired.insert(pair(local, world), range);
            }
            (Wanted::AgedLocal(local, by), Found::Local(aged)) => {
                let aged = self.local(space, aged);
                self.aged_locals.insert((local, by), aged);
            }
            (Wanted::AgedWorld(world, by), Found::World(aged)) => {
                let aged = self.world(space, aged);
                self.aged_worlds.insert((world, by), aged);
            }
            _ => {}
        }
    }

    /// Results in their order, each once, without those that change nothing.
    fn pairs(&mut self, space: &Space, pairs: Vec<(Local, World)>, same: Option<(u32, u32)>) -> Range {
        let start = self.results.len();
        for (local, world) in pairs {
            let result = (self.local(space, local), self.world(space, world));
            if Some(result) != same && !self.results[start..].contains(&result) {
                self.results.push(result);
            }
        }
        (start as u32, self.results.len() as u32)
    }

    fn results(&self, (start, end): Range) -> &[(LocalId, WorldId)] {
        &self.results[start as usize..end as usize]
    }
}

fn pair(local: LocalId, world: WorldId) -> u64 {
    u64::from(local) << 32 | u64::from(world)
}

fn parts(happenings: Vec<Happening>, complete: bool) -> Found {
    let parts = happenings.into_iter().filter_map(|happening| happening.after);
    Found::Pairs(parts.map(|(session, world)| (Local::Open(session), world)).collect(), complete)
}
