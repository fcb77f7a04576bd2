//! `flowspec doctor`: looks an adapter over before the implementation behind it is blamed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::console::Console;
use super::failure::{FINDINGS, Failure, Outcome, USAGE};
use super::loader::Project;
use super::test::{choose, connector, duration};
use crate::compile;
use crate::harness::doctor::{Finding, Grade, examine};
use crate::harness::signals;
use crate::harness::target::Address;
use crate::suite::derive;

/// The exit code where the adapter could not be spoken to.
const NOT_STARTED: u8 = 4;

/// Looks an adapter over: what it answers to, how fast, and how it ends
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 well, 1 something is to be mended, 2 wrong usage, 4 it could not be spoken to.

Examples:
  flowspec doctor -- python3 adapter.py
  flowspec doctor --spec specs/sign_in -- python3 adapter.py
  flowspec doctor --url http://127.0.0.1:8080/flow"
)]
pub(super) struct Doctor {
    /// The spec of the flow: sessions are opened then as its tests open them.
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,

    /// The flow, where there are several.
    #[arg(long, value_name = "NAME", requires = "spec")]
    flow: Option<String>,

    /// The command that starts the adapter.
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "url", conflicts_with = "url")]
    command: Vec<OsString>,

    /// Where the adapter listens.
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// How long a request may take.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    timeout: Duration,

    /// How long the adapter may take until it answers first.
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    start_timeout: Duration,
}

impl Doctor {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let mut suite = None;
        if let Some(spec) = &self.spec {
            let project = Project::load(std::slice::from_ref(spec))?;
            let compiled = compile(&project.sources, &project.parsed);
            if compiled.has_errors() {
                console.report(&compiled.diagnostics, &project.sources)?;
                return Ok(Outcome::Tested(USAGE));
            }
            let model = choose(&compiled.models, self.flow.as_deref(), spec)?;
            suite = Some(derive(model).map_err(Failure::fault)?);
        }
        let address = match &self.url {
            Some(url) => Address::Url(url.clone()),
            None => Address::Command(self.command.clone()),
        };
        let stop = signals::stop_on_signals().map_err(Failure::fault)?;
        let model = suite.as_ref().map(|suite| &*suite.model);
        let connector = connector(address, model, self.timeout, self.start_timeout, &stop);
        let findings = examine(&connector, suite.as_ref());
        console.print(&findings.iter().map(line).collect::<String>())?;
        let answered = findings.iter().any(|finding| finding.grade == Grade::Well);
        Ok(match findings.iter().map(|finding| finding.grade).max() {
            Some(Grade::Ill) if !answered => Outcome::Tested(NOT_STARTED),
            Some(Grade::Ill) => Outcome::Tested(FINDINGS),
            _ => Outcome::Fine,
        })
    }
}

/// A finding, and under it its mend.
fn line(finding: &Finding) -> String {
    let grade = match finding.grade {
        Grade::Well => "well",
        Grade::Note => "note",
        Grade::Ill => "ILL ",
    };
    let seen = crate::diagnostic::visible::line(&finding.seen);
    let mend =
        if finding.mend.is_empty() { String::new() } else { format!("      mend: {}\n", finding.mend) };
    format!("{grade}  {}: {seen}\n{mend}", finding.what)
}
