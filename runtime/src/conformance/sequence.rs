//! A failing sequence as its reader needs it: what was done, what came, what must come. Every report shows this.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{End, Failure, Line, Secrets, Shown, Step, difference::Parts};
use crate::{Answer, Fields, May, Observation, Rows, SessionId, Text, Time, Value, Verdict, model::Model};

/// The shortest sequence found that shows what is wrong, in words, with secrets masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// What must be, and what was.
    pub sentence: String,
    /// The rows that the universe began with, one each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<String>,
    /// What was done, in order; the last is where it fails.
    pub acts: Vec<Act>,
    /// How many steps that were, each counted as often as it was done.
    pub steps: usize,
    /// How many sessions it needs.
    pub sessions: usize,
    /// In how many runs it failed again.
    pub failed: u32,
    /// Out of how many.
    pub runs: u32,
}

/// One step of a sequence, as often as it was done in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When, in milliseconds since the beginning; none where it takes no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// The session, where the sequence needs several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The event; `open`, `wait`, `close`, or `may` with what was asked.
    pub event: String,
    /// Who raised it, where it was not the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
    /// Its fields and their values, as JSON; secrets are masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(Text, String)>,
    /// What asked actors were to answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// What came.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
    /// What must have come, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// How often in a row.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: usize,
}

fn once() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_once(times: &usize) -> bool {
    *times == 1
}

impl Sequence {
    /// What a failure shows.
    pub fn of(model: &Model, failure: &Failure) -> Self {
        let Failure { rows, steps, play, .. } = failure;
        let sessions: BTreeSet<_> = steps.iter().filter_map(Step::session).collect();
        let secrets = Secrets::of(model, rows, steps, play);
        let teller = Teller { model, steps, secrets: &secrets, numbered: sessions.len() > 1 };
        let mut acts: Vec<Act> = play.lines.iter().map(|line| teller.act(line)).collect();
        if let Some(last) = acts.last_mut() {
            last.expected = teller.expected(&play.end, play.lines.last());
        }
        Self {
            sentence: teller.sentence(&play.end, play.lines.last()),
            rows: teller.rows(rows),
            acts: fold(acts),
            steps: steps.len(),
            sessions: sessions.len(),
            failed: u32::try_from(failure.failed).unwrap_or(u32::MAX),
            runs: u32::try_from(failure.runs).unwrap_or(u32::MAX),
        }
    }
}

/// Counts acts that are the same; the last is where it fails, and stands alone.
fn fold(acts: Vec<Act>) -> Vec<Act> {
    let mut folded: Vec<Act> = Vec::new();
    let last = acts.len().saturating_sub(1);
    for (at, act) in acts.into_iter().enumerate() {
        match folded.last_mut() {
            Some(before) if at < last && (Act { times: 1, ..before.clone() }) == act => before.times += 1,
            _ => folded.push(act),
        }
    }
    folded
}

/// Puts what was done and seen into words.
struct Teller<'a> {
    model: &'a Model,
    steps: &'a [Step],
    secrets: &'a Secrets,
    numbered: bool,
}

