//! Where several instants may lie, as seen from now: how far from now and from one another at least and at most.
//!
//! These are the zones of timed automata: matrices of bounds on differences, always tightened, so that equal ones allow
//! the same. Times are dense here, with strict bounds and others, because whole milliseconds would add up; a place for
//! every instant is picked in whole milliseconds all the same.

use flowspec_runtime::Time;

/// Bounds on the distances of instants; number 0 is now, the others count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Zone {
    size: usize,
    /// By `of * size + from`: how much later than `from` the instant `of` is at most.
    bounds: Box<[Bound]>,
}

/// Where an instant lies in relation to one of before: so much later than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bind {
    /// The instant of before; 0 is now.
    pub(super) to: usize,
    /// How much later.
    pub(super) by: Time,
}

/// Something that turns so long after an instant.
pub(super) type Turn = (usize, Time);

/// At most so much, or less than that; the order is that of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Bound(i64);

/// Times from this on, some 35,000 years, are no bounds.
pub(super) const FAR: Time = 1 << 50;

impl Bound {
    const NONE: Self = Self(i64::MAX);

    fn at_most(time: Time) -> Self {
        if time >= FAR { Self::NONE } else { Self(time.max(-FAR) << 1 | 1) }
    }

    fn less_than(time: Time) -> Self {
        if time >= FAR { Self::NONE } else { Self(time.max(-FAR) << 1) }
    }

    fn and_then(self, other: Self) -> Self {
        if self == Self::NONE || other == Self::NONE {
            return Self::NONE;
        }
        Self(((self.0 >> 1) + (other.0 >> 1)) << 1 | (self.0 & other.0 & 1))
    }

    fn later(self, by: Time) -> Self {
        if self == Self::NONE { self } else { Self(self.0 + (by << 1)) }
    }

    /// The most whole milliseconds.
    fn whole(self) -> Option<Time> {
        (self != Self::NONE).then_some((self.0 >> 1) - i64::from(self.0 & 1 == 0))
    }
}

impl Zone {
    /// Instants at these distances from now.
    pub(super) fn point(distances: &[Time]) -> Self {
        let now = Self { size: 1, bounds: Box::new([Bound::at_most(0)]) };
        now.bound(distances.iter().map(|by| Bind { to: 0, by: *by }))
    }

    /// One instant that lies less than so long ago.
    pub(super) fn within(last: Time) -> Self {
        let mut zone = Self { size: 2, bounds: vec![Bound::at_most(0); 4].into() };
        zone.bounds[1] = Bound::less_than(last);
        zone
    }

    /// How much work it is to tell what comes of it, in bounds that are looked at.
    pub(super) fn work(&self) -> usize {
        self.size.saturating_pow(3)
    }

    fn at(&self, of: usize, from: usize) -> Bound {
        self.bounds[of * self.size + from]
    }

    /// Other instants that are told by these.
    pub(super) fn bound(&self, binds: impl IntoIterator<Item = Bind>) -> Self {
        let now = Bind { to: 0, by: 0 };
        let binds: Vec<Bind> = std::iter::once(now).chain(binds).collect();
        let bound = |of: &Bind, from: &Bind| self.at(of.to, from.to).later(of.by - from.by);
        let bounds = binds.iter().flat_map(|of| binds.iter().map(move |from| bound(of, from)));
        Self { size: binds.len(), bounds: bounds.collect() }
    }

    /// The same, and any time after that.
    pub(super) fn or_later(mut self) -> Self {
        (1..self.size).for_each(|from| self.bounds[from] = Bound::NONE);
        self
    }

    /// The same, so much later.
    pub(super) fn aged(&self, by: Time) -> Self {
        self.bound((1..self.size).map(|to| Bind { to, by: -by }))
    }

    /// Whether something turns now or has turned, whatever the instants are; none where that differs.
    pub(super) fn has_turned(&self, (instant, after): Turn) -> Option<bool> {
        let latest = self.at(instant, 0);
        if latest <= Bound::at_most(-after) {
            return Some(true);
        }
        let earliest = self.at(0, instant);
        (earliest < Bound::at_most(after)).then_some(false)
    }

