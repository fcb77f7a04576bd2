//! The `flowspec` command.

fn main() {}
