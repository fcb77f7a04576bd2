//! What an implementation lets one see of itself.

use serde::{Deserialize, Serialize};

use crate::{Answer, Fields, Text};

/// What one input, one opening or one advance of the clock shows of a session.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Observation {
    /// Whether the input was accepted.
    pub verdict: Verdict,
    /// The step the session is in now; none where the implementation does not show it, or no session was opened.
    pub step: Option<Text>,
    /// What was sent, in order; what time-outs sent comes first.
    #[serde(default)]
    pub outputs: Vec<Sent>,
    /// What asked actors answered, where the implementation reports it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
}

/// Whether an input was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// It was.
    Accepted,
    /// It was not, for these reasons: a set, at least one.
    Refused(Vec<Text>),
}

/// One output that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sent {
    /// The output's name.
    pub output: Text,
    /// Its fields; those that were unset are left out.
    #[serde(flatten)]
    pub fields: Fields,
}

impl Observation {
    /// Accepted, in this step, nothing sent.
    pub fn accepted(step: impl Into<Text>) -> Self {
        Self { verdict: Verdict::Accepted, step: Some(step.into()), outputs: Vec::new(), answers: Vec::new() }
    }

    /// Refused for one reason, in this step, nothing sent.
    pub fn refused(reason: impl Into<Text>, step: impl Into<Text>) -> Self {
        Self { verdict: Verdict::Refused(vec![reason.into()]), ..Self::accepted(step) }
    }
}
