//! The times at which something happens to sessions that are looked at side by side, each with a world of its own: where
//! their instants may lie then, what turns next, and where that leaves them.

use flowspec_runtime::Time;
use flowspec_runtime::machine::{Distance, Instant, Session, World};
use flowspec_runtime::model::Timer;

use super::Space;
use super::zone::{Bind, FAR, Turn, Zone};

/// A session and what it shares; none before it is opened.
pub(super) type Part<'p> = (Option<&'p Session>, &'p World);

/// What an instant is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Of one of the parts, by its number.
    Of(usize, Instant),
    /// From which on something is to follow; always the last.
    Owed,
}

/// Instants at one time: what they are of, where they may lie, and where they lie in the universes that are looked at.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    all: Vec<What>,
    pub(super) zone: Zone,
    places: Vec<Time>,
    /// Whether something turns just then.
    turns: bool,
    /// Whether instants lie together there only where they must.
    general: bool,
}

/// What a moment comes to: when it is, how the instants of afterwards are bound to its own, and where these may lie for
/// as long as nothing turns.
pub(super) struct Afterwards {
    pub(super) at: Zone,
    pub(super) binds: Box<[Bind]>,
    pub(super) zones: Vec<Zone>,
    /// Whether all times were looked at.
    pub(super) complete: bool,
}

/// Tells moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks<'s> {
    space: &'s Space<'s>,
    /// Whether zones stand for all times; otherwise they are points, and only some times are tried.
    pub(super) plain: bool,
    /// In which time what is owed has to follow.
    within: Option<Time>,
}

impl Moment {
    pub(super) fn is_owed(&self) -> bool {
        self.all.last() == Some(&What::Owed)
    }

    /// None where instants cannot lie so in whole milliseconds.
    fn of(all: Vec<What>, zone: Zone) -> Option<Self> {
        let places = zone.place()?;
        let general = zone.is_general(&places);
        Some(Self { all, zone, places, turns: false, general })
    }
}

impl<'s> Clocks<'s> {
    pub(super) fn new(space: &'s Space<'s>, within: Option<Time>) -> Self {
        Self { space, plain: space.machine().has_plain_times(space.keeping(), FAR), within }
    }

    /// The same, but only some times are tried.
    pub(super) fn of_points(space: &'s Space<'s>) -> Self {
        Self { space, plain: false, within: None }
    }

    /// When sessions may be opened in these worlds: at any time that a calendar shows.
    pub(super) fn beginnings(&self, worlds: &[&World]) -> Vec<Moment> {
        let parts: Vec<Part> = worlds.iter().map(|world| (None, *world)).collect();
        let all = self.all(&parts, false);
        // They have the beginning of the clock in common, if there is one.
        let zone = match all.is_empty() {
            false if self.plain => Zone::within(self.space.keeping().cycle()),
            false => Zone::point(&[0]),
            true => Zone::point(&[]),
        };
        let zone = zone.bound(all.iter().map(|_| Bind { to: 1, by: 0 }));
        let zones = zone.split(&self.turns(&all)).into_iter();
        zones.filter_map(|zone| Moment::of(all.clone(), zone)).collect()
    }

    /// The moment of these parts; none where instants cannot lie so in whole milliseconds.
    pub(super) fn moment(&self, parts: &[Part], zone: Zone, owed: bool) -> Option<Moment> {
        Moment::of(self.all(parts, owed), zone)
    }

    /// Worlds in which no session is open, at a moment.
    pub(super) fn placed_worlds(&self, moment: &Moment, worlds: &[&World]) -> Vec<World> {
        let mut places = moment.places.as_slice();
        let placed = worlds.iter().map(|world| {
            let mut world = (*world).clone();
            self.place((None, &mut world), &mut places, moment.turns);
            world
        });
        placed.collect()
    }

    /// Parts at a moment.
    pub(super) fn placed(&self, moment: &Moment, parts: &[(&Session, &World)]) -> Vec<(Session, World)> {
        let mut places = moment.places.as_slice();
        let placed = parts.iter().map(|(session, world)| {
            let (mut session, mut world) = ((*session).clone(), (*world).clone());
            self.place((Some(&mut session), &mut world), &mut places, moment.turns);
            self.space.normalised(&session, &world)
        });
        placed.collect()
    }

