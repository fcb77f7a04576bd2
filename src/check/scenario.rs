//! A worked example that does not come out as it says.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use flowspec_runtime::machine::{Fault, Halt, Machines, Point, Resolve, Shared};
use flowspec_runtime::values::Values;
use flowspec_runtime::{Answer, Fields, Input, May, Observation, Rows, SessionId, Text, Value, Verdict};

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    Capability, Draft, ElementId, Expr, Field, Model, Outcome, OutputId, Permission, Resolved, Run, Scenario,
    ScenarioLine, TypeId,
};

/// What the spec leaves open is tried in at most so many ways.
const WAYS: usize = 64;

/// How many ways are told of, where a line comes out otherwise.
const TOLD: usize = 3;

/// Runs the scenarios of a flow.
pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    if draft.model.scenarios.is_empty() || !draft.sound {
        return;
    }
    let Some(stage) = Stage::new(vec![draft]) else { return };
    for scenario in &draft.model.scenarios {
        let rows = rows(&draft.model, scenario);
        let run = Run {
            flow: draft.model.name.clone(),
            element: scenario.element,
            givens: scenario.givens.clone(),
            opening: scenario.opening.clone(),
            lines: scenario.lines.clone(),
        };
        findings.extend(stage.play(&rows, std::slice::from_ref(&run)));
    }
}

/// Runs the scenarios that stand outside of flows, those whose flows are sound.
pub(super) fn find_journeys(resolved: &Resolved, findings: &mut Vec<Diagnostic>) {
    let drafts: HashMap<&Text, &Draft> =
        resolved.drafts.iter().filter(|draft| draft.sound).map(|draft| (&draft.model.name, draft)).collect();
    for journey in &resolved.journeys {
        let mut flows: Vec<&Draft> = Vec::new();
        for run in &journey.runs {
            let draft = drafts.get(&run.flow).copied();
            flows.extend(draft.filter(|_| flows.iter().all(|known| known.model.name != run.flow)));
        }
        let complete = journey.runs.iter().all(|run| drafts.contains_key(&run.flow));
        if let Some(stage) = Stage::new(flows).filter(|_| complete) {
            findings.extend(stage.play(&journey.rows, &journey.runs));
        }
    }
}

/// The rows that a scenario begins with.
fn rows(model: &Model, scenario: &Scenario) -> Rows {
    let mut rows = Rows::new();
    for row in &scenario.rows {
        let record = &model.records[usize::from(row.record)];
        let fields = row.attributes.iter().map(|(index, value)| {
            let attribute = &record.attributes[usize::from(*index)];
            (attribute.name.clone(), Values::new(model).on_wire(attribute.kind, value))
        });
        let key = Values::new(model).on_wire(record.key_kind, &row.key);
        rows.entry(record.name.clone()).or_default().push((key, fields.collect()));
    }
    rows
}

/// Where scenarios are played: the flows that they run.
struct Stage<'d> {
    drafts: Vec<&'d Draft>,
    machines: Machines,
}

/// What an input came to: what was seen, or why nothing was.
type Seen = Result<Observation, Halt>;

/// A universe that the run so far may have led to.
type Worlds = Vec<Shared>;

/// The session that a scenario speaks of.
#[derive(Clone, Copy)]
struct Player {
    flow: usize,
    id: SessionId,
}

impl<'d> Stage<'d> {
    fn new(drafts: Vec<&'d Draft>) -> Option<Self> {
        let machines = Machines::new(drafts.iter().map(|draft| draft.model.clone())).ok()?;
        Some(Self { drafts, machines })
    }

    /// Plays sessions one after another; the finding about the first line that comes out otherwise.
    fn play(&self, rows: &Rows, runs: &[Run]) -> Option<Diagnostic> {
        let mut worlds: Worlds =
            self.choices().iter().filter_map(|choices| self.machines.shared(rows, choices).ok()).collect();
        for (id, run) in (0..).zip(runs) {
            let player = Player { flow: self.machines.flow(&run.flow)?, id };
            if worlds.is_empty() {
                let seen = ("the rows that it begins with contradict one another".to_owned(), None);
                return Some(*self.finding(player, run.element, vec![seen]));
            }
            if let Err(finding) = self.session(&mut worlds, player, run) {
                return Some(*finding);
            }
        }
        None
    }

    /// Every combination of what the implementation may have chosen, as far as they are tried.
    fn choices(&self) -> Vec<BTreeMap<Text, usize>> {
        let mut all = vec![BTreeMap::new()];
        for choice in self.drafts.iter().flat_map(|draft| &draft.model.choices) {
            let known = all.first().is_some_and(|first| first.contains_key(&choice.name));
            if known || all.len() * choice.values.len() > WAYS {
                continue;
            }
            let with = |value| {
                let name = choice.name.clone();
                all.iter().map(move |others: &BTreeMap<Text, usize>| {
                    let mut others = others.clone();
                    others.insert(name.clone(), value);
                    others
                })
            };
            all = (0..choice.values.len()).flat_map(with).collect();
        }
        all
    }

