//! The server behind the protocol: `flowspec-example-smtp [FAULT]`.

use std::io;

use flowspec_example_smtp::{FAULTS, Server};
use flowspec_runtime::protocol::{About, serve};

fn main() -> io::Result<()> {
    let fault = std::env::args().nth(1);
    if let Some(unknown) = fault.as_deref().filter(|name| FAULTS.iter().all(|(known, _)| known != name)) {
        let names = FAULTS.map(|(name, _)| name).join(", ");
        return Err(io::Error::other(format!("no fault is called {unknown}; one of {names}")));
    }
    serve(About::new("flowspec-example-smtp"), Server::new(fault.as_deref()))
}
