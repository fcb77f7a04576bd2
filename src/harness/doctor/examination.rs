//! One look at an adapter, request by request.

use std::time::{Duration, Instant};

use flowspec_runtime::Fields;
use flowspec_runtime::protocol::{About, Ask, Clock, Hello, Reply, Request, Sessions, VERSION};
use flowspec_runtime::suite::Suite;
use serde_json::json;

use super::{Finding, Grade, beginning};
use crate::harness::target::{Breakdown, Connector, Line};

/// For how long the speed is measured.
const MEASURED: Duration = Duration::from_millis(300);
/// So many requests a second are slow.
const SLOW: u128 = 500;
/// So much on standard error is more than a person reads.
const MUCH: u64 = 1024 * 1024;

/// An adapter that is looked over.
pub(super) struct Examination<'a> {
    connector: &'a Connector,
    line: Line,
    about: About,
    /// How a test begins.
    beginning: (Ask, Ask),
    last: u64,
    findings: Vec<Finding>,
    /// Whether it is gone, so that nothing more can be seen.
    gone: bool,
}

impl<'a> Examination<'a> {
    /// Starts it and greets it.
    pub(super) fn begin(connector: &'a Connector) -> Result<Self, Vec<Finding>> {
        let begun = Instant::now();
        let line = connector.line().map_err(|breakdown| vec![not_started(&breakdown)])?;
        let mut examination = Self {
            connector,
            line,
            about: About::new(""),
            beginning: beginning(None),
            last: 0,
            findings: Vec::new(),
            gone: false,
        };
        let hello = Hello { protocol: VERSION, flow: connector.flow.clone(), spec: connector.spec.clone() };
        let greeted = examination.ask_within(&Ask::Hello(hello), connector.start);
        let Some(reply) = greeted else {
            examination.stderr();
            return Err(examination.findings);
        };
        let within = begun.elapsed().as_millis();
        examination.hello(&reply, within);
        Ok(examination)
    }

    fn hello(&mut self, reply: &Reply, within: u128) {
        const MEND: &str = "answer `hello` with at least {\"id\":1,\"implementation\":\"name version\"}";
        if let Some(error) = &reply.error {
            self.find(Grade::Ill, "hello", format!("it answers with an error: {error}"), MEND);
            return;
        }
        match About::read(reply) {
            None => self.find(Grade::Ill, "hello", "the reply does not say who is there".to_owned(), MEND),
            Some(about) => {
                let clock = if about.clock == Clock::Real { "its own clock" } else { "a virtual clock" };
                let seen = format!(
                    "{}: {clock}, {} at once, answered after {within} ms",
                    about.implementation,
                    crate::diagnostic::counted(about.sessions as usize, "session")
                );
                self.find(Grade::Well, "hello", seen, "");
                self.about = about;
            }
        }
        if self.about.clock == Clock::Real {
            const MEND: &str =
                "take the time from `at` and `to`, and say \"clock\":\"virtual\": then nothing is waited for";
            self.find(Grade::Note, "clock", "tests wait as long as the flow does".to_owned(), MEND);
        }
    }

    /// A universe, a session in it, and the same again.
    pub(super) fn first_universe(&mut self, suite: Option<&Suite>) {
        self.beginning = beginning(suite);
        let (reset, open) = self.beginning.clone();
        const RESET: &str =
            "answer `reset` with {\"id\":n}, and forget all sessions, counters and rows but those it brings";
        let Some(reply) = self.ask(&reset) else { return };
        if let Some(why) =
            reply.error.or_else(|| reply.unsupported.map(|what| format!("{what} is not supported")))
        {
            return self.find(Grade::Ill, "reset", why, RESET);
        }
        let Some(first) = self.ask(&open) else { return };
        if first.unsupported.is_some() {
            let seen = "sessions cannot be opened; the one there is begins by itself".to_owned();
            return self.find(
                Grade::Note,
                "open",
                seen,
                "answer `open`, so that what is given can be tested",
            );
        }
        const OPEN: &str = "answer with `accepted`, `reasons` where it is refused, `step` and `outputs`";
        let shown = Reply { id: None, ..first.clone() };
        if let Err(wrong) = first.into_observation() {
            return self.find(Grade::Ill, "open", format!("the reply {wrong}"), OPEN);
        }
        self.find(Grade::Well, "open", "a session can be opened".to_owned(), "");
        let unknown = self.ask(&apply("flowspec_no_such_event", 0));
        const UNKNOWN: &str =
            "refuse what a step does not list: {\"accepted\":false,\"reasons\":[\"unexpected\"],…}";
        match unknown.map(Reply::into_observation) {
            None => return,
            Some(Ok(seen)) if seen.verdict != flowspec_runtime::Verdict::Accepted => {
                self.find(Grade::Well, "unlisted event", "it is refused".to_owned(), "");
            }
            Some(Ok(_)) => self.find(Grade::Ill, "unlisted event", "it is accepted".to_owned(), UNKNOWN),
            Some(Err(_)) => {
                self.find(Grade::Note, "unlisted event", "there is no verdict on it".to_owned(), UNKNOWN);
            }
        }
        self.ask(&reset);
        let Some(again) = self.ask(&open) else { return };
        let again = Reply { id: None, ..again };
        if again.error.is_some() || again.accepted != shown.accepted || again.step != shown.step {
            let seen = format!("after another `reset`, the same `open` shows {}", text(&again));
            return self.find(Grade::Ill, "reset", seen, RESET);
        }
        self.find(Grade::Well, "reset", "a new universe begins as the first did".to_owned(), "");
    }

