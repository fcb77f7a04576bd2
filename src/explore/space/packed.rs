//! A set of situations packed into as few bytes as their parts need, with the situation before each.
//!
//! It has a fixed number of shards, each filled in an order that does not depend on how many threads work: so numbers,
//! and the way to each situation, are the same on every machine. A situation is found by a hash of its parts, which stays
//! when the parts are laid out anew because one of them needs more bits.

/// How many shards there are; a power of two.
pub(super) const SHARDS: usize = 16;
/// How many situations lie together.
const CHUNK: usize = 1 << 12;
/// Situations are read so many bytes at a time.
const READ: usize = 16;
/// So many candidates are looked up side by side, so that the memory that they lie in is waited for once.
const BLOCK: usize = 16;
/// A new index has so many bits.
const FIRST: u32 = 8;

/// The number of a situation: its place in its shard, then the shard.
pub(super) type Number = u32;

/// The parts of a situation side by side, the shared one lowest: in as many bits as need be.
pub(super) trait Packed: Copy + Eq + Default + Send + Sync {
    /// How many bits there are.
    const BITS: u32;
    /// As it is stored, without what lies behind.
    fn from_le(bytes: [u8; READ], mask: u128) -> Self;
    fn to_le(self) -> [u8; READ];
    /// A part of so many bits.
    fn part(self, part: Part) -> u32;
    /// Puts a part in its place, where there is none.
    #[must_use]
    fn and(self, part: Part, value: u32) -> Self;
    #[must_use]
    fn without(self, part: Part) -> Self;
}

macro_rules! packed {
    ($type:ty) => {
        impl Packed for $type {
            const BITS: u32 = <$type>::BITS;

            fn from_le(bytes: [u8; READ], mask: u128) -> Self {
                (u128::from_le_bytes(bytes) & mask) as Self
            }

            fn to_le(self) -> [u8; READ] {
                u128::from(self).to_le_bytes()
            }

            fn part(self, part: Part) -> u32 {
                (self >> part.shift) as u32 & part.mask
            }

            fn and(self, part: Part, value: u32) -> Self {
                self | Self::from(value) << part.shift
            }

            fn without(self, part: Part) -> Self {
                self & !(Self::from(part.mask) << part.shift)
            }
        }
    };
}

packed!(u64);
packed!(u128);

/// Where a part of a situation lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    shift: u32,
    mask: u32,
    /// What it counts in the hash.
    factor: u64,
}

/// Where the parts of a situation lie, each with the bits that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    world: Part,
    locals: Vec<Part>,
    bits: u32,
}

impl Layout {
    /// With so many bits for what is shared, and for each session.
    pub(super) fn new(world: u32, widths: impl IntoIterator<Item = u32>) -> Self {
        let mut bits = 0;
        let mut place = |(number, width): (u64, u32)| {
            let part = Part { shift: bits, mask: ((1_u64 << width) - 1) as u32, factor: factor(number) };
            bits += width;
            part
        };
        let world = place((0, world));
        let locals = (1..).zip(widths).map(place).collect();
        Self { world, locals, bits }
    }

    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    fn bytes(&self) -> usize {
        self.bits.div_ceil(8) as usize
    }

    #[inline]
    pub(super) fn world<P: Packed>(&self, packed: P) -> u32 {
        packed.part(self.world)
    }

    #[inline]
    pub(super) fn local<P: Packed>(&self, packed: P, slot: usize) -> u32 {
        packed.part(self.locals[slot])
    }

    /// A situation in which no session is open.
    pub(super) fn closed<P: Packed>(&self, world: u32) -> P {
        P::default().and(self.world, world)
    }

    /// A situation with a session and what is shared changed.
    #[inline]
    pub(super) fn with<P: Packed>(&self, packed: P, slot: usize, local: u32, world: u32) -> P {
        let part = self.locals[slot];
        packed.without(part).without(self.world).and(part, local).and(self.world, world)
    }

    /// What the hash of a situation is made of: its parts, each by a factor of its own.
    #[inline]
    pub(super) fn sum<P: Packed>(&self, packed: P) -> u64 {
        let count = |part: &Part| u64::from(packed.part(*part)).wrapping_mul(part.factor);
        self.locals.iter().map(count).fold(count(&self.world), u64::wrapping_add)
    }

    /// The same after a session and what is shared have changed, from one number to another.
    #[inline]
    pub(super) fn changed(&self, sum: u64, slot: usize, local: (u32, u32), world: (u32, u32)) -> u64 {
        let by = |(from, to): (u32, u32), part: Part| {
            u64::from(to).wrapping_sub(u64::from(from)).wrapping_mul(part.factor)
        };
        sum.wrapping_add(by(local, self.locals[slot])).wrapping_add(by(world, self.world))
    }

    /// A situation of another layout in this one.
    fn moved(&self, from: &Self, packed: u128) -> u128 {
        let parts = self.locals.iter().zip(&from.locals);
        parts.fold(self.closed(from.world(packed)), |all, (to, from)| all.and(*to, packed.part(*from)))
    }
}

