//! A process of its own group behind pipes: lines in, lines out, and nothing of it left behind.
//!
//! Reading and writing happen on the thread that asks, with a deadline; only standard error has a thread of its own, so
//! that a process that writes much there is never held up.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::{Breakdown, LONGEST, Stop, Wire};

/// How much of standard error is kept.
const KEPT: usize = 64 * 1024;
/// How long is waited at once, so that a wish to stop is seen soon.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long a process has to end after its output did, or after it was asked to.
const GRACE: Duration = Duration::from_millis(500);
/// A line of more bytes whose end did not come in time is too long, and not slow.
const LONG: usize = 1024 * 1024;
/// How much of a line is shown.
const EXCERPT: usize = 120;

/// A running implementation.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    /// Room to read into; what was read ends at `filled`, and a reply that was given out at `taken`.
    room: Vec<u8>,
    filled: usize,
    taken: usize,
    stderr: Arc<Mutex<Tail>>,
    stop: Stop,
    ended: bool,
}

/// The end of what was written to standard error.
#[derive(Debug, Default)]
struct Tail {
    bytes: Vec<u8>,
    total: u64,
}

impl Process {
    /// Starts a command in a process group of its own.
    pub(super) fn start(command: &[OsString], stop: &Stop) -> Result<Self, Breakdown> {
        let [program, arguments @ ..] = command else {
            return Err(Breakdown::NotStarted("there is no command".to_owned()));
        };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| Breakdown::NotStarted(format!("{}: {error}", program.display())))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(Breakdown::Harness("a process without pipes".to_owned()));
        };
        let unblocked = fcntl_setfl(&stdin, OFlags::NONBLOCK).and(fcntl_setfl(&stdout, OFlags::NONBLOCK));
        let tail = Arc::default();
        keep(stderr, Arc::clone(&tail));
        let (room, stop, stdin) = (vec![0; KEPT], stop.clone(), Some(stdin));
        let process =
            Self { child, stdin, stdout, room, filled: 0, taken: 0, stderr: tail, stop, ended: false };
        unblocked.map_err(|error| Breakdown::Harness(error.to_string()))?;
        Ok(process)
    }

    /// Sends as much as the pipe takes; how much that was.
    fn send(&mut self, rest: &[u8]) -> Result<usize, Breakdown> {
        let Some(stdin) = &mut self.stdin else { return Err(Breakdown::ClosedStdout) };
        match stdin.write(rest) {
            Ok(sent) => Ok(sent),
            Err(error) if is_later(&error) => Ok(0),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(self.gone()),
            Err(error) => Err(Breakdown::Harness(error.to_string())),
        }
    }

    /// Reads what there is; false at the end of the output.
    fn receive(&mut self) -> Result<bool, Breakdown> {
        if self.room.len() - self.filled < KEPT / 2 {
            self.room.resize(self.room.len() * 2, 0);
        }
        match self.stdout.read(&mut self.room[self.filled..]) {
            Ok(0) => Ok(false),
            Ok(read) => {
                self.filled += read;
                Ok(true)
            }
            Err(error) if is_later(&error) => Ok(true),
            Err(error) => Err(Breakdown::Harness(error.to_string())),
        }
    }

    /// Waits until something can be read, or written where there is something to write.
    fn wait(&self, writes: bool, until: Instant) -> Result<(), Breakdown> {
        if self.stop.is_wanted() {
            return Err(Breakdown::Interrupted);
        }
        let left = until.saturating_duration_since(Instant::now()).min(PATIENCE);
        let timeout = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 0, tv_nsec: 0 });
        let output = PollFd::new(&self.stdout, PollFlags::IN);
        let polled = match &self.stdin {
            Some(stdin) if writes => poll(&mut [output, PollFd::new(stdin, PollFlags::OUT)], Some(&timeout)),
            _ => poll(&mut [output], Some(&timeout)),
        };
        match polled {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(Breakdown::Harness(error.to_string())),
        }
    }

    /// The process has closed a pipe: whether it ended, or goes on.
    fn gone(&mut self) -> Breakdown {
        if self.waits_for_end(GRACE) {
            // It cannot be waited for any longer than this: it has ended, and only its status is left.
            return self
                .finish()
                .map_or_else(|error| Breakdown::Harness(error.to_string()), Breakdown::exited);
        }
        Breakdown::ClosedStdout
    }

    /// Whether the process ends within this time; its status is left for [`Process::finish`], so that its number, which is
    /// that of the group, belongs to nobody else until the group was killed.
    fn waits_for_end(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        loop {
            match waitid(WaitId::Pid(self.pid()), options) {
                Ok(Some(_)) | Err(rustix::io::Errno::CHILD) => return true,
                _ if Instant::now() >= until => return false,
                _ => thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    /// Kills what is left of the group, and takes the status of its first process.
    fn finish(&mut self) -> io::Result<std::process::ExitStatus> {
        self.stdin = None;
        if !self.ended {
            let _ = kill_process_group(self.pid(), Signal::KILL);
        }
        self.ended = true;
        self.child.wait()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Forgets the reply that was given out.
    fn clear(&mut self) {
        self.room.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
    }

    /// What came and was not given out yet.
    fn waiting(&self) -> &[u8] {
        &self.room[self.taken..self.filled]
    }

    fn at_end(&mut self) -> Breakdown {
        let bytes = self.waiting().len();
        match self.gone() {
            Breakdown::ClosedStdout | Breakdown::Exited(_) if bytes > 0 => Breakdown::HalfLine(bytes),
            gone => gone,
        }
    }
}

impl Wire for Process {
    fn exchange(&mut self, line: &[u8], within: Duration) -> Result<&[u8], Breakdown> {
        let deadline = Instant::now() + within;
        self.clear();
        if self.waiting().contains(&b'\n') {
            // An answer that came before its question.
            return Err(stray(self.waiting()));
        }
        let (mut sent, mut searched) = (0, 0);
        loop {
            if sent < line.len() {
                sent += self.send(&line[sent..])?;
            }
            if sent < line.len() || searched == self.filled {
                self.wait(sent < line.len(), deadline)?;
            }
            if !self.receive()? {
                return Err(self.at_end());
            }
            if let Some(end) = self.room[searched..self.filled].iter().position(|byte| *byte == b'\n') {
                self.taken = searched + end + 1;
                return Ok(&self.room[..searched + end]);
            }
            searched = self.filled;
            if searched > LONGEST {
                return Err(Breakdown::Oversized(LONGEST));
            }
            if Instant::now() >= deadline {
                let timeout = Breakdown::Timeout { after: within, partial: searched };
                return Err(if searched > LONG { Breakdown::Oversized(searched) } else { timeout });
            }
        }
    }

    fn check(&mut self) -> Result<(), Breakdown> {
        self.clear();
        if self.receive()? { Ok(()) } else { Err(self.at_end()) }
    }

    fn mark(&mut self) {
        if let Ok(mut tail) = self.stderr.lock() {
            tail.bytes.clear();
        }
    }

    fn stderr(&self) -> String {
        self.stderr
            .lock()
            .map_or_else(|_| String::new(), |tail| String::from_utf8_lossy(&tail.bytes).into_owned())
    }

    fn stderr_bytes(&self) -> u64 {
        self.stderr.lock().map_or(0, |tail| tail.total)
    }

    fn end(&mut self, bye: &[u8], within: Duration) -> Result<(), Breakdown> {
        self.check()?;
        let extra = (!self.waiting().is_empty()).then(|| stray(self.waiting()));
        let _ = self.send(bye);
        self.stdin = None;
        let peaceful = self.waits_for_end(within);
        if !peaceful {
            let _ = kill_process_group(self.pid(), Signal::TERM);
            self.waits_for_end(GRACE);
        }
        let status = self.finish();
        match (extra, peaceful, status) {
            (Some(extra), ..) => Err(extra),
            (_, false, _) => {
                Err(Breakdown::Misshapen("to `bye` is not the end: it had to be killed".to_owned()))
            }
            (_, _, Ok(status)) if status.success() => Ok(()),
            (_, _, Ok(status)) => Err(Breakdown::exited(status)),
            (_, _, Err(error)) => Err(Breakdown::Harness(error.to_string())),
        }
    }

    fn kill(&mut self) {
        // Nobody is left to be told if this fails.
        let _ = self.finish();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads standard error to its end and keeps the last of it.
fn keep(mut stderr: ChildStderr, tail: Arc<Mutex<Tail>>) {
    thread::spawn(move || {
        let mut chunk = vec![0; KEPT];
        while let Ok(read @ 1..) = stderr.read(&mut chunk) {
            let Ok(mut tail) = tail.lock() else { return };
            tail.total += read as u64;
            tail.bytes.extend_from_slice(&chunk[..read]);
            let over = tail.bytes.len().saturating_sub(KEPT);
            tail.bytes.drain(..over);
        }
    });
}

fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// A line that came although nobody had asked: a reply that stands there twice, or anything else.
fn stray(bytes: &[u8]) -> Breakdown {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let reply: Option<serde_json::Value> = serde_json::from_slice(first).ok();
    let shown = excerpt(first);
    match reply.as_ref().and_then(|reply| reply.get("id")).and_then(serde_json::Value::as_u64) {
        Some(got) => Breakdown::Unasked(format!("a repeated id, {got}: {shown}")),
        None => Breakdown::Unasked(shown),
    }
}

/// The beginning of what came, fit to be shown.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT)]);
    let line = text.lines().next().unwrap_or_default();
    let shown: String = line.chars().filter(|sign| !sign.is_control()).collect();
    if bytes.len() > EXCERPT { format!("`{shown}…`") } else { format!("`{shown}`") }
}