    /// Something that no version of the protocol has.
    pub(super) fn unknown_request(&mut self) {
        const MEND: &str = "answer what you do not know with {\"id\":n,\"unsupported\":\"name\"}, so that newer tools can ask";
        self.last += 1;
        let line = json!({ "id": self.last, "do": "flowspec_no_such_request" }).to_string();
        match self.exchange(line.as_bytes(), self.connector.timeout) {
            None => self.found_last(MEND),
            Some(reply) if reply.unsupported.is_some() => {
                self.find(Grade::Well, "unknown request", "it is unsupported".to_owned(), "");
            }
            Some(reply) => {
                self.find(Grade::Note, "unknown request", format!("it is answered by {}", text(&reply)), MEND)
            }
        }
    }

    /// Numbers that are not small and do not follow one another.
    pub(super) fn ids(&mut self) {
        self.last += 4_000_000_000;
        let (reset, _) = self.beginning.clone();
        if self.ask(&reset).is_some() {
            self.find(Grade::Well, "ids", "replies carry the id of their request".to_owned(), "");
        }
    }

    /// Two sessions of one universe.
    pub(super) fn several_sessions(&mut self) {
        const MEND: &str =
            "keep sessions by their names, and say in `hello` how many there can be: \"sessions\":8";
        if self.about.sessions < 2 {
            let seen = "one at a time: what sessions share is not tested".to_owned();
            return self.find(Grade::Note, "sessions", seen, MEND);
        }
        let (reset, open) = self.beginning.clone();
        self.ask(&reset);
        self.ask(&open);
        let Ask::Open { at, given, .. } = open else { return };
        let other = Ask::Open { session: "b".into(), at, given, chosen: None };
        match self.ask(&other) {
            None => {}
            Some(reply) if reply.accepted.is_some() => {
                self.find(Grade::Well, "sessions", "two can be open at once".to_owned(), "");
            }
            Some(reply) => self.find(
                Grade::Ill,
                "sessions",
                format!("a second one is answered by {}", text(&reply)),
                MEND,
            ),
        }
    }

    /// Time without an event.
    pub(super) fn clock(&mut self) {
        const MEND: &str = "answer `advance` with what every session shows: {\"sessions\":{\"a\":{\"step\":…,\"outputs\":[]}}}";
        match self.ask(&Ask::Advance { to: 1, chosen: None }) {
            None => {}
            Some(reply) if reply.unsupported.is_some() => {
                let seen = "the clock cannot be moved: time-outs are seen only at the next event".to_owned();
                self.find(Grade::Note, "advance", seen, MEND);
            }
            Some(Reply { sessions: Some(Sessions::Shown(_)), .. }) => {
                self.find(Grade::Well, "advance", "the clock can be moved".to_owned(), "");
            }
            Some(reply) => {
                self.find(Grade::Ill, "advance", format!("it is answered by {}", text(&reply)), MEND)
            }
        }
    }

    /// Several requests at once.
    pub(super) fn batch(&mut self) {
        const MEND: &str = "answer `run` with {\"replies\":[…]}, one for each of its `requests`, and say \"batch\":true in `hello`";
        if !self.about.batch {
            let seen = "one request at a time".to_owned();
            return self.find(Grade::Note, "run", seen, MEND);
        }
        let (reset, open) = self.beginning.clone();
        let ids = [self.last + 2, self.last + 3];
        let requests = ids.into_iter().zip([reset, open]).map(|(id, ask)| Request { id, ask }).collect();
        let reply = self.ask(&Ask::Run { requests });
        self.last += 2;
        let Some(reply) = reply else { return };
        let replies = reply.replies.clone().unwrap_or_default();
        let mut expected = replies.iter().zip(ids);
        if replies.len() == 2 && expected.all(|(reply, id)| reply.id.is_none_or(|got| got == id)) {
            self.find(Grade::Well, "run", "several requests are answered at once".to_owned(), "");
        } else {
            self.find(Grade::Ill, "run", format!("two requests are answered by {}", text(&reply)), MEND);
        }
    }