impl Teller<'_> {
    /// What must be, and what was.
    fn sentence(&self, end: &End, last: Option<&Line>) -> String {
        match (end, last) {
            (End::Crashed(what), _) => format!("The implementation panicked: {}", self.secrets.mask(what)),
            (End::Failed(allowed), Some(_)) if allowed.is_empty() => {
                "It reports an answer that the asked actor cannot give.".to_owned()
            }
            (End::Failed(allowed), Some(line)) => {
                let parts = Parts::of(allowed, &line.seen);
                let must = self.each(allowed, parts).join(", or ");
                format!("It must be {must}. It was {}.", self.phrase(&line.seen, parts))
            }
            _ => "It did what the spec does not allow.".to_owned(),
        }
    }

    fn expected(&self, end: &End, last: Option<&Line>) -> Option<String> {
        match (end, last) {
            (End::Failed(allowed), Some(line)) if !allowed.is_empty() => {
                Some(self.each(allowed, Parts::of(allowed, &line.seen)).join(", or "))
            }
            _ => None,
        }
    }

    /// Everything that is allowed, each said once.
    fn each(&self, allowed: &[Shown], parts: Parts) -> Vec<String> {
        let mut each = Vec::new();
        for phrase in allowed.iter().map(|shown| self.phrase(shown, parts)) {
            if !each.contains(&phrase) {
                each.push(phrase);
            }
        }
        each
    }

    fn act(&self, line: &Line) -> Act {
        let step = &self.steps[line.step];
        let (event, by, fields) = match step {
            Step::Open { .. } => {
                ("open".to_owned(), None, self.fields(&line.fields, |name| self.given(name)))
            }
            Step::Apply { event, by, .. } => {
                let by = (by != "user").then(|| by.clone());
                (event.to_string(), by, self.fields(&line.fields, |name| self.field(event, name)))
            }
            Step::Advance { .. } => ("wait".to_owned(), None, Vec::new()),
            Step::May { capability, .. } => {
                let subject = self.value(line.fields.get(capability), self.subject_is_secret(capability));
                (format!("may {capability}"), None, vec![("of".into(), subject)])
            }
            Step::Close { .. } => ("close".to_owned(), None, Vec::new()),
        };
        Act {
            at: step.at(),
            session: step.session().filter(|_| self.numbered),
            event,
            by,
            fields,
            answers: line.answers.iter().map(|answer| self.answer(answer)).collect(),
            seen: self.shown(&line.seen),
            expected: None,
            times: 1,
        }
    }

    fn shown(&self, seen: &Shown) -> String {
        match seen {
            Shown::Nothing => String::new(),
            _ => self.phrase(seen, Parts { outputs: false, ..Parts::ALL }),
        }
    }

    fn phrase(&self, shown: &Shown, parts: Parts) -> String {
        let text = match shown {
            Shown::Observation(observation) => self.observed(observation, parts),
            Shown::Sessions(sessions) => {
                let parts = Parts { verdict: false, ..Parts::ALL };
                let each = sessions.iter().map(|(session, observation)| {
                    format!("session {session} {}", self.observed(observation, parts))
                });
                each.collect::<Vec<_>>().join("; ")
            }
            Shown::Permission(May::Allowed) => "allowed".to_owned(),
            Shown::Permission(May::Denied(reason)) => format!("denied as `{reason}`"),
            Shown::Permission(May::Unstated) => "unstated".to_owned(),
            Shown::Nothing => "nothing".to_owned(),
        };
        self.secrets.mask(&text)
    }

    fn observed(&self, observation: &Observation, parts: Parts) -> String {
        let mut words = Vec::new();
        if parts.verdict {
            words.push(verdict(&observation.verdict));
        }
        if let (true, Some(step)) = (parts.step, &observation.step) {
            words.push(format!("in `{step}`"));
        }
        if parts.outputs || !observation.outputs.is_empty() {
            words.push(self.outputs(observation));
        }
        words.join(", ")
    }

    fn outputs(&self, observation: &Observation) -> String {
        if observation.outputs.is_empty() {
            return "nothing sent".to_owned();
        }
        let each = observation.outputs.iter().map(|sent| {
            let fields = self.fields(&sent.fields, |name| self.sent(&sent.output, name));
            format!("sent {}{}", sent.output, listed(&fields))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    fn answer(&self, Answer { actor, answer, fields }: &Answer) -> String {
        let fields = self.fields(fields, |name| self.secrets.answer_field(self.model, answer, name));
        format!("{actor} answers {answer}{}", listed(&fields))
    }

    fn rows(&self, rows: &Rows) -> Vec<String> {
        let each = rows.iter().flat_map(|(record, rows)| rows.iter().map(move |row| (record, row)));
        let told = each.map(|(record, (key, attributes))| {
            let declared = self.model.records.iter().find(|known| known.name == *record);
            let key_is_secret = declared.is_some_and(|record| self.model.kind(record.key_kind).secret);
            let attribute = |name: &str| {
                let attribute = declared?.attributes.iter().find(|known| known.name == name)?;
                Some(self.model.kind(attribute.kind).secret)
            };
            let attributes = self.fields(attributes, attribute);
            format!("{record} {}{}", self.value(key, key_is_secret), listed(&attributes))
        });
        told.collect()
    }

    /// Fields with their values; `secret` says of a name whether its values are, where it is known at all.
    fn fields(&self, fields: &Fields, secret: impl Fn(&str) -> Option<bool>) -> Vec<(Text, String)> {
        let each = fields.0.iter().map(|(name, value)| {
            (name.clone(), self.value(value, secret(name).unwrap_or_else(|| self.secrets.has(value))))
        });
        each.collect()
    }

    fn value(&self, value: &Value, secret: bool) -> String {
        if secret { super::secrets::MASK.to_owned() } else { plain(value) }
    }

    fn field(&self, event: &str, name: &str) -> Option<bool> {
        super::secrets::event_field(self.model, event, name)
    }

    fn given(&self, name: &str) -> Option<bool> {
        super::secrets::given(self.model, name)
    }

    fn sent(&self, output: &str, name: &str) -> Option<bool> {
        super::secrets::output_field(self.model, output, name)
    }

    fn subject_is_secret(&self, capability: &str) -> bool {
        super::secrets::subject(self.model, capability)
    }
}

/// Fields in one line.
fn listed(fields: &[(Text, String)]) -> String {
    fields.iter().map(|(name, value)| format!("  {name} {value}")).collect()
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Refused(reasons) => {
            let each: Vec<_> = reasons.iter().map(|reason| format!("`{reason}`")).collect();
            format!("refused as {}", each.join(", "))
        }
    }
}

/// A value as one would write it in a scenario.
fn plain(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
