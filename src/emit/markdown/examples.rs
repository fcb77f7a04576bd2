//! Scenarios as worked examples, line by line.

use flowspec_runtime::Text;
use flowspec_runtime::model::{Event, Expr, Outcome, Scenario, ScenarioLine, USER};

use super::block::{Block, numbered, paragraph, part};
use super::page::Page;
use crate::emit::words::{Scope, fill, is_of_task};

impl<'m> Page<'m> {
    /// Every scenario: a heading, what there is at first, and what happens then.
    pub(super) fn examples(&self) -> Vec<Block> {
        self.model.scenarios.iter().enumerate().flat_map(|(index, it)| self.example(index + 1, it)).collect()
    }

    fn example(&self, number: usize, scenario: &'m Scenario) -> Vec<Block> {
        let say = self.words.say;
        let title = self.words.label(Some(scenario.element), "");
        let title = self.words.escape(&title);
        let heading = fill(say.example, &[("n", &number.to_string()), ("title", &title)]);
        let mut blocks = vec![part(heading)];
        let at_first = self.at_first(scenario);
        if !at_first.is_empty() {
            blocks.push(paragraph(fill(say.at_first, &[("what", &self.words.list(&at_first))])));
        }
        let opening = scenario.opening.iter().map(|outcome| self.opened(outcome));
        let lines: Vec<_> = opening.chain(scenario.lines.iter().map(|line| self.happening(line))).collect();
        if !lines.is_empty() {
            blocks.push(numbered(self.counted_lines(lines)));
        }
        blocks
    }

    /// Lines that repeat the one before are said once, with how often.
    fn counted_lines(&self, lines: Vec<String>) -> Vec<String> {
        let mut counted: Vec<(String, usize)> = Vec::new();
        for line in lines {
            match counted.last_mut() {
                Some((last, times)) if *last == line => *times += 1,
                _ => counted.push((line, 1)),
            }
        }
        let say = self.words.say;
        let lines = counted.into_iter().map(|(line, times)| match times {
            1 => line,
            n => fill(say.several_times, &[("n", &n.to_string()), ("what", &line)]),
        });
        lines.collect()
    }

    /// The rows and givens that a scenario begins with.
    fn at_first(&self, scenario: &'m Scenario) -> Vec<String> {
        let say = self.words.say;
        let mut parts = Vec::new();
        for (id, value) in &scenario.givens {
            let given = &self.model.givens[usize::from(*id)];
            let name = self.words.name(&self.words.label(Some(given.element), &given.name));
            parts.push(fill(
                say.has,
                &[("name", &name), ("value", &self.words.value(value, Some(given.kind)))],
            ));
        }
        for row in &scenario.rows {
            let record = &self.model.records[usize::from(row.record)];
            let name = self.words.name(&self.words.label(Some(record.element), &record.name));
            let key = self.words.value(&row.key, Some(record.key_kind));
            let set: Vec<_> = row
                .attributes
                .iter()
                .map(|(id, value)| {
                    let value = self.words.value(value, Some(record.attributes[usize::from(*id)].kind));
                    fill(say.has, &[("name", &self.words.attribute(row.record, *id)), ("value", &value)])
                })
                .collect();
            let mut text = fill(say.row, &[("record", &name), ("key", &key)]);
            if !set.is_empty() {
                text += &fill(say.aside, &[("x", &self.words.list(&set))]);
            }
            parts.push(text);
        }
        parts
    }

    fn opened(&self, outcome: &'m Outcome) -> String {
        let say = self.words.say;
        let comes_to = match outcome {
            Outcome::Refuse { reason, .. } => {
                fill(say.cannot_begin, &[("reason", &self.words.reason(*reason))])
            }
            other => self.outcome(other),
        };
        self.sentence(&fill(say.then, &[("what", say.begin), ("outcome", &comes_to)]))
    }

    fn happening(&self, line: &'m ScenarioLine) -> String {
        let say = self.words.say;
        match line {
            ScenarioLine::Do { event, actor, fields, expect, .. } => {
                let mut does = self.does(self.model.event(*event), fields);
                if *actor != USER {
                    does = fill(say.does_by, &[("actor", &self.words.actor(*actor)), ("does", &does)]);
                }
                match expect {
                    Some(Outcome::Stay) if is_of_task(self.model, self.model.event(*event).element) => {
                        self.sentence(&fill(say.then, &[("what", &does), ("outcome", say.ticked)]))
                    }
                    expect => self.with_outcome(does, expect.as_ref()),
                }
            }
            ScenarioLine::Answer { actor, answer, fields, expect, .. } => {
                let name = self.words.name(&self.answer(answer));
                let actor = self.words.actor(*actor);
                let mut says = fill(say.answers_with, &[("actor", &actor), ("answer", &name)]);
                let values = self.answer_values(answer, fields);
                if !values.is_empty() {
                    says += &fill(say.aside, &[("x", &self.words.list(&values))]);
                }
                self.with_outcome(says, expect.as_ref())
            }
            ScenarioLine::Wait { time, expect, .. } => {
                let waits = fill(say.wait, &[("time", &self.words.time(*time))]);
                self.with_outcome(waits, expect.as_ref())
            }
            ScenarioLine::May { capability, expect, .. } => {
                let capability = &self.model.capabilities[usize::from(*capability)];
                let name = self.words.name(&self.words.label(Some(capability.element), &capability.name));
                let asked = fill(say.asks_whether, &[("capability", &name)]);
                format!("{asked}{}{}", say.space, self.sentence(&self.permission(*expect)))
            }
        }
    }

    fn answer_values(&self, answer: &str, fields: &'m [(Text, Expr)]) -> Vec<String> {
        let declared = self.answer_case(answer).map_or(&[][..], |case| &case.fields);
        let values = fields.iter().map(|(name, value)| {
            let field = declared.iter().find(|field| field.name == *name);
            let label = self.words.name(&self.words.label(field.map(|field| field.element), name));
            let value = self.words.noun(value, field.map(|field| field.kind), Scope::default());
            fill(self.words.say.with_field, &[("field", &label), ("value", &value)])
        });
        values.collect()
    }

    fn does(&self, event: &'m Event, fields: &'m [(u16, Expr)]) -> String {
        let say = self.words.say;
        let name = self.words.name(&self.words.label(Some(event.element), &event.name));
        let values: Vec<_> = fields
            .iter()
            .map(|(index, value)| {
                let field = &event.fields[usize::from(*index)];
                let value = self.words.noun(value, Some(field.kind), Scope::event(event));
                let name = self.words.name(&self.words.label(Some(field.element), &field.name));
                // The field of a repeated task has no name that the author gave.
                if is_of_task(self.model, field.element) {
                    return value;
                }
                fill(say.with_field, &[("field", &name), ("value", &value)])
            })
            .collect();
        if values.is_empty() {
            return fill(say.does, &[("event", &name)]);
        }
        fill(say.does_with, &[("event", &name), ("fields", &self.words.list(&values))])
    }

    fn with_outcome(&self, what: String, expect: Option<&'m Outcome>) -> String {
        let Some(outcome) = expect else { return self.sentence(&what) };
        let outcome = self.outcome(outcome);
        self.sentence(&fill(self.words.say.then, &[("what", &what), ("outcome", &outcome)]))
    }
}
