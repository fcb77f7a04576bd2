//! Scenarios: worked examples with the rows they begin with.

use flowspec_runtime::{Text, Value};

use super::builder::Builder;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::{
    AnswerCase, Body, ElementId, ElementKind, EventId, Expr, Field, Outcome, Scenario, ScenarioLine,
    ScenarioRow, TypeId, USER,
};
use crate::diagnostic::codes;
use crate::syntax::tree::{Argument, Name, OutcomeKind, Path, Statement, StatementKind};

impl<'a> Builder<'a> {
    pub(super) fn scenario(&mut self, statement: &'a Statement) {
        let path = format!("scenario/{}", slug(statement));
        let element = self.element(ElementKind::Scenario, path, statement, Some(self.model.element));
        let opening = self.expected_of(statement);
        let mut scenario =
            Scenario { element, rows: Vec::new(), givens: Vec::new(), opening, lines: Vec::new() };
        for child in statement.children() {
            match &child.kind {
                StatementKind::Row { record, by } => {
                    let row = self.scenario_row(child, record, by, element);
                    scenario.rows.extend(row);
                }
                StatementKind::Given(declaration) => {
                    let given = self.scenario_given(&declaration.name, declaration.default.as_deref());
                    scenario.givens.extend(given);
                }
                _ => {}
            }
        }
        scenario.lines = self.scenario_lines(statement.children(), element);
        self.model.scenarios.push(scenario);
    }

    /// What happens, in order.
    pub(super) fn scenario_lines(
        &mut self,
        statements: &'a [Statement],
        parent: ElementId,
    ) -> Vec<ScenarioLine> {
        let mut asked = None;
        let lines = statements.iter().map(|child| self.scenario_line(child, parent, &mut asked));
        lines.flatten().collect()
    }

    /// The outcome that a statement of a scenario says is expected.
    pub(super) fn expected_of(&mut self, statement: &Statement) -> Option<Outcome> {
        statement.outcome.as_ref().and_then(|outcome| self.expected(&outcome.kind))
    }

    pub(super) fn scenario_row(
        &mut self,
        statement: &'a Statement,
        name: &Name,
        by: &Path,
        parent: ElementId,
    ) -> Option<ScenarioRow> {
        let path = self.below(parent, &format!("row/{name}"));
        let element = self.element(ElementKind::ScenarioLine, path, statement, Some(parent));
        let record = self.record(name)?;
        let (mut key, mut attributes) = (None, Vec::new());
        let declared = self.model.records[usize::from(record)].clone();
        for child in statement.children() {
            let StatementKind::Set { target, value: Some(value) } = &child.kind else { continue };
            let single = target.single();
            let attribute = (0..).zip(&declared.attributes).find(|(_, known)| known.name == target.text);
            if let Some((index, attribute)) = attribute {
                attributes.extend(self.at_first(value, attribute.kind).map(|value| (index, value)));
            } else if target.text == declared.key || target.text == by.text {
                key = self.constant_of(value, declared.key_kind);
            } else if let Some(target) = single {
                let known = declared.attributes.iter().map(|known| known.name.as_str());
                let known = self.candidates(known.chain([declared.key.as_str()]));
                let at = self.at(target.span);
                let finding = self.finding(
                    codes::UNKNOWN_NAME,
                    target.span,
                    format!("`{name}` has no attribute `{target}`"),
                );
                self.report(names::suggest(finding, &target, at, known));
            }
        }
        let Some(key) = key else {
            let finding = self.finding(codes::UNKNOWN_KEY, name.span, "this row has no key");
            self.report(finding.help(format!("write it first: `set {} = …`", declared.key)));
            return None;
        };
        Some(ScenarioRow { element, record, key, attributes })
    }

    pub(super) fn scenario_given(
        &mut self,
        name: &Name,
        value: Option<&'a crate::syntax::tree::Expression>,
    ) -> Option<(u16, Value)> {
        let Some(index) = self.names.givens.get(name.as_str()).copied() else {
            let at = self.at(name.span);
            let known: Vec<&str> = self.names.givens.keys().copied().collect();
            let finding = self.finding(
                codes::UNKNOWN_NAME,
                name.span,
                format!("the flow is given nothing named `{name}`"),
            );
            self.report(names::suggest(finding, name, at, self.candidates(known)));
            return None;
        };
        let kind = self.model.givens[usize::from(index)].kind;
        Some((index, self.at_first(value?, kind)?))
    }

    /// A value that a scenario begins with; `now` is the instant at which it begins.
    fn at_first(&mut self, value: &'a crate::syntax::tree::Expression, kind: TypeId) -> Option<Value> {
        self.opening = true;
        let constant = self.constant_of(value, kind);
        self.opening = false;
        constant
    }

