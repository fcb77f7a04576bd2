//! Holds an implementation that runs elsewhere against a suite, and reports what came of it.

pub mod adapter;
mod digest;
pub mod doctor;
pub mod report;
pub mod results;
pub mod run;
pub mod serve;
pub mod signals;
pub mod target;

pub use digest::digest;
