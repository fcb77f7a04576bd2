//! Where an implementation is, and how it is greeted.

use std::ffi::OsString;
use std::time::Duration;

use flowspec_runtime::Text;
use flowspec_runtime::protocol::{Hello, VERSION};

use super::http::Http;
use super::process::Process;
use super::{Breakdown, Line, Remote, Stop, Wire};

/// Where an implementation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// This command starts it, and it is spoken to over its standard input and output.
    Command(Vec<OsString>),
    /// It listens there.
    Url(String),
}

/// Reaches an implementation as often as it takes.
#[derive(Debug, Clone)]
pub struct Connector {
    /// Where it is.
    pub address: Address,
    /// The flow that is tested.
    pub flow: Text,
    /// The digest of its model.
    pub spec: Text,
    /// The capabilities that are asked of sessions and not of rows.
    pub of_sessions: Vec<Text>,
    /// How long a request may take.
    pub timeout: Duration,
    /// How long it may take until it answers the first time.
    pub start: Duration,
    /// Ends every wait.
    pub stop: Stop,
}

impl Connector {
    /// Starts it or reaches it, and greets it.
    ///
    /// # Errors
    /// Why it cannot be spoken to.
    pub fn connect(&self) -> Result<Remote, (Breakdown, String)> {
        let wire = self.wire().map_err(|breakdown| (breakdown, String::new()))?;
        let hello = Hello { protocol: VERSION, flow: self.flow.clone(), spec: self.spec.clone() };
        Remote::greet(wire, hello, self)
    }

    /// Starts it or reaches it, and says nothing yet.
    ///
    /// # Errors
    /// Why it cannot be reached.
    pub fn line(&self) -> Result<Line, Breakdown> {
        self.wire().map(Line)
    }

    fn wire(&self) -> Result<Box<dyn Wire>, Breakdown> {
        Ok(match &self.address {
            Address::Command(command) => Box::new(Process::start(command, &self.stop)?),
            Address::Url(url) => Box::new(Http::new(url)),
        })
    }
}
