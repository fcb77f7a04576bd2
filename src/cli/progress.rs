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
                let mut shown = false;
                while waiting.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                    shown = true;
                    Console::raw(&format!("\r{doing} … {} s", started.elapsed().as_secs()));
                }
                if shown {
                    Console::raw("\r\u{1b}[K");
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
