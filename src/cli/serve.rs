//! `flowspec serve`: the reference itself behind the protocol, so that any runner can be tried against it.

use std::io;
use std::path::PathBuf;

use clap::Args;

use flowspec_runtime::protocol::{About, References, Server, serve_lines};

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use crate::compile;
use crate::harness::serve::serve_http;

/// Serves the reference of a spec by the protocol (docs/protocol.md), on standard input and output or over HTTP
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec serve specs/sign_in                      requests on standard input, replies on standard output
  flowspec serve specs --flow sign_in               one flow of several; `hello` may name another
  flowspec serve specs/sign_in --http 127.0.0.1:0   over HTTP; the address is printed")]
pub(super) struct Serve {
    /// A spec file, or a folder with spec files below it.
    spec: PathBuf,

    /// The flow that is served until `hello` names one; the first unless given.
    #[arg(long, value_name = "NAME")]
    flow: Option<String>,

    /// Listen here instead; port 0 takes one that is free.
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,
}

impl Serve {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let project = Project::load(std::slice::from_ref(&self.spec))?;
        let compiled = compile(&project.sources, &project.parsed);
        if compiled.has_errors() {
            return console.report(&compiled.diagnostics, &project.sources);
        }
        let mut models = compiled.models;
        if let Some(wanted) = &self.flow {
            let known = models.iter().position(|model| model.name == wanted);
            let known = known.ok_or_else(|| Failure::usage(format!("there is no flow `{wanted}`")))?;
            models.swap(0, known);
        }
        let about = About::new(concat!("flowspec reference ", env!("CARGO_PKG_VERSION")));
        let references = References::new(about.clone(), models)
            .map_err(|unfit| Failure::usage(format!("{}: {unfit}", self.spec.display())))?;
        let mut server = Server::new(references, about);
        match &self.http {
            None => serve_lines(&mut server, io::stdin().lock(), io::stdout().lock())
                .map_err(|error| Failure::output(&error))?,
            Some(address) => {
                let refused =
                    |error: String| Failure::usage(format!("could not listen on {address}: {error}"));
                serve_http(&mut server, address, |url| console.print(&format!("{url}\n")))
                    .map_err(refused)??;
            }
        }
        Ok(Outcome::Fine)
    }
}
