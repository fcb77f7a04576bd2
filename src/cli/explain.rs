//! `flowspec explain`: what a code means.

use clap::Args;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::markdown;
use crate::diagnostic::codes::ALL;
use crate::diagnostic::{Code, Severity, handbook};

/// Explains a code, with an example that gives it and its mend; without a code, lists them all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec explain           every code with its title
  flowspec explain F0101     one code; `f101` does as well
  flowspec explain --all     docs/checks.md")]
pub(super) struct Explain {
    /// The code, as it stands in brackets after `error` or `warning`.
    code: Option<String>,

    /// Every code with its explanation, as a page in Markdown.
    #[arg(long, conflicts_with = "code")]
    all: bool,
}

impl Explain {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let text = match &self.code {
            None if self.all => handbook::page(),
            None => list(),
            Some(wanted) => {
                let code = Code::find(&canonical(wanted)).ok_or_else(|| unknown(wanted))?;
                markdown::styled(&page(code), console.columns())
            }
        };
        console.print(&text)?;
        Ok(Outcome::Fine)
    }
}

fn list() -> String {
    ALL.iter().map(|code| format!("{}  {:7}  {}\n", code.id(), kind(*code), code.title())).collect()
}

fn kind(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The explanation with the code and its severity in its title.
fn page(code: Code) -> String {
    let text = code.explanation();
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    format!("# {}, {}: {}\n{rest}", code.id(), kind(code), code.title())
}

/// `F0101` for `F0101`, `f101`, `101` and `error[F0101]`.
fn canonical(wanted: &str) -> String {
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    format!("F{digits:0>4}")
}

fn unknown(wanted: &str) -> Failure {
    let failure = Failure::usage(format!("there is no code `{wanted}`"));
    let canonical = canonical(wanted);
    let nearest = ALL.iter().min_by_key(|code| differing(code.id(), &canonical));
    match nearest.filter(|code| differing(code.id(), &canonical) <= 1) {
        Some(code) => failure.help(format!("did you mean {} ({})?", code.id(), code.title())),
        None => failure.help("`flowspec explain` lists every code"),
    }
}

/// In how many digits two codes differ.
fn differing(a: &str, b: &str) -> usize {
    a.len().abs_diff(b.len()) + a.chars().zip(b.chars()).filter(|(a, b)| a != b).count()
}
