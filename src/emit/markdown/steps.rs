//! The steps of a page: what one fills in, what may go wrong and what follows.

use std::collections::BTreeSet;

use flowspec_runtime::model::{
    Bound, Element, ElementKind, Expr, Field, Gate, Handler, LimitId, LimitOutcome, Outcome, Refusal, Step,
    StepId, Timer, TimerBase,
};

use super::block::{Block, Line, bullets, paragraph, part, quote, table};
use super::page::Page;
use super::standing::marks;
use crate::emit::words::{Scope, calls_of, fill, is_task};

impl<'m> Page<'m> {
    /// Where it begins, then a part for each step.
    pub(super) fn steps(&self) -> Vec<Block> {
        let mut blocks = self.beginning();
        for (id, step) in (0..).zip(&self.model.steps) {
            if step.end.is_none() {
                blocks.push(part(self.step_heading(id)));
                blocks.extend(self.step_blocks(id, step));
            }
        }
        blocks.extend(self.anywhere());
        blocks
    }

    /// What may happen at any step, each once.
    fn anywhere(&self) -> Vec<Block> {
        let mut told = BTreeSet::new();
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        let first = handlers.filter(|handler| handler.anywhere).filter(|handler| {
            let element = self.model.element(handler.element);
            told.insert((element.file, element.line))
        });
        let blocks: Vec<_> = first.flat_map(|handler| self.handler(handler)).collect();
        let own = self.model.elements.iter().filter(|element| element.kind == ElementKind::Anywhere);
        let notes: Vec<_> = own.flat_map(|element| self.notes_of(element)).collect();
        if blocks.is_empty() {
            return blocks;
        }
        let mut all = vec![part(self.words.say.at_any_step.to_owned())];
        all.extend(blocks);
        all.extend((!notes.is_empty()).then(|| quote(&notes)));
        all
    }

    fn beginning(&self) -> Vec<Block> {
        let say = self.words.say;
        let lines: Vec<_> = self
            .model
            .start
            .iter()
            .flat_map(|branch| match (&branch.body.outcome, &branch.guard) {
                (Outcome::To(step), None)
                    if branch.body.actions.is_empty() && self.model.start.len() == 1 =>
                {
                    vec![Line { depth: 0, text: fill(say.starts_at, &[("step", &self.step(*step))]) }]
                }
                _ => self.branches(std::slice::from_ref(branch), Scope::default(), 0),
            })
            .collect();
        match <[Line; 1]>::try_from(lines) {
            Ok([only]) => vec![paragraph(only.text)],
            Err(lines) => vec![bullets(lines)],
        }
    }

    fn step_blocks(&self, id: StepId, step: &'m Step) -> Vec<Block> {
        let statements = self.statements(step.element);
        let around = self.entered_calls(id);
        let mut blocks: Vec<_> = around.iter().flat_map(|&element| self.about(element)).collect();
        blocks.extend(self.about(step.element));
        blocks.extend(self.tasks(step));
        let own = step.handlers.iter().filter(|handler| !handler.anywhere && !is_task(self.model, handler));
        own.for_each(|handler| blocks.extend(self.handler(handler)));
        for timer in self.timers(id) {
            blocks.extend(self.timer(timer));
        }
        if blocks.is_empty() {
            blocks.push(paragraph(self.words.say.nothing_to_do));
        }
        let of_tasks = |id: &&u32| {
            let around = std::iter::successors(Some(**id), |id| self.model.element(*id).parent);
            around.into_iter().any(|id| self.model.element(id).source.starts_with("task "))
        };
        let own: Vec<u32> = statements.iter().filter(|id| !of_tasks(id)).copied().collect();
        blocks.extend(self.notes(&[around.as_slice(), &own].concat()));
        blocks.extend(self.standing(statements));
        blocks
    }

