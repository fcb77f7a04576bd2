//! Flows to files in memory: Rust, pages, suites and diagrams. Writing them is the work of `cli`.

pub mod diagram;
mod files;
pub mod markdown;
pub mod suite;
mod templates;
mod text;
mod words;

pub use files::{Files, MARK};
pub use templates::Fault;
