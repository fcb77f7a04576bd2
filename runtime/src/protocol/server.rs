//! Answers requests: knows sessions by their names, keeps the clock from running backwards, and takes batches apart.

use super::{About, Ask, Hello, Picked, Reply, Request, Sessions, Shown, VERSION, answers_of};
use crate::{Answer, Fields, Input, May, Observation, Rows, SessionId, Text, Time, Value, protocol::World};

/// What stands behind a [`Server`].
pub trait Service {
    /// Who it is; `hello` names the flow that is wanted.
    ///
    /// # Errors
    /// Where there is no such flow.
    fn hello(&mut self, hello: &Hello) -> Result<About, Refusal>;

    /// Begins a new universe.
    ///
    /// # Errors
    /// Where the rows or the values of choices do not fit.
    fn reset(&mut self, rows: &Rows, choices: &Fields) -> Result<(), Refusal>;

    /// Opens a session.
    ///
    /// # Errors
    /// See [`Refusal`].
    fn open(
        &mut self,
        session: SessionId,
        at: Time,
        given: &Fields,
        told: &Told,
    ) -> Result<Observation, Refusal>;

    /// Takes an input.
    ///
    /// # Errors
    /// See [`Refusal`].
    fn apply(
        &mut self,
        session: SessionId,
        at: Time,
        input: &Input,
        answers: &[Answer],
        told: &Told,
    ) -> Result<Observation, Refusal>;

    /// Moves the clock.
    ///
    /// # Errors
    /// See [`Refusal`].
    fn advance(&mut self, to: Time, told: &Told) -> Result<Vec<(SessionId, Observation)>, Refusal>;

    /// Answers whether something is allowed: of the row under this key, or of a session.
    ///
    /// # Errors
    /// See [`Refusal`].
    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Refusal>;

    /// Leaves a session.
    ///
    /// # Errors
    /// See [`Refusal`].
    fn close(&mut self, session: SessionId) -> Result<(), Refusal>;
}

/// What is picked for the reference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Values; where there are none at all, it picks by itself.
    pub chosen: Option<Picked>,
    /// Which alternative of an `either`.
    pub pick: Option<usize>,
}

/// Why there is no observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot do that.
    Unsupported,
    /// What was asked cannot be asked; nothing has changed.
    Error(String),
}

/// Answers requests.
#[derive(Debug)]
pub struct Server<S> {
    service: S,
    about: About,
    sessions: Vec<(Text, SessionId)>,
    opened: SessionId,
    now: Time,
}

impl<S: Service> Server<S> {
    /// A server for what is behind it; `about` holds until it is greeted.
    pub fn new(service: S, about: About) -> Self {
        Self { service, about, sessions: Vec::new(), opened: 0, now: 0 }
    }

    /// The reply to a request as it stands on the wire; none to `bye`.
    pub fn line(&mut self, line: &[u8]) -> Option<Reply> {
        match serde_json::from_slice::<Request>(line) {
            Ok(Request { ask: Ask::Bye, .. }) => None,
            Ok(request) => Some(self.answer(request)),
            Err(error) => Some(unreadable(line, &error)),
        }
    }

    /// The reply to a request.
    pub fn answer(&mut self, Request { id, ask }: Request) -> Reply {
        let name = ask.name();
        let reply = self.reply(ask).unwrap_or_else(|refusal| match refusal {
            Refusal::Unsupported => Reply::unsupported(name),
            Refusal::Error(error) => Reply::error(error),
        });
        reply.to(id)
    }

