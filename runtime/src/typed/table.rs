//! Rows under keys, shared by all sessions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::typed::{Invalid, Typed};
use crate::{Fields, Rows, Value, pairs};

/// What stands under a key: attributes that are set or not.
pub trait Row: Default {
    /// Reads the attributes.
    ///
    /// # Errors
    /// Where one lies outside its type.
    fn read(attributes: &Fields) -> Result<Self, Invalid>;
}

/// The rows of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "K: Ord + Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Table<K: Serialize, R: Serialize>(#[serde(with = "pairs")] BTreeMap<K, R>);

impl<K: Serialize, R: Serialize> Default for Table<K, R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone + Serialize, R: Default + Serialize> Table<K, R> {
    /// The row under a key, if there is one.
    pub fn get(&self, key: &K) -> Option<&R> {
        self.0.get(key)
    }

    /// The row under a key; an empty one is made where there is none.
    pub fn row(&mut self, key: &K) -> &mut R {
        // The key is copied even where there is a row: that allocates nothing, and the row is looked for once.
        self.0.entry(key.clone()).or_default()
    }

    /// Every key with its row.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &R)> {
        self.0.iter()
    }
}

impl<K: Typed + Ord + Serialize, R: Typed + Serialize> Typed for Table<K, R> {
    fn read(value: &Value) -> Result<Self, Invalid> {
        Typed::read(value).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

impl<K: Typed + Ord + Clone + Serialize, R: Row + Serialize> Table<K, R> {
    /// Reads the rows of a record as they stand on the wire.
    ///
    /// # Errors
    /// Where a key or an attribute lies outside its type.
    pub fn read(rows: &Rows, record: &str) -> Result<Self, Invalid> {
        let rows = rows.get(record).map(Vec::as_slice).unwrap_or_default();
        rows.iter().map(|(key, row)| Ok((K::read(key)?, R::read(row)?))).collect::<Result<_, _>>().map(Self)
    }
}