    /// The tasks of a checklist, each with its notes, and what follows when all is done.
    fn tasks(&self, step: &'m Step) -> Vec<Block> {
        let say = self.words.say;
        let tasks: Vec<_> = step.handlers.iter().filter(|handler| is_task(self.model, handler)).collect();
        // The source's own numbers say what comes first.
        let printed = tasks.iter().any(|task| !self.model.element(task.element).printed.is_empty());
        let mut blocks = Vec::new();
        for (number, task) in (1..).zip(&tasks) {
            let mut asides: Vec<String> =
                task.refusals.iter().filter_map(|refusal| self.task_aside(refusal, &tasks)).collect();
            if !task.branches.iter().any(|branch| matches!(branch.body.outcome, Outcome::To(_))) {
                asides.push(say.task_optional.to_owned());
            }
            let aside = if asides.is_empty() {
                String::new()
            } else {
                fill(say.aside, &[("x", &self.words.list(&asides))])
            };
            let lead = match &self.model.element(task.element).printed[..] {
                [printed, ..] => format!("{}\\. ", self.words.escape(printed)),
                [] if printed => String::new(),
                [] => format!("{number}\\. "),
            };
            let lead = format!("{lead}{}{aside}", self.event_lead(task));
            let scope = Scope::event(self.model.event(task.event));
            let done = task.branches.iter().flat_map(|branch| &branch.body.actions);
            let done = self.actions_once(done, scope);
            blocks.push(paragraph(match done.as_slice() {
                [] => lead,
                done => format!("{lead}{}{}", say.colon, self.sentence_end(&self.words.list(done))),
            }));
            blocks.extend(self.about(task.element));
            blocks.extend(self.notes(&[task.element]));
        }
        let done =
            tasks.iter().flat_map(|task| &task.branches).find_map(|branch| match branch.body.outcome {
                Outcome::To(step) => Some(step),
                _ => None,
            });
        let done = done.map(|step| format!("**{}**{}{}", say.all_tasks_done, say.colon, self.to(step)));
        blocks.extend(done.map(|text| paragraph(self.sentence(&text))));
        blocks
    }

    /// What a task waits for, or what it is repeated for.
    fn task_aside(&self, refusal: &'m Refusal, tasks: &[&Handler]) -> Option<String> {
        let say = self.words.say;
        if let Some(needed) = self.model.reason(refusal.reason).strip_prefix("needs:") {
            let task = tasks.iter().find(|task| self.model.event(task.event).name == needed)?;
            let name = self.words.name(&self.words.event(task));
            return Some(fill(say.task_needs, &[("tasks", &name)]));
        }
        let Expr::Not(inner) = &refusal.guard else { return None };
        let Expr::In { set, .. } = &**inner else { return None };
        let list = self.words.noun(set, None, Scope::default());
        Some(fill(say.task_each, &[("list", &list)]))
    }

    /// The calls that begin with a step, each with the part that is called.
    fn entered_calls(&self, id: StepId) -> Vec<u32> {
        let before = (0..id).flat_map(|earlier| calls_of(self.model, earlier)).collect::<BTreeSet<_>>();
        let calls = calls_of(self.model, id).into_iter().filter(|call| !before.contains(call));
        calls.flat_map(|call| [Some(call), self.part_of(call)]).flatten().collect()
    }

    fn part_of(&self, call: u32) -> Option<u32> {
        let part = |element: &Element| element.kind == ElementKind::Part && element.parent == Some(call);
        self.model.elements.iter().position(part).and_then(|id| u32::try_from(id).ok())
    }

    fn handler(&self, handler: &'m Handler) -> Vec<Block> {
        let say = self.words.say;
        let scope = Scope::event(self.model.event(handler.event));
        let lead = self.event_lead(handler);
        let mut lines = self.gates(&handler.gates);
        lines.extend(handler.refusals.iter().map(|refusal| self.guarded_refusal(refusal, scope)));
        lines.extend(self.branches(&handler.branches, scope, 0));
        let mut blocks = self.about(handler.element);
        let fields = &self.model.event(handler.event).fields;
        let rest = match <[Line; 1]>::try_from(lines) {
            Ok([only]) if fields.is_empty() => {
                blocks.insert(0, paragraph(format!("{lead}{}{}", say.colon, self.following(&only.text))));
                return blocks;
            }
            Ok([only]) => paragraph(only.text),
            Err(lines) => bullets(lines),
        };
        if fields.is_empty() {
            blocks.insert(0, paragraph(format!("{lead}{}", say.colon.trim_end())));
        } else {
            blocks.insert(0, paragraph(format!("{lead}{}{}", say.colon, say.fill_in)));
            blocks.push(self.fields(fields, &handler.fields, scope));
        }
        blocks.push(rest);
        blocks
    }

    /// A sentence that goes on after a colon.
    fn following(&self, text: &str) -> String {
        let mut chars = text.chars();
        let first = chars.next().map(|char| char.to_ascii_lowercase());
        first.into_iter().chain(chars).collect()
    }

