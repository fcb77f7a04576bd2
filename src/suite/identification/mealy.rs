//! A Mealy machine as a table: complete and deterministic, so that every input has one output and one next state.

use std::collections::VecDeque;

/// A state, an index.
pub type State = u32;
/// An input or an output, an index.
pub type Symbol = u16;

/// A complete, deterministic machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mealy {
    inputs: usize,
    /// By state, then by input: the output and the next state.
    table: Vec<(Symbol, State)>,
}

impl Mealy {
    /// A machine from its table, by state and then by input; it begins in state 0. None where the table has holes or
    /// points to no state.
    pub fn new(inputs: usize, table: Vec<(Symbol, State)>) -> Option<Self> {
        let states = table.len().checked_div(inputs)?;
        let whole = states > 0 && states * inputs == table.len();
        let points = table.iter().all(|(_, next)| (*next as usize) < states);
        (whole && points).then_some(Self { inputs, table })
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.table.len() / self.inputs
    }

    /// How many inputs there are.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Every input.
    pub fn alphabet(&self) -> impl Iterator<Item = Symbol> + use<> {
        0..self.inputs as Symbol
    }

    /// The output of an input in a state, and the next state.
    pub fn step(&self, state: State, input: Symbol) -> (Symbol, State) {
        self.table[state as usize * self.inputs + usize::from(input)]
    }

    /// Where inputs lead from a state.
    pub fn walk(&self, state: State, inputs: &[Symbol]) -> State {
        inputs.iter().fold(state, |state, input| self.step(state, *input).1)
    }

    /// A shortest way to each state from the beginning, in the order of their length; none to states that are not
    /// reached.
    pub fn access(&self) -> Vec<(State, Vec<Symbol>)> {
        let mut seen = vec![false; self.states()];
        let mut queue = VecDeque::from([(0, Vec::new())]);
        let mut found = Vec::new();
        seen[0] = true;
        while let Some((state, way)) = queue.pop_front() {
            for input in self.alphabet() {
                let (_, next) = self.step(state, input);
                if !std::mem::replace(&mut seen[next as usize], true) {
                    queue.push_back((next, [&way[..], &[input]].concat()));
                }
            }
            found.push((state, way));
        }
        found
    }

    /// The smallest machine that does the same: what is not reached left out, and states that do the same made one.
    pub fn minimal(&self) -> Self {
        let reached: Vec<State> = self.access().into_iter().map(|(state, _)| state).collect();
        let classes = self.classes(&reached);
        let count = reached.iter().map(|state| classes[*state as usize]).max().map_or(0, |last| last + 1);
        let mut table = vec![(0, 0); count as usize * self.inputs];
        for state in &reached {
            for input in self.alphabet() {
                let (output, next) = self.step(*state, input);
                let at = classes[*state as usize] as usize * self.inputs + usize::from(input);
                table[at] = (output, classes[next as usize]);
            }
        }
        Self { inputs: self.inputs, table }
    }

    /// By state: its class among states that do the same, numbered as they are first reached.
    fn classes(&self, reached: &[State]) -> Vec<State> {
        use std::collections::HashMap;
        let mut classes = vec![0; self.states()];
        let mut count = 1;
        loop {
            let mut known: HashMap<Vec<(Symbol, State)>, State> = HashMap::new();
            let mut refined = vec![0; self.states()];
            for state in reached {
                let mut signature = vec![(0, classes[*state as usize])];
                signature.extend(self.alphabet().map(|input| {
                    let (output, next) = self.step(*state, input);
                    (output, classes[next as usize])
                }));
                let fresh = known.len() as State;
                refined[*state as usize] = *known.entry(signature).or_insert(fresh);
            }
            classes = refined;
            if known.len() == count {
                return classes;
            }
            count = known.len();
        }
    }
}
