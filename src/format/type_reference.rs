//! Types as they are referred to, ranges, and declarations.

use std::fmt::{self, Display, Formatter};

use crate::syntax::tree::{Declaration, Range, RangeEnd, TypeKind, TypeReference};

impl Display for TypeReference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TypeKind::Named { name, currency } => {
                name.fmt(f)?;
                currency.iter().try_for_each(|currency| write!(f, " {}", currency.as_str()))?;
            }
            TypeKind::List { length, of } => write!(f, "list {length} of {of}")?,
            TypeKind::Set { of } => write!(f, "set of {of}")?,
        }
        if self.secret {
            f.write_str(" secret")?;
        }
        self.words.iter().try_for_each(|word| write!(f, " | {word}"))
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.low.fmt(f)?;
        match &self.end {
            RangeEnd::Exact => Ok(()),
            RangeEnd::Open => f.write_str(".."),
            RangeEnd::To(high) => write!(f, "..{high}"),
        }
    }
}

impl Display for Declaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.name, if self.optional { "?" } else { "" }, self.of)?;
        self.default.iter().try_for_each(|value| write!(f, " = {value}"))?;
        self.when.iter().try_for_each(|condition| write!(f, " when {condition}"))?;
        f.write_str(if self.chosen { " chosen" } else { "" })?;
        f.write_str(if self.fixed { " fixed" } else { "" })
    }
}
