//! Calls: the steps of a part stand in the flow under the calling step's name, and its ends become what the caller says.
//!
//! A flow, and each call of a part, is read as a *frame*: a file, names of its own, and a prefix for its steps. Entering
//! a call and leaving it are no steps of their own. What the branch that goes there does, what the part does at its start
//! and what the caller does at its end are performed as one, so that the core needs no word for calls.

mod given;
mod passage;

pub(super) use passage::{Branching, Cases, Going, none_of};

use super::builder::{Builder, Names, index};
use super::event::StepHead;
use super::program::{Declared, DeclaredId, Found, Space};
use super::{ElementId, ElementKind, StepId};
use crate::diagnostic::codes;
use crate::syntax::tree::{Expression, FlowKind, Name, OutcomeKind, Statement, StatementKind as Is};

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
