//! Which values are secret, and how texts are shown without them.

use super::{Line, Play, Shown, Step};
use crate::{
    Fields, Observation, Rows, Value,
    model::{AnswerCase, Model, Outcome, TypeId},
};

/// What stands for a secret.
pub(super) const MASK: &str = "••••••";

/// A text that holds a shorter secret is shown as it is: it would be there by chance.
const SHORTEST: usize = 4;

/// The secret values of one sequence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The longest first, so that none leaves a part of another.
    values: Vec<String>,
}

impl Secrets {
    /// Those that were sent or seen: by the types of their fields.
    pub fn of(model: &Model, rows: &Rows, steps: &[Step], play: &Play) -> Self {
        let mut found = Self::default();
        found.add_rows(model, rows);
        for line in &play.lines {
            if let Some(step) = steps.get(line.step) {
                found.add_line(model, step, line);
            }
        }
        if let super::End::Failed(allowed) = &play.end {
            allowed.iter().for_each(|shown| found.add_shown(model, shown));
        }
        // As a message that quotes a value has it.
        let quoted = found.values.iter().filter_map(|value| serde_json::to_string(value).ok());
        let quoted: Vec<_> = quoted.map(|text| text.trim_matches('"').to_owned()).collect();
        found.values.extend(quoted);
        found.values.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        found.values.dedup();
        found
    }

    /// The text with every secret masked: for what an implementation writes or says.
    pub fn mask(&self, text: &str) -> String {
        let long = self.values.iter().filter(|value| value.chars().count() >= SHORTEST);
        long.fold(text.to_owned(), |text, value| {
            if text.contains(value.as_str()) { text.replace(value.as_str(), MASK) } else { text }
        })
    }

    /// Whether a value is, or holds, one of them.
    pub(super) fn has(&self, value: &Value) -> bool {
        match value {
            Value::List(members) => members.iter().any(|member| self.has(member)),
            Value::Object(fields) => fields.values().any(|value| self.has(value)),
            _ => written(value).is_some_and(|text| self.values.contains(&text)),
        }
    }

    /// Whether a field of an answer is secret, where an answer of that name has it.
    pub(super) fn answer_field(&self, model: &Model, answer: &str, name: &str) -> Option<bool> {
        let mut cases = Vec::new();
        for handler in model.steps.iter().flat_map(|step| &step.handlers) {
            handler.branches.iter().for_each(|branch| gather(&branch.body.outcome, &mut cases));
        }
        let of_name = cases.into_iter().filter(|case| case.name == answer);
        let mut fields = of_name.flat_map(|case| &case.fields).filter(|field| field.name == name).peekable();
        fields.peek()?;
        Some(fields.any(|field| model.kind(field.kind).secret))
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::List(members) => members.iter().for_each(|member| self.add(member)),
            Value::Object(fields) => fields.values().for_each(|value| self.add(value)),
            _ => self.values.extend(written(value).filter(|text| !text.is_empty())),
        }
    }

    fn add_fields(&mut self, fields: &Fields, secret: impl Fn(&str) -> Option<bool>) {
        fields.0.iter().filter(|(name, _)| secret(name) == Some(true)).for_each(|(_, value)| self.add(value));
    }

    fn add_rows(&mut self, model: &Model, rows: &Rows) {
        for (name, rows) in rows {
            let Some(record) = model.records.iter().find(|known| known.name == *name) else { continue };
            for (key, attributes) in rows {
                if model.kind(record.key_kind).secret {
                    self.add(key);
                }
                self.add_fields(attributes, |name| {
                    let attribute = record.attributes.iter().find(|known| known.name == name)?;
                    is_secret(model, attribute.kind)
                });
            }
        }
    }

    fn add_line(&mut self, model: &Model, step: &Step, line: &Line) {
        match step {
            Step::Open { .. } => self.add_fields(&line.fields, |name| given(model, name)),
            Step::Apply { event, .. } => {
                self.add_fields(&line.fields, |name| event_field(model, event, name))
            }
            Step::May { capability, .. } if subject(model, capability) => {
                self.add(line.fields.get(capability))
            }
            Step::May { .. } | Step::Advance { .. } | Step::Close { .. } => {}
        }
        for answer in &line.answers {
            let kinds = |name: &str| Self::default().answer_field(model, &answer.answer, name);
            self.add_fields(&answer.fields, kinds);
        }
        self.add_shown(model, &line.seen);
    }

    fn add_shown(&mut self, model: &Model, shown: &Shown) {
        match shown {
            Shown::Observation(observation) => self.add_observation(model, observation),
            Shown::Sessions(sessions) => {
                sessions.iter().for_each(|(_, seen)| self.add_observation(model, seen))
            }
            Shown::Permission(_) | Shown::Nothing => {}
        }
    }

    fn add_observation(&mut self, model: &Model, observation: &Observation) {
        for sent in &observation.outputs {
            self.add_fields(&sent.fields, |name| output_field(model, &sent.output, name));
        }
        for answer in &observation.answers {
            let kinds = |name: &str| Self::default().answer_field(model, &answer.answer, name);
            self.add_fields(&answer.fields, kinds);
        }
    }
}

/// Whether a field of an event is secret, where it is known.
pub(super) fn event_field(model: &Model, event: &str, name: &str) -> Option<bool> {
    let event = model.events.iter().find(|known| known.name == event)?;
    is_secret(model, event.fields.iter().find(|known| known.name == name)?.kind)
}

/// Whether a given is secret, where it is known.
pub(super) fn given(model: &Model, name: &str) -> Option<bool> {
    is_secret(model, model.givens.iter().find(|known| known.name == name)?.kind)
}

/// Whether a field of an output is secret, where it is known.
pub(super) fn output_field(model: &Model, output: &str, name: &str) -> Option<bool> {
    let output = model.outputs.iter().find(|known| known.name == output)?;
    is_secret(model, output.fields.iter().find(|known| known.name == name)?.kind)
}

/// Whether the key of the rows that a capability is asked of is secret.
pub(super) fn subject(model: &Model, capability: &str) -> bool {
    let asked = model.capabilities.iter().find(|known| known.name == capability);
    let record = asked.and_then(|asked| asked.record).and_then(|at| model.records.get(usize::from(at)));
    record.is_some_and(|record| model.kind(record.key_kind).secret)
}

fn is_secret(model: &Model, kind: TypeId) -> Option<bool> {
    model.types.get(usize::from(kind)).map(|kind| kind.secret)
}

/// The value as it could stand in a text; truth values say too little to be searched for.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Int(int) => Some(int.to_string()),
        _ => None,
    }
}

fn gather<'m>(outcome: &'m Outcome, cases: &mut Vec<&'m AnswerCase>) {
    match outcome {
        Outcome::Ask { answers, .. } => {
            for answer in answers {
                cases.push(answer);
                answer.branches.iter().for_each(|branch| gather(&branch.body.outcome, cases));
            }
        }
        Outcome::Either(bodies) => bodies.iter().for_each(|body| gather(&body.outcome, cases)),
        _ => {}
    }
}
