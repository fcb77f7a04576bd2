//! The worked examples of the project's specs, run on the reference machine: what they claim is what happens.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};
use flowspec_runtime::machine::{Machine, Point, Resolve, Universe};
use flowspec_runtime::model::{Expr, Model, Outcome, Permission, Scenario, ScenarioLine, TypeId};
use flowspec_runtime::{Answer, Fields, Input, May, Observation, Rows, Text, Value, Verdict};

#[test]
fn every_scenario_of_sign_in_comes_out_as_it_says() {
    run_all("specs/sign_in", 4);
}

#[test]
fn every_scenario_of_alipay_comes_out_as_it_says() {
    run_all("specs/alipay", 8);
}

fn run_all(folder: &str, at_least: usize) {
    let models = models(folder);
    let scenarios: Vec<_> = models
        .iter()
        .flat_map(|model| model.scenarios.iter().map(move |scenario| (model, scenario)))
        .collect();
    assert!(scenarios.len() >= at_least, "{folder}: {} scenarios", scenarios.len());
    for (model, scenario) in scenarios {
        Run::new(model).scenario(scenario);
    }
}

fn models(folder: &str) -> Vec<Arc<Model>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    let mut paths: Vec<_> =
        fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    for path in paths {
        let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
        let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    compile(&sources, &parsed).models
}

const SESSION: u32 = 0;

struct Run<'m> {
    model: &'m Model,
    machine: Machine,
    universe: Universe,
    codes: Codes,
    key: Value,
}

impl<'m> Run<'m> {
    fn new(model: &'m Arc<Model>) -> Self {
        let machine = Machine::new(model.clone()).unwrap();
        let universe = machine.universe(&Rows::new(), &[]).unwrap();
        Self { model, machine, universe, codes: Codes(0), key: Value::Unset }
    }

