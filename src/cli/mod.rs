//! The command line: arguments, files, colour and exit codes. The only room that touches anything outside the process.

mod adapter;
mod build;
mod check;
mod completions;
mod console;
mod diff;
mod doctor;
mod explain;
mod facts;
mod failure;
mod fmt;
mod import;
mod loader;
mod markdown;
mod mutate;
mod new;
mod progress;
mod report;
mod serve;
mod show;
mod spec_files;
mod test;
mod writer;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use console::{Colour, Console, Format};
use failure::{Failure, Outcome};

/// Compiles flow specs into a reference implementation, pages to read and conformance suites.
#[derive(Debug, Parser)]
#[command(name = "flowspec", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "\
Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 not everything is decided, 70 a fault of flowspec itself.

Examples:
  flowspec new sign_in     write a first spec to specs/sign_in.flow
  flowspec check           look for mistakes in everything under specs/
  flowspec build           make generated/ from everything under specs/
  flowspec test specs/sign_in.flow -- python3 adapter.py
                           hold an implementation against the suite
  flowspec explain F0101   what a code means, with an example and its mend")]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// When to use colour; `auto` looks at the terminal and at NO_COLOR.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,

    /// How findings are written: for people on standard error, or one JSON object a line on standard output.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Build(build::Build),
    Fmt(fmt::Fmt),
    Show(show::Show),
    Facts(facts::Facts),
    Test(Box<test::Test>),
    Report(report::Report),
    Doctor(doctor::Doctor),
    Adapter(adapter::Adapter),
    Serve(serve::Serve),
    Mutate(mutate::Mutate),
    Import(import::Import),
    Diff(diff::Diff),
    Explain(explain::Explain),
    New(new::New),
    Completions(completions::Completions),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    failure::announce_faults();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(problem) => {
            // A closed pipe is all that can go wrong here, and nobody is left to be told.
            let _ = problem.print();
            return ExitCode::from(if problem.use_stderr() { failure::USAGE } else { 0 });
        }
    };
    let console = Console::new(arguments.color, arguments.format);
    end(&console, || dispatch(&arguments.command, &console))
}

/// Does the work, says why it could not be done, and gives the exit code.
fn end(console: &Console, work: impl FnOnce() -> Result<Outcome, Failure>) -> ExitCode {
    // Whatever a panic left half-done goes with the process, so nothing looks at it any more.
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(outcome)) => outcome.into(),
        Ok(Err(failure)) => failure.tell(console),
        Err(_) => ExitCode::from(failure::FAULT),
    }
}

fn dispatch(command: &Command, console: &Console) -> Result<Outcome, Failure> {
    match command {
        Command::Check(check) => check.run(console),
        Command::Build(build) => build.run(console),
        Command::Fmt(fmt) => fmt.run(console),
        Command::Show(show) => show.run(console),
        Command::Facts(facts) => facts.run(console),
        Command::Test(test) => test.run(console),
        Command::Report(report) => report.run(console),
        Command::Doctor(doctor) => doctor.run(console),
        Command::Adapter(adapter) => adapter.run(console),
        Command::Serve(serve) => serve.run(console),
        Command::Mutate(mutate) => mutate.run(console),
        Command::Import(import) => import.run(console),
        Command::Diff(diff) => diff.run(console),
        Command::Explain(explain) => explain.run(console),
        Command::New(new) => new.run(console),
        Command::Completions(completions) => completions.run(console),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_end_has_its_exit_code() {
        let console = Console::new(Colour::Never, Format::Human);
        let code = |work: fn() -> Result<Outcome, Failure>| end(&console, work);
        assert_eq!(code(|| Ok(Outcome::Fine)), ExitCode::SUCCESS);
        assert_eq!(code(|| Ok(Outcome::Findings)), ExitCode::from(1));
        assert_eq!(code(|| Err(Failure::usage("no"))), ExitCode::from(2));
        assert_eq!(code(|| Err(Failure::Closed)), ExitCode::SUCCESS);
        assert_eq!(code(|| Err(Failure::fault("a template"))), ExitCode::from(70));
        assert_eq!(code(|| panic!("a fault of ours")), ExitCode::from(70));
    }

    #[test]
    fn the_arguments_are_declared_without_contradiction() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
