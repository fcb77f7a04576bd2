//! The session of a mail server, written from the facts SMT-01 to SMT-14, with faults that it can be told to have.

use std::collections::BTreeMap;

use flowspec_runtime::Value;
use flowspec_runtime::{
    Answer, Fields, Implementation, Input, Observation, Rows, SessionId, Text, Time, Unsupported,
};

/// How long a session waits for the next command, in milliseconds.
const PATIENCE: Time = 5 * 60 * 1000;

/// So many recipients of a message are taken.
const RECIPIENTS: u32 = 100;

/// What can be wrong, with a word on each.
pub const FAULTS: [(&str, &str); 14] = [
    ("recipients_99", "the hundredth recipient is not taken"),
    ("recipients_kept_by_rset", "RSET does not forget how many recipients there were"),
    ("recipients_kept_by_ehlo", "EHLO does not forget how many recipients there were"),
    ("recipients_kept_by_message", "a message that was taken does not free its recipients"),
    ("impatient", "a session is closed a second before five minutes are over"),
    ("noop_is_nothing", "NOOP does not count as a command: patience goes on running out"),
    ("data_without_recipients", "DATA is taken as soon as the sender is known"),
    ("mail_in_the_middle", "MAIL is taken in the middle of a message"),
    ("ehlo_keeps_message", "EHLO does not clear what was begun"),
    ("rset_closes", "RSET closes the session"),
    ("quit_not_while_receiving", "QUIT is not taken once recipients are known"),
    ("unknown_mailboxes_taken", "a mailbox that there is not is taken all the same"),
    ("sender_may_be_missing", "MAIL is taken without a sender"),
    ("empty_helo_refused_as_syntax", "a HELO without a host is refused for its order"),
];

/// What was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Greeted,
    Ready,
    Sender,
    Recipients,
    Receiving,
    Closed,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Greeted => "greeted",
            Self::Ready => "ready",
            Self::Sender => "sender_known",
            Self::Recipients => "recipients_known",
            Self::Receiving => "receiving",
            Self::Closed => "closed",
        }
    }
}

#[derive(Debug)]
struct Session {
    stage: Stage,
    recipients: u32,
    /// When the last command came.
    heard: Time,
}

/// A mail server that takes messages and throws them away.
#[derive(Debug, Default)]
pub struct Server {
    sessions: BTreeMap<SessionId, Session>,
    fault: Option<Text>,
}

impl Server {
    /// A server with one of [`FAULTS`], or with none.
    pub fn new(fault: Option<&str>) -> Self {
        Self { sessions: BTreeMap::new(), fault: fault.map(Text::from) }
    }

    fn has(&self, fault: &str) -> bool {
        self.fault.as_deref() == Some(fault)
    }

    /// Closes the sessions that have waited too long.
    fn wait(&mut self, now: Time) {
        let patience = if self.has("impatient") { PATIENCE - 1000 } else { PATIENCE };
        for session in self.sessions.values_mut() {
            if now - session.heard >= patience {
                session.stage = Stage::Closed;
            }
        }
    }

    /// What a command leads to, or the reason why it is refused.
    fn command(&self, session: &mut Session, input: &Input, answers: &[Answer]) -> Result<Stage, Text> {
        use Stage::{Closed, Greeted, Ready, Receiving, Recipients, Sender};
        let bad_sequence = || Err("bad_sequence".into());
        let clear = |session: &mut Session, fault: &str| {
            if !self.has(fault) {
                session.recipients = 0;
            }
        };
        match (input.event.as_str(), session.stage) {
            (_, Closed) => bad_sequence(),
            ("quit", Recipients) if self.has("quit_not_while_receiving") => bad_sequence(),
            ("quit", _) => Ok(Closed),
            ("noop", stage) => Ok(stage),
            ("vrfy", stage) => text(input, "asked").map(|()| stage),
            ("ehlo" | "helo", stage) => {
                if self.has("empty_helo_refused_as_syntax") && !input.fields.get("domain").is_set() {
                    return bad_sequence();
                }
                text(input, "domain")?;
                if stage == Receiving {
                    return bad_sequence();
                }
                clear(session, "recipients_kept_by_ehlo");
                Ok(if self.has("ehlo_keeps_message") && stage != Greeted { stage } else { Ready })
            }
            ("rset", Greeted) => Ok(Greeted),
            ("rset", Ready | Sender | Recipients) => {
                clear(session, "recipients_kept_by_rset");
                Ok(if self.has("rset_closes") { Closed } else { Ready })
            }
            ("mail", stage) if stage == Ready || (stage == Sender && self.has("mail_in_the_middle")) => {
                if !self.has("sender_may_be_missing") || input.fields.get("from").is_set() {
                    text(input, "from")?;
                }
                Ok(Sender)
            }
            ("rcpt", Sender | Recipients) => {
                text(input, "to")?;
                let most = if self.has("recipients_99") { RECIPIENTS - 1 } else { RECIPIENTS };
                if session.recipients >= most {
                    return Err("too_many".into());
                }
                let known = answers.iter().any(|said| said.actor == "mailboxes" && said.answer == "known");
                if !known && !self.has("unknown_mailboxes_taken") {
                    return Err("no_such_user".into());
                }
                session.recipients += 1;
                Ok(Recipients)
            }
            ("data", stage)
                if stage == Recipients || (stage == Sender && self.has("data_without_recipients")) =>
            {
                Ok(Receiving)
            }
            ("end_of_data", Receiving) => {
                clear(session, "recipients_kept_by_message");
                Ok(Ready)
            }
            _ => bad_sequence(),
        }
    }
}

/// Whether a parameter is there, and is a text.
fn text(input: &Input, name: &str) -> Result<(), Text> {
    match input.fields.get(name) {
        Value::Text(_) => Ok(()),
        Value::Unset => Err(format!("missing:{name}").into()),
        _ => Err(format!("invalid:{name}").into()),
    }
}

impl Implementation for Server {
    fn reset(&mut self, _: &Rows) -> Result<(), Unsupported> {
        self.sessions.clear();
        Ok(())
    }

    fn open(&mut self, session: SessionId, at: Time, _: &Fields) -> Result<Observation, Unsupported> {
        self.wait(at);
        self.sessions.insert(session, Session { stage: Stage::Greeted, recipients: 0, heard: at });
        Ok(Observation::accepted(Stage::Greeted.name()))
    }

    fn apply(&mut self, id: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        self.wait(at);
        let Some(mut session) = self.sessions.remove(&id) else {
            return Observation::refused("bad_sequence", Stage::Closed.name());
        };
        if input.event != "noop" || !self.has("noop_is_nothing") {
            session.heard = at;
        }
        let came_of_it = self.command(&mut session, input, answers);
        if let Ok(stage) = came_of_it {
            session.stage = stage;
        }
        let step = session.stage.name();
        self.sessions.insert(id, session);
        match came_of_it {
            Ok(_) => Observation::accepted(step),
            Err(reason) => Observation::refused(reason, step),
        }
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        self.wait(to);
        Ok(self
            .sessions
            .iter()
            .map(|(id, session)| (*id, Observation::accepted(session.stage.name())))
            .collect())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        self.sessions.remove(&session);
        Ok(())
    }
}
