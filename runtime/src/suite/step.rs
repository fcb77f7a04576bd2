//! What a test does to an implementation: steps whose values may come from what was seen before.

use serde::{Deserialize, Serialize};

use super::Slip;
use crate::{SessionId, Text, Time, Value};

/// One thing done to an implementation.
///
/// What is expected of it is not part of it: the oracle works it out while the test runs, so that any part of a sequence
/// is a test as well.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Opens a session.
    Open {
        /// Under this name.
        #[serde(default, skip_serializing_if = "is_default")]
        session: SessionId,
        /// When.
        #[serde(default, skip_serializing_if = "is_default")]
        at: Time,
        /// With what.
        #[serde(default, skip_serializing_if = "is_default", with = "as_map")]
        given: Terms,
    },
    /// Sends an event.
    Apply {
        /// To which session.
        #[serde(default, skip_serializing_if = "is_default")]
        session: SessionId,
        /// When.
        #[serde(default, skip_serializing_if = "is_default")]
        at: Time,
        /// The event's name.
        event: Text,
        /// Who raises it.
        #[serde(default = "user", skip_serializing_if = "is_user")]
        by: Text,
        /// Its fields; one that is not there is absent.
        #[serde(default, skip_serializing_if = "is_default", with = "as_map")]
        fields: Terms,
        /// What asked actors will say.
        #[serde(default, skip_serializing_if = "is_default")]
        answers: Vec<Say>,
    },
    /// Moves the clock of all sessions.
    Advance {
        /// Until when.
        to: Time,
    },
    /// Asks whether something is allowed.
    May {
        /// What.
        capability: Text,
        /// The key of the row that is asked about; the number of the session where no row is.
        subject: Term,
        /// When.
        #[serde(default, skip_serializing_if = "is_default")]
        at: Time,
    },
    /// Leaves a session.
    Close {
        /// Which.
        #[serde(default, skip_serializing_if = "is_default")]
        session: SessionId,
    },
}

/// Named values, in the order of the declaration.
pub type Terms = Vec<(Text, Term)>;

/// What an asked actor will say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Say {
    /// The actor.
    pub actor: Text,
    /// The answer's name.
    pub answer: Text,
    /// Its fields.
    #[serde(default, skip_serializing_if = "is_default", with = "as_map")]
    pub fields: Terms,
}

/// A value of a step: one that stands in the suite, or one that has to do with what the implementation sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Term {
    /// A value that has to do with what was sent.
    Seen(Seen),
    /// This value. An object with one of the keys of [`Seen`] cannot be written.
    Value(Value),
}

/// A value that has to do with what a session was sent; absent while nothing was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Seen {
    /// What the session was last sent in this field of this output: `{"sent":["sms","code"]}`.
    Sent(Text, Text),
    /// What it was sent so many outputs of this kind before the last one (1 is the last but one).
    Earlier(Text, Text, u16),
    /// What the session was last sent in a text, but for so little.
    Near(Text, Text, Slip),
    /// A valid value that is none of those that it was sent.
    Other(Text, Text),
    /// What another session was last sent.
    Of(SessionId, Text, Text),
}

impl Step {
    /// When it happens; leaving a session takes no time.
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

    /// Where its session is kept.
    pub fn session_mut(&mut self) -> Option<&mut SessionId> {
        match self {
            Self::Open { session, .. } | Self::Apply { session, .. } | Self::Close { session } => {
                Some(session)
            }
            Self::Advance { .. } | Self::May { .. } => None,
        }
    }
}

impl<V: Into<Value>> From<V> for Term {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
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

mod as_map {
    use serde::{Deserializer, Serializer, de};

    use super::Terms;

    pub(super) fn serialize<S: Serializer>(terms: &Terms, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(terms.iter().map(|(name, term)| (name, term)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Terms, D::Error> {
        struct InOrder;
        impl<'de> de::Visitor<'de> for InOrder {
            type Value = Terms;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object of values")
            }

            fn visit_map<M: de::MapAccess<'de>>(self, mut map: M) -> Result<Terms, M::Error> {
                std::iter::from_fn(|| map.next_entry().transpose()).collect()
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
