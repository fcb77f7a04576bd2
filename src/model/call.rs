//! Calls: the steps of a part stand in the flow under the calling step's name, and its ends become what the caller says.
//!
//! A flow, and each call of a part, is read as a *frame*: a file, names of its own, and a prefix for its steps. Entering
//! a call and leaving it are no steps of their own. What the branch that goes there does, what the part does at its start
//! and what the caller does at its end are performed as one, so that the core needs no word for calls.

use super::builder::{Builder, Names, index};
use super::compose::{self, Left, append};
use super::event::StepHead;
use super::handler::Gates;
use super::knowledge::Knowledge;
use super::program::{Declared, DeclaredId, Found, Space};
use super::scope::Scope;
use super::sort::Sort;
use super::{Action, Body, ElementId, ElementKind, Expr, Outcome, ReasonId, StepId, Target, Variable};
use crate::diagnostic::codes;
use crate::syntax::tree::{
    Argument, Declaration, Expression, FlowKind, Name, OutcomeKind, Statement, StatementKind as Is,
};

/// A flow, or a part as one step calls it.
pub(super) struct Frame<'a> {
    pub(super) file: usize,
    /// The names, while another frame is read.
    pub(super) names: Names<'a>,
    /// `flow` or `part`.
    pub(super) statement: &'a Statement,
    /// What stands before the names of its steps: `proving/`.
    pub(super) prefix: String,
    /// The step that calls it; none for the flow.
    pub(super) calling: Option<Calling<'a>>,
}

/// The step that calls a part.
pub(super) struct Calling<'a> {
    /// The frame that the step belongs to.
    pub(super) outer: usize,
    /// The step.
    pub(super) step: &'a Statement,
    /// The step as an element.
    pub(super) element: ElementId,
    part: DeclaredId,
    /// What the part remembers: fresh at each call.
    fresh: Vec<u16>,
    /// What it is given that has to be read when it is called.
    given: Vec<(u16, &'a Expression)>,
    ends: Vec<End<'a>>,
}

/// An end of a part.
#[derive(Clone, Copy)]
struct End<'a> {
    statement: &'a Statement,
    element: ElementId,
    /// What the caller says of it.
    handler: Option<&'a Statement>,
}

/// What the name of a step refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Step(StepId),
    /// A step that calls: this frame.
    Call(usize),
    /// An end of the part, by its position.
    End(usize),
}

/// Where a body goes, and with which verdict.
#[derive(Clone, Copy)]
pub(super) struct Going {
    pub(super) goal: Goal,
    /// The reason, where it is refused.
    pub(super) refused: Option<ReasonId>,
}

/// What is known and noted while a branch is put together.
pub(super) struct Branching<'b, 'g> {
    pub(super) scope: &'b Scope,
    pub(super) known: &'b Knowledge,
    pub(super) gates: &'b mut Gates<'g>,
    /// The call that was just left, which `restart` enters afresh.
    pub(super) left: Option<usize>,
}

/// A body with the condition under which it is the one, where several may follow.
pub(super) type Cases = Vec<(Option<Expr>, Body)>;

impl<'a> Builder<'a> {
    /// Does something with the names of another frame.
    pub(super) fn in_frame<R>(&mut self, frame: usize, action: impl FnOnce(&mut Self) -> R) -> R {
        let (before, file) = (self.frame, self.file);
        self.switch(frame);
        let result = action(self);
        self.switch(before);
        self.file = file;
        result
    }

    fn switch(&mut self, to: usize) {
        if self.frame != to {
            std::mem::swap(&mut self.names, &mut self.frames[self.frame].names);
            std::mem::swap(&mut self.names, &mut self.frames[to].names);
            self.frame = to;
        }
        self.file = self.frames[to].file;
    }

    /// The frame of the part that a step calls.
    pub(super) fn called_by(&self, step: &Statement) -> Option<usize> {
        let calls = |frame: &Frame| {
            frame
                .calling
                .as_ref()
                .is_some_and(|calling| std::ptr::eq(calling.step, step) && calling.outer == self.frame)
        };
        self.frames.iter().position(calls)
    }

