//! What the machine is told where the spec leaves something open: picks that are tried, and values that were seen.

use super::marks::Marks;
use crate::values::Values;
use crate::{
    Observation, Sent, SessionId, Value,
    machine::{Point, Resolve},
    model::{ElementId, Model, OutputId},
};

/// Answers the questions of one evaluation.
#[derive(Debug)]
pub(super) struct Script<'a> {
    model: &'a Model,
    picks: &'a [usize],
    picked: usize,
    seen: Outputs<'a>,
    /// The fields that were asked for so far: the next question for one is about the next output of that kind.
    asked: Vec<(OutputId, u16)>,
    /// Whether what was seen lacks a value that had to be picked.
    lacking: bool,
    /// Whether a value of the type stands for what was seen, so that what is allowed can be shown.
    sampling: bool,
    marks: &'a mut Marks,
}

/// The outputs in what was seen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outputs<'a> {
    /// Nothing is known of them.
    Unknown,
    /// Those of one session.
    One(&'a [Sent]),
    /// Those of every session.
    All(&'a [(SessionId, Observation)]),
}

impl<'a> Script<'a> {
    pub(super) fn new(model: &'a Model, picks: &'a [usize], seen: Outputs<'a>, marks: &'a mut Marks) -> Self {
        marks.begin();
        Self { model, picks, picked: 0, seen, asked: Vec::new(), lacking: false, sampling: false, marks }
    }

    /// A script that picks values by itself.
    pub(super) fn sampling(
        model: &'a Model,
        picks: &'a [usize],
        seen: Outputs<'a>,
        marks: &'a mut Marks,
    ) -> Self {
        Self { sampling: true, ..Self::new(model, picks, seen, marks) }
    }

    /// Whether what was seen lacks a value that had to be picked.
    pub(super) fn lacks(&self) -> bool {
        self.lacking
    }
}

impl Resolve for Script<'_> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        let pick = self.picks.get(self.picked).copied();
        self.picked += 1;
        pick
    }

    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        let before = self.asked.iter().filter(|asked| **asked == (output, field)).count();
        self.asked.push((output, field));
        let output = self.model.outputs.get(usize::from(output))?;
        let field = output.fields.get(usize::from(field))?;
        if self.sampling {
            return Values::new(self.model).nth(field.kind, 0);
        }
        let value = self.seen.nth(&output.name, before).map(|sent| sent.fields.get(&field.name).clone());
        let value = value.filter(Value::is_set);
        self.lacking |= value.is_none();
        value
    }

    fn visit(&mut self, element: ElementId) {
        self.marks.visit(element);
    }
}

impl<'a> Outputs<'a> {
    fn nth(self, name: &str, nth: usize) -> Option<&'a Sent> {
        match self {
            Self::Unknown => None,
            Self::One(outputs) => outputs.iter().filter(|sent| sent.output == name).nth(nth),
            Self::All(sessions) => {
                let outputs = sessions.iter().flat_map(|(_, observation)| &observation.outputs);
                outputs.filter(|sent| sent.output == name).nth(nth)
            }
        }
    }
}