    fn session(&self, worlds: &mut Worlds, player: Player, run: &Run) -> Result<(), Box<Diagnostic>> {
        let model = self.model(player);
        let given = given(model, &run.givens);
        let open = |world: &mut Shared, resolve: &mut Ways| {
            let now = world.now();
            self.machines.open(world, player.flow, player.id, now, &given, resolve)
        };
        self.expect(worlds, player, run.element, run.opening.as_ref(), open)?;
        let mut lines = run.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let answer = lines.next_if(|next| matches!(next, ScenarioLine::Answer { .. }));
            self.line(worlds, player, line, answer)?;
        }
        Ok(())
    }

    fn line(
        &self,
        worlds: &mut Worlds,
        player: Player,
        line: &ScenarioLine,
        answer: Option<&ScenarioLine>,
    ) -> Result<(), Box<Diagnostic>> {
        let model = self.model(player);
        match line {
            ScenarioLine::Do { element, event, actor, fields, expect } => {
                let (element, expect) = match answer {
                    Some(ScenarioLine::Answer { element, expect: Some(expect), .. }) => {
                        (*element, Some(expect))
                    }
                    _ => (*element, expect.as_ref()),
                };
                let apply = |world: &mut Shared, resolve: &mut Ways| {
                    let declared = &model.event(*event).fields;
                    let terms = fields.iter().map(|(index, expr)| {
                        let field = &declared[usize::from(*index)];
                        (&field.name, expr, field.kind)
                    });
                    let by = model.actors[usize::from(*actor)].name.clone();
                    let fields = self.fields(world, player, terms);
                    let input = Input { event: model.event(*event).name.clone(), by, fields };
                    let answers: Vec<_> = answer
                        .into_iter()
                        .filter_map(|line| self.answer(world, player, *event, line))
                        .collect();
                    let now = world.now();
                    self.machines.apply(world, player.id, now, &input, &answers, resolve)
                };
                self.expect(worlds, player, element, expect, apply)
            }
            ScenarioLine::Wait { element, time, expect } => {
                let advance = |world: &mut Shared, resolve: &mut Ways| {
                    let to = world.now().saturating_add(*time);
                    let all = self.machines.advance(world, to, resolve)?;
                    let own = all.into_iter().find(|(id, _)| *id == player.id);
                    own.map(|(_, seen)| seen).ok_or(Halt::Fault(Fault::UnknownSession))
                };
                self.expect(worlds, player, *element, expect.as_ref(), advance)
            }
            ScenarioLine::May { element, capability, expect } => {
                self.may(worlds, player, *element, &model.capabilities[usize::from(*capability)], *expect)
            }
            ScenarioLine::Answer { element, actor, .. } => {
                let actor = &model.actors[usize::from(*actor)].name;
                let seen = (format!("nobody asks `{actor}` anything here"), None);
                Err(self.finding(player, *element, vec![seen]))
            }
        }
    }

    /// Does something in every universe that there may be, and keeps those in which it comes out as expected.
    fn expect(
        &self,
        worlds: &mut Worlds,
        player: Player,
        element: ElementId,
        expect: Option<&Outcome>,
        act: impl Fn(&mut Shared, &mut Ways) -> Seen,
    ) -> Result<(), Box<Diagnostic>> {
        let (mut kept, mut otherwise) = (Worlds::new(), Vec::new());
        for world in worlds.iter() {
            let before = self.step(world, player);
            for (after, seen) in self.ways(world, element, &act) {
                if self.matches(player, expect, &seen, before.as_ref()) {
                    kept.push(after);
                } else {
                    otherwise.push(describe(&seen, before.as_ref()));
                }
            }
        }
        if kept.is_empty() {
            return Err(self.finding(player, element, otherwise));
        }
        kept.truncate(WAYS);
        *worlds = kept;
        Ok(())
    }

    /// Does something in every way that the spec leaves open.
    fn ways(
        &self,
        world: &Shared,
        element: ElementId,
        act: &impl Fn(&mut Shared, &mut Ways) -> Seen,
    ) -> Vec<(Shared, Seen)> {
        let mut done = Vec::new();
        let mut open = vec![Vec::new()];
        while let Some(picks) = open.pop() {
            let mut after = world.clone();
            let models = self.drafts.iter().map(|draft| &draft.model).collect();
            let mut ways = Ways { models, flow: 0, picks: &picks, asked: 0, chosen: element };
            match act(&mut after, &mut ways) {
                Err(Halt::Undecided { alternatives, .. }) if done.len() + open.len() < WAYS => {
                    open.extend((0..alternatives).rev().map(|next| [picks.as_slice(), &[next]].concat()));
                }
                seen => done.push((after, seen)),
            }
        }
        done
    }

    fn matches(&self, player: Player, expect: Option<&Outcome>, seen: &Seen, before: Option<&Text>) -> bool {
        let model = self.model(player);
        let seen = match (expect, seen) {
            (Some(Outcome::Silent), seen) => return matches!(seen, Err(Halt::Silent(_))),
            (_, Ok(seen)) => seen,
            (_, Err(_)) => return false,
        };
        let accepted = seen.verdict == Verdict::Accepted;
        match expect {
            Some(Outcome::To(step)) => accepted && seen.step.as_ref() == Some(&model.step(*step).name),
            Some(Outcome::Stay | Outcome::Restart) => accepted && seen.step.as_ref() == before,
            Some(Outcome::Refuse { reason, to }) => {
                let step = to.map(|to| &model.step(to).name).or(before);
                let stays = seen.step.as_ref().is_none_or(|seen| Some(seen) == step);
                stays && seen.verdict == Verdict::Refused(vec![model.reason(*reason).clone()])
            }
            _ => accepted,
        }
    }

    fn may(
        &self,
        worlds: &mut Worlds,
        player: Player,
        element: ElementId,
        capability: &Capability,
        expect: Permission,
    ) -> Result<(), Box<Diagnostic>> {
        let model = self.model(player);
        let wanted = match expect {
            Permission::Allow => May::Allowed,
            Permission::Deny(reason) => May::Denied(model.reason(reason).clone()),
            Permission::Unstated => May::Unstated,
        };
        let mut answers = Vec::new();
        let mut kept = Worlds::new();
        for world in worlds.iter() {
            let mut after = world.clone();
            let subject = self.subject(&mut after, player, capability);
            let mut ways = Ways { models: Vec::new(), flow: 0, picks: &[], asked: 0, chosen: 0 };
            let now = world.now();
            match self.machines.may(&mut after, player.flow, &capability.name, &subject, now, &mut ways) {
                Ok(may) if may == wanted => kept.push(after),
                Ok(May::Allowed) => answers.push(("it is allowed".to_owned(), Some("allow".to_owned()))),
                Ok(May::Denied(reason)) => {
                    answers.push((format!("it is denied: `{reason}`"), Some(format!("deny {reason}"))));
                }
                Ok(May::Unstated) => {
                    answers.push(("nothing is stated of it".to_owned(), Some("unstated".to_owned())));
                }
                Err(_) => {
                    let unknown = "it cannot be asked: the key of its row is not set yet";
                    answers.push((unknown.to_owned(), None));
                }
            }
        }
        if kept.is_empty() {
            return Err(self.finding(player, element, answers));
        }
        *worlds = kept;
        Ok(())
    }

    /// What a capability is asked about: the row that the session looks at, or the session.
    fn subject(&self, world: &mut Shared, player: Player, capability: &Capability) -> Value {
        let model = self.model(player);
        let Some(record) = capability.record else { return Value::Int(i64::from(player.id)) };
        let row = model.rows.iter().find(|row| row.record == record);
        let Some(key) = row.and_then(|row| row.key.as_ref()) else { return Value::Unset };
        self.value(world, player, key, model.records[usize::from(record)].key_kind)
    }

    fn value(&self, world: &mut Shared, player: Player, expr: &Expr, kind: TypeId) -> Value {
        let look = |machine: &flowspec_runtime::machine::Machine, universe: &_| {
            machine.value(universe, player.id, expr, kind)
        };
        self.machines.with(world, player.flow, look).flatten().unwrap_or_default()
    }

    fn fields<'a>(
        &self,
        world: &mut Shared,
        player: Player,
        terms: impl Iterator<Item = (&'a Text, &'a Expr, TypeId)>,
    ) -> Fields {
        terms.map(|(name, expr, kind)| (name.clone(), self.value(world, player, expr, kind))).collect()
    }

    fn answer(&self, world: &mut Shared, player: Player, event: u16, line: &ScenarioLine) -> Option<Answer> {
        let ScenarioLine::Answer { actor, answer, fields, .. } = line else { return None };
        let model = self.model(player);
        let declared = answer_fields(model, event, answer);
        let terms = fields.iter().filter_map(|(name, expr)| {
            let field = declared.iter().find(|field| field.name == *name)?;
            Some((name, expr, field.kind))
        });
        let fields = self.fields(world, player, terms);
        Some(Answer { actor: model.actors[usize::from(*actor)].name.clone(), answer: answer.clone(), fields })
    }

    fn step(&self, world: &Shared, player: Player) -> Option<Text> {
        let session = world.session(player.id)?;
        Some(self.model(player).step(session.step()).name.clone())
    }

    fn model(&self, player: Player) -> &'d Arc<Model> {
        &self.drafts[player.flow].model
    }

    /// The finding about a line; what happens in its stead, and how that would be said.
    fn finding(
        &self,
        player: Player,
        element: ElementId,
        mut seen: Vec<(String, Option<String>)>,
    ) -> Box<Diagnostic> {
        seen.sort();
        seen.dedup();
        let told: Vec<_> = seen.iter().take(TOLD).map(|(seen, _)| seen.as_str()).collect();
        let message = "this does not come out as the scenario says";
        let finding = self.drafts[player.flow].finding(codes::SCENARIO_FAILS, element, message);
        let finding = finding.here(told.join("; or "));
        Box::new(match seen.as_slice() {
            [(_, Some(said))] => finding.help(format!("if the flow is right, write `{said}`")),
            _ => finding.help("mend the flow, or what the scenario expects"),
        })
    }
}

