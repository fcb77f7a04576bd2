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
    #[serde(default, rename = "after", skip_serializing_if = "Option::is_none")]
    pub parent: Option<NodeId>,
    /// What is done.
    #[serde(rename = "do")]
    pub step: Step,
}

/// One thing that is done to an implementation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A session is opened.
    Open {
        /// Which.
        #[serde(default, skip_serializing_if = "is_default")]
        session: SessionId,
        /// When.
        #[serde(default, skip_serializing_if = "is_default")]
        at: Time,
        /// What it is given.
        #[serde(default, skip_serializing_if = "is_default")]
        given: Terms,
    },
    /// An input is sent.
    Apply {
        /// To which session.
        #[serde(default, skip_serializing_if = "is_default")]
        session: SessionId,
        /// When.
        #[serde(default, skip_serializing_if = "is_default")]
        at: Time,
        /// The event.
        event: Text,
        /// Who raises it.
        #[serde(default = "user", skip_serializing_if = "is_user")]
        by: Text,
        /// Its fields; one that is not here is absent.
        #[serde(default, skip_serializing_if = "is_default")]
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
        #[serde(default, skip_serializing_if = "is_default")]
        at: Time,
    },
    /// A session is left.
    Close {
        /// Which.
        #[serde(default, skip_serializing_if = "is_default")]
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
#[serde(into = "Written", from = "Written")]
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

/// A term as it stands in JSON: a value as one would write it, or `{"sent":["sms","code"]}`. An object with one of these
/// keys alone can therefore not be sent.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Seen(Seen),
    Value(Value),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Seen {
    Sent(Text, Text),
    Earlier(Text, Text),
    Other(Text, Text),
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

/// A suite cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl Suite {
    /// Reads a suite.
    ///
    /// # Errors
    /// Where the text is no suite of this version, or a part of it points where nothing is.
    #[cfg(feature = "conformance")]
    pub fn from_json(json: &str) -> Result<Self, Unreadable> {
        let suite: Self = serde_json::from_str(json).map_err(|error| Unreadable(error.to_string()))?;
        match suite.lack() {
            None => Ok(suite),
            Some(lack) => Err(Unreadable(lack)),
        }
    }

    /// Writes the suite, a node or a test a line: the same bytes for the same suite.
    #[cfg(feature = "conformance")]
    pub fn to_json(&self) -> String {
        let mut json = format!("{{\"format\":{},\n\"model\":{},\n", self.format, line(&self.model));
        for (name, lines, end) in [
            ("worlds", self.worlds.iter().map(line).collect::<Vec<_>>(), ",\n"),
            ("nodes", self.nodes.iter().map(line).collect(), ",\n"),
            ("tests", self.tests.iter().map(line).collect(), "}\n"),
        ] {
            json.extend(["\"", name, "\":[\n", &lines.join(",\n"), "\n]", end]);
        }
        json
    }

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

    /// What does not hold together, if anything does not.
    #[cfg(feature = "conformance")]
    fn lack(&self) -> Option<String> {
        if self.format != FORMAT {
            return Some(format!("it has format {}, and format {FORMAT} is known here", self.format));
        }
        let grown = |(id, node): (usize, &Node)| node.parent.is_none_or(|parent| (parent as usize) < id);
        let stands = |test: &Test| {
            (test.leaf as usize) < self.nodes.len() && (test.world as usize) < self.worlds.len()
        };
        let whole = self.nodes.iter().enumerate().all(grown) && self.tests.iter().all(stands);
        (!whole).then(|| "a part of it points where nothing is".to_owned())
    }
}

impl Step {
    /// When it is done; leaving a session takes no time.
    pub fn at(&self) -> Option<Time> {
        match self {
            Self::Open { at, .. } | Self::Apply { at, .. } | Self::May { at, .. } => Some(*at),
            Self::Advance { to } => Some(*to),
            Self::Close { .. } => None,
        }
    }

    /// Where its instant is kept.
    pub fn at_mut(&mut self) -> Option<&mut Time> {
        match self {
            Self::Open { at, .. } | Self::Apply { at, .. } | Self::May { at, .. } => Some(at),
            Self::Advance { to } => Some(to),
            Self::Close { .. } => None,
        }
    }

    /// The session that it is about, where it is about one.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::Open { session, .. } | Self::Apply { session, .. } | Self::Close { session } => {
                Some(*session)
            }
            Self::Advance { .. } | Self::May { .. } => None,
        }
    }
}

impl From<Term> for Written {
    fn from(term: Term) -> Self {
        match term {
            Term::Value(value) => Self::Value(value),
            Term::Sent { output, field } => Self::Seen(Seen::Sent(output, field)),
            Term::Earlier { output, field } => Self::Seen(Seen::Earlier(output, field)),
            Term::Other { output, field } => Self::Seen(Seen::Other(output, field)),
        }
    }
}

impl From<Written> for Term {
    fn from(written: Written) -> Self {
        match written {
            Written::Value(value) => Self::Value(value),
            Written::Seen(Seen::Sent(output, field)) => Self::Sent { output, field },
            Written::Seen(Seen::Earlier(output, field)) => Self::Earlier { output, field },
            Written::Seen(Seen::Other(output, field)) => Self::Other { output, field },
        }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "the suite cannot be read: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

/// One part of a suite on one line; every key is text, which is all that could go wrong.
#[cfg(feature = "conformance")]
fn line<T: Serialize>(part: &T) -> String {
    serde_json::to_string(part).unwrap_or_default()
}

fn user() -> Text {
    Text::new_static("user")
}

fn is_user(by: &Text) -> bool {
    by == "user"
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