    /// What a step calls, if it calls something that there is.
    pub(super) fn called(&mut self, step: &'a Statement) -> Option<(Declared<'a>, FlowKind)> {
        let mut calls = step.children().iter().filter_map(|child| match &child.kind {
            Is::Call { part, .. } => Some((child, part)),
            _ => None,
        });
        let (_, name) = calls.next()?;
        if let Some((second, _)) = calls.next() {
            let finding = self.finding(codes::TWO_CALLS, second.head, "this step calls twice");
            self.report(finding.help("write a step for each call"));
        }
        let declared = match self.program.find(self.file, Space::Part, name.as_str()) {
            Found::Declared(declared) => declared,
            Found::Poisoned => {
                self.poison(name.span);
                return None;
            }
            Found::Nothing => {
                self.unknown_declaration(Space::Part, name);
                return None;
            }
        };
        self.used.insert(declared.id());
        if self.is_calling(declared.id()) {
            let finding =
                self.finding(codes::CALL_CYCLE, name.span, format!("`{name}` calls itself this way"));
            self.report(finding.note("it would never come to its end").help("go to a step of it instead"));
            self.poison(step.span);
            return None;
        }
        match &declared.statement.kind {
            Is::Flow { kind, .. } => Some((declared, *kind)),
            _ => None,
        }
    }

    /// Whether the frame that is read belongs to a call of this part.
    fn is_calling(&self, part: DeclaredId) -> bool {
        let mut frame = Some(self.frame);
        while let Some(calling) = frame.and_then(|frame| self.frames[frame].calling.as_ref()) {
            if calling.part == part {
                return true;
            }
            frame = Some(calling.outer);
        }
        false
    }

    /// Takes in the steps of the part that a step calls.
    pub(super) fn call(
        &mut self,
        name: &'a Name,
        step: &'a Statement,
        part: Declared<'a>,
        parent: ElementId,
        steps: &mut Vec<StepHead<'a>>,
    ) {
        let prefix = format!("{}{name}", self.frames[self.frame].prefix);
        let element = self.element(ElementKind::Call, prefix.clone(), step, Some(parent));
        self.marks_of_call(element, step);
        let calling = Calling {
            outer: self.frame,
            step,
            element,
            part: part.id(),
            fresh: Vec::new(),
            given: Vec::new(),
            ends: Vec::new(),
        };
        self.frames.push(Frame {
            file: part.file,
            names: Names::default(),
            statement: part.statement,
            prefix: format!("{prefix}/"),
            calling: Some(calling),
        });
        let frame = self.frames.len() - 1;
        self.names.steps.insert(name.as_str(), Goal::Call(frame));
        self.givens(frame, step, part.statement);
        self.in_frame(frame, |builder| {
            builder.check_shape(part.statement);
            if part.statement.children().iter().all(|child| child.kind != Is::Start) {
                builder.no_start(part.statement);
            }
            let inner =
                builder.element(ElementKind::Part, format!("{prefix}/"), part.statement, Some(element));
            builder.remembered(frame, part.statement, inner);
            builder.declare_rows(part.statement);
            builder.declare_ends(frame, part.statement, inner);
            builder.declare_steps(part.statement, inner, steps);
        });
        self.handlers_of_ends(frame, step);
    }

