//! Reading the fields of an event: what is wrong with any of them is found before anything is judged.

use crate::typed::{Invalid, Reasons, Typed};
use crate::{Fields, Sent, Text, Value};

/// Fields that are being read, with the reasons found so far.
#[derive(Debug)]
pub struct Reading<'a, R> {
    fields: &'a Fields,
    reasons: Reasons<R>,
}

impl<'a, R: Copy + PartialEq> Reading<'a, R> {
    /// Begins to read.
    pub fn new(fields: &'a Fields) -> Self {
        Self { fields, reasons: Reasons::None }
    }

    /// A field that must be there.
    pub fn required<T: Typed>(&mut self, name: &str, missing: R, invalid: R) -> Option<T> {
        match self.fields.get(name) {
            Value::Unset => {
                self.reasons.add(missing);
                None
            }
            value => self.typed(value, invalid),
        }
    }

    /// A field that has a default.
    pub fn defaulted<T: Typed>(&mut self, name: &str, default: T, invalid: R) -> Option<T> {
        match self.fields.get(name) {
            Value::Unset => Some(default),
            value => self.typed(value, invalid),
        }
    }

    /// A field that may be absent.
    pub fn optional<T: Typed>(&mut self, name: &str, invalid: R) -> Option<T> {
        match self.fields.get(name) {
            Value::Unset => None,
            value => self.typed(value, invalid),
        }
    }

    fn typed<T: Typed>(&mut self, value: &Value, invalid: R) -> Option<T> {
        match T::read(value) {
            Ok(typed) => Some(typed),
            Err(Invalid) => {
                self.reasons.add(invalid);
                None
            }
        }
    }

    /// What was wrong with the fields.
    pub fn reasons(self) -> Reasons<R> {
        self.reasons
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
pub fn sent<const N: usize>(output: &'static str, fields: [(&'static str, Value); N]) -> Sent {
    let fields = fields.into_iter().filter(|(_, value)| value.is_set());
    let fields = fields.map(|(name, value)| (Text::new_static(name), value)).collect();
    Sent { output: Text::new_static(output), fields }
}
