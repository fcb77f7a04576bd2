//! Holds an implementation that runs elsewhere against a suite, and reports what came of it.

pub mod results;