    /// How many requests a second.
    pub(super) fn speed(&mut self) {
        const MEND: &str = "flush after each line and never sleep; keep what is costly out of `reset`";
        let (reset, _) = self.beginning.clone();
        let begun = Instant::now();
        let mut asked: u128 = 0;
        while begun.elapsed() < MEASURED {
            if self.ask(&reset).is_none() {
                return;
            }
            asked += 1;
        }
        let speed = asked * 1_000 / begun.elapsed().as_millis().max(1);
        let seen = format!("{speed} universes a second");
        if speed < SLOW {
            self.find(Grade::Note, "speed", seen, MEND);
        } else {
            self.find(Grade::Well, "speed", seen, "");
        }
    }

    /// Standard error, and the end.
    pub(super) fn end(mut self) -> Vec<Finding> {
        self.stderr();
        if !self.gone {
            const MEND: &str = "end with exit code 0 when `bye` comes, or the end of the input";
            let bye = Request { id: self.last + 1, ask: Ask::Bye };
            let line = serde_json::to_vec(&bye).unwrap_or_default();
            match self.line.end(&line) {
                Ok(()) => self.find(Grade::Well, "bye", "it ends when it is told to".to_owned(), ""),
                Err(breakdown) => self.find(Grade::Note, "bye", breakdown.to_string(), MEND),
            }
        }
        self.findings
    }

    fn stderr(&mut self) {
        let bytes = self.line.stderr_bytes();
        if bytes > MUCH {
            const MEND: &str = "write less there: the last 64 KiB are shown with a failing test";
            self.find(Grade::Note, "standard error", format!("{bytes} bytes in so short a time"), MEND);
        } else if bytes > 0 && self.gone {
            let said = self.line.stderr();
            self.find(Grade::Note, "standard error", format!("its last words: {}", said.trim_end()), "");
        }
    }

    fn ask(&mut self, ask: &Ask) -> Option<Reply> {
        self.ask_within(ask, self.connector.timeout)
    }

    fn ask_within(&mut self, ask: &Ask, within: Duration) -> Option<Reply> {
        self.last += 1;
        let request = Request { id: self.last, ask: ask.clone() };
        let line = serde_json::to_vec(&request).unwrap_or_default();
        self.exchange(&line, within)
    }

    /// The reply to a line; where there is none, that is the last finding.
    fn exchange(&mut self, line: &[u8], within: Duration) -> Option<Reply> {
        if self.gone {
            return None;
        }
        match self.line.ask(line, self.last, within) {
            Ok(reply) => Some(reply),
            Err(breakdown) => {
                self.gone = true;
                let asked = String::from_utf8_lossy(line).chars().take(100).collect::<String>();
                self.find(Grade::Ill, "reply", format!("to {asked} : {breakdown}"), mend(&breakdown));
                None
            }
        }
    }

    /// Says what to do about the last finding.
    fn found_last(&mut self, mend: &'static str) {
        if let Some(last) = self.findings.last_mut() {
            last.mend = mend;
        }
    }

    fn find(&mut self, grade: Grade, what: &'static str, seen: String, mend: &'static str) {
        self.findings.push(Finding { grade, what, seen, mend });
    }
}

fn apply(event: &str, at: i64) -> Ask {
    Ask::Apply {
        session: "a".into(),
        at,
        event: event.into(),
        by: "user".into(),
        fields: Fields::default(),
        answers: Default::default(),
        chosen: None,
        pick: None,
    }
}

fn text(reply: &Reply) -> String {
    serde_json::to_string(reply).unwrap_or_default()
}

fn not_started(breakdown: &Breakdown) -> Finding {
    Finding { grade: Grade::Ill, what: "start", seen: breakdown.to_string(), mend: mend(breakdown) }
}

/// What to do about a misfortune.
fn mend(breakdown: &Breakdown) -> &'static str {
    match breakdown {
        Breakdown::NotStarted(_) => {
            "try the command by itself: does it wait for a line on its standard input?"
        }
        Breakdown::Timeout { .. } => "answer each line with a line, and flush after it",
        Breakdown::Exited(_) | Breakdown::HalfLine(_) => {
            "go on until `bye` or the end of the input; catch what a request throws, and answer {\"id\":n,\"error\":\"…\"}"
        }
        Breakdown::ClosedStdout => "leave standard output open until the end",
        Breakdown::Garbage(_) | Breakdown::Unasked(_) => {
            "standard output is for the protocol alone: log to standard error"
        }
        Breakdown::NotUtf8 => "write UTF-8",
        Breakdown::Oversized(_) => "end each reply with a line feed",
        Breakdown::NoId
        | Breakdown::WrongId { .. }
        | Breakdown::RepeatedId { .. }
        | Breakdown::FutureId { .. } => {
            "copy `id` from the request into its reply, and answer each request once"
        }
        Breakdown::Misshapen(_) => "see docs/protocol.md for what a reply holds",
        Breakdown::Status(_) => "answer every POST with status 200 and the reply as its body",
        Breakdown::Harness(_) | Breakdown::Interrupted => "",
    }
}
