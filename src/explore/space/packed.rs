//! A set of situations packed into as few bytes as their parts need, with the situation before each.
//!
//! It has a fixed number of shards, each filled in an order that does not depend on how many threads work: so numbers,
//! and the way to each situation, are the same on every machine.

use hashbrown::HashTable;

/// How many shards there are; a power of two.
pub(super) const SHARDS: usize = 16;
/// How many situations lie together.
const CHUNK: usize = 1 << 12;
/// Situations are read sixteen bytes at a time.
const SLACK: usize = 16;

/// The parts of a situation side by side, the shared one lowest.
pub(super) type Packed = u128;

/// The number of a situation: its place in its shard, then the shard.
pub(super) type Number = u32;

/// How many bits each part of a situation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) slots: u32,
    pub(super) local: u32,
    pub(super) world: u32,
}

impl Layout {
    pub(super) fn bits(self) -> u32 {
        self.slots * self.local + self.world
    }

    pub(super) fn bytes(self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    pub(super) fn world(self, packed: Packed) -> u32 {
        packed as u32 & (((1_u64 << self.world) - 1) as u32)
    }

    pub(super) fn local(self, packed: Packed, slot: u32) -> u32 {
        (packed >> (self.world + slot * self.local)) as u32 & (((1_u64 << self.local) - 1) as u32)
    }

    pub(super) fn with_local(self, packed: Packed, slot: u32, local: u32) -> Packed {
        let shift = self.world + slot * self.local;
        let mask = ((1_u128 << self.local) - 1) << shift;
        packed & !mask | u128::from(local) << shift
    }

    pub(super) fn with_world(self, packed: Packed, world: u32) -> Packed {
        let mask = (1_u128 << self.world) - 1;
        packed & !mask | u128::from(world)
    }
}

/// The situations of one shard.
#[derive(Debug)]
pub(super) struct Shard {
    table: HashTable<u32>,
    chunks: Vec<Chunk>,
    len: u32,
    bytes: usize,
    mask: Packed,
}

#[derive(Debug)]
struct Chunk {
    packed: Box<[u8]>,
    before: Box<[Number]>,
}

impl Shard {
    pub(super) fn new(layout: Layout) -> Self {
        let bits = layout.bits();
        let mask = if bits >= 128 { Packed::MAX } else { (1 << bits) - 1 };
        Self { table: HashTable::new(), chunks: Vec::new(), len: 0, bytes: layout.bytes(), mask }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn get(&self, at: u32) -> Packed {
        load(&self.chunks, at, self.bytes) & self.mask
    }

    /// The situation before.
    pub(super) fn before(&self, at: u32) -> Number {
        self.chunks[at as usize / CHUNK].before[at as usize % CHUNK]
    }

    /// Adds a situation, unless it is there.
    pub(super) fn insert(&mut self, hash: u64, packed: Packed, before: Number) {
        let Self { table, chunks, bytes, mask, .. } = self;
        if table.find(hash, |at| load(chunks, *at, *bytes) & *mask == packed).is_some() {
            return;
        }
        let at = self.len;
        if (at as usize).is_multiple_of(CHUNK) {
            let packed = vec![0; CHUNK * *bytes + SLACK].into_boxed_slice();
            chunks.push(Chunk { packed, before: vec![0; CHUNK].into_boxed_slice() });
        }
        let (chunk, place) = (&mut chunks[at as usize / CHUNK], at as usize % CHUNK);
        chunk.packed[place * *bytes..place * *bytes + *bytes]
            .copy_from_slice(&packed.to_le_bytes()[..*bytes]);
        chunk.before[place] = before;
        table.insert_unique(hash, at, |at| hash_of(load(chunks, *at, *bytes) & *mask));
        self.len += 1;
    }
}

fn load(chunks: &[Chunk], at: u32, bytes: usize) -> Packed {
    let start = at as usize % CHUNK * bytes;
    let mut read = [0; SLACK];
    read.copy_from_slice(&chunks[at as usize / CHUNK].packed[start..start + SLACK]);
    Packed::from_le_bytes(read)
}

/// A hash whose every bit depends on every bit of the situation.
pub(super) fn hash_of(packed: Packed) -> u64 {
    let low = packed as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let high = (packed >> 64) as u64 ^ 0xD1B5_4A32_D192_ED03;
    let mixed = u128::from(low) * u128::from(high | 1);
    let folded = mixed as u64 ^ (mixed >> 64) as u64;
    let again = u128::from(folded) * u128::from(0xA24B_AED4_963E_E407_u64);
    again as u64 ^ (again >> 64) as u64
}

/// The shard of a hash; bits that the table of a shard does not look at first.
pub(super) fn shard_of(hash: u64) -> usize {
    (hash >> 40) as usize % SHARDS
}

pub(super) fn number(shard: usize, at: u32) -> Number {
    at * SHARDS as u32 + shard as u32
}

pub(super) fn place(number: Number) -> (usize, u32) {
    (number as usize % SHARDS, number / SHARDS as u32)
}
