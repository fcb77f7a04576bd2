//! What becomes of the rules over runs: proved, refuted with the shortest way to see it, or how far it was looked.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use super::control::Control;
use crate::decide;
use crate::explore::space::{Apart, Budget, Edge, Follow, From, Graph, OVERDUE, Run, Space};
use crate::guards::{Guards, Scope};
use crate::model::{Atom, Claim, Expr, Model, Property};
use flowspec_runtime::machine::Machine;
use flowspec_runtime::{Time, Value};

/// What is known of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It holds for all values and at all times.
    Proved,
    /// A run breaks it.
    Refuted(Box<Run>),
    /// Two runs break it: they can be told apart.
    ToldApart(Box<Apart>),
    /// Every situation of one session was looked at, at whatever times things are done; none breaks it.
    Exhaustive(usize),
    /// So many situations were looked at, and none breaks it; there are more.
    OutOfBudget(usize),
    /// It cannot be decided, and why.
    NotDecided(&'static str),
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
    // One bit says that something is overdue.
    atoms.truncate(63);
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
    pub(super) machine: &'g Machine,
    pub(super) budget: &'g Budget,
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
                verdict(self.graph, search(self.graph, &|bits| bits & before != 0, &|bits| bits & what != 0))
            }
            Claim::Always(condition) => {
                if is_certain(self.machine.model(), condition) {
                    return Verdict::Proved;
                }
                let Some(holds) = self.bit(&Atom::Holds(condition.clone())) else { return too_many() };
                verdict(self.graph, search(self.graph, &|_| false, &|bits| bits & holds == 0))
            }
            Claim::Follow { what, by, within } => {
                if self.control.comes_with(what, by) || !self.control.may_reach(what, None) {
                    return Verdict::Proved;
                }
                let Some(Expr::Const(Value::Int(within))) = within else {
                    return Verdict::NotDecided("its time is not a constant");
                };
                let (Some(what), Some(by)) = (self.bit(what), self.bit(by)) else { return too_many() };
                self.follow(what, by, *within)
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

    /// Looks for something that is overdue.
    fn follow(&self, what: u64, by: u64, within: Time) -> Verdict {
        let space = Space::new(self.machine, self.watched.to_vec(), &[]);
        let graph = Graph::explore_following(&space, Some(Follow { what, by, within }), self.budget);
        verdict(&graph, search(&graph, &|_| false, &|bits| bits & OVERDUE != 0))
    }
}

/// Whether a condition holds whatever is remembered, as far as types tell.
fn is_certain(model: &Model, condition: &Expr) -> bool {
    let mut guards = Guards::new(Scope { model, event: None, answer: &[], asked: None, known: None });
    let fails = guards.formula(condition).negated();
    matches!(guards.solve(&[&fails]), decide::Verdict::Impossible)
}

fn verdict(graph: &Graph, found: Option<(u32, Vec<u32>)>) -> Verdict {
    match found {
        Some((opening, edges)) => match graph.run(opening, &edges) {
            Some(run) => Verdict::Refuted(Box::new(run)),
            None => Verdict::NotDecided("what breaks it takes times closer together than a millisecond"),
        },
        None if graph.whole && graph.complete => Verdict::Exhaustive(graph.nodes.len()),
        None if !graph.whole => Verdict::OutOfBudget(graph.nodes.len()),
        None => Verdict::NotDecided("there are more classes of values than are tried"),
    }
}

/// The shortest run in which something bad happens before anything that stops looking: an opening, and edges.
fn search(graph: &Graph, stops: &dyn Fn(u64) -> bool, bad: &dyn Fn(u64) -> bool) -> Option<(u32, Vec<u32>)> {
    let mut led: HashMap<u32, From> = HashMap::new();
    let mut open = VecDeque::new();
    for (index, (.., edge)) in (0..).zip(&graph.openings) {
        let Some(target) = edge.target else { continue };
        if stops(edge.seen.watched) {
            continue;
        }
        if bad(edge.seen.watched) {
            return Some((index, Vec::new()));
        }
        led.entry(target).or_insert_with(|| {
            open.push_back(target);
            From::Opening(index)
        });
    }
    while let Some(node) = open.pop_front() {
        for (index, edge) in out(graph, node) {
            if edge.seen.silent || stops(edge.seen.watched) {
                continue;
            }
            if bad(edge.seen.watched) {
                let (opening, mut edges) = way(graph, &led, node);
                edges.push(index);
                return Some((opening, edges));
            }
            let Some(target) = edge.target else { continue };
            led.entry(target).or_insert_with(|| {
                open.push_back(target);
                From::Edge(index)
            });
        }
    }
    None
}

fn way(graph: &Graph, led: &HashMap<u32, From>, to: u32) -> (u32, Vec<u32>) {
    let (mut edges, mut at) = (Vec::new(), to);
    loop {
        match led.get(&at) {
            Some(From::Edge(edge)) => {
                edges.push(*edge);
                at = graph.edges[*edge as usize].source;
            }
            Some(From::Opening(opening)) => {
                edges.reverse();
                return (*opening, edges);
            }
            None => return (0, edges),
        }
    }
}

fn out(graph: &Graph, node: u32) -> impl Iterator<Item = (u32, &Edge)> {
    let first = graph.nodes[node as usize].edges.0;
    (first..).zip(graph.out(node))
}

fn too_many() -> Verdict {
    Verdict::NotDecided("there are more rules than are judged together")
}
