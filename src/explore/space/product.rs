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
use super::packed::{Layout, Number, Packed, SHARDS, Shard, hash_of, number, place, shard_of};
use super::tables::{Local, LocalId, Tables, Wanted, WorldId};

/// So many situations are left by one thread at a time.
const UNIT: u32 = 256;
/// So many units are worked on before what they led to is kept.
const ROUND: usize = 32;
/// By so many bits a part grows that no longer fits.
const GROWTH: u32 = 3;
/// A situation has at most so many bits.
const WIDEST: u32 = 128;

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
    slots: Vec<Vec<Fields>>,
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

/// What a unit led to, by shard, or what it has to know first.
#[derive(Default)]
struct Out {
    found: Vec<Vec<(Candidate, Number)>>,
    wanted: Vec<Wanted>,
}

/// A packed situation in two halves, which take less room in a list than a whole one.
type Candidate = [u64; 2];

impl<'s, 'm> Product<'s, 'm> {
    /// Sessions side by side; none where the flow reads the clock or a calendar, whose days would all differ.
    pub fn new(space: &'s Space<'m>, slots: Vec<Slot>, beginnings: Vec<Rows>) -> Option<Self> {
        let slots: Vec<Vec<Fields>> = slots.into_iter().map(|slot| slot.openings).collect();
        space.is_timeless().then(|| Self {
            space,
            slots,
            beginnings,
            tables: Tables::new(),
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
        let slots = self.slots.len() as u32;
        let mut layout = Layout { slots, local: 4, world: 8 };
        loop {
            match self.explore_as(layout, budget, pool.as_ref()) {
                Ok(exploration) => return exploration,
                Err(wider) if wider.bits() <= WIDEST => layout = wider,
                Err(_) => {
                    let shards = (0..SHARDS).map(|_| Shard::new(layout)).collect();
                    return Exploration { layout, shards, depths: Vec::new(), whole: false, complete: false };
                }
            }
        }
    }

    /// How many sessions and shared parts are told apart, for who wants to know what exploring rests on.
    pub fn sizes(&self) -> (usize, usize) {
        (self.tables.locals.len(), self.tables.worlds.len())
    }

    /// A situation as it is.
    pub fn situation(&self, exploration: &Exploration, number: u32) -> Situation {
        let packed = exploration.get(number);
        let local = |slot| match self.tables.locals.get(exploration.layout.local(packed, slot)) {
            Local::Closed(_) => None,
            Local::Open(session) => Some(session.clone()),
        };
        Situation {
            sessions: (0..exploration.layout.slots).map(local).collect(),
            world: self.tables.worlds.get(exploration.layout.world(packed)).clone(),
        }
    }

    fn explore_as(
        &mut self,
        layout: Layout,
        budget: usize,
        pool: Option<&ThreadPool>,
    ) -> Result<Exploration, Layout> {
        let mut shards: Vec<Shard> = (0..SHARDS).map(|_| Shard::new(layout)).collect();
        self.begin(layout, &mut shards);
        let mut done = [0; SHARDS];
        let mut depths = Vec::new();
        let mut whole = true;
        loop {
            let ends: Vec<u32> = shards.iter().map(Shard::len).collect();
            let level: usize = ends.iter().zip(&done).map(|(end, start)| (end - start) as usize).sum();
            if level == 0 {
                break;
            }
            depths.push(level);
            for round in units(&done, &ends).chunks(ROUND) {
                if shards.iter().map(|shard| shard.len() as usize).sum::<usize>() >= budget {
                    whole = false;
                    break;
                }
                self.round(layout, &mut shards, round, pool)?;
            }
            done.copy_from_slice(&ends);
            if !whole {
                break;
            }
        }
        Ok(Exploration { layout, shards, depths, whole, complete: self.tables.complete })
    }

    fn begin(&mut self, layout: Layout, shards: &mut [Shard]) {
        for rows in 0..self.beginnings.len() {
            let Some(world) = self.space.world(&self.beginnings[rows], &[]) else { continue };
            let mut packed = layout.with_world(0, self.tables.world(self.space, world));
            for slot in 0..layout.slots {
                // Slots that are opened in the same way are closed in the same way.
                let alike =
                    self.slots.iter().position(|known| *known == self.slots[slot as usize]).unwrap_or(0);
                let local = self.tables.local(self.space, Local::Closed(alike as u32));
                packed = layout.with_local(packed, slot, local);
            }
            let hash = hash_of(packed);
            shards[shard_of(hash)].insert(hash, packed, Number::MAX);
        }
    }

    /// Leaves the situations of some units and keeps where that leads.
    fn round(
        &mut self,
        layout: Layout,
        shards: &mut [Shard],
        units: &[Unit],
        pool: Option<&ThreadPool>,
    ) -> Result<(), Layout> {
        let mut outs: Vec<Out> = Vec::new();
        loop {
            let again = |(at, unit): (usize, &Unit)| match outs.get_mut(at) {
                Some(out) if out.wanted.is_empty() => std::mem::take(out),
                _ => self.leave(layout, shards, *unit),
            };
            outs = match pool {
                None => units.iter().enumerate().map(again).collect(),
                Some(pool) => {
                    let known = std::mem::take(&mut outs);
                    let todo =
                        units.iter().zip(known.into_iter().map(Some).chain(std::iter::repeat_with(|| None)));
                    let todo: Vec<_> = todo.collect();
                    let again = |(unit, known): (&Unit, Option<Out>)| match known {
                        Some(out) if out.wanted.is_empty() => out,
                        _ => self.leave(layout, shards, *unit),
                    };
                    pool.install(|| todo.into_par_iter().map(again).collect())
                }
            };
            let mut wanted: Vec<Wanted> = Vec::new();
            outs.iter().for_each(|out| wanted.extend(&out.wanted));
            if wanted.is_empty() {
                break;
            }
            self.learn(wanted, pool);
            let fits = |count: usize, bits: u32| bits >= 31 || count <= 1 << bits;
            let mut wider = layout;
            while !fits(self.tables.locals.len(), wider.local) {
                wider.local += 2;
            }
            while !fits(self.tables.worlds.len(), wider.world) {
                wider.world += GROWTH;
            }
            if wider != layout {
                return Err(wider);
            }
        }
        let keep = |(index, shard): (usize, &mut Shard)| {
            for (candidate, before) in outs.iter().flat_map(|out| &out.found[index]) {
                let packed = Packed::from(candidate[0]) | Packed::from(candidate[1]) << 64;
                shard.insert(hash_of(packed), packed, *before);
            }
        };
        match pool {
            None => shards.iter_mut().enumerate().for_each(keep),
            Some(pool) => pool.install(|| shards.par_iter_mut().enumerate().for_each(keep)),
        }
        Ok(())
    }

    /// Works out what has to be known; what is found first has the smaller number.
    fn learn(&mut self, mut wanted: Vec<Wanted>, pool: Option<&ThreadPool>) {
        let mut seen = hashbrown::HashSet::<Wanted, rustc_hash::FxBuildHasher>::default();
        wanted.retain(|one| seen.insert(*one));
        let find = |one: &Wanted| self.tables.find(self.space, &self.slots, *one);
        let found: Vec<_> = match pool {
            None => wanted.iter().map(find).collect(),
            Some(pool) => pool.install(|| wanted.par_iter().map(find).collect()),
        };
        for (wanted, found) in wanted.into_iter().zip(found) {
            self.tables.keep(self.space, wanted, found);
        }
    }

    fn leave(&self, layout: Layout, shards: &[Shard], unit: Unit) -> Out {
        let mut out = Out { found: vec![Vec::new(); SHARDS], wanted: Vec::new() };
        let mut aged = Vec::new();
        for at in unit.start..unit.end {
            let packed = shards[unit.shard].get(at);
            let before = number(unit.shard, at);
            self.act(layout, packed, before, &mut out);
            self.wait(layout, packed, before, &mut aged, &mut out);
        }
        out
    }

    /// Each session does what it can.
    fn act(&self, layout: Layout, packed: Packed, before: Number, out: &mut Out) {
        let world = layout.world(packed);
        for slot in 0..layout.slots {
            match self.tables.events(layout.local(packed, slot), world) {
                Ok(results) => {
                    for (local, world) in results {
                        let next = layout.with_world(layout.with_local(packed, slot, *local), *world);
                        add(out, next, before);
                    }
                }
                Err(wanted) => out.wanted.push(wanted),
            }
        }
    }

    /// Time passes until something turns.
    fn wait(&self, layout: Layout, packed: Packed, before: Number, aged: &mut Vec<Packed>, out: &mut Out) {
        let mut turn = self.tables.world_turn(layout.world(packed));
        for slot in 0..layout.slots {
            turn = turn.min(self.tables.local_turn(layout.local(packed, slot)));
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
                Ok(()) => aged.drain(..).for_each(|next| add(out, next, before)),
                Err(wanted) => out.wanted.push(wanted),
            }
        }
    }

    /// The situations so much later: everything ages, then what is due fires, session by session.
    fn later(&self, layout: Layout, packed: Packed, by: Time, aged: &mut Vec<Packed>) -> Result<(), Wanted> {
        let tables = &self.tables;
        let mut next = layout.with_world(packed, tables.aged_world(layout.world(packed), by)?);
        let mut due = false;
        for slot in 0..layout.slots {
            let local = tables.aged_local(layout.local(packed, slot), by)?;
            next = layout.with_local(next, slot, local);
            due |= tables.is_due(local);
        }
        aged.clear();
        aged.push(next);
        if !due {
            return Ok(());
        }
        for slot in 0..layout.slots {
            let mut fired = Vec::with_capacity(aged.len());
            for one in aged.drain(..) {
                let local: LocalId = layout.local(one, slot);
                if !tables.is_due(local) {
                    fired.push(one);
                    continue;
                }
                let world: WorldId = layout.world(one);
                for (local, world) in tables.fired(local, world)? {
                    fired.push(layout.with_world(layout.with_local(one, slot, *local), *world));
                }
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

    fn get(&self, number: u32) -> Packed {
        let (shard, at) = place(number);
        self.shards[shard].get(at)
    }
}

fn add(out: &mut Out, packed: Packed, before: Number) {
    let shard = shard_of(hash_of(packed));
    out.found[shard].push(([packed as u64, (packed >> 64) as u64], before));
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