/// The fields of an answer to an event.
fn answer_fields<'m>(model: &'m Model, event: u16, answer: &str) -> &'m [Field] {
    let handlers =
        model.steps.iter().flat_map(|step| &step.handlers).filter(|handler| handler.event == event);
    let outcomes = handlers.flat_map(|handler| &handler.branches).map(|branch| &branch.body.outcome);
    let mut cases = outcomes.flat_map(|outcome| match outcome {
        Outcome::Ask { answers, .. } => answers.as_slice(),
        _ => &[],
    });
    cases.find(|case| case.name == *answer).map_or(&[], |case| &case.fields)
}

/// What a session is opened with: what the scenario says, else a value of the type.
fn given(model: &Model, said: &[(u16, Value)]) -> Fields {
    let values = Values::new(model);
    let value = |index: usize, kind: TypeId| {
        let said = said.iter().find(|(given, _)| usize::from(*given) == index);
        said.map(|(_, value)| Values::new(model).on_wire(kind, value))
            .or_else(|| values.nth(kind, 0))
            .unwrap_or_default()
    };
    let left_out = |index: usize| {
        let given = &model.givens[index];
        (given.optional || given.default.is_some())
            && said.iter().all(|(said, _)| usize::from(*said) != index)
    };
    let givens = model.givens.iter().enumerate().filter(|(index, _)| !left_out(*index));
    givens.map(|(index, given)| (given.name.clone(), value(index, given.kind))).collect()
}

