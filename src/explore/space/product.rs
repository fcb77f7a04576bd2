//! Several sessions of a flow side by side, explored breadth first over packed situations.
//!
//! An event of one session reads and changes that session and what is shared, and nothing else; time passes for all of
//! them alike. So what the machine makes of each pair of a session and a shared part is worked out once, and exploring
//! is looking up numbers.

use flowspec_runtime::machine::{Session, World};
use flowspec_runtime::{Fields, Rows, Time};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::Space;
use super::packed::{Candidate, Layout, Number, Packed, SHARDS, Shard, number, place};
use super::tables::{KindId, Local, LocalId, Tables, Wanted, WorldId};

/// So many situations are left by one thread at a time.
const UNIT: u32 = 256;
/// So many units are worked on before what they led to is kept.
const ROUND: usize = 16;

/// One of the sessions: what it may be opened with.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The ways to open it.
    pub openings: Vec<Fields>,
}

/// Several sessions of one flow over the same rows.
#[derive(Debug)]
pub struct Product<'s, 'm> {
    space: &'s Space<'m>,
    /// The kind of each session; those that are opened in the same way are of one kind.
    kinds: Vec<KindId>,
    beginnings: Vec<Rows>,
    tables: Tables,
    /// Whether time also passes until just before something turns, not only until it does.
    pub just_before: bool,
}

/// What exploring has found.
#[derive(Debug)]
pub struct Exploration {
    layout: Layout,
    shards: Vec<Shard>,
    /// How many situations lie at each distance from the beginning.
    pub depths: Vec<usize>,
    /// Whether every situation was looked at.
    pub whole: bool,
    /// Whether no class of values was left out.
    pub complete: bool,
}

/// A situation of several sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The sessions; none where one is not open yet.
    pub sessions: Vec<Option<Session>>,
    /// What they share.
    pub world: World,
}

/// What a unit led to, by shard, or what has to be known first.
struct Out<P> {
    found: [Vec<Candidate<P>>; SHARDS],
    wanted: Vec<Wanted>,
    done: bool,
}

impl<P: Packed> Out<P> {
    fn clear(&mut self) {
        self.found.iter_mut().for_each(Vec::clear);
        self.wanted.clear();
        self.done = false;
    }

    fn add(&mut self, packed: P, sum: u64, before: Number) {
        let (shard, candidate) = Candidate::new(packed, sum, before);
        self.found[shard].push(candidate);
    }
}

impl<'s, 'm> Product<'s, 'm> {
    /// Sessions side by side; none where the flow reads the clock or a calendar, whose days would all differ.
    pub fn new(space: &'s Space<'m>, slots: Vec<Slot>, beginnings: Vec<Rows>) -> Option<Self> {
        let mut openings: Vec<Vec<Fields>> = Vec::new();
        let kind = |slot: Slot| {
            let known = openings.iter().position(|known| *known == slot.openings);
            known.unwrap_or_else(|| {
                openings.push(slot.openings);
                openings.len() - 1
            })
        };
        let kinds = slots.into_iter().map(kind).collect();
        space.is_timeless().then(|| Self {
            space,
            kinds,
            beginnings,
            tables: Tables::new(openings),
            just_before: true,
        })
    }

    /// Explores until everything is known, or so many situations are, on so many threads; the result is the same for
    /// any number of them.
    pub fn explore(&mut self, budget: usize, threads: usize) -> Exploration {
        let pool = if threads > 1 {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()
        } else {
            None
        };
        let mut storage = Storage::new(self);
        if !storage.too_wide {
            self.begin(&mut storage);
        }
        let (mut narrow, mut wide) = (outs::<u64>(), outs::<u128>());
        let mut done = [0; SHARDS];
        let mut depths = Vec::new();
        let mut whole = !storage.too_wide;
        while whole {
            let ends: Vec<u32> = storage.shards.iter().map(Shard::len).collect();
            let level: usize = ends.iter().zip(&done).map(|(end, start)| (end - start) as usize).sum();
            if level == 0 {
                break;
            }
            depths.push(level);
            for round in units(&done, &ends).chunks(ROUND) {
                whole = storage.len() < budget
                    && (self.round(&mut storage, round, &mut narrow, pool.as_ref())
                        || self.round(&mut storage, round, &mut wide, pool.as_ref()));
                if !whole {
                    break;
                }
            }
            done.copy_from_slice(&ends);
        }
        let Storage { layout, shards, .. } = storage;
        Exploration { layout, shards, depths, whole, complete: self.tables.complete }
    }

    /// How many sessions and shared parts are told apart, for who wants to know what exploring rests on.
    pub fn sizes(&self) -> (usize, usize) {
        let locals = self.tables.kinds.iter().map(|kind| kind.locals.len());
        (locals.sum(), self.tables.worlds.len())
    }

