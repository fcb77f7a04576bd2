//! What becomes of the rules over runs: proved, refuted with the shortest way to see it, or how far it was looked.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use super::control::Control;
use crate::explore::space::{Act, Apart, From, Graph};
use crate::model::{Atom, Claim, Expr, Model, Property};
use flowspec_runtime::{Time, Value};

/// What is known of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It holds for all values and at all times.
    Proved,
    /// A run breaks it.
    Refuted(Way),
    /// Two runs break it: they can be told apart.
    ToldApart(Box<Apart>),
    /// Every situation of one session was looked at, values and times cut into those that differ; none breaks it.
    Exhaustive(usize),
    /// So many situations were looked at, and none breaks it; there are more.
    OutOfBudget(usize),
    /// It cannot be decided, and why.
    NotDecided(&'static str),
}

/// A run: an opening, what happens then, and how long nothing happens at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// An index into [`Graph::openings`].
    pub opening: u32,
    /// Indices into [`Graph::edges`].
    pub edges: Vec<u32>,
    /// How long is waited at the end; nothing, if that is not needed.
    pub wait: Time,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Proved => f.write_str("proved"),
            Self::Refuted(_) | Self::ToldApart(_) => f.write_str("refuted"),
            Self::Exhaustive(count) => write!(f, "exhaustive over {count} situations"),
            Self::OutOfBudget(count) => write!(f, "no counterexample within a budget of {count} situations"),
            Self::NotDecided(why) => write!(f, "not decided: {why}"),
        }
    }
}

impl Verdict {
    /// One word for tools.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Refuted(_) | Self::ToldApart(_) => "refuted",
            Self::Exhaustive(_) => "exhaustive",
            Self::OutOfBudget(_) => "out_of_budget",
            Self::NotDecided(_) => "not_decided",
        }
    }
}

/// What has to be looked out for to judge the rules of a flow: for each rule its atoms, in order.
pub(super) fn watched(model: &Model) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for property in &model.properties {
        for atom in atoms_of(&property.claim) {
            if !atoms.contains(&atom) {
                atoms.push(atom);
            }
        }
    }
    atoms.truncate(64);
    atoms
}

fn atoms_of(claim: &Claim) -> Vec<Atom> {
    match claim {
        Claim::Never { what, before } => std::iter::once(what).chain(before).cloned().collect(),
        Claim::Always(condition) => vec![Atom::Holds(condition.clone())],
        Claim::Follow { what, by, .. } => vec![what.clone(), by.clone()],
        // Pairs of runs are looked at, and these watch for themselves.
        Claim::Indistinguishable { .. } => Vec::new(),
    }
}

/// Judges rules.
pub(super) struct Judge<'g> {
    pub(super) control: &'g Control,
    pub(super) graph: &'g Graph,
    pub(super) watched: &'g [Atom],
}

