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
    Closed,
    Open(Session),
}

/// The number of a session among those of its kind.
pub(super) type LocalId = u32;
/// The number of what is shared.
pub(super) type WorldId = u32;
/// The number of a kind of sessions: those that may be opened with the same.
pub(super) type KindId = usize;

/// Something that has to be known before exploring can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    /// What a session can do.
    Events(KindId, LocalId, WorldId),
    /// What becomes of it when what is due fires.
    Fired(KindId, LocalId, WorldId),
    /// A session so much later.
    AgedLocal(KindId, LocalId, Time),
    /// What is shared, so much later.
    AgedWorld(WorldId, Time),
}

/// What was worked out.
pub(super) enum Found {
    Pairs(Vec<(Local, World)>, bool),
    Local(Local),
    World(World),
}

/// Everything that is known so far.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) kinds: Vec<Kind>,
    pub(super) worlds: Interner<World>,
    world_turns: Vec<Time>,
    aged_worlds: HashMap<(WorldId, Time), WorldId, FxBuildHasher>,
    /// Whether anything ever turns.
    pub(super) turns: bool,
    /// Whether no class of values was left out.
    pub(super) complete: bool,
}

/// What is known of the sessions of one kind.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) openings: Vec<Fields>,
    pub(super) locals: Interner<Local>,
    /// How long until a session turns, and whether something is due now.
    turns: Vec<(Time, bool)>,
    events: Lists,
    fired: Lists,
    aged: HashMap<(LocalId, Time), LocalId, FxBuildHasher>,
}

impl Kind {
    /// Sessions that may be opened with these; the first of them is not open.
    fn new(openings: Vec<Fields>) -> Self {
        let mut locals = Interner::default();
        locals.intern(Local::Closed);
        Self {
            openings,
            locals,
            turns: vec![(Time::MAX, false)],
            events: Lists::default(),
            fired: Lists::default(),
            aged: HashMap::default(),
        }
    }

    fn local(&mut self, space: &Space, local: Local) -> LocalId {
        let id = self.locals.intern(local);
        if id as usize == self.turns.len() {
            self.turns.push(match self.locals.get(id) {
                Local::Closed => (Time::MAX, false),
                Local::Open(session) => {
                    (space.next_turn_of(session, 0).unwrap_or(Time::MAX), session.is_due(0))
                }
            });
        }
        id
    }

    #[inline]
    pub(super) fn turn(&self, local: LocalId) -> Time {
        self.turns[local as usize].0
    }

    #[inline]
    pub(super) fn is_due(&self, local: LocalId) -> bool {
        self.turns[local as usize].1
    }

    /// What a session can do with what is shared; nothing where that is not known yet.
    #[inline]
    pub(super) fn events(&self, local: LocalId, world: WorldId) -> Option<&[(LocalId, WorldId)]> {
        self.events.get(local, world)
    }

    #[inline]
    pub(super) fn fired(&self, local: LocalId, world: WorldId) -> Option<&[(LocalId, WorldId)]> {
        self.fired.get(local, world)
    }

    pub(super) fn aged(&self, local: LocalId, by: Time) -> Option<LocalId> {
        self.aged.get(&(local, by)).copied()
    }
}

impl Tables {
    pub(super) fn new(kinds: Vec<Vec<Fields>>) -> Self {
        Self {
            kinds: kinds.into_iter().map(Kind::new).collect(),
            worlds: Interner::default(),
            world_turns: Vec::new(),
            aged_worlds: HashMap::default(),
            turns: false,
            complete: true,
        }
    }

    pub(super) fn world(&mut self, space: &Space, world: World) -> WorldId {
        let id = self.worlds.intern(world);
        if id as usize == self.world_turns.len() {
            let turn = space.next_turn(self.worlds.get(id));
            self.turns |= turn.is_some();
            self.world_turns.push(turn.unwrap_or(Time::MAX));
        }
        id
    }

    pub(super) fn world_turn(&self, world: WorldId) -> Time {
        self.world_turns[world as usize]
    }

    pub(super) fn aged_world(&self, world: WorldId, by: Time) -> Option<WorldId> {
        self.aged_worlds.get(&(world, by)).copied()
    }