    /// Narrows the bound on how much later one instant is than another; whether anything is left.
    fn narrow(&mut self, of: usize, from: usize, most: Bound) -> bool {
        if self.at(from, of).and_then(most) < Bound::at_most(0) {
            return false;
        }
        if most < self.at(of, from) {
            for one in 0..self.size {
                let there = self.at(one, of).and_then(most);
                for other in 0..self.size {
                    let bound = there.and_then(self.at(from, other));
                    if bound < self.at(one, other) {
                        self.bounds[one * self.size + other] = bound;
                    }
                }
            }
        }
        true
    }

    /// The part in which something is still to turn.
    pub(super) fn before(mut self, (instant, after): Turn) -> Option<Self> {
        self.narrow(0, instant, Bound::less_than(after)).then_some(self)
    }

    /// The part in which something turns now or is still to turn.
    pub(super) fn until(mut self, (instant, after): Turn) -> Option<Self> {
        self.narrow(0, instant, Bound::at_most(after)).then_some(self)
    }

    /// The part in which something turns now or has turned.
    pub(super) fn since(mut self, (instant, after): Turn) -> Option<Self> {
        self.narrow(instant, 0, Bound::at_most(-after)).then_some(self)
    }

    /// The part in which something has turned before now.
    pub(super) fn after(mut self, (instant, after): Turn) -> Option<Self> {
        self.narrow(instant, 0, Bound::less_than(-after)).then_some(self)
    }

    /// The part in which an instant is so far from now.
    pub(super) fn with(mut self, instant: usize, distance: Time) -> Option<Self> {
        let holds = self.narrow(instant, 0, Bound::at_most(distance))
            && self.narrow(0, instant, Bound::at_most(-distance));
        holds.then_some(self)
    }

    /// The parts in each of which the same has turned.
    pub(super) fn split(self, turns: &[Turn]) -> Vec<Self> {
        let mut parts = vec![self];
        for turn in turns {
            parts = parts
                .into_iter()
                .flat_map(|part| match part.has_turned(*turn) {
                    Some(_) => vec![part],
                    None => [part.clone().before(*turn), part.since(*turn)].into_iter().flatten().collect(),
                })
                .collect();
        }
        parts
    }

    /// Those of the turns that are still to come, where none differs.
    pub(super) fn coming(&self, turns: &[Turn]) -> Vec<Turn> {
        turns.iter().copied().filter(|turn| self.has_turned(*turn) != Some(true)).collect()
    }

    /// The same and any time after that, before the first of these turns.
    pub(super) fn waiting(&self, turns: &[Turn]) -> Option<Self> {
        turns.iter().try_fold(self.clone().or_later(), |zone, turn| zone.before(*turn))
    }

    /// The times at which the first of these turns comes, cut by which of them come together.
    pub(super) fn next(&self, turns: &[Turn]) -> Vec<Self> {
        let Some(until) = turns.iter().try_fold(self.clone().or_later(), |zone, turn| zone.until(*turn))
        else {
            return Vec::new();
        };
        let mut parts = vec![(until, false)];
        for turn in turns {
            let mut next = Vec::with_capacity(parts.len());
            for (part, comes) in parts {
                match part.has_turned(*turn) {
                    Some(turned) => next.push((part, comes || turned)),
                    None => {
                        next.extend(part.clone().before(*turn).map(|part| (part, comes)));
                        next.extend(part.since(*turn).map(|part| (part, true)));
                    }
                }
            }
            parts = next;
        }
        parts.into_iter().filter(|(_, comes)| *comes).map(|(part, _)| part).collect()
    }

    /// Whether an instant has one place only.
    pub(super) fn is_fixed(&self, instant: usize) -> bool {
        self.at(instant, 0).and_then(self.at(0, instant)) == Bound::at_most(0)
    }

