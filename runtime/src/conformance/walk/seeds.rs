//! A walk for proptest: a number for the universe, then one for each event. It shrinks by leaving events out.

use proptest::{
    prelude::Rng,
    strategy::{NewTree, Strategy, ValueTree},
    test_runner::TestRunner,
};

/// Walks of at most so many events.
#[derive(Debug)]
pub(super) struct Seeds {
    pub(super) most: usize,
}

/// A walk that becomes shorter.
#[derive(Debug)]
pub(super) struct Shorter {
    now: Vec<u64>,
    /// What was left out last, and where it stood.
    left_out: Vec<u64>,
    at: usize,
    /// How many events are left out at once.
    size: usize,
}

impl Strategy for Seeds {
    type Tree = Shorter;
    type Value = Vec<u64>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let length = 2 + rng.next_u64() as usize % self.most.max(1);
        let now: Vec<_> = (0..length).map(|_| rng.next_u64()).collect();
        Ok(Shorter::new(now))
    }
}

impl Shorter {
    fn new(now: Vec<u64>) -> Self {
        Self { size: now.len() / 2, now, left_out: Vec::new(), at: 1 }
    }
}

impl ValueTree for Shorter {
    type Value = Vec<u64>;

    fn current(&self) -> Vec<u64> {
        self.now.clone()
    }

    /// Leaves out the next events; those that were left out before are not missed.
    fn simplify(&mut self) -> bool {
        self.left_out.clear();
        if self.at >= self.now.len() {
            (self.at, self.size) = (1, self.size / 2);
        }
        if self.size == 0 || self.now.len() < 2 {
            return false;
        }
        let end = (self.at + self.size).min(self.now.len());
        self.left_out.extend(self.now.drain(self.at..end));
        true
    }

    /// Puts back what was needed, and leaves out what follows it.
    fn complicate(&mut self) -> bool {
        if self.left_out.is_empty() {
            return false;
        }
        let needed = std::mem::take(&mut self.left_out);
        let after = self.at + needed.len();
        self.now.splice(self.at..self.at, needed);
        self.at = after;
        self.simplify()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shrinks as proptest does.
    fn shortest(now: Vec<u64>, fails: impl Fn(&[u64]) -> bool) -> Vec<u64> {
        let mut tree = Shorter::new(now);
        let mut more = tree.simplify();
        while more {
            more = if fails(&tree.current()) { tree.simplify() } else { tree.complicate() };
        }
        tree.current()
    }

    #[test]
    fn only_what_is_needed_stays() {
        let walk: Vec<u64> = (0..50).collect();
        assert_eq!(shortest(walk.clone(), |walk| walk.contains(&3) && walk.contains(&40)), [0, 3, 40]);
        assert_eq!(shortest(walk.clone(), |walk| walk.len() >= 5).len(), 5);
        assert_eq!(shortest(walk, |_| true), [0]);
    }
}
