//! What a person or another party could send: any field may be absent or wrong.

use serde::{Deserialize, Serialize};

use crate::{Text, Value};

/// Named plain values, in the order in which they were given; a name that is not there is absent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(#[serde(with = "as_map")] pub Vec<(Text, Value)>);

impl Fields {
    /// The value of a field; absent, `null` and unset are the same.
    pub fn get(&self, name: &str) -> &Value {
        self.0.iter().find(|(field, _)| field == name).map_or(&Value::Unset, |(_, value)| value)
    }

    /// Puts a value in the place of the field's former one.
    pub fn set(&mut self, name: impl Into<Text>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(field, _)| *field == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }
}

impl<N: Into<Text>, V: Into<Value>> FromIterator<(N, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// One event as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Input {
    /// The event's name.
    pub event: Text,
    /// Who raised it; `user` where nothing is said.
    #[serde(default = "user")]
    pub by: Text,
    /// Its fields.
    #[serde(default)]
    pub fields: Fields,
}

impl Input {
    /// An event of the user's.
    pub fn new(event: impl Into<Text>, fields: Fields) -> Self {
        Self { event: event.into(), by: user(), fields }
    }
}

fn user() -> Text {
    Text::new_static("user")
}

/// What an asked actor says, sent with the event that asks for it, or found in the reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// The actor that was asked.
    pub actor: Text,
    /// The answer's name.
    pub answer: Text,
    /// Its fields.
    #[serde(default)]
    pub fields: Fields,
}

mod as_map {
    use serde::{Deserializer, Serializer, de, ser::SerializeMap};

    use crate::{Text, Value};

    pub(super) fn serialize<S: Serializer>(
        fields: &[(Text, Value)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(Text, Value)>, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Vec<(Text, Value)>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object of fields")
            }

            fn visit_map<M: de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
