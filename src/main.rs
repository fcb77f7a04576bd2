//! The `flowspec` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    flowspec::cli::run()
}
