//! The data of a suite: what is done to an implementation, as a tree of steps, and the tests that are ways through it.
//!
//! Expected results are not kept: the oracle computes them while a test runs. So any part of a test is itself a test,
//! and what fails can be cut down to the shortest sequence that still does.

use serde::{Deserialize, Serialize};

use crate::model::{Model, Provenance};
use crate::{Rows, SessionId, Text, Time, Value};

/// The version of this format.
pub const FORMAT: u32 = 1;

/// A flow with the tests derived from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suite {
    /// The version of this format.
    pub format: u32,
    /// The flow that the tests are held against.
    pub model: Model,
    /// The universes that tests begin in.
    pub worlds: Vec<Rows>,
    /// Every step of every test; a parent stands before its children.
    pub nodes: Vec<Node>,
    /// The tests, in the order in which they run.
    pub tests: Vec<Test>,
}

/// An index into [`Suite::nodes`].
pub type NodeId = u32;

/// A step after the steps of its parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The step before; none where it is the first in its world.
    pub parent: Option<NodeId>,
    /// What is done.
    pub step: Step,
}

/// One thing that is done to an implementation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A session is opened.
    Open {
        /// Which.
        session: SessionId,
        /// When.
        at: Time,
        /// What it is given.
        given: Terms,
    },
    /// An input is sent.
    Apply {
        /// To which session.
        session: SessionId,
        /// When.
        at: Time,
        /// The event.
        event: Text,
        /// Who raises it.
        by: Text,
        /// Its fields; one that is not here is absent.
        fields: Terms,
        /// What asked actors will say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<Reply>,
    },
    /// Time passes.
    Advance {
        /// Until when.
        to: Time,
    },
    /// It is asked whether something is allowed.
    May {
        /// The capability.
        capability: Text,
        /// The key of a row, or the number of a session.
        subject: Value,
        /// When.
        at: Time,
    },
    /// A session is left.
    Close {
        /// Which.
        session: SessionId,
    },
}

/// Named values, in the order of the declaration.
pub type Terms = Vec<(Text, Term)>;

/// What an asked actor will say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The actor.
    pub actor: Text,
    /// The answer.
    pub answer: Text,
    /// Its fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Terms,
}

/// A value that is sent, known beforehand or taken from what the implementation sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Known beforehand.
    Value(Value),
    /// What the session was last sent in this field of this output.
    Sent {
        /// The output.
        output: Text,
        /// Its field.
        field: Text,
    },
    /// What the session was sent before it was last sent something else.
    Earlier {
        /// The output.
        output: Text,
        /// Its field.
        field: Text,
    },
    /// A value of the type that differs from what the session was last sent.
    Other {
        /// The output.
        output: Text,
        /// Its field.
        field: Text,
    },
}

/// A way from the beginning of a world through the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Six hexadecimal digits made from what it does: the same as long as that is the same.
    pub id: Text,
    /// Which section of the suite it belongs to, 1 to 12.
    pub section: u8,
    /// The requirement that it is named by: the path of an element.
    pub requirement: String,
    /// Why it exists, in one line.
    pub why: String,
    /// The weakest mark among the statements that it uses.
    pub provenance: Provenance,
    /// An index into [`Suite::worlds`].
    pub world: u32,
    /// Its last step.
    pub leaf: NodeId,
}

impl Suite {
    /// The steps of a test, in order.
    pub fn steps(&self, test: &Test) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut next = Some(test.leaf);
        while let Some(node) = next.and_then(|id| self.nodes.get(id as usize)) {
            steps.push(&node.step);
            next = node.parent;
        }
        steps.reverse();
        steps
    }
}
