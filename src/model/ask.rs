//! `ask`: what an actor may say inside an event, and what follows.

use super::builder::Builder;
use super::handler::Gates;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{AnswerCase, ElementId, ElementKind, Outcome, USER};
use crate::diagnostic::codes;
use crate::syntax::tree::{Name, Statement, StatementKind};

impl<'a> Builder<'a> {
    pub(super) fn ask(
        &mut self,
        actor: &'a Name,
        statement: &'a Statement,
        element: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Outcome {
        let asked = self.actor(actor);
        if asked == Some(USER) {
            let finding = self.finding(
                codes::WRONG_ACTOR,
                actor.span,
                "the user is not asked inside an event of theirs",
            );
            self.report(finding.help("go to a step where the user answers with another event"));
        }
        let mut answers: Vec<AnswerCase> = Vec::new();
        for child in statement.children() {
            let StatementKind::On { event: name, actor: by } = &child.kind else { continue };
            let id =
                self.element(ElementKind::Answer, self.below(element, name.as_str()), child, Some(element));
            if let Some(by) = by {
                let finding =
                    self.finding(codes::WRONG_ACTOR, by.span, format!("only `{actor}` answers here"));
                self.report(finding.help(format!("leave `by {by}` out")));
            }
            if let Some(first) = answers.iter().find(|first| first.name == name.text) {
                let first = self.place(first.element).name;
                self.report(names::duplicate("answer", name.as_str(), self.at(name.span), first));
                continue;
            }
            self.wide.answers.insert(name.as_str());
            let fields = self.answer_fields(child, id, scope);
            let inner = Scope { answer: fields.clone(), ..scope.clone() };
            let branches = self.branches(child, id, &inner, known, gates);
            answers.push(AnswerCase { name: name.text.clone(), element: id, fields, branches });
        }
        if answers.is_empty() {
            let finding =
                self.finding(codes::NO_OUTCOME, actor.span, format!("`{actor}` is asked and has no answers"));
            self.report(finding.help("write them into the block: `on yes -> …`"));
        }
        match asked {
            Some(actor) => Outcome::Ask { actor, answers },
            None => Outcome::Silent,
        }
    }
}
