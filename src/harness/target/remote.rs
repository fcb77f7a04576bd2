//! An implementation at the other end of a wire, as the oracle's engine drives it.
//!
//! Requests that are known beforehand can be sent at once ([`Remote::foresee`]); the replies then wait here until they are
//! asked for, one by one, as if they came only then.

use std::collections::{HashMap, VecDeque};
use std::thread;
use std::time::{Duration, Instant};

use flowspec_runtime::conformance::{Lapse, Target};
use flowspec_runtime::protocol::{About, Ask, Clock, Hello, Reply, Request, Sessions, Shown, World, said};
use flowspec_runtime::suite::{Step, Term, Terms};
use flowspec_runtime::{
    Answer, Fields, Input, May, Observation, Rows, SessionId, Text, Time, Value, Verdict,
};

use super::reply::{identified, read};
use super::{Breakdown, Connector, Stop, Wire};

/// A test that is asked for before its turn.
pub struct Foreseen<'a> {
    /// Its number.
    pub number: usize,
    /// The rows that its universe begins with.
    pub rows: &'a Rows,
    /// What is done.
    pub steps: Vec<&'a Step>,
}

/// A connection to an implementation that has answered `hello`.
pub struct Remote {
    wire: Box<dyn Wire>,
    about: About,
    timeout: Duration,
    /// The last number that a request had.
    last: u64,
    line: Vec<u8>,
    open: Vec<SessionId>,
    now: Time,
    /// Ends every wait.
    stop: Stop,
    /// By a real clock: when the last reset was asked for, and when it was answered.
    began: (Instant, Instant),
    /// By a real clock: when each step of the test that names an instant was asked, at the earliest, and answered.
    instants: Vec<(Time, Time)>,
    /// Replies to tests that were sent at once, by the tests' numbers.
    ahead: HashMap<usize, VecDeque<(Ask, Reply)>>,
    /// Those of the test that is being played, as far as they are yet to be asked for.
    current: VecDeque<(Ask, Reply)>,
    broken: Option<Breakdown>,
    /// The capabilities that are asked of sessions and not of rows.
    of_sessions: Vec<Text>,
    /// How many requests were answered.
    answered: u64,
}

