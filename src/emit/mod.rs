//! Flows to files in memory: Rust, pages, suites and diagrams. Writing them is the work of `cli`.

mod files;
mod templates;

pub use files::{Files, MARK};
pub use templates::Fault;
