//! A failure as a text for a terminal: what must be, what was, and the shortest way to see it.

use std::fmt::Write;

use super::{Act, Failure, Sequence};
use crate::{
    Text, Time,
    model::{ElementId, Model, Provenance},
};

/// Writes a failure.
pub fn report(model: &Model, failure: &Failure) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(model, failure, &mut text);
    text
}

fn write(model: &Model, failure: &Failure, out: &mut String) -> std::fmt::Result {
    let Failure { about, provenance, .. } = failure;
    let element = model.element(about.requirement);
    let title = if about.title.is_empty() { String::new() } else { format!(" · {}", about.title) };
    let file = model.files.get(usize::from(element.file)).map_or("", Text::as_str);
    let standing = standing(*provenance, &marks_of(model, about.requirement));
    writeln!(out, "FAIL  {} · {}{title}    {standing}    {file}:{}", model.name, element.path, element.line)?;
    if !element.source.is_empty() {
        writeln!(out, "      {}", element.source)?;
    }
    let sequence = Sequence::of(model, failure);
    writeln!(out, "      {}\n", sequence.sentence)?;
    sequence.write(out)
}

impl Sequence {
    /// Writes what was done, step by step, in columns.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: &mut impl Write) -> std::fmt::Result {
        let runs = if self.failed == self.runs { "" } else { " (not always)" };
        writeln!(
            out,
            "      shortest sequence: {}, {}; {} of {} runs{runs}",
            counted(self.steps, "step"),
            counted(self.sessions, "session"),
            self.failed,
            self.runs
        )?;
        for row in &self.rows {
            writeln!(out, "          there is {row}")?;
        }
        let times: Vec<_> = self.acts.iter().map(|act| act.at.map_or_else(String::new, clock)).collect();
        let deeds: Vec<_> = self.acts.iter().map(Act::deed).collect();
        let seen: Vec<_> = self.acts.iter().map(|act| act.seen.as_str()).collect();
        let (at, what, came) = (width(&times), width(&deeds), width(&seen));
        for ((act, time), deed) in self.acts.iter().zip(&times).zip(&deeds) {
            let line = format!("          {time:>at$}  {deed:what$}  {:came$}", act.seen);
            match (&act.expected, act.times) {
                (Some(expected), _) => writeln!(out, "{line}  expected: {expected}")?,
                (None, 1) => writeln!(out, "{}", line.trim_end())?,
                (None, times) => writeln!(out, "{line}  ×{times}")?,
            }
        }
        Ok(())
    }
}

impl Act {
    /// What was done, in one line.
    pub fn deed(&self) -> String {
        let session = self.session.map_or_else(String::new, |session| format!("#{session} "));
        let by = self.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        let fields = self.fields.iter().map(|(name, value)| format!("  {name} {value}"));
        let answers = self.answers.iter().map(|answer| format!("  ({answer})"));
        format!("{session}{}{by}{}", self.event, fields.chain(answers).collect::<String>())
    }
}

/// The facts and assumptions that carry a statement: its own, or those of the nearest statement around it that has some.
pub fn marks_of(model: &Model, requirement: ElementId) -> Vec<Text> {
    let mut next = Some(requirement);
    while let Some(element) = next.map(|id| model.element(id)) {
        let assumptions = element.assumptions.iter().map(|assumption| &assumption.id);
        let marks: Vec<_> = element.facts.iter().chain(assumptions).cloned().collect();
        if !marks.is_empty() {
            return marks;
        }
        next = element.parent;
    }
    Vec::new()
}

/// Where something stands with the source: `stated SGN-04`.
pub fn standing(provenance: Provenance, marks: &[Text]) -> String {
    let word = match provenance {
        Provenance::Stated => "stated",
        Provenance::Assumed => "assumed",
        Provenance::Unmarked => "no source named",
    };
    let marks = marks.iter().map(|mark| format!(" {mark}"));
    format!("{word}{}", marks.collect::<String>())
}

/// `0:00.000`, with hours and days where there are any.
pub fn clock(at: Time) -> String {
    let (days, hours, minutes) = (at / 86_400_000, at / 3_600_000 % 24, at / 60_000 % 60);
    let seconds = format!("{:02}.{:03}", at / 1_000 % 60, at % 1_000);
    match (days, hours) {
        (0, 0) => format!("{minutes}:{seconds}"),
        (0, _) => format!("{hours}:{minutes:02}:{seconds}"),
        _ => format!("{days}d {hours}:{minutes:02}:{seconds}"),
    }
}

/// `1 step`, `2 steps`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn width(texts: &[impl AsRef<str>]) -> usize {
    texts.iter().map(|text| text.as_ref().chars().count()).max().unwrap_or(0)
}