    /// A situation as it is.
    pub fn situation(&self, exploration: &Exploration, number: u32) -> Situation {
        let packed = exploration.get(number);
        let local = |(slot, kind): (usize, &KindId)| match self.tables.kinds[*kind]
            .locals
            .get(exploration.layout.local(packed, slot))
        {
            Local::Closed => None,
            Local::Open(session) => Some(session.clone()),
        };
        Situation {
            sessions: self.kinds.iter().enumerate().map(local).collect(),
            world: self.tables.worlds.get(exploration.layout.world(packed)).clone(),
        }
    }

    fn begin(&mut self, storage: &mut Storage) {
        for rows in &self.beginnings {
            let Some(world) = self.space.world(rows, &[]) else { continue };
            let world = self.tables.world(self.space, world);
            storage.make_room(self);
            let packed: u128 = storage.layout.closed(world);
            let (shard, candidate) = Candidate::new(packed, storage.layout.sum(packed), Number::MAX);
            storage.shards[shard].insert(&storage.layout, &[candidate]);
        }
    }

    /// Leaves the situations of some units and keeps where that leads; no, where these need more bits than there are.
    fn round<P: Packed>(
        &mut self,
        storage: &mut Storage,
        units: &[Unit],
        outs: &mut [Out<P>],
        pool: Option<&ThreadPool>,
    ) -> bool {
        let outs = &mut outs[..units.len()];
        outs.iter_mut().for_each(Out::clear);
        loop {
            if storage.too_wide || storage.layout.bits() > P::BITS {
                return false;
            }
            let leave = |(unit, out): (&Unit, &mut Out<P>)| {
                if !out.done {
                    out.clear();
                    self.leave(storage, *unit, out);
                    out.done = out.wanted.is_empty();
                }
            };
            match pool {
                None => units.iter().zip(outs.iter_mut()).for_each(leave),
                Some(pool) => pool.install(|| units.par_iter().zip(outs.par_iter_mut()).for_each(leave)),
            }
            let wanted: Vec<Wanted> = outs.iter().flat_map(|out| &out.wanted).copied().collect();
            if wanted.is_empty() {
                break;
            }
            self.learn(wanted, pool);
            if storage.make_room(self) {
                // What was found is laid out as before.
                outs.iter_mut().for_each(Out::clear);
            }
        }
        let layout = &storage.layout;
        let keep = |(index, shard): (usize, &mut Shard)| {
            outs.iter().for_each(|out| shard.insert(layout, &out.found[index]));
        };
        match pool {
            None => storage.shards.iter_mut().enumerate().for_each(keep),
            Some(pool) => pool.install(|| storage.shards.par_iter_mut().enumerate().for_each(keep)),
        }
        true
    }

    /// Works out what has to be known; what is found first has the smaller number.
    fn learn(&mut self, mut wanted: Vec<Wanted>, pool: Option<&ThreadPool>) {
        let mut seen = hashbrown::HashSet::<Wanted, rustc_hash::FxBuildHasher>::default();
        wanted.retain(|one| seen.insert(*one));
        let find = |one: &Wanted| self.tables.find(self.space, *one);
        let found: Vec<_> = match pool {
            None => wanted.iter().map(find).collect(),
            Some(pool) => pool.install(|| wanted.par_iter().map(find).collect()),
        };
        for (wanted, found) in wanted.into_iter().zip(found) {
            self.tables.keep(self.space, wanted, found);
        }
    }

    fn leave<P: Packed>(&self, storage: &Storage, unit: Unit, out: &mut Out<P>) {
        let mut aged = Vec::new();
        for at in unit.start..unit.end {
            let packed = storage.shards[unit.shard].get(at);
            let before = number(unit.shard, at);
            self.act(&storage.layout, packed, before, out);
            self.wait(&storage.layout, packed, before, &mut aged, out);
        }
    }

    /// Each session does what it can.
    fn act<P: Packed>(&self, layout: &Layout, packed: P, before: Number, out: &mut Out<P>) {
        let (world, sum) = (layout.world(packed), layout.sum(packed));
        for (slot, kind) in self.kinds.iter().enumerate() {
            let local = layout.local(packed, slot);
            match self.tables.kinds[*kind].events(local, world) {
                Some(results) => {
                    for (to, shared) in results {
                        let sum = layout.changed(sum, slot, (local, *to), (world, *shared));
                        out.add(layout.with(packed, slot, *to, *shared), sum, before);
                    }
                }
                None => out.wanted.push(Wanted::Events(*kind, local, world)),
            }
        }
    }

    /// Time passes until something turns.
    fn wait<P: Packed>(
        &self,
        layout: &Layout,
        packed: P,
        before: Number,
        aged: &mut Vec<P>,
        out: &mut Out<P>,
    ) {
        if !self.tables.turns {
            return;
        }
        let mut turn = self.tables.world_turn(layout.world(packed));
        for (slot, kind) in self.kinds.iter().enumerate() {
            turn = turn.min(self.tables.kinds[*kind].turn(layout.local(packed, slot)));
        }
        if turn == Time::MAX {
            return;
        }
        let early = if self.just_before { turn - 1 } else { 0 };
        for by in [early, turn] {
            if by == 0 {
                continue;
            }
            match self.later(layout, packed, by, aged) {
                Ok(()) => aged.drain(..).for_each(|next| out.add(next, layout.sum(next), before)),
                Err(wanted) => out.wanted.push(wanted),
            }
        }
    }