impl Judge<'_> {
    /// What becomes of a rule about single runs.
    pub(super) fn judge(&self, property: &Property) -> Verdict {
        match &property.claim {
            Claim::Never { what, before } => {
                if !self.control.may_reach(what, before.as_ref()) {
                    return Verdict::Proved;
                }
                let Some(what) = self.bit(what) else { return too_many() };
                let before = before.as_ref().and_then(|before| self.bit(before)).unwrap_or(0);
                self.verdict(self.search(&|bits| bits & before != 0, &|bits| bits & what != 0))
            }
            Claim::Always(condition) => {
                let Some(holds) = self.bit(&Atom::Holds(condition.clone())) else { return too_many() };
                self.verdict(self.search(&|_| false, &|bits| bits & holds == 0))
            }
            Claim::Follow { what, by, within } => {
                if self.control.comes_with(what, by) || !self.control.may_reach(what, None) {
                    return Verdict::Proved;
                }
                let Some(Expr::Const(Value::Int(within))) = within else {
                    return Verdict::NotDecided("its time is not a constant");
                };
                let (Some(what), Some(by)) = (self.bit(what), self.bit(by)) else { return too_many() };
                self.verdict(self.follow(what, by, *within))
            }
            Claim::Indistinguishable { .. } => Verdict::NotDecided("it is about pairs of runs"),
        }
    }

    /// Whether nothing that a rule is about can ever happen.
    pub(super) fn is_vacuous(&self, property: &Property) -> bool {
        let what = match &property.claim {
            Claim::Never { what, before: Some(_) } | Claim::Follow { what, .. } => what,
            Claim::Never { before: None, .. } | Claim::Always(_) | Claim::Indistinguishable { .. } => {
                return false;
            }
        };
        if !self.control.may_reach(what, None) {
            return true;
        }
        let Some(bit) = self.bit(what).filter(|_| self.is_exact()) else { return false };
        let openings = self.graph.openings.iter().map(|(.., edge)| edge);
        openings.chain(&self.graph.edges).all(|edge| edge.seen.watched & bit == 0)
    }

    /// Whether everything that one session can do is known.
    fn is_exact(&self) -> bool {
        self.graph.whole && self.graph.complete
    }

    fn bit(&self, atom: &Atom) -> Option<u64> {
        let at = self.watched.iter().position(|known| known == atom)?;
        Some(1 << at)
    }

    fn verdict(&self, found: Option<Way>) -> Verdict {
        match found {
            Some(way) => Verdict::Refuted(way),
            None if self.is_exact() => Verdict::Exhaustive(self.graph.nodes.len()),
            None if !self.graph.whole => Verdict::OutOfBudget(self.graph.nodes.len()),
            None => Verdict::NotDecided("there are more classes of values than are tried"),
        }
    }

    /// The shortest run in which something bad happens before anything that stops looking.
    fn search(&self, stops: &dyn Fn(u64) -> bool, bad: &dyn Fn(u64) -> bool) -> Option<Way> {
        let mut led: HashMap<u32, From> = HashMap::new();
        let mut open = VecDeque::new();
        for (index, (.., edge)) in (0..).zip(&self.graph.openings) {
            let Some(target) = edge.target else { continue };
            if stops(edge.seen.watched) {
                continue;
            }
            if bad(edge.seen.watched) {
                return Some(Way { opening: index, edges: Vec::new(), wait: 0 });
            }
            led.entry(target).or_insert_with(|| {
                open.push_back(target);
                From::Opening(index)
            });
        }
        while let Some(node) = open.pop_front() {
            for (index, edge) in self.out(node) {
                let Some(target) = edge.target else { continue };
                if stops(edge.seen.watched) {
                    continue;
                }
                if bad(edge.seen.watched) {
                    let mut way = self.way(&led, node);
                    way.edges.push(index);
                    return Some(way);
                }
                led.entry(target).or_insert_with(|| {
                    open.push_back(target);
                    From::Edge(index)
                });
            }
        }
        None
    }

    fn way(&self, led: &HashMap<u32, From>, to: u32) -> Way {
        let (mut edges, mut at) = (Vec::new(), to);
        loop {
            match led.get(&at) {
                Some(From::Edge(edge)) => {
                    edges.push(*edge);
                    at = self.graph.edges[*edge as usize].source;
                }
                Some(From::Opening(opening)) => {
                    edges.reverse();
                    return Way { opening: *opening, edges, wait: 0 };
                }
                None => return Way { opening: 0, edges, wait: 0 },
            }
        }
    }

    fn out(&self, node: u32) -> impl Iterator<Item = (u32, &crate::explore::space::Edge)> {
        let first = self.graph.nodes[node as usize].edges.0;
        (first..).zip(self.graph.out(node))
    }

    /// The shortest run in which something is not followed by something else in time.
    fn follow(&self, what: u64, by: u64, within: Time) -> Option<Way> {
        let mut seen: HashSet<(u32, Option<Time>)> = HashSet::new();
        // Each with the one before it, and what led here.
        let mut trail: Vec<Followed> = Vec::new();
        let start = |bits: u64| (bits & what != 0 && bits & by == 0).then_some(within);
        for (index, (.., edge)) in (0..).zip(&self.graph.openings) {
            let Some(node) = edge.target else { continue };
            let left = start(edge.seen.watched);
            if seen.insert((node, left)) {
                trail.push(Followed { node, left, from: From::Opening(index), before: usize::MAX });
            }
        }
        let mut next = 0;
        while let Some(Followed { node, left, .. }) = trail.get(next).copied() {
            if let Some(left) = left.filter(|left| self.graph.is_explored(node) && *left < self.turn(node)) {
                return Some(Self::followed(&trail, next, left.saturating_add(1)));
            }
            for (index, edge) in self.out(node) {
                let Some(target) = edge.target else { continue };
                let passed = if let Act::Wait(time) = edge.act { time } else { 0 };
                let bits = edge.seen.watched;
                let left = match left {
                    Some(_) if bits & by != 0 => None,
                    Some(left) => Some(left - passed),
                    None => start(bits),
                };
                if seen.insert((target, left)) {
                    trail.push(Followed { node: target, left, from: From::Edge(index), before: next });
                }
            }
            next += 1;
        }
        None
    }

    /// How long it takes in a situation until something happens by itself.
    fn turn(&self, node: u32) -> Time {
        let waits = self.graph.out(node).iter().filter_map(|edge| match edge.act {
            Act::Wait(time) => Some(time),
            _ => None,
        });
        waits.max().unwrap_or(Time::MAX)
    }

    fn followed(trail: &[Followed], at: usize, wait: Time) -> Way {
        let (mut edges, mut at) = (Vec::new(), at);
        loop {
            match trail[at].from {
                From::Edge(edge) => edges.push(edge),
                From::Opening(opening) => {
                    edges.reverse();
                    return Way { opening, edges, wait };
                }
            }
            at = trail[at].before;
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Followed {
    node: u32,
    left: Option<Time>,
    from: From,
    before: usize,
}

fn too_many() -> Verdict {
    Verdict::NotDecided("there are more rules than are judged together")
}