    fn fields(&self, fields: &'m [Field], here: &[u32], scope: Scope<'m>) -> Block {
        let say = self.words.say;
        let rows = fields.iter().enumerate().map(|(index, field)| {
            let element = here.get(index).copied().unwrap_or(field.element);
            let has_text = !self.model.element(element).texts.is_empty();
            let element = if has_text { element } else { field.element };
            let name = self.words.escape(&self.words.label(Some(element), &field.name));
            vec![name, self.need(field, scope), self.words.kind(field.kind)]
        });
        table(&[say.field, say.required, say.takes], rows)
    }

    fn need(&self, field: &'m Field, scope: Scope<'m>) -> String {
        let say = self.words.say;
        let mut parts = Vec::new();
        if let Some(guard) = &field.when {
            parts.push(fill(say.only_when, &[("guard", &self.words.guard(guard, scope))]));
        }
        match &field.default {
            Some(value) => {
                let value = self.words.value(value, Some(field.kind));
                parts.push(fill(say.left_out, &[("value", &value)]));
            }
            None if field.optional => parts.push(say.optional.to_owned()),
            None if parts.is_empty() => parts.push(say.yes.to_owned()),
            None => {}
        }
        self.words.list(&parts)
    }

    /// What happens while limits are full, a line for each thing that does, unless nothing is ever refused for them.
    fn gates(&self, gates: &[Gate]) -> Vec<Line> {
        let say = self.words.say;
        let mut lines: Vec<(String, Vec<String>)> = Vec::new();
        for gate in gates {
            let Some(then) = self.when_closed(gate.limit) else { continue };
            let name = self.limit_name(gate.limit);
            match lines.iter_mut().find(|(known, _)| *known == then) {
                Some((_, names)) => names.push(name),
                None => lines.push((then, vec![name])),
            }
        }
        let lines = lines.into_iter().map(|(then, names)| {
            let full = fill(say.limit_full, &[("limit", &names.join(say.or_else))]);
            Line { depth: 0, text: self.sentence(&format!("{full}{}{then}", say.colon)) }
        });
        lines.collect()
    }

    fn when_closed(&self, id: LimitId) -> Option<String> {
        let limit = self.model.limit(id);
        Some(match &limit.outcome {
            _ if limit.bound == Bound::Unbounded || limit.or_more => return None,
            LimitOutcome::Refuse { reason: Some(reason), to, .. } => self.refusal(*reason, *to),
            LimitOutcome::Refuse { reason: None, to, .. } => self.refused_by_limit(*to),
            LimitOutcome::Trip(trip) => self.refused_by_limit(Some(trip.to)),
            LimitOutcome::Silent => self.words.say.silent.to_owned(),
        })
    }

    fn guarded_refusal(&self, refusal: &'m Refusal, scope: Scope<'m>) -> Line {
        let guard = fill(self.words.say.when, &[("guard", &self.words.guard(&refusal.guard, scope))]);
        let then = self.refusal(refusal.reason, None);
        Line { depth: 0, text: self.sentence(&format!("{guard}{}{then}", self.words.say.colon)) }
    }

    /// A time-out of a step, or of the flow itself.
    pub(super) fn timer(&self, timer: &'m Timer) -> Vec<Block> {
        let lead = format!("**{}**", self.words.capital(&self.timer_lead(timer)));
        let mut lines = self.body(Some(lead), &timer.body, Scope::default(), 0);
        if lines.len() == 1 {
            return vec![paragraph(lines.remove(0).text)];
        }
        let first = lines.remove(0);
        let below = lines.into_iter().map(|line| Line { depth: line.depth - 1, ..line });
        vec![paragraph(first.text), bullets(below)]
    }

    /// When a time-out comes.
    pub(super) fn timer_lead(&self, timer: &'m Timer) -> String {
        let say = self.words.say;
        let phrase = match (timer.base, timer.step) {
            (TimerBase::Entry, Some(_)) => say.after_entry,
            (TimerBase::Entry, None) => say.after_opening,
            (TimerBase::Idle, Some(_)) => say.after_idle,
            (TimerBase::Idle, None) => say.idle_flow,
            (TimerBase::Since(_), _) => say.after_since,
        };
        let since =
            if let TimerBase::Since(step) = timer.base { self.words.step(step) } else { String::new() };
        let time = self.words.length(&timer.delay, Scope::default());
        let when = fill(phrase, &[("time", &time), ("step", &self.words.quoted(&since))]);
        if timer.or_later { fill(say.or_later, &[("when", &when)]) } else { when }
    }