    /// The same in whole milliseconds; none where there is no such place.
    fn whole(&self) -> Option<Self> {
        let whole = |bound: &Bound| bound.whole().map_or(Bound::NONE, Bound::at_most);
        let mut zone = Self { size: self.size, bounds: self.bounds.iter().map(whole).collect() };
        if zone == *self {
            return Some(zone);
        }
        for middle in 0..self.size {
            for of in 0..self.size {
                for from in 0..self.size {
                    let bound = zone.at(of, middle).and_then(zone.at(middle, from));
                    if bound < zone.at(of, from) {
                        zone.bounds[of * self.size + from] = bound;
                    }
                }
            }
        }
        (0..self.size).all(|one| zone.at(one, one) >= Bound::at_most(0)).then_some(zone)
    }

    /// A place for each instant, by how far it is from now, evenly spread: none lies by chance where others do, or where
    /// constants of a flow would put it. None where there are no such places in whole milliseconds.
    pub(super) fn place(&self) -> Option<Vec<Time>> {
        // Only where instants lie within milliseconds of one another their bounds have to be tightened for that.
        self.placed().or_else(|| self.whole()?.placed())
    }

    fn placed(&self) -> Option<Vec<Time>> {
        /// So far are places tried, about where there is no bound.
        const ROOM: Time = 10_000_019;
        let mut places = vec![0; self.size];
        let mut known = vec![0];
        for (instant, left) in self.in_order().into_iter().zip((2..=self.size as Time).rev()) {
            let others = || known.iter().map(|other| (*other, places[*other]));
            let most = others().filter_map(|(other, at)| Some(at + self.at(instant, other).whole()?)).min();
            let least = others().filter_map(|(other, at)| Some(at - self.at(other, instant).whole()?)).max();
            let (least, most) = match (least, most) {
                (Some(least), Some(most)) => (least, most),
                (None, Some(most)) => (most - ROOM, most),
                (Some(least), None) => (least, least + ROOM),
                (None, None) => (-ROOM, -1),
            };
            if least > most {
                return None;
            }
            // Those that are still to be placed lie behind, and need room.
            let place = least + (most - least) / left;
            let is_free = |at: &Time| known.iter().all(|other| places[*other] != *at);
            let is_odd = |at: &Time| at.rem_euclid(1000).abs_diff(500) < 498;
            let around = (0..=(most - least).min(24)).flat_map(|by| [place + by * 7, place - by, place + by]);
            let mut around = around.filter(|at| (least..=most).contains(at)).filter(is_free);
            let chosen = around.clone().find(is_odd).or_else(|| around.next()).unwrap_or(place);
            places[instant] = chosen;
            known.push(instant);
        }
        places.remove(0);
        Some(places)
    }

    /// The instants, each behind those that are never later.
    fn in_order(&self) -> Vec<usize> {
        let mut all: Vec<usize> = (1..self.size).collect();
        all.sort_by_cached_key(|one| {
            (1..self.size).filter(|other| self.at(*other, *one) <= Bound::at_most(0)).count()
        });
        all
    }

    /// Whether instants lie together in these places only where they must.
    pub(super) fn is_general(&self, places: &[Time]) -> bool {
        let at = |instant: usize| if instant == 0 { 0 } else { places[instant - 1] };
        let together =
            |one: usize, other: usize| self.at(one, other).and_then(self.at(other, one)) == Bound::at_most(0);
        (0..self.size).all(|one| (0..one).all(|other| at(one) != at(other) || together(one, other)))
    }

    /// The bounds in whole milliseconds: of an instant, from an instant, and how much later it is at most; 0 is now.
    pub(super) fn bounds(&self) -> impl Iterator<Item = (usize, usize, Time)> {
        let all = (0..self.size).flat_map(|of| (0..self.size).map(move |from| (of, from)));
        all.filter_map(|(of, from)| Some((of, from, self.at(of, from).whole()?)))
    }
}
