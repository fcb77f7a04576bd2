//! From a plain input to a typed event and back: what is wrong with any field is found before anything is judged.

use serde::{Deserialize, Serialize};

use crate::typed::{Flow, Invalid, Reasons, Turn, Typed};
use crate::{Answer, Fields, Input, Sent, Text, Value};

/// An event that a step lists.
pub struct Listed<F: Flow> {
    step: F::Step,
    event: &'static str,
    by: &'static str,
    reads: Reads<F>,
    /// Why it is refused all the same: the spec is silent on it.
    silent: Option<F::Reason>,
    interrupts: bool,
}

/// How an event is read.
enum Reads<F: Flow> {
    /// It has no fields.
    Plain(F::Event),
    Fields(Read<F>),
}

/// Reads the fields of an event; none where one that it needs is missing or invalid.
type Read<F> = for<'a> fn(&mut Reading<'a, F>) -> Option<<F as Flow>::Event>;

impl<F: Flow> Listed<F> {
    /// An event without fields.
    pub const fn plain(step: F::Step, event: &'static str, by: &'static str, made: F::Event) -> Self {
        Self { step, event, by, reads: Reads::Plain(made), silent: None, interrupts: false }
    }

    /// An event with fields, or in which somebody is asked.
    pub const fn new(step: F::Step, event: &'static str, by: &'static str, read: Read<F>) -> Self {
        Self { step, event, by, reads: Reads::Fields(read), silent: None, interrupts: false }
    }

    /// The same, on which the spec is silent.
    pub const fn silent(mut self, reason: F::Reason) -> Self {
        self.silent = Some(reason);
        self
    }

    /// The same, which is not listed while a step waits to be resumed.
    pub const fn interrupting(mut self) -> Self {
        self.interrupts = true;
        self
    }

    fn is(&self, event: &str, by: &str) -> bool {
        self.event == event && self.by == by
    }

    fn read(&self, mut from: Reading<'_, F>) -> Result<F::Event, Reasons<F::Reason>> {
        let event = match &self.reads {
            Reads::Plain(event) => Some(event.clone()),
            Reads::Fields(read) => read(&mut from),
        };
        from.end(event)
    }
}

/// Reads an event that the session's step lists.
///
/// # Errors
/// Why it is refused before it is judged.
pub(super) fn read<F: Flow>(
    turn: &Turn<'_, F>,
    input: &Input,
    answers: &[Answer],
) -> Result<F::Event, Reasons<F::Reason>> {
    let step = turn.step();
    for listed in F::LISTED {
        if listed.step == step
            && listed.is(&input.event, &input.by)
            && !(listed.interrupts && turn.is_interrupted())
        {
            if let Some(reason) = listed.silent {
                return Err(reason.into());
            }
            return listed.read(Reading { turn: Some(turn), ..Reading::new(&input.fields, answers) });
        }
    }
    Err(F::UNLISTED.into())
}

/// An event as it is stored: what arrived, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The event's name.
    event: Text,
    /// Who raised it.
    by: Text,
    /// Its fields.
    #[serde(default)]
    fields: Fields,
    /// What asked actors answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answer>,
}

