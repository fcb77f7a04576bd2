//! Capabilities: what may be asked of a row, or of a session, and the rules that answer.

use super::builder::{Builder, index};
use super::handler::slug;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{Capability, CapabilityRule, ElementId, ElementKind, Permission};
use crate::diagnostic::codes;
use crate::syntax::tree::{Name, OutcomeKind, Statement, StatementKind};

impl<'a> Builder<'a> {
    /// Reads a capability of a record, or of the flow.
    pub(super) fn capability(
        &mut self,
        statement: &'a Statement,
        name: &Name,
        record: Option<u16>,
        parent: ElementId,
    ) {
        let element =
            self.element(ElementKind::Capability, format!("capability/{name}"), statement, Some(parent));
        let same =
            self.model.capabilities.iter().find(|first| first.name == name.text && first.record == record);
        if let Some(first) = same.map(|first| first.element) {
            let first = self.place(first).name;
            self.report(names::duplicate("capability", name.as_str(), self.at(name.span), first));
            return;
        }
        let scope = record.map_or_else(Scope::session, Scope::asked).as_guard();
        let mut rules = Vec::new();
        for case in statement.children() {
            let (kind, guard) = match &case.kind {
                StatementKind::When { condition } => {
                    (ElementKind::Rule, Some(self.guard(condition, &scope, &Knowledge::default())))
                }
                StatementKind::Otherwise => (ElementKind::Otherwise, None),
                _ => continue,
            };
            let path = self.below(element, slug(case));
            let id = self.element(kind, path, case, Some(element));
            if let Some(permission) = self.permission(case) {
                rules.push(CapabilityRule { element: id, guard, permission });
            }
        }
        rules.sort_by_key(|rule| rule.guard.is_none());
        self.model.capabilities.push(Capability { name: name.text.clone(), element, record, rules });
    }

    /// What a statement allows or denies.
    pub(super) fn permission(&mut self, statement: &'a Statement) -> Option<Permission> {
        match statement.outcome.as_ref().map(|outcome| &outcome.kind) {
            Some(OutcomeKind::Allow) => Some(Permission::Allow),
            Some(OutcomeKind::Deny(reason)) => {
                let asked = matches!(statement.kind, StatementKind::May { .. });
                let reason = if asked { self.reason_of_flow(reason) } else { self.reason(reason) };
                reason.map(Permission::Deny)
            }
            Some(OutcomeKind::Unstated) => Some(Permission::Unstated),
            _ => {
                let finding = self.finding(
                    codes::NO_OUTCOME,
                    statement.head,
                    "this does not say whether it is allowed",
                );
                self.report(finding.help("write `allow`, `deny REASON` or `unstated`"));
                None
            }
        }
    }

    /// The capability that a scenario asks about.
    pub(super) fn asked_capability(&mut self, name: &Name) -> Option<u16> {
        let found = self.model.capabilities.iter().position(|capability| capability.name == name.text);
        if found.is_none() {
            let at = self.at(name.span);
            let known: Vec<_> = self.model.capabilities.iter().map(|known| known.name.clone()).collect();
            let finding = self.finding(
                codes::UNKNOWN_DECLARATION,
                name.span,
                format!("there is no capability named `{name}`"),
            );
            let known = self.candidates(known.iter().map(|known| known.as_str()));
            self.report(names::suggest(finding, name, at, known));
        }
        found.map(index)
    }
}
