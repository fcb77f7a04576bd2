//! What a call is given, and what the part remembers: parameters become variables that are read or set at its entry.

use super::super::builder::{Builder, index};
use super::super::knowledge::Knowledge;
use super::super::names;
use super::super::program::Declared;
use super::super::scope::Scope;
use super::super::sort::Sort;
use super::super::{ElementId, ElementKind, Expr, StepId, TypeId, Variable};
use crate::diagnostic::codes;
use crate::syntax::tree::{Argument, Declaration, Statement, StatementKind as Is};

impl<'a> Builder<'a> {
    /// The arguments of a call: what cannot change stands for itself, all else is read when the call is entered.
    pub(super) fn givens(&mut self, frame: usize, step: &'a Statement, part: &'a Statement) {
        let arguments = arguments(step);
        let declared: Vec<(&'a Statement, &'a Declaration)> = givens(part).collect();
        for (statement, declaration) in &declared {
            let argument = arguments.iter().find(|argument| argument.name.text == declaration.name.text);
            let file = self.frames[frame].file;
            let kind = self.in_file(file, |builder| builder.type_of(&declaration.of));
            let sort = Sort::of(&self.model, kind);
            match argument {
                Some(argument) => {
                    let expr =
                        self.wanted(&argument.value, &sort, &Scope { example: true, ..Scope::session() });
                    if matches!(expr, Expr::Const(_) | Expr::Given(_) | Expr::Choice(_)) {
                        self.frames[frame].names.aliases.insert(declaration.name.as_str(), (expr, kind));
                    } else {
                        let variable = self.given_variable(frame, declaration, statement, kind);
                        if let Some(calling) = &mut self.frames[frame].calling {
                            calling.given.push((variable, &argument.value));
                        }
                    }
                }
                None => self.given_default(frame, declaration, kind, step),
            }
        }
        for argument in arguments {
            if declared.iter().all(|(_, given)| given.name.text != argument.name.text) {
                self.unknown_argument(argument, &declared);
            }
        }
    }

    /// The arguments of a call of a stub: nothing is done with them, but they must fit and be set.
    pub(in crate::model) fn stub_arguments(&mut self, step: &'a Statement, stub: Declared<'a>, id: StepId) {
        let declared: Vec<(&'a Statement, &'a Declaration)> = givens(stub.statement).collect();
        let scope = Scope { step: Some(id), ..Scope::session() };
        for argument in arguments(step) {
            let given = declared.iter().find(|(_, given)| given.name.text == argument.name.text);
            let Some((_, declaration)) = given else {
                self.unknown_argument(argument, &declared);
                continue;
            };
            let kind = self.in_file(stub.file, |builder| builder.type_of(&declaration.of));
            let sort = Sort::of(&self.model, kind);
            self.set_value(&argument.value, &sort, &scope, &Knowledge::default());
        }
    }

    fn unknown_argument(&mut self, argument: &Argument, declared: &[(&Statement, &Declaration)]) {
        let message = format!("nothing is given to this part as `{}`", argument.name);
        let finding = self.finding(codes::UNKNOWN_NAME, argument.name.span, message);
        let at = self.at(argument.name.span);
        let known = self.candidates(declared.iter().map(|(_, given)| given.name.as_str()));
        self.report(names::suggest(finding, &argument.name, at, known));
    }

    fn given_variable(
        &mut self,
        frame: usize,
        declaration: &'a Declaration,
        statement: &'a Statement,
        kind: TypeId,
    ) -> u16 {
        let name = format!("{}{}", self.frames[frame].prefix, declaration.name);
        let (flow, path) = (self.model.element, format!("given/{name}"));
        let file = self.frames[frame].file;
        let element =
            self.in_file(file, |builder| builder.element(ElementKind::Remember, path, statement, Some(flow)));
        self.model.variables.push(Variable {
            name: name.into(),
            element,
            kind,
            optional: false,
            default: None,
            fixed: false,
        });
        let variable = index(self.model.variables.len() - 1);
        self.frames[frame].names.variables.insert(declaration.name.as_str(), variable);
        variable
    }

    fn given_default(
        &mut self,
        frame: usize,
        declaration: &'a Declaration,
        kind: TypeId,
        step: &'a Statement,
    ) {
        let file = self.frames[frame].file;
        let default = declaration
            .default
            .as_ref()
            .and_then(|default| self.in_file(file, |builder| builder.constant_of(default, kind)));
        if default.is_none() && !declaration.optional {
            let name = &declaration.name;
            let head = step.children().iter().find(|child| matches!(child.kind, Is::Call { .. }));
            let span = head.map_or(step.head, |call| call.head);
            let finding = self.finding(
                codes::MISSING_ARGUMENT,
                span,
                format!("this call does not say what `{name}` is"),
            );
            let declared =
                crate::source::Location { source: self.program.files[file].id, span: declaration.name.span };
            self.report(finding.label(declared, "the part is given it").help(format!("write `{name} = …`")));
        }
        let value = Expr::Const(default.unwrap_or_default());
        self.frames[frame].names.aliases.insert(declaration.name.as_str(), (value, kind));
    }

    pub(super) fn remembered(&mut self, frame: usize, part: &'a Statement, parent: ElementId) {
        for child in part.children() {
            let Is::Remember(declaration) = &child.kind else { continue };
            self.only_plain(declaration, "a remembered value", &["default"]);
            if !self.new_value(&declaration.name) {
                continue;
            }
            let mut own = Vec::new();
            self.declare_variable(&mut own, ElementKind::Remember, declaration, child, parent);
            for mut variable in own {
                variable.name = format!("{}{}", self.frames[frame].prefix, variable.name).into();
                self.model.variables.push(variable);
                let variable = index(self.model.variables.len() - 1);
                self.names.variables.insert(declaration.name.as_str(), variable);
                if let Some(calling) = &mut self.frames[frame].calling {
                    calling.fresh.push(variable);
                }
            }
        }
    }
}

/// What a step calls with.
fn arguments(step: &Statement) -> &[Argument] {
    step.children()
        .iter()
        .find_map(|child| match &child.kind {
            Is::Call { arguments, .. } => Some(arguments.as_slice()),
            _ => None,
        })
        .unwrap_or_default()
}

/// What a part is given.
fn givens(part: &Statement) -> impl Iterator<Item = (&Statement, &Declaration)> {
    part.children().iter().filter_map(|child| match &child.kind {
        Is::Given(declaration) => Some((child, &**declaration)),
        _ => None,
    })
}