    /// The arguments of a call: what cannot change stands for itself, all else is read when the call is entered.
    fn givens(&mut self, frame: usize, step: &'a Statement, part: &'a Statement) {
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
    pub(super) fn stub_arguments(&mut self, step: &'a Statement, stub: Declared<'a>, id: StepId) {
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
        self.report(super::names::suggest(finding, &argument.name, at, known));
    }

    fn given_variable(
        &mut self,
        frame: usize,
        declaration: &'a Declaration,
        statement: &'a Statement,
        kind: super::TypeId,
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
        kind: super::TypeId,
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

    fn remembered(&mut self, frame: usize, part: &'a Statement, parent: ElementId) {
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

    fn declare_ends(&mut self, frame: usize, part: &'a Statement, parent: ElementId) {
        for child in part.children() {
            let Is::End { name, .. } = &child.kind else { continue };
            let path = format!("{}end/{name}", self.frames[frame].prefix);
            let element = self.element(ElementKind::End, path, child, Some(parent));
            if !self.new_step(name) {
                continue;
            }
            if let Some(calling) = &mut self.frames[frame].calling {
                calling.ends.push(End { statement: child, element, handler: None });
                let end = Goal::End(calling.ends.len() - 1);
                self.names.steps.insert(name.as_str(), end);
            }
        }
    }

    /// What the calling step says of each end; every end is spoken of.
    fn handlers_of_ends(&mut self, frame: usize, step: &'a Statement) {
        let Some(calling) = &mut self.frames[frame].calling else { return };
        for end in &mut calling.ends {
            end.handler = step.children().iter().find(|child| is_end(child, end_name(end.statement)));
        }
        let missing: Vec<_> = calling
            .ends
            .iter()
            .filter(|end| end.handler.is_none() && end.statement.outcome.is_none())
            .map(|end| end_name(end.statement).to_owned())
            .collect();
        self.unhandled_ends(step, &missing);
    }

    /// Says which ends of what is called the calling step does not speak of.
    pub(super) fn unhandled_ends(&mut self, step: &Statement, missing: &[String]) {
        for name in missing {
            let message = format!("nothing says what follows when the call ends with `{name}`");
            let finding = self.finding(codes::UNHANDLED_END, step.head, message);
            self.report(finding.help(format!("write it into the block: `on {name} -> STEP`")));
        }
    }

    /// Where the name of a step leads; where none has it, the one that was probably meant.
    pub(super) fn goal(&mut self, name: &Name) -> Option<Goal> {
        match self.names.steps.get(name.as_str()) {
            Some(goal) => Some(*goal),
            None => self.step_within(name.as_str()).or_else(|| self.unknown_step(name)).map(Goal::Step),
        }
    }

    /// `proving/code`: a step of a part, as its caller names it.
    fn step_within(&mut self, name: &str) -> Option<StepId> {
        let path = name.contains('/').then(|| format!("{}{name}", self.frames[self.frame].prefix))?;
        if let Some(step) = self.model.steps.iter().position(|step| step.name == path) {
            return Some(index(step));
        }
        // A step that calls is entered where its part begins.
        let inner = self.frames.iter().position(|frame| frame.prefix.strip_suffix('/') == Some(&path))?;
        self.first_step(inner)
    }

    /// A step that is not entered from here: where a call begins, if the step calls.
    pub(super) fn step(&mut self, name: &Name) -> Option<StepId> {
        match self.goal(name)? {
            Goal::Step(step) => Some(step),
            Goal::Call(frame) => self.first_step(frame),
            Goal::End(_) => {
                let message =
                    format!("`{name}` is an end of this part, where it cannot be gone to from here");
                let finding = self.finding(codes::MISPLACED, name.span, message);
                self.report(finding.help("go to a step, or leave the part from one of its events"));
                None
            }
        }
    }

    /// The step at which a call begins.
    pub(super) fn first_step(&mut self, frame: usize) -> Option<StepId> {
        let start = self.frames[frame].statement.children().iter().find(|child| child.kind == Is::Start)?;
        let cases =
            start.children().iter().find(|child| matches!(child.kind, Is::When { .. } | Is::Otherwise));
        let first =
            [Some(start), cases].into_iter().flatten().find_map(|one| match &one.outcome.as_ref()?.kind {
                OutcomeKind::To(name) => Some(name),
                _ => None,
            })?;
        self.in_frame(frame, |builder| builder.step(first))
    }

    /// Whether entering a call changes or sends anything, there or in a call that it begins with.
    pub(super) fn does_something_at_entry(&self, frame: usize) -> bool {
        let Some(calling) = &self.frames[frame].calling else { return false };
        let starts = self.frames[frame].statement.children().iter().filter(|child| child.kind == Is::Start);
        let acts = starts.flat_map(Statement::children).any(|child| !matches!(child.kind, Is::Note { .. }));
        let inner = |inner: &usize| {
            self.frames[*inner].calling.as_ref().is_some_and(|calling| calling.outer == frame)
        };
        acts || !calling.fresh.is_empty()
            || !calling.given.is_empty()
            || (0..self.frames.len()).filter(inner).any(|inner| self.does_something_at_entry(inner))
    }

    /// What becomes of a body that goes somewhere.
    pub(super) fn arrive(&mut self, body: Body, going: Going, branching: &mut Branching) -> Cases {
        match going.goal {
            Goal::Step(step) => {
                let outcome = match going.refused {
                    None => Outcome::To(step),
                    Some(reason) => Outcome::Refuse { reason, to: Some(step) },
                };
                vec![(None, Body { outcome, ..body })]
            }
            Goal::Call(frame) => self.enter(body, frame, going.refused, branching),
            Goal::End(end) => self.leave(body, end, going.refused, branching),
        }
    }

    /// Enters a call: what the part remembers is fresh, what it is given is read, then it starts.
    fn enter(
        &mut self,
        mut body: Body,
        frame: usize,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let Some(calling) = &self.frames[frame].calling else { return vec![(None, body)] };
        let (element, outer) = (calling.element, calling.outer);
        let (fresh, given) = (calling.fresh.clone(), calling.given.clone());
        let mut entering: Vec<Action> = fresh
            .into_iter()
            .map(|variable| {
                let value = self.model.variables[usize::from(variable)].default.clone().unwrap_or_default();
                Action::Set { element, target: Target::Variable(variable), value: Expr::Const(value) }
            })
            .collect();
        let known = self.known_after(&body, branching.known);
        for (variable, expression) in given {
            let sort = Sort::of(&self.model, self.model.variables[usize::from(variable)].kind);
            let scope = Scope { step: branching.scope.step, ..Scope::session() };
            let value = self.in_frame(outer, |builder| builder.set_value(expression, &sort, &scope, &known));
            self.must_be_readable(&body, &value, expression.span);
            self.arguments.push(value.clone());
            entering.push(Action::Set { element, target: Target::Variable(variable), value });
        }
        append(&self.around, &mut body.actions, entering);
        let start = self.frames[frame].statement.children().iter().find(|child| child.kind == Is::Start);
        let Some(start) = start else {
            // A part without a start was reported where it stands.
            self.sound = false;
            return vec![(None, body)];
        };
        branching.left = None;
        self.in_frame(frame, |builder| builder.go_on(body, start, refused, branching))
    }

    /// Leaves a part by one of its ends: what the caller says of it follows at once.
    fn leave(
        &mut self,
        mut body: Body,
        end: usize,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let Some(calling) = &self.frames[self.frame].calling else { return vec![(None, body)] };
        let (outer, end) = (calling.outer, calling.ends[end]);
        if end.statement.outcome.is_some() {
            body.element = end.element;
            body.outcome = Outcome::Silent;
            return vec![(None, body)];
        }
        match end.handler {
            Some(handler) => {
                branching.left = Some(self.frame);
                self.in_frame(outer, |builder| builder.go_on(body, handler, refused, branching))
            }
            // It was reported at the calling step.
            None => vec![(None, body)],
        }
    }

    /// Goes on with a statement, the start of a part or what follows its end: at once, in the same branch.
    fn go_on(
        &mut self,
        body: Body,
        statement: &'a Statement,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let is_case = |child: &&Statement| matches!(child.kind, Is::When { .. } | Is::Otherwise);
        let cases: Vec<&'a Statement> = statement.children().iter().filter(is_case).collect();
        let path = match (&statement.kind, branching.left) {
            (Is::On { event, .. }, Some(left)) => format!("{}{event}", self.frames[left].prefix),
            _ => format!("{}start", self.frames[self.frame].prefix),
        };
        let element = self.element(ElementKind::On, path, statement, Some(self.model.element));
        if cases.is_empty() {
            return self.go_on_with(body, statement, element, refused, branching);
        }
        let left = Left::by(self.around.iter().chain(&body.actions));
        let known = self.known_after(&body, branching.known);
        let scope = Scope { step: branching.scope.step, ..Scope::session() };
        let mut guards = Vec::new();
        let mut all = Cases::new();
        for case in cases {
            let guard = match &case.kind {
                Is::When { condition } => {
                    let guard = self.guard(condition, &scope.as_guard(), &known);
                    self.must_be_readable(&body, &guard, condition.span);
                    let guard = left.before(&guard);
                    guards.push(guard.clone());
                    guard
                }
                _ => none_of(&guards),
            };
            let id = self.element(
                ElementKind::When,
                self.below(element, super::handler::slug(case)),
                case,
                Some(element),
            );
            let followed = self.go_on_with(body.clone(), case, id, refused, branching);
            all.extend(followed.into_iter().map(|(inner, body)| {
                let guard = match inner {
                    Some(inner) => compose::all(vec![guard.clone(), inner]),
                    None => guard.clone(),
                };
                (Some(guard), body)
            }));
        }
        all
    }

    fn go_on_with(
        &mut self,
        mut body: Body,
        statement: &'a Statement,
        element: ElementId,
        refused: Option<ReasonId>,
        branching: &mut Branching,
    ) -> Cases {
        let known = self.known_after(&body, branching.known);
        let scope = Scope { step: branching.scope.step, ..Scope::session() };
        let gated = branching.gates.as_ref().map_or(0, |gates| gates.len());
        let actions = self.actions(statement, element, &scope, &known, branching.gates);
        let left = Left::by(self.around.iter().chain(&body.actions));
        if let Some(gates) = branching.gates {
            gates.iter_mut().skip(gated).for_each(|gate| left.gate(gate));
        }
        append(&self.around, &mut body.actions, actions);
        // Where a call begins, the branch that goes there is still what is spoken of.
        if statement.kind != Is::Start {
            body.element = element;
        }
        let Some(outcome) = &statement.outcome else {
            self.no_outcome(statement);
            return vec![(None, body)];
        };
        match (&outcome.kind, refused) {
            (OutcomeKind::To(name), _) => match self.goal(name) {
                Some(goal) => self.arrive(body, Going { goal, refused }, branching),
                None => vec![(None, body)],
            },
            (OutcomeKind::Refuse { reason, to: Some(name), .. }, None) => {
                match (self.reason(reason), self.goal(name)) {
                    (Some(reason), Some(goal)) => {
                        self.arrive(body, Going { goal, refused: Some(reason) }, branching)
                    }
                    _ => vec![(None, body)],
                }
            }
            (OutcomeKind::Restart, _) if branching.left.is_some() => {
                let frame = branching.left.unwrap_or(self.frame);
                self.enter(body, frame, refused, branching)
            }
            (OutcomeKind::Silent, _) => vec![(None, Body { outcome: Outcome::Silent, ..body })],
            _ => {
                let finding = self.finding(
                    codes::END_STAYS,
                    outcome.span,
                    "the call is over here, so this must say which step comes next",
                );
                self.report(
                    finding.help(
                        "write `-> STEP`, `refuse REASON -> STEP`, `restart` to call again, or `silent`",
                    ),
                );
                vec![(None, body)]
            }
        }
    }

    /// What is known once a body's actions are performed.
    fn known_after(&self, body: &Body, known: &Knowledge) -> Knowledge {
        let mut known = known.clone();
        for action in self.around.iter().chain(&body.actions) {
            if let Action::Set { target: Target::Variable(variable), value, .. } = action
                && *value != Expr::Const(flowspec_runtime::Value::Unset)
            {
                known.learn_set(&Expr::Variable(*variable));
            }
        }
        known
    }

    /// What a call reads at the moment of entering or leaving must be known before that moment.
    fn must_be_readable(&mut self, body: &Body, expr: &Expr, span: crate::source::Span) {
        let sent = |output: u16| {
            let sends =
                |action: &Action| matches!(action, Action::Send { output: sent, .. } if *sent == output);
            self.around.iter().chain(&body.actions).any(sends)
        };
        let reads_sent = expr.any(&mut |part| matches!(part, Expr::Output { output, .. } if sent(*output)));
        let left = Left::by(self.around.iter().chain(&body.actions));
        let rows = &self.model.rows;
        let hidden = left.hides(expr, |row| rows.get(usize::from(row)).and_then(|row| row.key.clone()));
        if reads_sent || hidden {
            let finding = self.finding(
                codes::READ_AT_ONCE,
                span,
                "this is not known yet at the moment in which the call is entered or left",
            );
            let what = if hidden { "the key of its row is set" } else { "it is sent" };
            let finding = finding.note(format!("{what} in the same branch"));
            self.report(finding.help("go to a step first, and read it in an event of that step"));
        }
    }
}

/// That none of some conditions holds.
pub(super) fn none_of(guards: &[Expr]) -> Expr {
    match guards {
        [one] => Expr::Not(one.clone().into()),
        several => Expr::Not(Expr::Or(several.to_vec()).into()),
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

/// Whether a statement of a calling step speaks of an end.
pub(super) fn is_end(statement: &Statement, end: &str) -> bool {
    matches!(&statement.kind, Is::On { event, actor: None } if event.as_str() == end)
}

/// The name of an end.
pub(super) fn end_name(end: &Statement) -> &str {
    match &end.kind {
        Is::End { name, .. } => name.as_str(),
        _ => "",
    }
}
