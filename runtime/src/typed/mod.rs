//! What generated machines are made of: types that hold only what their spec allows, and a machine that runs any flow
//! whose steps are written as functions.
//!
//! A generated module has what differs from flow to flow (its steps, events, reasons, types, and a function a step);
//! what does not lives here: the clock, the sessions, time-outs, and the way from a plain input to a typed event.

mod chosen;
mod few;
mod flow;
mod limit;
mod list;
mod machine;
mod newtype;
mod read;
mod reasons;
mod stored;
mod table;
mod turn;
mod word;

pub use chosen::{Chosen, Nothing, Sample, digits, nth, numbered};
pub use few::Few;
pub use flow::{Flow, Stored, Verdict};
pub use limit::{Key, Limit};
pub use list::List;
pub use machine::{Fault, Machine, Shown};
pub use newtype::{Invalid, Items, Number, Typed, clamped, contains, equal, int, stored, wide};
#[doc(hidden)]
pub use newtype::{date, deserialize, money, narrow, serialize};
pub use read::{Field, Reading, Several, attribute, sent};
pub use reasons::Reasons;
#[doc(hidden)]
pub use stored::{Parts, named, object, variant};
pub use table::{Row, Table};
pub use turn::{Session, Turn};
pub use word::{OpenWord, Word};
