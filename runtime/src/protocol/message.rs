//! Requests and replies as they stand on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rows;
use crate::{Answer, Fields, Observation, Rows, Sent, Text, Time, Value, Verdict};

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The reply carries the same.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What a request asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Ask {
    /// Who is there, and what it can do.
    Hello(Hello),
    /// Begins a new universe: these rows, no sessions, no counters, the clock at 0.
    Reset {
        /// The rows.
        #[serde(default, with = "rows")]
        rows: Rows,
        /// For the reference: the value of each choice that the spec leaves open.
        #[serde(default, skip_serializing_if = "is_empty")]
        choices: Fields,
    },
    /// Opens a session.
    Open {
        /// Under this name.
        session: Text,
        /// When.
        #[serde(default)]
        at: Time,
        /// With what.
        #[serde(default)]
        given: Fields,
        /// For the reference: what it picks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<Picked>,
    },
    /// Sends an event to a session.
    Apply {
        /// Which.
        session: Text,
        /// When.
        at: Time,
        /// The event's name.
        event: Text,
        /// Who raises it.
        #[serde(default = "user")]
        by: Text,
        /// Its fields; one that is not there is absent.
        #[serde(default)]
        fields: Fields,
        /// What asked actors will say, by actor, where the world is told.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        answers: Answers,
        /// For the reference: what it picks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<Picked>,
        /// For the reference: which alternative of an `either`, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pick: Option<usize>,
    },
    /// Moves the clock of all sessions.
    Advance {
        /// Until when.
        to: Time,
        /// For the reference: what it picks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<Picked>,
    },
    /// Asks whether something is allowed, of a row or of a session.
    May {
        /// What.
        capability: Text,
        /// The key of the row.
        #[serde(default, skip_serializing_if = "is_unset")]
        row: Value,
        /// The session, where the capability is not about a row.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<Text>,
        /// When; the clock stands still where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Time>,
    },
    /// Several requests at once, from a reset on.
    Run {
        /// These, in order.
        requests: Vec<Request>,
    },
    /// Leaves a session; it takes no time.
    Close {
        /// Which.
        session: Text,
    },
    /// Ends the conversation: there is no reply but the end of the output.
    Bye,
}

/// Who asks, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the protocol.
    pub protocol: u32,
    /// The flow that is tested.
    #[serde(default)]
    pub flow: Text,
    /// The digest of its model.
    #[serde(default)]
    pub spec: Text,
}

/// Values for the fields that an implementation picks: by output, then by field.
pub type Picked = BTreeMap<Text, Fields>;

/// What actors answer, by actor.
pub type Answers = BTreeMap<Text, Said>;

/// What one actor answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Said {
    /// The answer's name.
    pub answer: Text,
    /// Its fields; in what is read they may stand beside the name, too.
    #[serde(skip_serializing_if = "is_empty")]
    pub fields: Fields,
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut answer, mut fields) = (None, Fields::default());
        for (name, value) in Fields::deserialize(deserializer)?.0 {
            match (name.as_str(), value) {
                ("answer", Value::Text(text)) => answer = Some(text),
                ("fields", Value::Object(inner)) => fields.0.extend(inner),
                (_, value) => fields.0.push((name, value)),
            }
        }
        let answer = answer.ok_or_else(|| serde::de::Error::missing_field("answer"))?;
        Ok(Self { answer, fields })
    }
}

/// Who is there, and what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name and version.
    pub implementation: Text,
    /// Whose time it keeps.
    pub clock: Clock,
    /// How the answers of asked actors come about.
    pub world: World,
    /// Whether observations carry the step; where nothing is said, it is judged where it is shown.
    pub shows_step: Option<bool>,
    /// How many sessions can be open at once.
    pub sessions: u32,
    /// Whether it takes several requests at once (`run`).
    pub batch: bool,
    /// With a real clock: how many milliseconds of the flow pass in one.
    pub scale: u32,
}

/// Whose time an implementation keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// That of the requests.
    #[default]
    Virtual,
    /// That of the machine it runs on: who tests has to wait.
    Real,
}

/// How the answers of asked actors come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum World {
    /// They are sent with the event that asks for them.
    #[default]
    Told,
    /// They are real, and the reply says what they were.
    Reported,
}

/// One reply: which members there are depends on what was asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// That of the request; `null` only where the request could not be read.
    pub id: Option<u64>,
    /// To `hello`: the name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementation: Option<Text>,
    /// To `hello`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// To `hello`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<World>,
    /// To `hello`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows_step: Option<bool>,
    /// To `hello` how many there may be; to `advance` what each shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Sessions>,
    /// To `hello`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<bool>,
    /// To `hello`, with a real clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// To `open` and `apply`: the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Text>>,
    /// Where the session is; `null` where no session was opened.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "nullable")]
    pub step: Option<Option<Text>>,
    /// What was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Vec<Sent>>,
    /// What asked actors answered, where the world is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Answers>,
    /// To `may`: whether it is allowed; `null` where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "nullable")]
    pub may: Option<Option<bool>>,
    /// Why it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// To `run`: a reply to each request, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<Vec<Reply>>,
    /// What was asked cannot be done here: the name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<Text>,
    /// What was asked could not be done, and nothing has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The member `sessions` of a reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sessions {
    /// How many can be open at once.
    Most(u32),
    /// What each shows.
    Shown(BTreeMap<Text, Shown>),
}

