//! What the implementation may have chosen: the values of its choices that explain every test so far (rule 27).

use crate::{
    Text,
    model::{Expr, Model},
};

/// How many combinations of choices are told apart at most.
const MOST: usize = 64;

/// Combinations of choices, one bit each, in the order of [`combinations`].
pub type Combinations = u64;

/// The combinations that no test of a run has contradicted yet.
#[derive(Debug, Clone)]
pub struct Candidates {
    left: Combinations,
    struck: Vec<(Combinations, Text)>,
}

impl Candidates {
    /// Every combination.
    pub fn new(model: &Model) -> Self {
        Self { left: every(combinations(model).len()), struck: Vec::new() }
    }

    /// Those that are left.
    pub fn left(&self) -> Combinations {
        self.left
    }

    /// Strikes out what a test that did not fail by itself leaves unexplained.
    ///
    /// # Errors
    /// The tests that contradict one another, where nothing is left; the last one is this test.
    pub fn strike(&mut self, test: &Text, explained: Combinations) -> Result<(), Vec<Text>> {
        let newly = self.left & !explained;
        if newly != 0 {
            self.left &= explained;
            self.struck.push((newly, test.clone()));
        }
        if self.left == 0 { Err(self.struck.iter().map(|(_, test)| test.clone()).collect()) } else { Ok(()) }
    }
}

/// The combinations of the choices that the flow reads, each with an alternative for every choice.
///
/// A choice that nothing reads makes no difference that could be observed; it keeps its first value.
pub fn combinations(model: &Model) -> Vec<Vec<usize>> {
    let mut read = vec![false; model.choices.len()];
    model.expressions(&mut |expr| {
        if let Expr::Choice(choice) = expr {
            read[usize::from(*choice)] = true;
        }
    });
    let mut all = vec![Vec::new()];
    for (choice, read) in model.choices.iter().zip(read) {
        let values = if read { choice.values.len().max(1) } else { 1 };
        all = all
            .into_iter()
            .flat_map(|picks| (0..values).map(move |value| [&picks[..], &[value]].concat()))
            .collect();
        all.truncate(MOST);
    }
    all
}

/// So many bits.
pub(super) fn every(combinations: usize) -> Combinations {
    u64::MAX >> (64 - combinations.clamp(1, MOST))
}
