//! Holds an implementation that runs elsewhere against a suite, and reports what came of it.

mod digest;
pub mod report;
pub mod results;
pub mod run;
pub mod serve;
pub mod signals;
pub mod target;

pub use digest::digest;
