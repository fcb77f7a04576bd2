//! A service behind HTTP: each request is the body of a POST, each reply the body of its answer.

use std::io::Read;
use std::time::Duration;

use ureq::Agent;

use super::{Breakdown, LONGEST, Wire};

/// A service under a URL. It cannot be killed, nor started again.
#[derive(Debug)]
pub(super) struct Http {
    agent: Agent,
    url: String,
    reply: Vec<u8>,
}

impl Http {
    /// A service; nothing is sent yet.
    pub(super) fn new(url: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: config.into(), url: url.to_owned(), reply: Vec::new() }
    }
}

impl Wire for Http {
    fn exchange(&mut self, line: &[u8], within: Duration) -> Result<&[u8], Breakdown> {
        let after = within.max(Duration::from_millis(1));
        let broken = |error: &ureq::Error| match error {
            ureq::Error::Timeout(_) => Breakdown::Timeout { after, partial: 0 },
            ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => {
                Breakdown::Timeout { after, partial: 0 }
            }
            ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => {
                Breakdown::NotStarted(error.to_string())
            }
            ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
                Breakdown::NotStarted(error.to_string())
            }
            ureq::Error::BadUri(_) => Breakdown::NotStarted(error.to_string()),
            ureq::Error::Io(io) => Breakdown::Exited(format!("the connection broke: {io}")),
            other => Breakdown::Misshapen(format!("cannot be read as HTTP: {other}")),
        };
        let request = self.agent.post(&self.url).config().timeout_global(Some(after)).build();
        let request = request.header("content-type", "application/json");
        let mut response = request.send(line).map_err(|error| broken(&error))?;
        self.reply.clear();
        let limit = LONGEST as u64;
        let read = response.body_mut().as_reader().take(limit + 1).read_to_end(&mut self.reply);
        if let Err(error) = read {
            let error = ureq::Error::from(error);
            return Err(broken(&error));
        }
        match response.status().as_u16() {
            _ if self.reply.len() > LONGEST => Err(Breakdown::Oversized(LONGEST)),
            200 => Ok(self.reply.trim_ascii()),
            status => Err(Breakdown::Status(status)),
        }
    }

    fn check(&mut self) -> Result<(), Breakdown> {
        Ok(())
    }

    fn end(&mut self, _: &[u8], _: Duration) -> Result<(), Breakdown> {
        // A service stays for whoever comes next.
        Ok(())
    }

    fn kill(&mut self) {}
}
