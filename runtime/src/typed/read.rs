//! Reading the fields of an event: what is wrong with any of them is found before anything is judged.

use crate::typed::{Invalid, Reasons, Typed};
use crate::{Fields, Sent, Text, Value};

/// Fields that are being read, with the reasons found so far; what was read counts only where there are none.
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

    /// Several fields, as many as are declared; one that may be absent is an `Option`.
    pub fn fields<T: Several<R>>(&mut self, fields: &[Field<R>]) -> Option<T> {
        T::read(self, fields)
    }

    fn field<T: Typed>(&mut self, field: &Field<R>) -> Option<T> {
        let (name, missing, invalid) = match field {
            Field::Required(name, missing, invalid) => (name, Some(*missing), *invalid),
            Field::Optional(name, invalid) => (name, None, *invalid),
        };
        let value = self.fields.get(name);
        match missing {
            Some(missing) if !value.is_set() => self.refuse(missing),
            _ => self.typed(value, invalid),
        }
    }

    /// A field that must be there.
    pub fn required<T: Typed>(&mut self, name: &str, missing: R, invalid: R) -> Option<T> {
        let value = self.fields.get(name);
        if value.is_set() { self.typed(value, invalid) } else { self.refuse(missing) }
    }

    /// A field that has a default.
    pub fn defaulted<T: Typed>(&mut self, name: &str, default: T, invalid: R) -> Option<T> {
        let value = self.fields.get(name);
        if value.is_set() { self.typed(value, invalid) } else { Some(default) }
    }

    /// A field that may be absent.
    pub fn optional<T: Typed>(&mut self, name: &str, invalid: R) -> Option<T> {
        let value = self.fields.get(name);
        if value.is_set() { self.typed(value, invalid) } else { None }
    }

    fn typed<T: Typed>(&mut self, value: &Value, invalid: R) -> Option<T> {
        match T::read(value) {
            Ok(typed) => Some(typed),
            Err(Invalid) => self.refuse(invalid),
        }
    }

    /// Adds a reason; nothing is read.
    pub fn refuse<T>(&mut self, reason: R) -> Option<T> {
        self.reasons.add(reason);
        None
    }

    /// What was read, where nothing is wrong with it.
    ///
    /// # Errors
    /// What is wrong.
    pub fn end<T>(self, read: Option<T>) -> Result<T, Reasons<R>> {
        match (read, self.reasons) {
            (Some(read), Reasons::None) => Ok(read),
            (_, reasons) => Err(reasons),
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
pub fn sent<const N: usize>(output: &'static str, mut fields: [(&'static str, Value); N]) -> Sent {
    Sent { output: Text::new_static(output), fields: taken(&mut fields) }
}

/// What is set; no generic code, so that it is compiled once for all outputs.
fn taken(fields: &mut [(&'static str, Value)]) -> Fields {
    let set = fields.iter_mut().filter(|(_, value)| value.is_set());
    set.map(|(name, value)| (Text::new_static(name), std::mem::take(value))).collect()
}

/// A field as it is declared: its name, and the reasons where it is missing or invalid.
#[derive(Debug, Clone, Copy)]
pub enum Field<R> {
    /// It must be there.
    Required(&'static str, R, R),
    /// It may be absent.
    Optional(&'static str, R),
}

/// Several fields at once: whatever is wrong with any of them is found, and code that reads them stays small.
pub trait Several<R>: Sized {
    /// Reads them, in their order.
    fn read(read: &mut Reading<'_, R>, fields: &[Field<R>]) -> Option<Self>;
}

macro_rules! several {
    ($($kind:ident $value:ident),*) => {
        impl<R: Copy + PartialEq, $($kind: Typed),*> Several<R> for ($($kind,)*) {
            fn read(read: &mut Reading<'_, R>, fields: &[Field<R>]) -> Option<Self> {
                let [$($value),*] = fields else { return None };
                $(let $value = read.field($value);)*
                Some(($($value?,)*))
            }
        }
    };
}

several!(A a);
several!(A a, B b);
several!(A a, B b, C c);
several!(A a, B b, C c, D d);
several!(A a, B b, C c, D d, E e);
several!(A a, B b, C c, D d, E e, F f);
several!(A a, B b, C c, D d, E e, F f, G g);
several!(A a, B b, C c, D d, E e, F f, G g, H h);