    /// The same parts without their instants.
    pub(super) fn timeless(&self, session: &mut Session, world: &mut World) {
        let nowhere = vec![0; self.distances((Some(session), world)).len()];
        self.place((Some(session), world), &mut nowhere.as_slice(), false);
    }

    fn place(&self, parts: (Option<&mut Session>, &mut World), places: &mut &[Time], turns: bool) {
        let (machine, keeping) = (self.space.machine(), self.space.keeping());
        let taken = machine.distances(parts.0.as_deref(), parts.1, keeping).len();
        let (own, others) = places.split_at(taken.min(places.len()));
        machine.place_instants(parts, own, keeping, turns);
        *places = others;
    }

    /// The time-outs that are due, by the number of the part.
    pub(super) fn due(&self, moment: &Moment) -> impl Iterator<Item = (usize, &'s Timer)> {
        self.due_in(&moment.all, &moment.zone)
    }

    fn due_in(&self, all: &[What], zone: &Zone) -> impl Iterator<Item = (usize, &'s Timer)> {
        let timers = &self.space.model().timers;
        (1..).zip(all).filter_map(|(index, what)| match what {
            What::Of(part, Instant::Due(timer)) if zone.has_turned((index, 0)) == Some(true) => {
                Some((*part, &timers[usize::from(*timer)]))
            }
            _ => None,
        })
    }

    /// Whether something fires before anything else can happen.
    pub(super) fn is_urgent(&self, moment: &Moment) -> bool {
        self.due(moment).any(|(_, timer)| !timer.or_later)
    }

    /// The moments at which something turns next; where not all times are looked at, also until just before it does.
    pub(super) fn next(&self, moment: &Moment, parts: &[(&Session, &World)]) -> Vec<Moment> {
        let zones = if self.plain {
            moment.zone.next(&self.coming(moment, parts))
        } else {
            let next = self.next_turn(moment, parts);
            let by = next.into_iter().flat_map(|next| [next - 1, next]).filter(|by| (1..FAR).contains(by));
            by.map(|by| moment.zone.aged(by)).collect()
        };
        let zones = zones.into_iter().filter_map(|zone| self.in_time(zone, &moment.all));
        let moments = zones.filter_map(|zone| Moment::of(moment.all.clone(), zone));
        moments.map(|moment| Moment { turns: true, ..moment }).collect()
    }

    /// When what is owed has not followed in time, before anything else turns.
    pub(super) fn overdue(&self, moment: &Moment, parts: &[(&Session, &World)]) -> Option<Zone> {
        let within = self.within.filter(|within| moment.is_owed() && *within < FAR)?;
        let late = moment.zone.waiting(&self.coming(moment, parts))?.after((moment.all.len(), within))?;
        late.place().is_some().then_some(late)
    }

    fn coming(&self, moment: &Moment, parts: &[(&Session, &World)]) -> Vec<Turn> {
        if self.plain {
            return moment.zone.coming(&self.turns(&moment.all));
        }
        // Points have the beginning of the clock for their first instant, and nothing turns after an end.
        let now = moment.places.first().map_or(0, |beginning| -beginning);
        self.next_turn(moment, parts).map(|by| (1, now + by)).into_iter().collect()
    }

    fn next_turn(&self, moment: &Moment, parts: &[(&Session, &World)]) -> Option<Time> {
        let placed = self.placed(moment, parts);
        let turns = placed.iter().flat_map(|(session, world)| {
            [self.space.next_turn(world), self.space.next_turn_of(session, world.now())]
        });
        turns.flatten().min()
    }

    /// Where something that happens at a moment leaves parts; `owed` is whether something is to follow then.
    pub(super) fn afterwards(&self, moment: &Moment, parts: &[(&Session, &World)], owed: bool) -> Afterwards {
        let (mut all, mut binds) = (Vec::new(), Vec::new());
        for (number, (session, world)) in parts.iter().enumerate() {
            // Of what has ended nothing turns any more.
            if self.plain && self.is_over(session) {
                continue;
            }
            let distances = self.distances((Some(session), world));
            for distance in &distances {
                binds.push(self.bind(moment, number, &distances, *distance));
                all.push(What::Of(number, distance.0));
            }
        }
        if owed {
            let to = if moment.is_owed() { moment.all.len() } else { 0 };
            binds.push(Bind { to, by: 0 });
            all.push(What::Owed);
        }
        let (at, complete) = self.pinned(moment, parts);
        // What lies so far away is no situation that anybody comes to see.
        if binds.iter().any(|bind: &Bind| bind.by.unsigned_abs() >= FAR.unsigned_abs()) {
            return Afterwards { zones: Vec::new(), at, binds: binds.into(), complete: false };
        }
        let zones = at.bound(binds.iter().copied()).split(&self.turns(&all)).into_iter();
        let zones = zones.filter_map(|zone| self.staying(zone, &all)).filter(|zone| zone.place().is_some());
        Afterwards { zones: zones.collect(), at, binds: binds.into(), complete }
    }