    fn scenario_line(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        asked: &mut Option<EventId>,
    ) -> Option<ScenarioLine> {
        let expect = self.expected_of(statement);
        let mut element = |word: &str| {
            let path = self.below(parent, word);
            self.element(ElementKind::ScenarioLine, path, statement, Some(parent))
        };
        match &statement.kind {
            StatementKind::Do { event, arguments } => {
                let element = element(event.as_str());
                let Some(id) = self.wide.events.get(event.as_str()).copied() else {
                    self.unknown_event(event);
                    *asked = None;
                    return None;
                };
                *asked = Some(id);
                let fields = self.model.events[usize::from(id)].fields.clone();
                let fields = self.arguments(event, &fields, arguments, id);
                Some(ScenarioLine::Do { element, event: id, actor: self.actor_of(id), fields, expect })
            }
            StatementKind::Answer { actor, answer, arguments } => {
                let element = element(&format!("{actor}/{answer}"));
                let event = (*asked)?;
                let id = self.actor(actor)?;
                let fields = self.answer_arguments(event, id, answer, arguments)?;
                Some(ScenarioLine::Answer { element, actor: id, answer: answer.text.clone(), fields, expect })
            }
            StatementKind::Wait { duration } => {
                let element = element("wait");
                let time = self.constant(duration, &Sort::Duration)?.as_int()?;
                Some(ScenarioLine::Wait { element, time, expect })
            }
            StatementKind::May { capability } => {
                let element = element(&format!("may/{capability}"));
                let capability = self.asked_capability(capability)?;
                Some(ScenarioLine::May { element, capability, expect: self.permission(statement)? })
            }
            _ => None,
        }
    }

    /// Who raises an event: the user, unless only others do.
    fn actor_of(&self, event: EventId) -> u16 {
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        let mut actors = handlers.filter(|handler| handler.event == event).map(|handler| handler.actor);
        let first = actors.next().unwrap_or(USER);
        if actors.any(|actor| actor == USER) { USER } else { first }
    }

    fn arguments(
        &mut self,
        of: &Name,
        fields: &[Field],
        arguments: &'a [Argument],
        event: EventId,
    ) -> Vec<(u16, Expr)> {
        let mut given = Vec::new();
        for argument in arguments {
            let Some((index, field)) = (0..).zip(fields).find(|(_, field)| field.name == argument.name.text)
            else {
                let at = self.at(argument.name.span);
                let message = format!("`{of}` has no field `{}`", argument.name);
                let finding = self.finding(codes::UNKNOWN_NAME, argument.name.span, message);
                let known = self.candidates(fields.iter().map(|field| field.name.as_str()));
                self.report(names::suggest(finding, &argument.name, at, known));
                continue;
            };
            let scope = Scope { event: Some(event), example: true, ..Scope::session() };
            let sort = Sort::of(&self.model, field.kind);
            given.push((index, self.wanted(&argument.value, &sort, &scope)));
        }
        given
    }

    fn answer_arguments(
        &mut self,
        event: EventId,
        actor: u16,
        answer: &Name,
        arguments: &'a [Argument],
    ) -> Option<Vec<(Text, Expr)>> {
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        let bodies = handlers.filter(|handler| handler.event == event).flat_map(|handler| &handler.branches);
        let cases: Vec<&AnswerCase> = bodies.flat_map(|branch| answers(&branch.body, actor)).collect();
        let Some(case) = cases.iter().find(|case| case.name == answer.text) else {
            let at = self.at(answer.span);
            let finding = self.finding(
                codes::UNKNOWN_EVENT,
                answer.span,
                format!("nobody who is asked here answers `{answer}`"),
            );
            let known: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
            let finding = names::suggest(finding, answer, at, self.candidates(known));
            self.report(finding);
            return None;
        };
        let fields = case.fields.clone();
        let given = self.arguments(answer, &fields, arguments, event);
        Some(
            given
                .into_iter()
                .map(|(index, value)| (fields[usize::from(index)].name.clone(), value))
                .collect(),
        )
    }

    /// The outcome that a line of a scenario expects.
    fn expected(&mut self, outcome: &OutcomeKind) -> Option<Outcome> {
        Some(match outcome {
            OutcomeKind::To(name) => Outcome::To(self.step(name)?),
            OutcomeKind::Stay => Outcome::Stay,
            OutcomeKind::Restart => Outcome::Restart,
            OutcomeKind::Resume => Outcome::Resume,
            OutcomeKind::Refuse { reason, to, .. } => {
                let to = to.as_ref().and_then(|to| self.step(to));
                Outcome::Refuse { reason: self.reason_of_flow(reason)?, to }
            }
            OutcomeKind::Silent => Outcome::Silent,
            _ => return None,
        })
    }
}

/// The answers of an actor that a body asks.
fn answers(body: &Body, who: u16) -> &[AnswerCase] {
    match &body.outcome {
        Outcome::Ask { actor, answers } if *actor == who => answers,
        _ => &[],
    }
}

/// The title as a part of a path.
pub(super) fn slug(statement: &Statement) -> String {
    let title = statement.texts.first().map_or("", |text| text.value.value.as_str());
    let plain: String = title
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect::<String>()
        .to_lowercase();
    let slug = plain.split_whitespace().collect::<Vec<_>>().join("_");
    if slug.is_empty() { "untitled".into() } else { slug }
}
