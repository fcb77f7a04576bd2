//! Holds an implementation against a flow.

pub use crate::suite::*;
