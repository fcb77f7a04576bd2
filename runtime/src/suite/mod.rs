//! A suite as data: the flow, and what is to be tried, as a tree in which tests share their beginnings.
//!
//! `docs/suite.md` describes the JSON. Expected results are not kept: the oracle computes them while a test runs.

mod builder;
mod json;
mod slip;
mod step;

pub use builder::Builder;
pub use json::Unreadable;
pub use slip::Slip;
pub use step::{Say, Seen, Step, Term, Terms};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Rows, Text,
    model::{ElementId, Model, Provenance},
};

/// The version of the format of suites.
pub const FORMAT: u32 = 2;

/// Everything that an implementation of one flow is held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suite {
    /// The version of the format, [`FORMAT`].
    pub format: u32,
    /// The flow.
    pub model: Arc<Model>,
    /// The rows that universes begin with.
    pub rows: Vec<Rows>,
    /// What is done somewhere in the tree, each once.
    pub steps: Vec<Arc<Step>>,
    /// The tree: steps, each after the one before it.
    pub nodes: Vec<Node>,
    /// The tests, in the order in which they run.
    pub tests: Vec<Test>,
}

/// A step, and what comes before it. In JSON a list of one number or two: the step, and the node before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Numbers", into = "Numbers")]
pub struct Node {
    /// The step before, an index into [`Suite::nodes`] that is less than this node's own; none begins a universe.
    pub parent: Option<u32>,
    /// What is done, an index into [`Suite::steps`].
    pub step: u32,
}

/// A node as it is written.
#[derive(Serialize, Deserialize)]
struct Numbers(u32, #[serde(default, skip_serializing_if = "Option::is_none")] Option<u32>);

impl From<Numbers> for Node {
    fn from(Numbers(step, parent): Numbers) -> Self {
        Self { parent, step }
    }
}

impl From<Node> for Numbers {
    fn from(Node { parent, step }: Node) -> Self {
        Self(step, parent)
    }
}

/// One test: the way to a leaf of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Eight hexadecimal digits that stay the same while what is tested is called the same.
    pub id: Text,
    /// The section of the suite that it belongs to.
    pub section: Section,
    /// What is tried, in a few words: `the 6th in 15 min`.
    pub title: String,
    /// The statements that it serves; the first names it.
    pub requirements: Vec<ElementId>,
    /// The weakest mark among what it uses.
    #[serde(default = "stated", skip_serializing_if = "is_stated")]
    pub provenance: Provenance,
    /// Why it is there, where the title does not say so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The rows that its universe begins with, an index into [`Suite::rows`].
    #[serde(default, skip_serializing_if = "is_first")]
    pub rows: u32,
    /// Its last step, an index into [`Suite::nodes`].
    pub leaf: u32,
}

/// What a test is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// A sequence that failed before.
    Regression,
    /// A way to an end, or a scenario.
    Way,
    /// A transition, from a situation that differs in what it allows.
    Transition,
    /// A field that is missing, at a bound, or breaks a check.
    Field,
    /// A guard, on either side of its boundary.
    Guard,
    /// An event that the step does not expect.
    Unlisted,
    /// A limit or a time-out, around its bound and the edges of its window.
    Limit,
    /// A writer and a reader of something remembered.
    Memory,
    /// What another party answers, and what the spec leaves open.
    World,
    /// Twice, side by side, half-way and again.
    Repetition,
    /// Two worlds that must look the same to somebody, with the same done in both.
    Secrecy,
    /// What a faulty variant still needed.
    Fault,
    /// Which step was reached.
    Identification,
    /// A random walk.
    Walk,
}

impl Suite {
    /// The steps of a test, in order.
    pub fn steps(&self, test: &Test) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut next = Some(test.leaf);
        while let Some(node) = next.and_then(|at| self.nodes.get(at as usize)) {
            steps.extend(self.steps.get(node.step as usize).map(|step| &**step));
            next = node.parent;
        }
        steps.reverse();
        steps
    }

    /// The statement that names a test.
    pub fn requirement(&self, test: &Test) -> ElementId {
        test.requirements.first().copied().unwrap_or(self.model.element)
    }
}

fn stated() -> Provenance {
    Provenance::Stated
}

fn is_stated(provenance: &Provenance) -> bool {
    *provenance == Provenance::Stated
}

fn is_first(rows: &u32) -> bool {
    *rows == 0
}
