//! `flowspec new`: a first spec to change.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::console::Console;
use super::failure::{Failure, Outcome};

/// Writes a small spec to start from; never overwrites a file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec new sign_in              writes specs/sign_in.flow
  flowspec new refund --dir shop    writes shop/refund.flow")]
pub(super) struct New {
    /// The flow's name: small letters, digits and `_`, a letter first.
    name: String,

    /// The folder to write to; made where it is missing.
    #[arg(long, default_value = "specs")]
    dir: PathBuf,
}

impl New {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        if !is_name(&self.name) {
            return Err(Failure::usage(format!("`{}` cannot name a flow", self.name))
                .help("a name is small letters, digits and _, a letter first, as in sign_in"));
        }
        let path = self.dir.join(format!("{}.flow", self.name));
        fs::create_dir_all(&self.dir).map_err(|error| Failure::file("make the folder", &self.dir, &error))?;
        let mut file = File::create_new(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::usage(format!("{} is there already", path.display())),
            _ => Failure::file("write", &path, &error),
        })?;
        file.write_all(spec(&self.name).as_bytes()).map_err(|error| Failure::file("write", &path, &error))?;
        console.say(&format!("wrote {0}; next: flowspec check {0}", path.display()));
        Ok(Outcome::Fine)
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed)
}

fn spec(name: &str) -> String {
    let title = title(name);
    include_str!("new.flow").replace("NAME", name).replace("TITLE", &title)
}

/// `Sign in` for `sign_in`.
fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