/// What a session shows when the clock was moved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shown {
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Text>,
    /// What it was sent.
    #[serde(default)]
    pub outputs: Vec<Sent>,
}

impl Ask {
    /// The member `do`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Reset { .. } => "reset",
            Self::Open { .. } => "open",
            Self::Apply { .. } => "apply",
            Self::Advance { .. } => "advance",
            Self::May { .. } => "may",
            Self::Run { .. } => "run",
            Self::Close { .. } => "close",
            Self::Bye => "bye",
        }
    }
}

impl About {
    /// Under this name and version: time as it is asked for, answers as they are told, steps shown, many sessions,
    /// several requests at once.
    pub fn new(implementation: impl Into<Text>) -> Self {
        Self {
            implementation: implementation.into(),
            clock: Clock::Virtual,
            world: World::Told,
            shows_step: Some(true),
            sessions: 1_000,
            batch: true,
            scale: 1,
        }
    }

    /// What a reply to `hello` says; what it leaves out is the least that can be: one session, one request at a time.
    pub fn read(reply: &Reply) -> Option<Self> {
        let sessions = match reply.sessions {
            Some(Sessions::Most(most)) => most,
            Some(Sessions::Shown(_)) => return None,
            None => 1,
        };
        Some(Self {
            implementation: reply.implementation.clone()?,
            clock: reply.clock.unwrap_or_default(),
            world: reply.world.unwrap_or_default(),
            shows_step: reply.shows_step,
            sessions,
            batch: reply.batch.unwrap_or(false),
            scale: reply.scale.unwrap_or(1).max(1),
        })
    }

    /// The reply to `hello`.
    pub fn reply(&self) -> Reply {
        Reply {
            implementation: Some(self.implementation.clone()),
            clock: Some(self.clock),
            world: Some(self.world),
            shows_step: self.shows_step,
            sessions: Some(Sessions::Most(self.sessions)),
            batch: Some(self.batch),
            scale: (self.scale > 1).then_some(self.scale),
            ..Reply::default()
        }
    }
}

impl Reply {
    /// The reply that shows an observation; `steps` says whether it shows where the session is.
    pub fn observation(seen: Observation, steps: bool, reported: bool) -> Self {
        let (accepted, reasons) = match seen.verdict {
            Verdict::Accepted => (true, None),
            Verdict::Refused(reasons) => (false, Some(reasons)),
        };
        Self {
            accepted: Some(accepted),
            reasons,
            step: steps.then_some(seen.step),
            outputs: Some(seen.outputs),
            answers: reported.then(|| said(&seen.answers)),
            ..Self::default()
        }
    }

    /// The reply that something went wrong.
    pub fn error(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::default() }
    }

    /// The reply that something cannot be done.
    pub fn unsupported(what: impl Into<Text>) -> Self {
        Self { unsupported: Some(what.into()), ..Self::default() }
    }

    /// The same reply to another request.
    #[must_use]
    pub fn to(self, id: u64) -> Self {
        Self { id: Some(id), ..self }
    }

    /// The observation that it shows, if it shows one.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow "the reply".
    pub fn into_observation(self) -> Result<Observation, &'static str> {
        let reasons = self.reasons.unwrap_or_default();
        let verdict = match self.accepted.ok_or("has no `accepted`")? {
            true if !reasons.is_empty() => return Err("is accepted and has `reasons`"),
            true => Verdict::Accepted,
            false if reasons.is_empty() => return Err("is refused without `reasons`"),
            false => Verdict::Refused(reasons),
        };
        Ok(Observation {
            verdict,
            step: self.step.flatten(),
            outputs: self.outputs.unwrap_or_default(),
            answers: answers_of(self.answers.unwrap_or_default()),
        })
    }
}

/// Answers as they stand on the wire.
pub fn said(answers: &[Answer]) -> Answers {
    let said = answers.iter().map(|Answer { actor, answer, fields }| {
        (actor.clone(), Said { answer: answer.clone(), fields: fields.clone() })
    });
    said.collect()
}

/// Answers as they are handed to an implementation.
pub fn answers_of(answers: Answers) -> Vec<Answer> {
    let answers = answers.into_iter();
    answers.map(|(actor, Said { answer, fields })| Answer { actor, answer, fields }).collect()
}

fn user() -> Text {
    Text::new_static("user")
}

fn is_empty(fields: &Fields) -> bool {
    fields.0.is_empty()
}

fn is_unset(value: &Value) -> bool {
    !value.is_set()
}

/// Tells `null` from nothing at all.
mod nullable {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands it over so")]
    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(deserializer).map(Some)
    }
}
