//! The `flowspec` command.

use std::process::ExitCode;

/// Trees, models and suites are many small pieces, of which several threads make thousands at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    flowspec::cli::run()
}
