//! Signals that end a run: what is known by then is reported, and no child process is left behind.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use super::target::Stop;

/// A wish to stop that SIGINT, SIGTERM and SIGHUP express; the second one ends the process at once.
///
/// # Errors
/// Where the system does not let signals be handled.
pub fn stop_on_signals() -> io::Result<Stop> {
    let stop = Stop::default();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // In this order: the first signal only sets the flag that the second one finds.
        flag::register_conditional_shutdown(signal, 130, stop.flag())?;
        flag::register(signal, stop.flag())?;
    }
    Ok(stop)
}
