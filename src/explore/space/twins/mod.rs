//! Runs side by side in which the same is done, in worlds that differ only in what two conditions tell apart: whether
//! somebody who sees one of them can tell which it is.
//!
//! It is the product of the flow with itself. What others do may come to something else in the one world than in the
//! other; then it is not the same any more that is done, and such a pair is not followed. Where a spec leaves something
//! open, the implementation decides alike in both.
//!
//! First all that one session shows is looked at. Then, as far as a budget goes, several sessions, one after another: who
//! has tried too often comes back from elsewhere, and a limit may tell then what no answer did.

mod cases;
mod matching;
mod search;
mod told;

use flowspec_runtime::machine::Machine;
use flowspec_runtime::model::{ActorId, Atom, EventId, Expr, OutputId, StepId};
use flowspec_runtime::{Fields, Rows, Time};

use super::{Act, Budget, Seen, Space};
use search::Search;
use told::KEPT;

/// What must look the same, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct Promise<'m> {
    /// What holds in the first of two worlds, and in the second.
    pub cases: [&'m Expr; 2],
    /// The event that finds it so; none is the opening.
    pub event: Option<EventId>,
    /// Who sees it.
    pub to: ActorId,
    /// Outputs that they do not get to see.
    pub without: &'m [OutputId],
}

/// Two runs in which the same is done; what is seen of the last thing is told apart, or is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// The rows that each began with.
    pub rows: [Rows; 2],
    /// What the clock showed then.
    pub clock: Time,
    /// What both were opened with.
    pub given: Fields,
    /// What came of opening them.
    pub opening: [Seen; 2],
    /// Where that led.
    pub first: [Option<StepId>; 2],
    /// What was done then.
    pub lines: Vec<Both>,
}

/// Something done in both of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Both {
    /// What.
    pub act: Act,
    /// The step that has the handler of the act, where it is an event.
    pub step: StepId,
    /// What is seen of it in each.
    pub seen: [Seen; 2],
    /// Where it leads in each.
    pub to: [Option<StepId>; 2],
}

/// What came of running two worlds side by side.
#[derive(Debug)]
pub struct Twins {
    /// How many pairs of situations there are.
    pub pairs: usize,
    /// Whether every pair was looked at.
    pub whole: bool,
    /// Whether no class of values was left out.
    pub complete: bool,
    /// Whether the two cases ever came up.
    pub met: bool,
    /// The shortest runs that can be told apart.
    pub apart: Option<Apart>,
    /// For each thing that can be seen once the cases have come up, the shortest runs to it; in both it is seen.
    pub alike: Vec<Apart>,
}

impl Promise<'_> {
    /// The two conditions, as what makes a difference.
    pub(super) fn conditions(&self) -> Vec<Atom> {
        let atom = |condition: &&Expr| match self.event {
            Some(event) => {
                Atom::Where { what: Atom::Accepted(event).into(), condition: (*condition).clone() }
            }
            None => Atom::Holds((*condition).clone()),
        };
        self.cases.iter().map(atom).collect()
    }
}

impl Twins {
    /// Runs pairs of worlds until one can be told from the other, everything is known, or so many pairs are.
    pub fn explore(machine: &Machine, promise: &Promise, budget: &Budget) -> Self {
        let space = Space::of_twins(machine, promise);
        let mut one = Search::new(&space, promise).run(budget);
        if one.apart.is_none() && one.met {
            let several = Search::of_several(&space, promise).run(budget);
            one.alike.extend(several.alike.into_iter().filter(Apart::is_of_several));
            one.alike.truncate(KEPT);
            one.apart = several.apart;
        }
        one
    }
}

impl Apart {
    /// Whether it takes more than one session.
    pub fn is_of_several(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.act, Act::Open(_)))
    }
}