/// An odd number that has nothing to do with those of other parts.
fn factor(part: u64) -> u64 {
    mixed((part + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1
}

/// Every bit depends on every bit.
#[inline]
fn mixed(sum: u64) -> u64 {
    let once = (sum ^ sum >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let twice = (once ^ once >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    twice ^ twice >> 32
}

/// A situation that may be new.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Candidate<P> {
    packed: P,
    before: Number,
    hash: u32,
}

impl<P> Candidate<P> {
    /// With its shard.
    #[inline]
    pub(super) fn new(packed: P, sum: u64, before: Number) -> (usize, Self) {
        let hash = mixed(sum);
        ((hash >> 32) as usize % SHARDS, Self { packed, before, hash: hash as u32 })
    }
}

/// The situations of one shard.
#[derive(Debug)]
pub(super) struct Shard {
    /// By hash, in the lower bits the place of a situation and one more, in the others those of its hash.
    index: Vec<u32>,
    chunks: Vec<Chunk>,
    len: u32,
    bytes: usize,
    /// The bits of a situation.
    mask: u128,
}

#[derive(Debug)]
struct Chunk {
    packed: Box<[u8]>,
    before: Box<[Number]>,
}

impl Shard {
    pub(super) fn new(layout: &Layout) -> Self {
        let mask = u128::MAX >> u128::BITS.saturating_sub(layout.bits());
        Self { index: vec![0; 1 << FIRST], chunks: Vec::new(), len: 0, bytes: layout.bytes(), mask }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    #[inline]
    pub(super) fn get<P: Packed>(&self, at: u32) -> P {
        let from = &self.chunks[at as usize / CHUNK].packed[at as usize % CHUNK * self.bytes..];
        let read = from.first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; READ];
            last[..from.len()].copy_from_slice(from);
            last
        });
        P::from_le(read, self.mask)
    }

    /// The situation before.
    pub(super) fn before(&self, at: u32) -> Number {
        self.chunks[at as usize / CHUNK].before[at as usize % CHUNK]
    }

    /// Adds those candidates that are not there yet.
    pub(super) fn insert<P: Packed>(&mut self, layout: &Layout, candidates: &[Candidate<P>]) {
        for block in candidates.chunks(BLOCK) {
            while (self.len as usize + block.len()) * 4 > self.index.len() * 3 {
                self.grow(layout);
            }
            let places = self.index.len() as u32 - 1;
            let (mut first, mut known) = ([0; BLOCK], [P::default(); BLOCK]);
            for (candidate, entry) in block.iter().zip(&mut first) {
                *entry = self.index[(candidate.hash & places) as usize];
            }
            for ((candidate, entry), known) in block.iter().zip(first).zip(&mut known) {
                if entry != 0 && (entry ^ candidate.hash) & !places == 0 {
                    *known = self.get((entry & places) - 1);
                }
            }
            for ((candidate, entry), known) in block.iter().zip(first).zip(known) {
                let looked_at = entry != 0 && (entry ^ candidate.hash) & !places == 0;
                if !(looked_at && known == candidate.packed) {
                    self.insert_one(candidate);
                }
            }
        }
    }

    fn insert_one<P: Packed>(&mut self, candidate: &Candidate<P>) {
        let Candidate { packed, before, hash } = *candidate;
        let places = self.index.len() as u32 - 1;
        let mut place = hash & places;
        loop {
            let entry = self.index[place as usize];
            if entry == 0 {
                break;
            }
            if (entry ^ hash) & !places == 0 && self.get::<P>((entry & places) - 1) == packed {
                return;
            }
            place = (place + 1) & places;
        }
        self.index[place as usize] = hash & !places | (self.len + 1);
        self.push(packed, before);
    }

    fn push<P: Packed>(&mut self, packed: P, before: Number) {
        let (chunk, place) = (self.len as usize / CHUNK, self.len as usize % CHUNK);
        if place == 0 {
            let packed = vec![0; CHUNK * self.bytes].into_boxed_slice();
            self.chunks.push(Chunk { packed, before: vec![0; CHUNK].into_boxed_slice() });
        }
        let chunk = &mut self.chunks[chunk];
        chunk.packed[place * self.bytes..][..self.bytes].copy_from_slice(&packed.to_le()[..self.bytes]);
        chunk.before[place] = before;
        self.len += 1;
    }

    /// Makes the index twice as large. The old one is not needed for that, and gives its memory back before.
    fn grow(&mut self, layout: &Layout) {
        let size = std::mem::take(&mut self.index).len() * 2;
        let mut index = vec![0; size];
        let places = index.len() as u32 - 1;
        for at in 0..self.len {
            let hash = mixed(layout.sum(self.get::<u128>(at))) as u32;
            let mut place = hash & places;
            while index[place as usize] != 0 {
                place = (place + 1) & places;
            }
            index[place as usize] = hash & !places | (at + 1);
        }
        self.index = index;
    }

    /// Lays all situations out anew.
    pub(super) fn lay_out(&mut self, from: &Layout, to: &Layout) {
        let mut wider = Self { index: std::mem::take(&mut self.index), ..Self::new(to) };
        (0..self.len).for_each(|at| wider.push(to.moved(from, self.get(at)), self.before(at)));
        *self = wider;
    }
}

pub(super) fn number(shard: usize, at: u32) -> Number {
    at * SHARDS as u32 + shard as u32
}

pub(super) fn place(number: Number) -> (usize, u32) {
    (number as usize % SHARDS, number / SHARDS as u32)
}