    /// The `///` lines above a statement.
    pub(super) fn about(&self, element: u32) -> Vec<Block> {
        let doc = self.words.doc(self.model.element(element));
        doc.into_iter().map(|text| paragraph(self.words.escape(&text))).collect()
    }

    /// Notes, contacts and links of some statements; what is silent stands in a section of its own.
    pub(super) fn notes(&self, statements: &[u32]) -> Vec<Block> {
        let elements = statements.iter().map(|&id| self.model.element(id));
        let lines: Vec<_> = elements.flat_map(|element| self.notes_of(element)).collect();
        if lines.is_empty() { Vec::new() } else { vec![quote(&lines)] }
    }

    pub(super) fn notes_of(&self, element: &Element) -> Vec<String> {
        let mut lines: Vec<_> = self.notes_where(element, |_| true).collect();
        if element.kind != ElementKind::Flow {
            lines.extend(self.contacts_of(element));
            lines.extend(self.links_of(element));
        }
        lines
    }

    /// The notes of a statement of some kinds, but for those on what the source does not say.
    pub(super) fn notes_where(
        &self,
        element: &Element,
        wanted: fn(&str) -> bool,
    ) -> impl Iterator<Item = String> {
        let notes = element.notes.iter().filter(move |note| note.kind != "silent" && wanted(&note.kind));
        notes.filter_map(|note| {
            let text = self.words.text(&note.label.texts)?;
            Some(format!(
                "**{}**{}{}",
                self.note_kind(&note.kind),
                self.words.say.colon,
                self.words.escape(text)
            ))
        })
    }

    fn note_kind(&self, kind: &str) -> &str {
        let say = self.words.say;
        match kind {
            "do" => say.note_do,
            "dont" => say.note_dont,
            "may" => say.note_may,
            "needs" => say.note_needs,
            "duty" => say.note_duty,
            "reason" => say.note_reason,
            "opinion" => say.note_opinion,
            "unverified" => say.note_unverified,
            "looks" => say.note_looks,
            "when" => say.note_when,
            _ => say.note_plain,
        }
    }

    /// Whom to turn to; the name of a contact stands where it has no text.
    pub(super) fn contacts_of(&self, element: &Element) -> Vec<String> {
        let contacts = element.contacts.iter().map(|contact| {
            let text = self.words.text(&contact.label.texts).map(str::to_owned);
            let text = self.words.escape(&text.unwrap_or_else(|| contact.name.replace('_', " ")));
            match contact.missing {
                true => format!("{text}{}{}", self.words.say.colon, self.words.say.contact_missing),
                false => text,
            }
        });
        contacts.collect()
    }

    /// Where to read on; names are English, so that pages in other languages show the address.
    pub(super) fn links_of(&self, element: &Element) -> Vec<String> {
        let links = element.links.iter().map(|link| {
            let address = self.words.text(&link.label.texts).unwrap_or_default();
            let name = link.name.replace('_', " ");
            let text = if self.words.language == "en" { &name } else { address };
            format!("[{}]({})", self.words.escape(text), super::escape::web_address(address))
        });
        links.collect()
    }

    /// Where the statements of a step stand with the source, in one line.
    fn standing(&self, statements: &[u32]) -> Option<Block> {
        let say = self.words.say;
        let marks = statements.iter().flat_map(|&id| marks(self.model.element(id)));
        let (mut facts, mut assumed) = (Vec::new(), Vec::new());
        for (cited, assumptions) in marks {
            facts.extend(cited.iter().map(|fact| self.words.escape(fact)));
            assumed.extend(assumptions.iter().map(|assumption| self.words.escape(&assumption.id)));
        }
        let line = |phrase, mut ids: Vec<String>| {
            ids.sort();
            ids.dedup();
            (!ids.is_empty()).then(|| fill(phrase, &[("ids", &ids.join(say.between))]))
        };
        let parts: Vec<_> = [line(say.standing_facts, facts), line(say.standing_assumed, assumed)]
            .into_iter()
            .flatten()
            .collect();
        (!parts.is_empty()).then(|| paragraph(self.sentences(&parts)))
    }
}
