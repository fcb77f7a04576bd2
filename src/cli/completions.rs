//! `flowspec completions`: what a shell needs to complete our arguments.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Arguments;
use super::console::Console;
use super::failure::{Failure, Outcome};

/// Prints a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec completions bash > ~/.local/share/bash-completion/completions/flowspec
  flowspec completions zsh > ~/.zfunc/_flowspec
  flowspec completions fish > ~/.config/fish/completions/flowspec.fish")]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "flowspec", &mut script);
        console.print(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Fine)
    }
}
