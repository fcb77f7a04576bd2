//! Rules over whole runs: `never`, `always`, `follow`.

use super::builder::Builder;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::{Atom, Claim, ElementKind, Property};
use crate::diagnostic::codes;
use crate::syntax::tree::{self, AtomKind, Expression, Name, Statement, StatementKind};

impl<'a> Builder<'a> {
    pub(super) fn property(&mut self, statement: &'a Statement) {
        let (word, claim) = match &statement.kind {
            StatementKind::Never { atom, before } => ("never", self.never(atom, before.as_deref())),
            StatementKind::Always { condition } => {
                let guard = self.guard(condition, &Scope::session().as_guard(), &Knowledge::default());
                ("always", Some(Claim::Always(guard)))
            }
            StatementKind::Follow(follow) => ("follow", self.follow(follow)),
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

    fn atom(&mut self, atom: &'a tree::Atom) -> Option<Atom> {
        match &atom.kind {
            AtomKind::Entered { step, condition } => {
                self.no_condition(condition.as_ref());
                self.step(step).map(Atom::Entered)
            }
            AtomKind::Accepted { event, condition } => {
                self.no_condition(condition.as_ref());
                self.accepted(event)
            }
            AtomKind::Refused { reason, condition } => {
                self.no_condition(condition.as_ref());
                self.reason(reason).map(Atom::Refused)
            }
            AtomKind::Sent { output, condition } => {
                self.no_condition(condition.as_ref());
                self.output(output).map(Atom::Sent)
            }
            AtomKind::Holds { condition } => {
                Some(Atom::Holds(self.guard(condition, &Scope::session().as_guard(), &Knowledge::default())))
            }
        }
    }

    fn no_condition(&mut self, condition: Option<&Expression>) {
        if let Some(condition) = condition {
            self.not_yet(condition.span, "conditions in rules over runs are");
        }
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