/// What was seen, and how a scenario would say it.
fn describe(seen: &Seen, before: Option<&Text>) -> (String, Option<String>) {
    match seen {
        Ok(Observation { verdict: Verdict::Refused(reasons), .. }) => {
            let quoted: Vec<_> = reasons.iter().map(|reason| format!("`{reason}`")).collect();
            let said = (reasons.len() == 1).then(|| format!("refuse {}", reasons[0]));
            (format!("it is refused: {}", quoted.join(", ")), said)
        }
        Ok(Observation { step: Some(step), .. }) if Some(step) != before => {
            (format!("the step is then `{step}`"), Some(format!("-> {step}")))
        }
        Ok(Observation { step: Some(step), .. }) => {
            (format!("it is accepted, and the step is still `{step}`"), Some("stay".to_owned()))
        }
        Ok(_) => ("it is accepted".to_owned(), None),
        Err(Halt::Silent(_)) => ("the spec is silent on it".to_owned(), Some("silent".to_owned())),
        Err(Halt::Fault(Fault::Answer(actor))) => (
            format!("`{actor}` is asked here, and this is no answer to it"),
            Some(format!("answer {actor} ANSWER")),
        ),
        Err(Halt::Fault(Fault::UnknownSession)) => ("no session is open any more".to_owned(), None),
        Err(halt) => (halt.to_string(), None),
    }
}

/// What the implementation decides in one of the ways that the spec leaves open.
struct Ways<'w> {
    models: Vec<&'w Arc<Model>>,
    flow: usize,
    picks: &'w [usize],
    asked: usize,
    /// Chosen values differ from those of other lines as far as their type has enough of them.
    chosen: u32,
}

impl Resolve for Ways<'_> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        let pick = self.picks.get(self.asked).copied();
        self.asked += 1;
        pick
    }

    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        let model = self.models.get(self.flow)?;
        let kind = model.outputs[usize::from(output)].fields[usize::from(field)].kind;
        let values = Values::new(model);
        self.chosen += 1;
        values.nth(kind, self.chosen).or_else(|| values.nth(kind, 0))
    }

    fn enter(&mut self, flow: usize) {
        self.flow = flow;
    }
}
