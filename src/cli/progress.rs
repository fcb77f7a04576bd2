//! A line on standard error while work takes longer than a second, gone when it is done.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::console::Console;

/// Shown from the first second on until it is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    watch: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to watch the time. `doing` is what is done: `checking`.
    pub(super) fn start(console: &Console, doing: &'static str) -> Self {
        let watch = console.is_watched().then(|| {
            let (done, waiting) = mpsc::channel();
            let started = Instant::now();
            let thread = thread::spawn(move || {
                let mut shown = 0;
                while waiting.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                    let line = format!("{doing} … {} s", started.elapsed().as_secs());
                    shown = line.chars().count();
                    Console::raw(&format!("\r{line}"));
                }
                // Blanks also do where the terminal knows no escape sequences.
                if shown > 0 {
                    Console::raw(&format!("\r{:shown$}\r", ""));
                }
            });
            (done, thread)
        });
        Self { watch }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.watch.take() {
            drop(done);
            // The thread does nothing that could panic, and the work is over anyway.
            let _ = thread.join();
        }
    }
}