impl Written {
    /// An event without answers; what is unset is left out.
    pub fn new(event: &'static str, by: &'static str, fields: &mut [(&'static str, Value)]) -> Self {
        let (event, by) = (Text::new_static(event), Text::new_static(by));
        Self { event, by, fields: set(fields), answers: Vec::new() }
    }

    /// An event with the answers that there are.
    pub fn answered(
        event: &'static str,
        by: &'static str,
        fields: &mut [(&'static str, Value)],
        answers: &mut [Option<Answer>],
    ) -> Self {
        let answers = answers.iter_mut().filter_map(Option::take).collect();
        Self { answers, ..Self::new(event, by, fields) }
    }

    /// The event; which of its fields are asked for is settled when it is judged.
    ///
    /// # Errors
    /// Where no step lists such an event, or a field lies outside its type.
    pub fn read<F: Flow>(&self) -> Result<F::Event, Invalid> {
        let listed = F::LISTED.iter().find(|listed| listed.is(&self.event, &self.by)).ok_or(Invalid)?;
        listed
            .read(Reading { stored: true, ..Reading::new(&self.fields, &self.answers) })
            .map_err(|_| Invalid)
    }
}

/// Serde for the events of a flow, by what they are read from.
///
/// ```ignore
/// flowspec_runtime::stored_events!(Event of Shared);
/// ```
#[macro_export]
macro_rules! stored_events {
    ($event:ident of $flow:ident) => {
        impl serde::Serialize for $event {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&<$flow as $crate::typed::Flow>::write(self), serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $event {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let written = <$crate::typed::Written as serde::Deserialize>::deserialize(deserializer)?;
                written.read::<$flow>().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Fields that are being read, with the reasons found so far.
#[derive(Debug)]
pub struct Reading<'a, F: Flow> {
    /// Where the event happens; none where a stored one is read back, or a session is being opened.
    pub turn: Option<&'a Turn<'a, F>>,
    /// What asked actors answer.
    pub answers: &'a [Answer],
    fields: &'a Fields,
    reasons: Reasons<F::Reason>,
    /// A stored event has what it had, though nobody can say now what was asked for.
    stored: bool,
}

impl<'a, F: Flow> Reading<'a, F> {
    /// Begins to read.
    pub fn new(fields: &'a Fields, answers: &'a [Answer]) -> Self {
        Self { turn: None, answers, fields, reasons: Reasons::None, stored: false }
    }

    /// A field that must be there.
    pub fn required<T: Typed>(&mut self, name: &str, missing: F::Reason, invalid: F::Reason) -> Option<T> {
        match self.fields.get(name) {
            Value::Unset if self.stored => None,
            Value::Unset => {
                self.reasons.add(missing);
                None
            }
            value => self.typed(value, invalid),
        }
    }

    /// A field that has a default.
    pub fn defaulted<T: Typed>(&mut self, name: &str, default: T, invalid: F::Reason) -> Option<T> {
        match self.fields.get(name) {
            Value::Unset => Some(default),
            value => self.typed(value, invalid),
        }
    }

    /// A field that may be absent.
    pub fn optional<T: Typed>(&mut self, name: &str, invalid: F::Reason) -> Option<T> {
        match self.fields.get(name) {
            Value::Unset => None,
            value => self.typed(value, invalid),
        }
    }

    fn typed<T: Typed>(&mut self, value: &Value, invalid: F::Reason) -> Option<T> {
        match T::read(value) {
            Ok(typed) => Some(typed),
            Err(Invalid) => {
                self.reasons.add(invalid);
                None
            }
        }
    }

    /// What was read, unless something was wrong with it.
    pub(super) fn end<T>(self, read: Option<T>) -> Result<T, Reasons<F::Reason>> {
        match (self.reasons, read) {
            (Reasons::None, Some(read)) => Ok(read),
            (reasons, _) => Err(reasons),
        }
    }
}

/// An attribute of a row, or a field of an answer; absent is unset.
///
/// # Errors
/// Where it lies outside its type.
pub fn attribute<T: Typed>(fields: &Fields, name: &str) -> Result<Option<T>, Invalid> {
    Typed::read(fields.get(name))
}

/// An output as it stands on the wire; what is unset is left out.
pub fn sent(output: &'static str, fields: &mut [(&'static str, Value)]) -> Sent {
    Sent { output: Text::new_static(output), fields: set(fields) }
}

/// An answer as it stands on the wire; what is unset is left out.
pub fn answered(actor: &'static str, answer: &'static str, fields: &mut [(&'static str, Value)]) -> Answer {
    Answer { actor: Text::new_static(actor), answer: Text::new_static(answer), fields: set(fields) }
}

/// Those fields that are set.
fn set(fields: &mut [(&'static str, Value)]) -> Fields {
    let set = fields.iter_mut().filter(|(_, value)| value.is_set());
    set.map(|(name, value)| (Text::new_static(name), std::mem::take(value))).collect()
}
