//! What is said and where: results on standard output, messages on standard error, colour where it is wanted.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use super::failure::{Failure, Outcome};
use crate::diagnostic::terminal::Terminal;
use crate::diagnostic::{Diagnostic, Summary, json, visible};
use crate::source::Sources;

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// Where the output is a terminal that has it and NO_COLOR is not set.
    #[default]
    Auto,
    /// Always, also into files and pipes.
    Always,
    /// Never.
    Never,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With excerpts, on standard error.
    #[default]
    Human,
    /// One JSON object a line, on standard output.
    Json,
}

/// Where a run writes to.
#[derive(Debug)]
pub(super) struct Console {
    colour: ColorChoice,
    format: Format,
}

impl Console {
    pub(super) fn new(colour: Colour, format: Format) -> Self {
        let colour = match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::AlwaysAnsi,
            Colour::Never => ColorChoice::Never,
        };
        Self { colour, format }
    }

    /// How what came of it is written.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether tools read what is written.
    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Writes a result, which may hold ANSI styles; they are left out where they are not wanted.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = AutoStream::new(io::stdout().lock(), self.colour);
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::output(&error))
    }

    /// Writes something for tools, as one line of JSON; people get none.
    pub(super) fn object(&self, object: &serde_json::Value) -> Result<(), Failure> {
        if self.format == Format::Json {
            self.print(&format!("{}\n", json::escape(&object.to_string())))
        } else {
            Ok(())
        }
    }

    /// Says how the work went, in a line for people; tools get none.
    pub(super) fn say(&self, line: &str) {
        if self.format == Format::Human {
            self.tell(&format!("{line}\n"));
        }
    }

    /// Says why the run could not do what it was asked to.
    pub(super) fn complain(&self, reason: &str, help: Option<&str>) {
        let red = AnsiColor::BrightRed.on_default().bold();
        let cyan = AnsiColor::BrightCyan.on_default().bold();
        self.tell(&format!("{red}error{red:#}: {}\n", visible::line(reason)));
        if let Some(help) = help {
            self.tell(&format!("{cyan}help{cyan:#}: {}\n", visible::line(help)));
        }
    }

    /// Writes findings, which are already in order, and says how many.
    pub(super) fn report(&self, findings: &[Diagnostic], sources: &Sources) -> Result<Outcome, Failure> {
        match self.format {
            Format::Human => self.draw(findings, sources),
            Format::Json => {
                let lines: String =
                    findings.iter().map(|finding| json::line(finding, sources) + "\n").collect();
                self.print(&lines)?;
            }
        }
        Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
    }

    fn draw(&self, findings: &[Diagnostic], sources: &Sources) {
        if findings.is_empty() {
            return;
        }
        let terminal = self.terminal();
        let mut text = String::new();
        for finding in findings {
            text.push_str(&terminal.render(finding, sources));
            text.push_str("\n\n");
        }
        let bold = Style::new().bold();
        self.tell(&format!("{text}{bold}{}{bold:#}\n", Summary::of(findings)));
    }

    fn terminal(&self) -> Terminal {
        let coloured = match self.colour {
            ColorChoice::Auto => AutoStream::choice(&io::stderr()) != ColorChoice::Never,
            choice => choice != ColorChoice::Never,
        };
        let terminal = if coloured { Terminal::coloured() } else { Terminal::plain() };
        match terminal_size::terminal_size_of(io::stderr()) {
            Some((columns, _)) => terminal.width(usize::from(columns.0).max(40)),
            None => terminal,
        }
    }

    /// Nothing can be done where even standard error is closed, so that is passed over.
    fn tell(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.colour);
        let _ = err.write_all(text.as_bytes());
    }

    /// Writes to standard error as it is.
    pub(super) fn raw(text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Whether a person watches standard error and wants prose.
    pub(super) fn is_watched(&self) -> bool {
        self.format == Format::Human && io::stderr().is_terminal()
    }

    /// How many columns results may take.
    pub(super) fn columns(&self) -> usize {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        terminal.map_or(80, |(columns, _)| usize::from(columns.0).clamp(40, 100))
    }
}
