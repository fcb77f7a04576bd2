//! Rows on the wire: `{"account":{"13900000001":{"name":"Ann"}}}`, by record and key.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serialize, Serializer};

use crate::{Fields, Rows, Text, Value};

pub(super) fn serialize<S: Serializer>(rows: &Rows, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(rows.iter().map(|(record, table)| (record, Table(table))))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rows, D::Error> {
    deserializer.deserialize_map(Records)
}

/// The rows of one record.
struct Table<'a>(&'a [(Value, Fields)]);

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, row) in self.0 {
            map.serialize_entry(&key_text(key), row)?;
        }
        map.end()
    }
}

/// A key as a member's name: text as it is, anything else as JSON writes it.
fn key_text(key: &Value) -> Text {
    match key {
        Value::Text(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default().into(),
    }
}

struct Records;

impl<'de> Visitor<'de> for Records {
    type Value = Rows;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object of records")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Rows, M::Error> {
        let mut rows = Rows::new();
        while let Some((record, Keyed(table))) = map.next_entry()? {
            rows.insert(record, table);
        }
        Ok(rows)
    }
}

/// Rows by their keys, in the order in which they were sent; a key that stands twice is kept twice, so that it is seen.
struct Keyed(Vec<(Value, Fields)>);

impl<'de> serde::Deserialize<'de> for Keyed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Keyed;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object of rows by their keys")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Keyed, M::Error> {
                let mut rows = Vec::new();
                while let Some((key, row)) = map.next_entry::<Text, Fields>()? {
                    rows.push((Value::Text(key), row));
                }
                Ok(Keyed(rows))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}
