//! flowspec compiles flow specs: text becomes a tree, the tree a model, and the model a reference implementation in
//! Rust, pages to read and a suite that any implementation must pass.
//!
//! The modules stand in the order of the pipeline, and each uses only those before it (`tests/architecture.rs`).

pub mod source;
pub mod diagnostic;
pub mod syntax;
pub mod emit;
pub mod cli;
