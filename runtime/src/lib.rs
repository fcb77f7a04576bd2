//! What generated code links to.
