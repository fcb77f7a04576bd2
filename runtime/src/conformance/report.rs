//! A failure as its reader needs it: what must be, what was, and the shortest way to see it.

use std::fmt::Write;

use super::{End, Failure, Line, Shown, Step};
use crate::{
    Answer, Fields, May, Observation, Sent, Text, Time, Value, Verdict,
    model::{ElementId, Field, Model, Provenance, TypeId, Variable},
};

/// What stands for a secret.
const MASK: &str = "••••••";

/// Writes a failure.
pub fn report(model: &Model, failure: &Failure) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = Report { model, failure }.write(&mut text);
    text
}

struct Report<'a> {
    model: &'a Model,
    failure: &'a Failure,
}

/// A line of the sequence in its columns.
#[derive(PartialEq)]
struct Row {
    at: String,
    what: String,
    seen: String,
}

impl Report<'_> {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Failure { about, play, steps, .. } = self.failure;
        let element = self.model.element(about.requirement);
        let title = if about.title.is_empty() { String::new() } else { format!(" · {}", about.title) };
        let place = format!("{}:{}", self.file(about.requirement), element.line);
        writeln!(
            out,
            "FAIL  {} · {}{title}    {}    {place}",
            self.model.name,
            element.path,
            self.standing()
        )?;
        if !element.source.is_empty() {
            writeln!(out, "      {}", element.source)?;
        }
        writeln!(out, "      {}\n", self.sentence())?;
        let sessions = self.sessions();
        let runs = if self.failure.failed == self.failure.runs { "" } else { " (not always)" };
        writeln!(
            out,
            "      shortest sequence: {}, {}; {} of {} runs{runs}",
            counted(steps.len(), "step"),
            counted(sessions, "session"),
            self.failure.failed,
            self.failure.runs
        )?;
        self.write_rows(out)?;
        let rows: Vec<_> = play.lines.iter().map(|line| self.row(line, sessions > 1)).collect();
        self.write_lines(out, &rows)
    }

    /// Where it stands with the source: `stated SGN-04`.
    fn standing(&self) -> String {
        let word = match self.failure.provenance {
            Provenance::Stated => "stated",
            Provenance::Assumed => "assumed",
            Provenance::Unmarked => "no source named",
        };
        let mut next = Some(self.failure.about.requirement);
        while let Some(element) = next.map(|id| self.model.element(id)) {
            let assumptions = element.assumptions.iter().map(|assumption| &assumption.id);
            let marks: Vec<_> = element.facts.iter().chain(assumptions).map(Text::as_str).collect();
            if !marks.is_empty() {
                return format!("{word} {}", marks.join(" "));
            }
            next = element.parent;
        }
        word.to_owned()
    }

    fn file(&self, element: ElementId) -> &str {
        let file = usize::from(self.model.element(element).file);
        self.model.files.get(file).map_or("", Text::as_str)
    }

    /// What must be, and what was.
    fn sentence(&self) -> String {
        match (&self.failure.play.end, self.failure.play.lines.last()) {
            (End::Crashed(what), _) => format!("The implementation panicked: {what}"),
            (End::Failed(allowed), Some(_)) if allowed.is_empty() => {
                "It reports an answer that the asked actor cannot give.".to_owned()
            }
            (End::Failed(allowed), Some(line)) => {
                let (must, was) = self.difference(allowed, &line.seen);
                format!("It must {must}. It was {was}.")
            }
            _ => "It did what the spec does not allow.".to_owned(),
        }
    }

    /// What is allowed and what was seen, as far as they differ.
    fn difference(&self, allowed: &[Shown], seen: &Shown) -> (String, String) {
        let parts = Parts::of(allowed, seen);
        let mut must: Vec<String> = Vec::new();
        for shown in allowed {
            let phrase = self.phrase(shown, parts);
            if !must.contains(&phrase) {
                must.push(phrase);
            }
        }
        (format!("be {}", must.join(", or ")), self.phrase(seen, parts))
    }

    fn phrase(&self, shown: &Shown, parts: Parts) -> String {
        match shown {
            Shown::Observation(observation) => self.observed(observation, parts),
            Shown::Sessions(sessions) => {
                let each = sessions.iter().map(|(session, observation)| {
                    format!(
                        "session {session} {}",
                        self.observed(observation, Parts { verdict: false, ..Parts::ALL })
                    )
                });
                each.collect::<Vec<_>>().join("; ")
            }
            Shown::Permission(May::Allowed) => "allowed".to_owned(),
            Shown::Permission(May::Denied(reason)) => format!("denied as `{reason}`"),
            Shown::Permission(May::Unstated) => "unstated".to_owned(),
            Shown::Nothing => "nothing".to_owned(),
        }
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
            words.push(self.outputs(&observation.outputs));
        }
        words.join(", ")
    }

    fn outputs(&self, outputs: &[Sent]) -> String {
        if outputs.is_empty() {
            return "nothing sent".to_owned();
        }
        let each = outputs.iter().map(|sent| {
            let declared = self.model.outputs.iter().find(|known| known.name == sent.output);
            let kind = |name: &str| {
                let field = declared?.fields.iter().find(|known| known.name == name)?;
                Some(field.kind)
            };
            format!("sent {}{}", sent.output, self.fields(&sent.fields, kind))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    fn row(&self, line: &Line, numbered: bool) -> Row {
        let step = &self.failure.steps[line.step];
        let at = step.at().map_or_else(String::new, clock);
        let session =
            step.session().filter(|_| numbered).map_or(String::new(), |session| format!("#{session} "));
        let what = match step {
            Step::Open { .. } => {
                format!("{session}open{}", self.fields(&line.fields, |name| self.given(name)))
            }
            Step::Apply { event, by, .. } => {
                let by = if by == "user" { String::new() } else { format!(" by {by}") };
                let fields = self.fields(&line.fields, |name| self.field(event, name));
                format!("{session}{event}{by}{fields}{}", self.answers(&line.answers))
            }
            Step::Advance { .. } => "wait".to_owned(),
            Step::May { capability, .. } => {
                format!("may {capability}  {}", plain(line.fields.get(capability)))
            }
            Step::Close { .. } => format!("{session}close"),
        };
        Row { at, what, seen: self.shown(&line.seen) }
    }

    fn shown(&self, seen: &Shown) -> String {
        match seen {
            Shown::Nothing => String::new(),
            _ => self.phrase(seen, Parts { outputs: false, ..Parts::ALL }),
        }
    }

    fn answers(&self, answers: &[Answer]) -> String {
        let each = answers.iter().map(|Answer { actor, answer, fields }| {
            format!("  ({actor} answers {answer}{})", self.fields(fields, |_| None))
        });
        each.collect()
    }

    fn fields(&self, fields: &Fields, kind: impl Fn(&str) -> Option<TypeId>) -> String {
        let secret = |name: &str| kind(name).is_some_and(|kind| self.model.kind(kind).secret);
        let each = fields.0.iter().map(|(name, value)| {
            let value = if secret(name) { MASK.to_owned() } else { plain(value) };
            format!("  {name} {value}")
        });
        each.collect()
    }

    fn field(&self, event: &str, name: &str) -> Option<TypeId> {
        let event = self.model.events.iter().find(|known| known.name == event)?;
        event.fields.iter().find(|known| known.name == name).map(|Field { kind, .. }| *kind)
    }

    fn given(&self, name: &str) -> Option<TypeId> {
        self.model.givens.iter().find(|known| known.name == name).map(|Variable { kind, .. }| *kind)
    }

    fn sessions(&self) -> usize {
        let mut sessions: Vec<_> = self.failure.steps.iter().filter_map(Step::session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        sessions.len()
    }

    fn write_rows(&self, out: &mut String) -> std::fmt::Result {
        for (record, rows) in &self.failure.rows {
            let declared = self.model.records.iter().find(|known| known.name == *record);
            let kind = |name: &str| {
                let attribute = declared?.attributes.iter().find(|known| known.name == name)?;
                Some(attribute.kind)
            };
            for (key, attributes) in rows {
                writeln!(out, "          there is {record} {}{}", plain(key), self.fields(attributes, kind))?;
            }
        }
        Ok(())
    }

    /// The lines in columns; lines that are the same are counted.
    fn write_lines(&self, out: &mut String, rows: &[Row]) -> std::fmt::Result {
        let width =
            |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
        let (at, what, seen) = (width(|row| &row.at), width(|row| &row.what), width(|row| &row.seen));
        let mut index = 0;
        while let Some(row) = rows.get(index) {
            let last = index + 1 == rows.len();
            let same = rows[index..].iter().take_while(|next| *next == row).count();
            // The last line is where it fails, and stands alone.
            let times = if last { 1 } else { same.min(rows.len() - 1 - index) };
            let line = format!("          {:>at$}  {:what$}  {:seen$}", row.at, row.what, row.seen);
            match (times, last) {
                (_, true) => writeln!(out, "{}", format!("{line}  {}", self.expected()).trim_end())?,
                (1, _) => writeln!(out, "{}", line.trim_end())?,
                _ => writeln!(out, "{line}  ×{times}")?,
            }
            index += times;
        }
        Ok(())
    }

    fn expected(&self) -> String {
        match (&self.failure.play.end, self.failure.play.lines.last()) {
            (End::Failed(allowed), Some(line)) if !allowed.is_empty() => {
                let parts = Parts::of(allowed, &line.seen);
                let mut each: Vec<_> = allowed.iter().map(|shown| self.phrase(shown, parts)).collect();
                each.dedup();
                format!("expected: {}", each.join(", or "))
            }
            _ => String::new(),
        }
    }
}

/// Which parts of an observation are worth telling.
#[derive(Clone, Copy)]
struct Parts {
    verdict: bool,
    step: bool,
    outputs: bool,
}

impl Parts {
    const ALL: Self = Self { verdict: true, step: true, outputs: true };

    /// Those in which anything allowed differs from what was seen.
    fn of(allowed: &[Shown], seen: &Shown) -> Self {
        let Shown::Observation(seen) = seen else { return Self::ALL };
        let mut parts = Self { verdict: false, step: false, outputs: false };
        for shown in allowed {
            let Shown::Observation(allowed) = shown else { return Self::ALL };
            parts.verdict |= allowed.verdict != seen.verdict;
            parts.step |= seen.step.is_some() && allowed.step != seen.step;
            parts.outputs |= allowed.outputs != seen.outputs;
        }
        if parts.verdict || parts.step || parts.outputs { parts } else { Self::ALL }
    }
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

/// `0:00.000`, with hours and days where there are any.
fn clock(at: Time) -> String {
    let (days, hours, minutes) = (at / 86_400_000, at / 3_600_000 % 24, at / 60_000 % 60);
    let seconds = format!("{:02}.{:03}", at / 1_000 % 60, at % 1_000);
    match (days, hours) {
        (0, 0) => format!("{minutes}:{seconds}"),
        (0, _) => format!("{hours}:{minutes:02}:{seconds}"),
        _ => format!("{days}d {hours}:{minutes:02}:{seconds}"),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