    /// Works something out; nothing is changed.
    pub(super) fn find(&self, space: &Space, wanted: Wanted) -> Found {
        match wanted {
            Wanted::Events(kind, local, world) => {
                let (kind, world) = (&self.kinds[kind], self.worlds.get(world));
                match kind.locals.get(local) {
                    Local::Closed => parts(space.open(world, &kind.openings), true),
                    Local::Open(session) => {
                        let events = space.events(session, world);
                        parts(events.all, events.complete)
                    }
                }
            }
            Wanted::Fired(kind, local, world) => match self.kinds[kind].locals.get(local) {
                Local::Closed => Found::Pairs(Vec::new(), true),
                Local::Open(session) => parts(space.fired(session, self.worlds.get(world)), true),
            },
            Wanted::AgedLocal(kind, local, by) => Found::Local(match self.kinds[kind].locals.get(local) {
                Local::Closed => Local::Closed,
                Local::Open(session) => Local::Open(space.aged_session(session, 0, by)),
            }),
            Wanted::AgedWorld(world, by) => Found::World(space.aged_world(self.worlds.get(world), by)),
        }
    }

    /// Keeps what was worked out.
    pub(super) fn keep(&mut self, space: &Space, wanted: Wanted, found: Found) {
        match (wanted, found) {
            (Wanted::Events(kind, local, world), Found::Pairs(pairs, complete)) => {
                self.complete &= complete;
                let mut results = self.results(space, kind, pairs);
                results.retain(|result| *result != (local, world));
                self.kinds[kind].events.insert(local, world, &results);
            }
            (Wanted::Fired(kind, local, world), Found::Pairs(pairs, _)) => {
                let results = self.results(space, kind, pairs);
                self.kinds[kind].fired.insert(local, world, &results);
            }
            (Wanted::AgedLocal(kind, local, by), Found::Local(aged)) => {
                let aged = self.kinds[kind].local(space, aged);
                self.kinds[kind].aged.insert((local, by), aged);
            }
            (Wanted::AgedWorld(world, by), Found::World(aged)) => {
                let aged = self.world(space, aged);
                self.aged_worlds.insert((world, by), aged);
            }
            _ => {}
        }
    }

    /// Results in their order, each once.
    fn results(
        &mut self,
        space: &Space,
        kind: KindId,
        pairs: Vec<(Local, World)>,
    ) -> Vec<(LocalId, WorldId)> {
        let mut results = Vec::with_capacity(pairs.len());
        for (local, world) in pairs {
            let result = (self.kinds[kind].local(space, local), self.world(space, world));
            self.turns |= self.kinds[kind].turn(result.0) != Time::MAX;
            if !results.contains(&result) {
                results.push(result);
            }
        }
        results
    }
}

/// So many shared parts that were found one after another lie together.
const PAGE: usize = 32;

/// Lists by session and what is shared, found by two numbers without hashing.
#[derive(Debug, Default)]
struct Lists {
    /// For each session, by what is shared, where its list begins.
    pages: Vec<Vec<Option<Box<[u32; PAGE]>>>>,
    /// Lists one after another, each with its length before it.
    all: Vec<(u32, u32)>,
}

/// Where a list begins that is not there yet.
const NOWHERE: u32 = u32::MAX;

impl Lists {
    #[inline]
    fn get(&self, local: LocalId, world: WorldId) -> Option<&[(LocalId, WorldId)]> {
        let page = self.pages.get(local as usize)?.get(world as usize / PAGE)?.as_deref()?;
        let from = self.all.get(page[world as usize % PAGE] as usize..)?;
        let ((length, _), list) = from.split_first()?;
        list.get(..*length as usize)
    }

    fn insert(&mut self, local: LocalId, world: WorldId, list: &[(LocalId, WorldId)]) {
        if self.pages.len() <= local as usize {
            self.pages.resize_with(local as usize + 1, Vec::new);
        }
        let pages = &mut self.pages[local as usize];
        if pages.len() <= world as usize / PAGE {
            pages.resize_with(world as usize / PAGE + 1, || None);
        }
        let page = pages[world as usize / PAGE].get_or_insert_with(|| Box::new([NOWHERE; PAGE]));
        page[world as usize % PAGE] = self.all.len() as u32;
        self.all.push((list.len() as u32, 0));
        self.all.extend(list);
    }
}

fn parts(happenings: Vec<Happening>, complete: bool) -> Found {
    let parts = happenings.into_iter().filter_map(|happening| happening.after);
    Found::Pairs(parts.map(|(session, world)| (Local::Open(session), world)).collect(), complete)
}
