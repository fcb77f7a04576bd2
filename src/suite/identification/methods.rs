//! The suites of W, Wp and HSI: ways to every state and every transition, each followed by what identifies the state.

use super::mealy::{Mealy, State, Symbol};
use super::splitting::Splitting;

/// How reached states are identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// By every sequence.
    W,
    /// By every sequence where states are first reached, by those of the state elsewhere.
    Wp,
    /// By the harmonised identifiers of the state.
    Hsi,
}

/// Input sequences, each from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tests(Vec<Vec<Symbol>>);

impl Tests {
    /// The sequences, none of them the beginning of another one, in their order.
    pub fn sequences(&self) -> &[Vec<Symbol>] {
        &self.0
    }

    /// How many inputs they have together.
    pub fn symbols(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Whether some sequence shows another output on this machine than on the other one.
    pub fn tell(&self, one: &Mealy, other: &Mealy) -> bool {
        self.0.iter().any(|sequence| {
            let (mut left, mut right) = (0, 0);
            sequence.iter().any(|input| {
                let ((shown, next), (seen, follows)) = (one.step(left, *input), other.step(right, *input));
                (left, right) = (next, follows);
                shown != seen
            })
        })
    }
}

/// The tests of a minimal machine by a method, which catch every machine that differs and has at most `extra` states
/// more.
pub fn tests(machine: &Mealy, method: Method, extra: usize) -> Tests {
    let tree = Splitting::of(machine);
    let every: Vec<&[Symbol]> = tree.sequences().collect();
    let own: Vec<Vec<&[Symbol]>> =
        (0..machine.states() as State).map(|state| tree.identifier(state)).collect();
    let mut sequences = Vec::new();
    // Ways of so many inputs beyond the first way to a state.
    let mut ways = machine.access();
    for beyond in 0..=extra + 1 {
        for (state, way) in &ways {
            let first = beyond <= extra;
            let identifying = match method {
                Method::W => &every,
                Method::Wp if first => &every,
                Method::Wp | Method::Hsi => &own[*state as usize],
            };
            sequences.extend(identifying.iter().map(|suffix| [way.as_slice(), suffix].concat()));
            if identifying.is_empty() {
                sequences.push(way.clone());
            }
        }
        let further = |(state, way): &(State, Vec<Symbol>)| {
            let state = *state;
            let way = way.clone();
            machine
                .alphabet()
                .map(move |input| (machine.step(state, input).1, [way.as_slice(), &[input]].concat()))
        };
        ways = ways.iter().flat_map(further).collect();
    }
    Tests(without_beginnings(sequences))
}

/// What tells each state of a machine from the others: sequences of which any two states that differ have one in common
/// that tells them apart.
pub fn identifiers(machine: &Mealy) -> Vec<Vec<Vec<Symbol>>> {
    let tree = Splitting::of(machine);
    let own = |state| {
        let sequences = tree.identifier(state).into_iter().map(<[Symbol]>::to_vec).collect();
        without_beginnings(sequences)
    };
    (0..machine.states() as State).map(own).collect()
}

/// Sorted, and without those that another one begins with.
fn without_beginnings(mut sequences: Vec<Vec<Symbol>>) -> Vec<Vec<Symbol>> {
    sequences.sort_unstable();
    let mut kept: Vec<Vec<Symbol>> = Vec::new();
    for sequence in sequences {
        if kept.last().is_some_and(|last| sequence.starts_with(last)) {
            kept.pop();
        }
        kept.push(sequence);
    }
    kept
}