    fn scenario(&mut self, scenario: &Scenario) {
        self.universe = self.machine.universe(&self.rows(scenario), &[]).unwrap();
        let given = self.given(scenario);
        let opened = self.machine.open(&mut self.universe, SESSION, 0, &given, &mut self.codes);
        let start = self.model.step(first_step(self.model)).name.clone();
        self.expect(scenario.element, &opened.unwrap(), scenario.opening.as_ref(), &start);
        let mut lines = scenario.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let answer = lines.next_if(|next| matches!(next, ScenarioLine::Answer { .. }));
            self.line(line, answer);
        }
    }

    fn line(&mut self, line: &ScenarioLine, answer: Option<&ScenarioLine>) {
        let now = self.universe.now();
        match line {
            ScenarioLine::Do { element, event, actor, fields, expect } => {
                let before = self.step();
                let declared = &self.model.event(*event).fields;
                let fields = self.fields(fields.iter().map(|(index, expr)| {
                    let field = &declared[usize::from(*index)];
                    (field.name.clone(), expr, field.kind)
                }));
                let by = self.model.actors[usize::from(*actor)].name.clone();
                let input = Input { event: self.model.event(*event).name.clone(), by, fields };
                let answers: Vec<Answer> = answer.iter().filter_map(|line| self.answer(line)).collect();
                let seen =
                    self.machine.apply(&mut self.universe, SESSION, now, &input, &answers, &mut self.codes);
                let expect = match answer {
                    Some(ScenarioLine::Answer { expect, .. }) => expect.as_ref(),
                    _ => expect.as_ref(),
                };
                self.expect(*element, &seen.unwrap(), expect, &before);
            }
            ScenarioLine::Wait { element, time, expect } => {
                let before = self.step();
                let seen = self.machine.advance(&mut self.universe, now + time, &mut self.codes).unwrap();
                self.expect(*element, &seen[0].1, expect.as_ref(), &before);
            }
            ScenarioLine::May { element, capability, expect } => {
                let name = self.model.capabilities[usize::from(*capability)].name.clone();
                let may =
                    self.machine.may(&mut self.universe, &name, &self.key, now, &mut self.codes).unwrap();
                let wanted = match expect {
                    Permission::Allow => May::Allowed,
                    Permission::Deny(reason) => May::Denied(self.model.reason(*reason).clone()),
                    Permission::Unstated => May::Unstated,
                };
                assert_eq!(may, wanted, "{}", self.place(*element));
            }
            ScenarioLine::Answer { element, .. } => panic!("{}: nobody was asked", self.place(*element)),
        }
    }

    fn expect(&mut self, element: u32, seen: &Observation, wanted: Option<&Outcome>, before: &Text) {
        let place = self.place(element);
        match wanted {
            Some(Outcome::To(step)) => {
                assert_eq!(seen.verdict, Verdict::Accepted, "{place}");
                assert_eq!(seen.step.as_ref(), Some(&self.model.step(*step).name), "{place}");
            }
            Some(Outcome::Refuse { reason, to }) => {
                assert_eq!(
                    seen.verdict,
                    Verdict::Refused(vec![self.model.reason(*reason).clone()]),
                    "{place}"
                );
                let step = to.map_or(before, |to| &self.model.step(to).name);
                assert!(seen.step.as_ref().is_none_or(|seen| seen == step), "{place}: {:?}", seen.step);
            }
            None => assert_eq!(seen.verdict, Verdict::Accepted, "{place}"),
            Some(Outcome::Stay) => {
                assert_eq!(seen.verdict, Verdict::Accepted, "{place}");
                assert_eq!(seen.step.as_ref(), Some(before), "{place}");
            }
            Some(other) => panic!("{place}: no test for {other:?}"),
        }
        if let Some(row) = self.model.rows.first()
            && let Some(key) = &row.key
            && let Some(key) = self.machine.value(&self.universe, SESSION, key, self.record_key())
        {
            self.key = key;
        }
    }

    fn rows(&self, scenario: &Scenario) -> Rows {
        let mut rows = Rows::new();
        for row in &scenario.rows {
            let record = &self.model.records[usize::from(row.record)];
            let attribute = |index: u16| record.attributes[usize::from(index)].name.clone();
            let fields = row.attributes.iter().map(|(index, value)| (attribute(*index), value.clone()));
            rows.entry(record.name.clone()).or_default().push((row.key.clone(), fields.collect()));
        }
        rows
    }

    fn given(&self, scenario: &Scenario) -> Fields {
        let named = |index: usize| scenario.givens.iter().find(|(given, _)| usize::from(*given) == index);
        let givens = self.model.givens.iter().enumerate();
        givens
            .map(|(index, given)| {
                let value =
                    named(index).map_or_else(|| Value::from("203.0.113.7"), |(_, value)| value.clone());
                (given.name.clone(), value)
            })
            .collect()
    }

    fn fields<'a>(&self, fields: impl Iterator<Item = (Text, &'a Expr, TypeId)>) -> Fields {
        fields
            .map(|(name, expr, kind)| {
                let value = self.machine.value(&self.universe, SESSION, expr, kind);
                (name, value.unwrap_or_default())
            })
            .collect()
    }

    fn answer(&self, line: &ScenarioLine) -> Option<Answer> {
        let ScenarioLine::Answer { actor, answer, .. } = line else { return None };
        let actor = self.model.actors[usize::from(*actor)].name.clone();
        Some(Answer { actor, answer: answer.clone(), fields: Fields::default() })
    }

    fn step(&self) -> Text {
        self.model.step(self.universe.session(SESSION).unwrap().step()).name.clone()
    }

    fn record_key(&self) -> TypeId {
        self.model.records[0].key_kind
    }

    fn place(&self, element: u32) -> String {
        let element = self.model.element(element);
        format!("{}:{} {}", self.model.files[usize::from(element.file)], element.line, element.source)
    }
}

/// What the reference decides, with codes that differ from one another.
struct Codes(u32);

impl Resolve for Codes {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        Some(0)
    }

    fn chosen(&mut self, _: u16, _: u16) -> Option<Value> {
        self.0 += 1;
        Some(Value::from(format!("code {}", self.0).as_str()))
    }
}

fn first_step(model: &Model) -> u16 {
    let Outcome::To(step) = &model.start[0].body.outcome else { panic!("the start is a step") };
    *step
}