    /// The situations so much later: everything ages, then what is due fires, session by session.
    fn later<P: Packed>(
        &self,
        layout: &Layout,
        packed: P,
        by: Time,
        aged: &mut Vec<P>,
    ) -> Result<(), Wanted> {
        let tables = &self.tables;
        let world = layout.world(packed);
        let world = tables.aged_world(world, by).ok_or(Wanted::AgedWorld(world, by))?;
        let (mut next, mut due) = (packed, false);
        for (slot, kind) in self.kinds.iter().enumerate() {
            let local = layout.local(packed, slot);
            let local = tables.kinds[*kind].aged(local, by).ok_or(Wanted::AgedLocal(*kind, local, by))?;
            next = layout.with(next, slot, local, world);
            due |= tables.kinds[*kind].is_due(local);
        }
        aged.clear();
        aged.push(next);
        if !due {
            return Ok(());
        }
        for (slot, kind) in self.kinds.iter().enumerate() {
            let of_kind = &tables.kinds[*kind];
            let mut fired = Vec::with_capacity(aged.len());
            for one in aged.drain(..) {
                let (local, world): (LocalId, WorldId) = (layout.local(one, slot), layout.world(one));
                if !of_kind.is_due(local) {
                    fired.push(one);
                    continue;
                }
                let results = of_kind.fired(local, world).ok_or(Wanted::Fired(*kind, local, world))?;
                fired.extend(results.iter().map(|(local, world)| layout.with(one, slot, *local, *world)));
            }
            *aged = fired;
        }
        Ok(())
    }
}

impl Exploration {
    /// How many situations there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.len() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of the situations, shard by shard.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.shards
            .iter()
            .enumerate()
            .flat_map(|(shard, all)| (0..all.len()).map(move |at| number(shard, at)))
    }

    /// The shortest way to a situation, the beginning first.
    pub fn way(&self, to: u32) -> Vec<u32> {
        let mut way = vec![to];
        let mut at = to;
        loop {
            let (shard, index) = place(at);
            at = self.shards[shard].before(index);
            if at == Number::MAX {
                way.reverse();
                return way;
            }
            way.push(at);
        }
    }

    fn get(&self, number: u32) -> u128 {
        let (shard, at) = place(number);
        self.shards[shard].get(at)
    }
}

/// The situations that were found, laid out as what is known needs it.
struct Storage {
    layout: Layout,
    shards: Vec<Shard>,
    widths: Vec<u32>,
    /// Whether no layout has room for what is known.
    too_wide: bool,
}

impl Storage {
    fn new(product: &Product) -> Self {
        let widths = Self::needed(product);
        let layout = Self::layout(product, &widths);
        let shards = (0..SHARDS).map(|_| Shard::new(&layout)).collect();
        let too_wide = layout.bits() > u128::BITS;
        Self { layout, shards, widths, too_wide }
    }

    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.len() as usize).sum()
    }

    /// How many bits what is shared needs, and then a session of each kind.
    fn needed(product: &Product) -> Vec<u32> {
        let tables = &product.tables;
        let counts = tables.kinds.iter().map(|kind| kind.locals.len());
        let counts = std::iter::once(tables.worlds.len()).chain(counts);
        counts.map(|count| count.max(2).next_power_of_two().ilog2()).collect()
    }

    fn layout(product: &Product, widths: &[u32]) -> Layout {
        Layout::new(widths[0], product.kinds.iter().map(|kind| widths[kind + 1]))
    }

    /// Lays everything out so that there is room for what is known; whether that was needed.
    fn make_room(&mut self, product: &Product) -> bool {
        let widths = Self::needed(product);
        if widths == self.widths {
            return false;
        }
        let layout = Self::layout(product, &widths);
        self.too_wide = layout.bits() > u128::BITS;
        if !self.too_wide {
            self.shards.iter_mut().for_each(|shard| shard.lay_out(&self.layout, &layout));
            (self.layout, self.widths) = (layout, widths);
        }
        true
    }
}

fn outs<P: Packed>() -> Vec<Out<P>> {
    (0..ROUND).map(|_| Out { found: <_>::default(), wanted: Vec::new(), done: false }).collect()
}

/// Situations of a shard that are left together.
#[derive(Debug, Clone, Copy)]
struct Unit {
    shard: usize,
    start: u32,
    end: u32,
}

fn units(starts: &[u32], ends: &[u32]) -> Vec<Unit> {
    let mut units = Vec::new();
    for (shard, (start, end)) in starts.iter().zip(ends).enumerate() {
        let mut at = *start;
        while at < *end {
            let next = (at + UNIT).min(*end);
            units.push(Unit { shard, start: at, end: next });
            at = next;
        }
    }
    units
}