impl Remote {
    /// Greets an implementation.
    pub(super) fn greet(
        wire: Box<dyn Wire>,
        hello: Hello,
        connector: &Connector,
    ) -> Result<Self, (Breakdown, String)> {
        let mut remote = Self {
            wire,
            about: About::new(""),
            timeout: connector.start.max(connector.timeout),
            last: 0,
            line: Vec::new(),
            open: Vec::new(),
            now: 0,
            stop: connector.stop.clone(),
            began: (Instant::now(), Instant::now()),
            instants: Vec::new(),
            ahead: HashMap::new(),
            current: VecDeque::new(),
            broken: None,
            of_sessions: connector.of_sessions.clone(),
            answered: 0,
        };
        let greeted = remote.request(Ask::Hello(hello)).and_then(|reply| about(&reply));
        match greeted {
            Ok(about) => {
                remote.about = about;
                remote.timeout = connector.timeout;
                Ok(remote)
            }
            Err(breakdown) => {
                remote.kill();
                let stderr = remote.wire.stderr();
                Err((breakdown, stderr))
            }
        }
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// What broke the connection, if it is broken.
    pub fn broken(&self) -> Option<&Breakdown> {
        self.broken.as_ref()
    }

    /// By a real clock: when each step of the last test that names an instant was asked, at the earliest, and answered, at
    /// the latest, by the clock of the test.
    pub fn instants(&self) -> &[(Time, Time)] {
        &self.instants
    }

    /// How many requests were answered.
    pub fn answered(&self) -> u64 {
        self.answered
    }

    /// The end of what it wrote to standard error since the last reset.
    pub fn stderr(&self) -> String {
        self.wire.stderr()
    }

    /// How many bytes it wrote to standard error in all.
    pub fn stderr_bytes(&self) -> u64 {
        self.wire.stderr_bytes()
    }

    /// Whether it is still there, as far as that can be seen without asking it.
    pub fn check(&mut self) -> bool {
        if self.broken.is_none()
            && let Err(breakdown) = self.wire.check()
        {
            self.broken = Some(breakdown);
        }
        self.broken.is_none()
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// What was wrong with its way to go.
    pub fn end(mut self) -> Result<(), Breakdown> {
        match self.broken.take() {
            Some(breakdown) => Err(breakdown),
            None => {
                let bye = Request { id: self.last + 1, ask: Ask::Bye };
                write(&mut self.line, &bye);
                self.wire.end(&self.line, self.timeout.min(Duration::from_secs(2)))
            }
        }
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.wire.kill();
    }

    /// Sends what these tests will ask for at once, where the implementation takes that. A test with a value that comes from
    /// what is seen is none of them: it is asked for step by step when its turn comes.
    ///
    /// # Errors
    /// What broke; the tests can be asked for one by one then, over a new connection.
    pub fn foresee(&mut self, tests: &[Foreseen]) -> Result<(), Breakdown> {
        self.ahead.clear();
        if !self.about.batch || self.about.clock == Clock::Real {
            return Ok(());
        }
        let mut sizes = Vec::new();
        let mut asks = Vec::new();
        for test in tests {
            if let Some(of_test) = self.foreseen(test.rows, &test.steps) {
                sizes.push((test.number, of_test.len()));
                asks.extend(of_test);
            }
        }
        if sizes.len() < 2 {
            return Ok(());
        }
        match self.run_ahead(asks) {
            Ok(replies) => {
                let mut replies = replies.into_iter();
                self.ahead.extend(
                    sizes.iter().map(|(number, size)| (*number, replies.by_ref().take(*size).collect())),
                );
                Ok(())
            }
            Err(breakdown) => {
                self.breaks(breakdown.clone());
                Err(breakdown)
            }
        }
    }

    /// Plays a test: if it was foreseen, the replies to it are here already.
    pub fn take_up(&mut self, number: Option<usize>) {
        self.current = number.and_then(|number| self.ahead.remove(&number)).unwrap_or_default();
    }

    fn run_ahead(&mut self, asks: Vec<Ask>) -> Result<Vec<(Ask, Reply)>, Breakdown> {
        let outer = self.last + 1;
        let requests: Vec<_> = (outer + 1..).zip(asks).map(|(id, ask)| Request { id, ask }).collect();
        let ids = requests.last().map_or(outer, |request| request.id);
        let timeout = self.timeout;
        // The deadline is that of a request; a batch is many.
        self.timeout = timeout.saturating_mul(1 + u32::try_from(requests.len() / 100).unwrap_or(u32::MAX));
        let run = Request { id: outer, ask: Ask::Run { requests } };
        let reply = self.send(&run);
        self.timeout = timeout;
        self.last = ids;
        let (Ask::Run { requests }, reply) = (run.ask, reply?) else { return Ok(Vec::new()) };
        if reply.unsupported.is_some() || reply.error.is_some() {
            self.about.batch = false;
            return Ok(Vec::new());
        }
        let replies =
            reply.replies.ok_or_else(|| Breakdown::Misshapen("to `run` has no `replies`".to_owned()))?;
        if replies.len() != requests.len() {
            let (got, asked) = (replies.len(), requests.len());
            return Err(Breakdown::Misshapen(format!("to `run` has {got} replies to {asked} requests")));
        }
        self.answered += replies.len() as u64;
        let pairs = requests.into_iter().zip(replies).map(|(Request { id, ask }, reply)| {
            identified(reply.id.or(Some(id)), id, ids)?;
            Ok((ask, reply))
        });
        pairs.collect()
    }

    /// The requests of a test, if all of them are known beforehand.
    fn foreseen(&self, rows: &Rows, steps: &[&Step]) -> Option<Vec<Ask>> {
        let mut asks = vec![reset(rows)];
        let (mut now, mut open) = (0, Vec::new());
        for step in steps {
            let ask = match step {
                Step::Open { session, at, given } => {
                    if open.len() >= self.about.sessions as usize {
                        return None;
                    }
                    open.push(*session);
                    plain(given).map(|given| opening(*session, *at, given))
                }
                Step::Apply { session, at, event, by, fields, answers } => {
                    let input =
                        plain(fields).map(|fields| Input { event: event.clone(), by: by.clone(), fields });
                    let answers: Option<Vec<_>> = answers
                        .iter()
                        .map(|say| {
                            let fields = plain(&say.fields)?;
                            Some(Answer { actor: say.actor.clone(), answer: say.answer.clone(), fields })
                        })
                        .collect();
                    input.zip(answers).map(|(input, answers)| self.applying(*session, *at, &input, &answers))
                }
                Step::Advance { to } => Some(Ask::Advance { to: *to, chosen: None }),
                Step::May { capability, subject: Term::Value(subject), at } => {
                    Some(self.asking(capability, subject, *at, now))
                }
                Step::May { .. } => None,
                Step::Close { session } => {
                    open.retain(|known| known != session);
                    Some(Ask::Close { session: name(*session) })
                }
            };
            now = step.at().unwrap_or(now);
            asks.push(ask?);
        }
        Some(asks)
    }

    /// A question; its instant is named where time has passed since the last request.
    fn asking(&self, capability: &str, subject: &Value, at: Time, now: Time) -> Ask {
        let of_session = self.of_sessions.iter().any(|known| known == capability);
        let session = subject.as_int().and_then(|id| SessionId::try_from(id).ok()).filter(|_| of_session);
        Ask::May {
            capability: Text::new(capability),
            row: if session.is_some() { Value::Unset } else { subject.clone() },
            session: session.map(name),
            at: (at > now).then_some(at),
        }
    }

    fn applying(&self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Ask {
        let Input { event, by, fields } = input.clone();
        let told = self.about.world == World::Told;
        let answers = if told { said(answers) } else { Default::default() };
        Ask::Apply { session: name(session), at, event, by, fields, answers, chosen: None, pick: None }
    }

    /// Asks, or takes the reply that is here already.
    fn ask(&mut self, ask: Ask) -> Result<Reply, Lapse> {
        if self.broken.is_some() {
            return Err(Lapse::Broken);
        }
        let reply = match self.current.pop_front() {
            Some((foreseen, reply)) if foreseen == ask => Ok(reply),
            Some(_) => Err(Breakdown::Harness("a batch did not foresee what was asked".to_owned())),
            None => self.request(ask),
        };
        match reply {
            Ok(Reply { unsupported: Some(_), .. }) => Err(Lapse::Unsupported),
            Ok(Reply { error: Some(error), .. }) => {
                Err(Lapse::Crashed(format!("it answered with an error: {error}")))
            }
            Ok(reply) => Ok(reply),
            Err(breakdown) => Err(self.breaks(breakdown)),
        }
    }

    /// Asks at an instant; by a real clock, that is waited for.
    fn ask_at(&mut self, at: Time, ask: Ask) -> Result<Reply, Lapse> {
        if self.about.clock == Clock::Virtual {
            return self.ask(ask);
        }
        let scale = u128::from(self.about.scale);
        let passed = |since: Instant| {
            Time::try_from(since.elapsed().as_millis().saturating_mul(scale)).unwrap_or(Time::MAX)
        };
        while passed(self.began.1) < at {
            if self.stop.is_wanted() {
                return Err(self.breaks(Breakdown::Interrupted));
            }
            let left =
                u64::try_from(at - passed(self.began.1)).unwrap_or(0).div_ceil(u64::from(self.about.scale));
            thread::sleep(Duration::from_millis(left.clamp(1, 50)));
        }
        let sent = passed(self.began.1);
        let reply = self.ask(ask);
        self.instants.push((sent, passed(self.began.0)));
        reply
    }

    fn breaks(&mut self, breakdown: Breakdown) -> Lapse {
        self.ahead.clear();
        self.current.clear();
        self.broken = Some(breakdown);
        Lapse::Broken
    }

    fn request(&mut self, ask: Ask) -> Result<Reply, Breakdown> {
        self.answered += 1;
        self.send(&Request { id: self.last + 1, ask })
    }

    fn send(&mut self, request: &Request) -> Result<Reply, Breakdown> {
        self.last = request.id;
        write(&mut self.line, request);
        let reply = self.wire.exchange(&self.line, self.timeout)?;
        let reply = read(reply)?;
        identified(reply.id, request.id, request.id)?;
        Ok(reply)
    }

    fn observed(&mut self, reply: Reply) -> Result<Observation, Lapse> {
        let mut seen = match reply.into_observation() {
            Ok(seen) => seen,
            Err(wrong) => return Err(self.breaks(Breakdown::Misshapen(wrong.to_owned()))),
        };
        match self.about.shows_step {
            Some(false) => seen.step = None,
            Some(true) if seen.step.is_none() && seen.verdict == Verdict::Accepted => {
                let wrong = "has no `step`, and `hello` said that steps are shown";
                return Err(self.breaks(Breakdown::Misshapen(wrong.to_owned())));
            }
            _ => {}
        }
        if self.about.world == World::Told {
            seen.answers.clear();
        }
        Ok(seen)
    }

    fn shown(&mut self, sessions: Option<Sessions>) -> Result<Vec<(SessionId, Observation)>, Lapse> {
        let Some(Sessions::Shown(shown)) = sessions else {
            let wrong = "to `advance` has no `sessions` by their names";
            return Err(self.breaks(Breakdown::Misshapen(wrong.to_owned())));
        };
        let hides = self.about.shows_step == Some(false);
        let mut seen = Vec::new();
        for &session in &self.open {
            if let Some(Shown { step, outputs }) = shown.get(&name(session)) {
                let step = step.clone().filter(|_| !hides);
                let outputs = outputs.clone();
                seen.push((
                    session,
                    Observation { verdict: Verdict::Accepted, step, outputs, answers: Vec::new() },
                ));
            }
        }
        // A session that nobody opened is one too many, which the oracle is to see.
        let strangers = shown.len().saturating_sub(seen.len());
        let nobody = || Observation { step: None, ..Observation::accepted("") };
        seen.extend((0..strangers).map(|stranger| (SessionId::MAX - stranger as SessionId, nobody())));
        Ok(seen)
    }
}

impl Target for Remote {
    fn reset(&mut self, rows: &Rows) -> Result<(), Lapse> {
        let ask = reset(rows);
        // Whatever is played but the test that was foreseen is asked for now.
        if self.current.front().is_some_and(|(foreseen, _)| *foreseen != ask) {
            self.current.clear();
        }
        if self.current.is_empty() {
            self.wire.mark();
        }
        self.open.clear();
        self.now = 0;
        self.instants.clear();
        self.began.0 = Instant::now();
        let reply = self.ask(ask);
        self.began.1 = Instant::now();
        reply.map(|_| ())
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Lapse> {
        if self.open.len() >= self.about.sessions as usize {
            return Err(Lapse::Unsupported);
        }
        let reply = self.ask_at(at, opening(session, at, given.clone()))?;
        let seen = self.observed(reply)?;
        if seen.verdict == Verdict::Accepted {
            self.open.push(session);
        }
        self.now = at;
        Ok(seen)
    }

    fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
    ) -> Result<Observation, Lapse> {
        let ask = self.applying(session, at, input, answers);
        let reply = self.ask_at(at, ask)?;
        self.now = at;
        self.observed(reply)
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Lapse> {
        let reply = self.ask_at(to, Ask::Advance { to, chosen: None })?;
        self.now = to;
        self.shown(reply.sessions)
    }

    fn close(&mut self, session: SessionId) -> Result<(), Lapse> {
        self.ask(Ask::Close { session: name(session) })?;
        self.open.retain(|known| *known != session);
        Ok(())
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Lapse> {
        let reply = self.ask_at(at, self.asking(capability, subject, at, self.now))?;
        self.now = at;
        match (reply.may, reply.reason) {
            (Some(Some(true)), _) => Ok(May::Allowed),
            (Some(Some(false)), Some(reason)) => Ok(May::Denied(reason)),
            (Some(None), _) => Ok(May::Unstated),
            (Some(Some(false)), None) => {
                Err(self.breaks(Breakdown::Misshapen("to `may` is a denial without its `reason`".to_owned())))
            }
            (None, _) => Err(self.breaks(Breakdown::Misshapen("to `may` has no `may`".to_owned()))),
        }
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.wire.kill();
    }
}

/// A session's name: a letter, as far as there are some.
fn name(session: SessionId) -> Text {
    match u8::try_from(session) {
        Ok(letter @ 0..26) => Text::new(char::from(b'a' + letter).encode_utf8(&mut [0; 4])),
        _ => format!("s{session}").into(),
    }
}

fn reset(rows: &Rows) -> Ask {
    Ask::Reset { rows: rows.clone(), choices: Fields::default() }
}

fn opening(session: SessionId, at: Time, given: Fields) -> Ask {
    Ask::Open { session: name(session), at, given, chosen: None }
}

/// Values that are known beforehand, if all of them are.
fn plain(terms: &Terms) -> Option<Fields> {
    let each = terms.iter().map(|(name, term)| match term {
        Term::Value(value) => Some((name.clone(), value.clone())),
        Term::Seen(_) => None,
    });
    let each: Option<Vec<_>> = each.collect();
    each.map(|each| Fields(each.into_iter().filter(|(_, value)| value.is_set()).collect()))
}

fn about(reply: &Reply) -> Result<About, Breakdown> {
    if let Some(error) = &reply.error {
        return Err(Breakdown::NotStarted(format!("it answered `hello` with an error: {error}")));
    }
    let wrong = || {
        Breakdown::Misshapen("to `hello` has no `implementation`, or `sessions` that is no number".to_owned())
    };
    About::read(reply).ok_or_else(wrong)
}

fn write(line: &mut Vec<u8>, request: &Request) {
    line.clear();
    // Writing to memory does not fail, and every key is text.
    let _ = serde_json::to_writer(&mut *line, request);
    line.push(b'\n');
}
