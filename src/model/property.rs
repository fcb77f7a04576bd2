//! Rules over whole runs: `never`, `always`, `follow`, `indistinguishable`.

use super::builder::Builder;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::{Action, AnswerCase, Atom, Claim, ElementKind, EventId, OutputId, Property};
use crate::diagnostic::codes;
use crate::syntax::tree::{self, AtomKind, Name, Statement, StatementKind};

impl<'a> Builder<'a> {
    pub(super) fn property(&mut self, statement: &'a Statement) {
        let (word, claim) = match &statement.kind {
            StatementKind::Never { atom, before } => ("never", self.never(atom, before.as_deref())),
            StatementKind::Always { condition } => {
                let guard = self.guard(condition, &Scope::session().as_guard(), &Knowledge::default());
                ("always", Some(Claim::Always(guard)))
            }
            StatementKind::Follow(follow) => ("follow", self.follow(follow)),
            StatementKind::Indistinguishable(rule) => ("indistinguishable", self.indistinguishable(rule)),
            _ => return,
        };
        let element = self.element(ElementKind::Property, word.into(), statement, Some(self.model.element));
        if let Some(claim) = claim {
            self.model.properties.push(Property { element, claim });
        }
    }

    fn never(&mut self, atom: &'a tree::Atom, before: Option<&'a tree::Atom>) -> Option<Claim> {
        let what = self.atom(atom);
        let before = before.map(|before| self.atom(before));
        match before {
            Some(None) => None,
            Some(before) => Some(Claim::Never { what: what?, before }),
            None => Some(Claim::Never { what: what?, before: None }),
        }
    }

    fn follow(&mut self, follow: &'a tree::Follow) -> Option<Claim> {
        let (what, by) = (self.atom(&follow.cause), self.atom(&follow.effect));
        let within =
            follow.within.as_ref().map(|within| self.wanted(within, &Sort::Duration, &Scope::session()));
        Some(Claim::Follow { what: what?, by: by?, within })
    }

    fn indistinguishable(&mut self, rule: &'a tree::Indistinguishable) -> Option<Claim> {
        let event = match &rule.event {
            Some(name) => Some(self.own_event(name)?),
            None => None,
        };
        let scope = Scope { event, ..Scope::session() }.as_guard();
        let one = self.guard(&rule.one, &scope, &Knowledge::default());
        let other = self.guard(&rule.other, &scope, &Knowledge::default());
        let to = self.actor(&rule.actor);
        let without: Vec<_> = rule.without.iter().map(|output| self.output(output)).collect();
        let without = without.into_iter().collect::<Option<Vec<_>>>();
        Some(Claim::Indistinguishable { one, other, event, to: to?, without: without? })
    }

    /// An event of a step; the answers of asked actors are none.
    fn own_event(&mut self, name: &Name) -> Option<EventId> {
        let event = self.wide.events.get(name.as_str()).copied();
        if event.is_none() {
            self.unknown_event(name);
        }
        event
    }

    fn atom(&mut self, atom: &'a tree::Atom) -> Option<Atom> {
        let (what, condition, scope) = match &atom.kind {
            AtomKind::Entered { step, condition } => {
                let id = self.step(step);
                let scope = Scope { step: id, ..Scope::session() };
                (id.map(Atom::Entered), condition, scope)
            }
            AtomKind::Accepted { event, condition } => {
                let what = self.accepted(event);
                let scope = self.scope_of(what.as_ref());
                (what, condition, scope)
            }
            AtomKind::Refused { reason, condition } => {
                (self.reason_of_flow(reason).map(Atom::Refused), condition, Scope::session())
            }
            AtomKind::Sent { output, condition } => {
                let sent = self.output(output);
                (sent.map(Atom::Sent), condition, Scope { sent, ..Scope::session() })
            }
            AtomKind::Holds { condition } => {
                let guard = self.guard(condition, &Scope::session().as_guard(), &Knowledge::default());
                return Some(Atom::Holds(guard));
            }
        };
        let condition = condition
            .as_ref()
            .map(|condition| self.guard(condition, &scope.as_guard(), &Knowledge::default()));
        match (what, condition) {
            (Some(what), Some(condition)) => Some(Atom::Where { what: what.into(), condition }),
            (what, _) => what,
        }
    }

    /// What a condition on an accepted event or on an answer may read.
    fn scope_of(&self, what: Option<&Atom>) -> Scope {
        match what {
            Some(Atom::Accepted(event)) => Scope { event: Some(*event), ..Scope::session() },
            Some(Atom::Answered(answer)) => {
                let mut cases = self.model.answer_cases().filter(|case| case.name == *answer);
                let first = cases.next().map(|case| case.fields.clone()).unwrap_or_default();
                let same = |case: &AnswerCase| {
                    let fields = case.fields.iter().zip(&first);
                    case.fields.len() == first.len()
                        && fields
                            .into_iter()
                            .all(|(one, other)| one.name == other.name && one.kind == other.kind)
                };
                let answer = if cases.all(same) { first } else { Vec::new() };
                Scope { answer, ..Scope::session() }
            }
            _ => Scope::session(),
        }
    }

    /// Whether every statement that sends an output gives a field.
    pub(super) fn always_sent(&self, output: OutputId, field: u16) -> bool {
        let chosen = self.model.outputs[usize::from(output)].fields[usize::from(field)].chosen;
        let mut given = true;
        self.model.actions(&mut |action| {
            if let Action::Send { output: sent, fields, .. } = action {
                given &= *sent != output || fields.iter().any(|(index, _)| *index == field);
            }
        });
        chosen || given
    }

    fn accepted(&mut self, name: &Name) -> Option<Atom> {
        if let Some(event) = self.wide.events.get(name.as_str()) {
            return Some(Atom::Accepted(*event));
        }
        if self.wide.answers.contains(name.as_str()) {
            return Some(Atom::Answered(name.text.clone()));
        }
        self.unknown_event(name);
        None
    }

    /// Says that nothing happens under a name.
    pub(super) fn unknown_event(&mut self, name: &Name) {
        let at = self.at(name.span);
        let mut known: Vec<&str> = self.wide.events.keys().chain(&self.wide.answers).copied().collect();
        known.sort_unstable();
        let finding =
            self.finding(codes::UNKNOWN_EVENT, name.span, format!("no step has an event named `{name}`"));
        self.report(names::suggest(finding, name, at, self.candidates(known)));
    }
}
