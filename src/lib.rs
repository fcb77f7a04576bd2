//! Compiles flow specs.
