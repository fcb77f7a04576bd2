//! The splitting tree: states that the same sequence leads to different outputs are parted, shortest sequences first.

use super::mealy::{Mealy, State, Symbol};

/// A node of the tree: a set of states, and what parts them.
struct Node {
    parent: Option<usize>,
    depth: usize,
    states: Vec<State>,
    /// The sequence that parts them; none at a leaf.
    sequence: Option<Vec<Symbol>>,
}

/// The tree of a minimal machine: every leaf has one state.
pub(super) struct Splitting {
    nodes: Vec<Node>,
    /// By state.
    leaf: Vec<usize>,
    /// By state: the nodes above its leaf, and how much of their sequences it takes to tell it from the states that
    /// went elsewhere there.
    above: Vec<Vec<(usize, usize)>>,
}

impl Splitting {
    /// The tree of a machine.
    pub(super) fn of(machine: &Mealy) -> Self {
        let states: Vec<State> = (0..machine.states() as State).collect();
        let root = Node { parent: None, depth: 0, states, sequence: None };
        let mut tree = Self {
            nodes: vec![root],
            leaf: vec![0; machine.states()],
            above: vec![Vec::new(); machine.states()],
        };
        let mut open = vec![0];
        let mut length = 1;
        while !open.is_empty() {
            let mut parted = false;
            let mut left = Vec::new();
            while let Some(node) = open.pop() {
                match tree.best(machine, node, length) {
                    Some(sequence) => {
                        parted = true;
                        open.extend(tree.part(machine, node, sequence));
                    }
                    None => left.push(node),
                }
            }
            left.reverse();
            open = left;
            if !parted {
                length += 1;
            }
            // States that nothing parts do the same; a minimal machine has none.
            if length > machine.states() + 1 {
                break;
            }
        }
        tree
    }

    /// The sequences above a state's leaf, each as far as it is needed: any two states have a beginning in common that
    /// tells them apart, since each of them goes on at least until it does.
    pub(super) fn identifier(&self, state: State) -> Vec<&[Symbol]> {
        let above = self.above[state as usize].iter();
        above.filter_map(|(node, length)| self.nodes[*node].sequence.as_deref()?.get(..*length)).collect()
    }

    /// Every sequence of the tree.
    pub(super) fn sequences(&self) -> impl Iterator<Item = &[Symbol]> {
        self.nodes.iter().filter_map(|node| node.sequence.as_deref())
    }

    /// The sequence of at most a length that parts the states of a node into the most sets.
    fn best(&self, machine: &Mealy, node: usize, length: usize) -> Option<Vec<Symbol>> {
        let states = &self.nodes[node].states;
        let mut best: Option<(usize, Vec<Symbol>)> = None;
        for input in machine.alphabet() {
            let Some(sequence) = self.parting(machine, states, input).filter(|found| found.len() <= length)
            else {
                continue;
            };
            let sets = outputs(machine, states, &sequence);
            let mut distinct: Vec<_> = sets.clone();
            distinct.sort_unstable();
            distinct.dedup();
            if best.as_ref().is_none_or(|(most, shortest)| {
                distinct.len() > *most || (distinct.len() == *most && sequence.len() < shortest.len())
            }) {
                best = Some((distinct.len(), sequence));
            }
        }
        best.map(|(_, sequence)| sequence)
    }

    /// A sequence that begins with an input and parts the states, if the tree knows one.
    fn parting(&self, machine: &Mealy, states: &[State], input: Symbol) -> Option<Vec<Symbol>> {
        let (&first, rest) = states.split_first()?;
        let (output, next) = machine.step(first, input);
        if rest.iter().any(|state| machine.step(*state, input).0 != output) {
            return Some(vec![input]);
        }
        let mut common = self.leaf[next as usize];
        for state in rest {
            common = self.common(common, self.leaf[machine.step(*state, input).1 as usize]);
        }
        let sequence = self.nodes[common].sequence.as_ref()?;
        Some([&[input], sequence.as_slice()].concat())
    }

    /// The lowest node above two.
    fn common(&self, mut one: usize, mut other: usize) -> usize {
        while one != other {
            let lower = if self.nodes[one].depth >= self.nodes[other].depth { &mut one } else { &mut other };
            match self.nodes[*lower].parent {
                Some(parent) => *lower = parent,
                None => break,
            }
        }
        one
    }

    /// Parts a node; what it is parted into and is still to be parted.
    fn part(&mut self, machine: &Mealy, node: usize, sequence: Vec<Symbol>) -> Vec<usize> {
        let states = std::mem::take(&mut self.nodes[node].states);
        let mut by_output: Vec<_> = outputs(machine, &states, &sequence).into_iter().zip(states).collect();
        by_output.sort();
        for (at, (shown, state)) in by_output.iter().enumerate() {
            // In this order those that show the same for longest stand next to it.
            let before = by_output[..at].iter().rev().find(|(other, _)| other != shown);
            let after = by_output[at + 1..].iter().find(|(other, _)| other != shown);
            let alike = before.into_iter().chain(after).map(|(other, _)| alike(shown, other)).max();
            self.above[*state as usize].extend(alike.map(|alike| (node, alike + 1)));
        }
        self.nodes[node].sequence = Some(sequence);
        let depth = self.nodes[node].depth + 1;
        let mut open = Vec::new();
        for set in by_output.chunk_by(|(one, _), (other, _)| one == other) {
            let states: Vec<State> = set.iter().map(|(_, state)| *state).collect();
            let at = self.nodes.len();
            states.iter().for_each(|state| self.leaf[*state as usize] = at);
            if states.len() > 1 {
                open.push(at);
            }
            self.nodes.push(Node { parent: Some(node), depth, states, sequence: None });
        }
        open
    }
}

/// How long two lists are the same.
fn alike(one: &[Symbol], other: &[Symbol]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// What a sequence shows from each state.
fn outputs(machine: &Mealy, states: &[State], sequence: &[Symbol]) -> Vec<Vec<Symbol>> {
    let shown = |state: &State| {
        let mut state = *state;
        let step = |input: &Symbol| {
            let (output, next) = machine.step(state, *input);
            state = next;
            output
        };
        sequence.iter().map(step).collect()
    };
    states.iter().map(shown).collect()
}