    pub(super) fn is_over(&self, session: &Session) -> bool {
        self.space.model().step(session.step()).end.is_some()
    }

    /// The times for which instants may stay like that, until something turns.
    fn staying(&self, zone: Zone, all: &[What]) -> Option<Zone> {
        if !self.plain || self.due_in(all, &zone).any(|(_, timer)| !timer.or_later) {
            return Some(zone);
        }
        self.in_time(zone.waiting(&zone.coming(&self.turns(all)))?, all)
    }

    /// The times at which what is owed is not overdue.
    fn in_time(&self, zone: Zone, all: &[What]) -> Option<Zone> {
        match (self.within, all.last()) {
            (Some(within), Some(What::Owed)) => zone.until((all.len(), within)),
            _ => Some(zone),
        }
    }

    fn distances(&self, (session, world): Part) -> Vec<Distance> {
        self.space.machine().distances(session, world, self.space.keeping())
    }

    fn all(&self, parts: &[Part], owed: bool) -> Vec<What> {
        let of = |(number, part): (usize, &Part)| {
            self.distances(*part).into_iter().map(move |(instant, _)| What::Of(number, instant))
        };
        parts.iter().enumerate().flat_map(of).chain(owed.then_some(What::Owed)).collect()
    }

    /// What turns how long after which instants, by their numbers in zones.
    fn turns(&self, all: &[What]) -> Vec<Turn> {
        let instants = all.iter().map_while(|what| match what {
            What::Of(_, instant) => Some(*instant),
            What::Owed => None,
        });
        let turns = self.space.machine().turning(instants, self.space.keeping());
        turns.into_iter().map(|(index, after)| (index + 1, after)).collect()
    }

    /// Where an instant of afterwards lies in relation to those of before: it is one of them, or so far from now.
    fn bind(&self, moment: &Moment, part: usize, afterwards: &[Distance], own: Distance) -> Bind {
        let (what, distance) = own;
        let known = |other: Instant| {
            let mut same = (1..).zip(moment.all.iter().zip(&moment.places));
            let is_same =
                |(known, place): (&What, &Time)| *known == What::Of(part, other) && *place == distance;
            same.find(|(_, one)| is_same(*one)).map(|(to, _)| Bind { to, by: 0 })
        };
        let resumed = match what {
            Instant::Due(timer) => known(Instant::Saved(timer)),
            Instant::Saved(timer) => known(Instant::Due(timer)),
            _ => None,
        };
        let since = || {
            let Instant::Due(timer) = what else { return None };
            let (step, delay) = self.space.machine().since(timer)?;
            let entry = afterwards.iter().find(|(other, _)| *other == Instant::Entry(step))?;
            let Bind { to, by } = self.bind(moment, part, &[], *entry);
            (entry.1 + delay == distance).then_some(Bind { to, by: by + delay })
        };
        known(what).or(resumed).or_else(since).unwrap_or(Bind { to: 0, by: distance })
    }

    /// The times at which this happens: what stands still from then on is remembered as a number, and only one is tried;
    /// whether these are all of them.
    fn pinned(&self, moment: &Moment, after: &[(&Session, &World)]) -> (Zone, bool) {
        let (mut zone, mut complete) = (moment.zone.clone(), moment.general);
        for (number, (session, _)) in after.iter().enumerate() {
            for timer in self.space.machine().standing_still(session) {
                let due = moment.all.iter().position(|what| *what == What::Of(number, Instant::Due(timer)));
                let Some(due) = due.filter(|due| !zone.is_fixed(due + 1)) else { continue };
                complete = false;
                zone = zone.clone().with(due + 1, moment.places[due]).unwrap_or(zone);
            }
        }
        (zone, complete)
    }
}