    fn reply(&mut self, ask: Ask) -> Result<Reply, Refusal> {
        match ask {
            Ask::Hello(hello) => self.hello(&hello),
            Ask::Reset { rows, choices } => {
                self.service.reset(&rows, &choices)?;
                self.sessions.clear();
                self.now = 0;
                Ok(Reply::default())
            }
            Ask::Open { session, at, given, chosen } => self.open(session, at, &given, chosen),
            Ask::Apply { session, at, event, by, fields, answers, chosen, pick } => {
                let id = self.session(&session)?;
                self.future(at)?;
                let input = Input { event, by, fields };
                let told = Told { chosen, pick };
                let seen = self.service.apply(id, at, &input, &answers_of(answers), &told)?;
                self.now = at;
                Ok(self.observation(seen))
            }
            Ask::Advance { to, chosen } => {
                self.future(to)?;
                let seen = self.service.advance(to, &Told { chosen, pick: None })?;
                self.now = to;
                Ok(Reply { sessions: Some(self.shown(seen)), ..Reply::default() })
            }
            Ask::May { capability, row, session, at } => {
                let subject = match session {
                    Some(session) => Value::from(i64::from(self.session(&session)?)),
                    None => row,
                };
                let at = at.unwrap_or(self.now);
                self.future(at)?;
                let may = self.service.may(&capability, &subject, at)?;
                self.now = at;
                Ok(permission(may))
            }
            Ask::Run { requests } => {
                let replies = requests.into_iter().map(|request| self.answer(request)).collect();
                Ok(Reply { replies: Some(replies), ..Reply::default() })
            }
            Ask::Close { session } => {
                let id = self.session(&session)?;
                self.service.close(id)?;
                self.sessions.retain(|(_, known)| *known != id);
                Ok(Reply::default())
            }
            Ask::Bye => Err(Refusal::Error("`bye` stands alone".to_owned())),
        }
    }

    fn hello(&mut self, hello: &Hello) -> Result<Reply, Refusal> {
        if hello.protocol != VERSION {
            let error = format!("protocol {} is not known here, protocol {VERSION} is", hello.protocol);
            return Err(Refusal::Error(error));
        }
        self.about = self.service.hello(hello)?;
        Ok(self.about.reply())
    }

    fn open(
        &mut self,
        name: Text,
        at: Time,
        given: &Fields,
        chosen: Option<Picked>,
    ) -> Result<Reply, Refusal> {
        if self.session(&name).is_ok() {
            return Err(Refusal::Error(format!("a session `{name}` is open")));
        }
        self.future(at)?;
        // A name can be opened again, as a new session: so the number is new, too.
        let id = self.opened;
        let seen = self.service.open(id, at, given, &Told { chosen, pick: None })?;
        self.now = at;
        if seen.verdict == crate::Verdict::Accepted {
            self.opened = self.opened.wrapping_add(1);
            self.sessions.push((name, id));
        }
        Ok(self.observation(seen))
    }

    fn session(&self, name: &str) -> Result<SessionId, Refusal> {
        let known = self.sessions.iter().find(|(known, _)| known == name);
        known.map(|(_, id)| *id).ok_or_else(|| Refusal::Error(format!("no session `{name}` is open")))
    }

    fn future(&self, at: Time) -> Result<(), Refusal> {
        if at >= self.now {
            return Ok(());
        }
        Err(Refusal::Error(format!("{at} lies before the clock, which is at {}", self.now)))
    }

    fn observation(&self, seen: Observation) -> Reply {
        let steps = self.about.shows_step != Some(false);
        Reply::observation(seen, steps, self.about.world == World::Reported)
    }

    fn shown(&self, seen: Vec<(SessionId, Observation)>) -> Sessions {
        let steps = self.about.shows_step != Some(false);
        let each = seen.into_iter().filter_map(|(id, seen)| {
            let (name, _) = self.sessions.iter().find(|(_, known)| *known == id)?;
            Some((name.clone(), Shown { step: seen.step.filter(|_| steps), outputs: seen.outputs }))
        });
        Sessions::Shown(each.collect())
    }
}

fn permission(may: May) -> Reply {
    let (may, reason) = match may {
        May::Allowed => (Some(true), None),
        May::Denied(reason) => (Some(false), Some(reason)),
        May::Unstated => (None, None),
    };
    Reply { may: Some(may), reason, ..Reply::default() }
}

/// The reply to what is no request: whoever asks for something that is not known is told so, under its own `id`.
fn unreadable(line: &[u8], error: &serde_json::Error) -> Reply {
    let Ok(request) = serde_json::from_slice::<serde_json::Value>(line) else {
        return Reply::error(format!("this is no JSON: {error}"));
    };
    let id = request.get("id").and_then(serde_json::Value::as_u64);
    let known = ["hello", "reset", "open", "apply", "advance", "may", "run", "close", "bye"];
    let reply = match request.get("do").and_then(serde_json::Value::as_str) {
        Some(name) if !known.contains(&name) => Reply::unsupported(name),
        _ => Reply::error(format!("this is no request: {error}")),
    };
    Reply { id, ..reply }
}
