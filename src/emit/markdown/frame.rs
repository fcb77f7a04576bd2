//! What stands around the steps: who takes part, what is needed first, what is kept and sent, how it ends.

use flowspec_runtime::model::{
    ActorId, EndKind, Order, Outcome, ReasonId, USER, Unlisted, Variable, Waiting,
};

use super::block::{Block, flat, paragraph, table};
use super::page::Page;
use super::told::is_of_call;
use crate::emit::words::{Scope, fill};

impl<'m> Page<'m> {
    /// You, and whoever is asked or acts by itself.
    pub(super) fn who_takes_part(&self) -> Vec<Block> {
        let say = self.words.say;
        let lines = (0..).zip(&self.model.actors).filter_map(|(id, actor): (ActorId, _)| {
            let name = format!("**{}**", self.words.capital(&self.words.actor(id)));
            let role = self.role(id)?;
            let more =
                actor.element.map(|element| self.notes_of(self.model.element(element))).unwrap_or_default();
            let more: String = more.iter().map(|note| fill(say.aside, &[("x", note)])).collect();
            Some(format!("{name}{}{}{more}", say.colon, self.sentence_end(&role)))
        });
        let lines: Vec<_> = lines.collect();
        vec![flat(lines)]
    }

    pub(super) fn sentence_end(&self, text: &str) -> String {
        format!("{text}{}", self.words.say.stop)
    }

    fn role(&self, id: ActorId) -> Option<String> {
        let say = self.words.say;
        if id == USER {
            return Some(say.user_role.to_owned());
        }
        let handlers = || {
            (0..)
                .zip(&self.model.steps)
                .flat_map(|(step, it)| it.handlers.iter().map(move |handler| (step, handler)))
        };
        let name = |handler| self.words.name(&self.words.event(handler));
        let acts: Vec<_> =
            handlers().filter(|(_, handler)| handler.actor == id).map(|(_, handler)| name(handler)).collect();
        let answers: Vec<_> = handlers()
            .filter(|(_, handler)| {
                handler
                    .branches
                    .iter()
                    .any(|branch| matches!(branch.body.outcome, Outcome::Ask { actor, .. } if actor == id))
            })
            .map(|(step, _)| self.step(step))
            .collect();
        let parts = [(say.actor_acts, acts), (say.actor_answers, answers)];
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(_, what)| !what.is_empty())
            .map(|(phrase, what)| fill(phrase, &[("what", &self.words.list(&each_once(what)))]))
            .collect();
        (!parts.is_empty()).then(|| parts.join(say.apart))
    }

    /// What must be so, and what is known, when it begins.
    pub(super) fn before_you_begin(&self) -> Vec<Block> {
        let say = self.words.say;
        let flow = self.model.element(self.model.element);
        let mut lines: Vec<String> = flow
            .notes
            .iter()
            .filter(|note| note.kind == "needs")
            .filter_map(|note| self.words.text(&note.label.texts))
            .map(|text| self.sentence(&self.words.escape(text)))
            .collect();
        for require in &self.model.requires {
            let guard = self.words.guard(&require.guard, Scope::default());
            let reason = self.words.reason(require.reason);
            lines.push(self.sentence(&fill(say.require, &[("guard", &guard), ("reason", &reason)])));
        }
        lines.extend(self.model.givens.iter().map(|given| self.given(given)));
        if lines.is_empty() { Vec::new() } else { vec![flat(lines)] }
    }

    fn given(&self, given: &Variable) -> String {
        let say = self.words.say;
        let name = self.words.name(&self.words.label(Some(given.element), &given.name));
        let kind = self.words.kind(given.kind);
        let values = [("name", name.as_str()), ("type", kind.as_str())];
        match &given.default {
            Some(value) => {
                let value = self.words.value(value, Some(given.kind));
                fill(say.given_default, &[values[0], values[1], ("value", &value)])
            }
            None if given.optional => fill(say.given_optional, &values),
            None => fill(say.given, &values),
        }
    }

    /// Notes, contacts and links of the flow itself.
    pub(super) fn good_to_know(&self) -> Vec<Block> {
        let flow = self.model.element(self.model.element);
        let notes: Vec<_> = self.notes_where(flow, |kind| kind != "needs").collect();
        if notes.is_empty() { Vec::new() } else { vec![flat(notes)] }
    }

    /// Whom to turn to about the whole of it.
    pub(super) fn contacts(&self) -> Vec<Block> {
        let lines = self.contacts_of(self.model.element(self.model.element));
        if lines.is_empty() { Vec::new() } else { vec![flat(lines)] }
    }

    /// Where to read on about the whole of it.
    pub(super) fn links(&self) -> Vec<Block> {
        let lines = self.links_of(self.model.element(self.model.element));
        if lines.is_empty() { Vec::new() } else { vec![flat(lines)] }
    }

    /// Outputs with what they carry.
    pub(super) fn outputs(&self) -> Vec<Block> {
        let say = self.words.say;
        let rows: Vec<_> = self
            .model
            .outputs
            .iter()
            .map(|output| {
                let fields: Vec<_> = output
                    .fields
                    .iter()
                    .map(|field| {
                        let name = self.words.name(&self.words.label(Some(field.element), &field.name));
                        let chosen =
                            if field.chosen { fill(say.aside, &[("x", say.chosen)]) } else { String::new() };
                        format!("{name}{chosen}")
                    })
                    .collect();
                let name = self.words.escape(&self.words.label(Some(output.element), &output.name));
                vec![name, if fields.is_empty() { say.nothing.to_owned() } else { self.words.list(&fields) }]
            })
            .collect();
        if rows.is_empty() { Vec::new() } else { vec![table(&[say.output, say.carries], rows)] }
    }

    /// What the records keep for good and the session meanwhile.
    pub(super) fn kept(&self) -> Vec<Block> {
        let say = self.words.say;
        let mut blocks = Vec::new();
        for record in self.model.records.iter().filter(|record| self.told.is_told(record.element)) {
            let name = self.words.name(&self.words.label(Some(record.element), &record.name));
            let key = self.words.key(record);
            blocks.push(paragraph(fill(say.record, &[("record", &name), ("key", &key)])));
            blocks.extend(self.about(record.element));
            let used = || record.attributes.iter().filter(|it| self.told.is_told(it.element));
            if used().next().is_some() {
                blocks.push(self.variables(used()));
            }
        }
        let remembered = || {
            self.model
                .variables
                .iter()
                .filter(|it| self.told.is_told(it.element) && !is_of_call(self.model, it.element))
        };
        if remembered().next().is_some() {
            blocks.push(paragraph(say.remember));
            blocks.push(self.variables(remembered()));
        }
        blocks
    }

    fn variables(&self, variables: impl Iterator<Item = &'m Variable>) -> Block {
        let say = self.words.say;
        let rows = variables.map(|variable| {
            let name = self.words.escape(&self.words.label(Some(variable.element), &variable.name));
            let mut what = vec![self.words.kind(variable.kind)];
            if let Some(value) = &variable.default {
                let value = self.words.value(value, Some(variable.kind));
                what.push(fill(say.initially, &[("value", &value)]));
            }
            if variable.fixed {
                what.push(say.fixed.to_owned());
            }
            vec![name, self.words.list(&what)]
        });
        table(&[say.kept_name, say.kept_what], rows)
    }

    /// Every end with what it means and what is to be known then.
    pub(super) fn ends(&self) -> Vec<Block> {
        let say = self.words.say;
        let mut blocks = Vec::new();
        if self.model.endless {
            blocks.push(paragraph(say.endless));
        }
        for (id, step) in (0..).zip(&self.model.steps) {
            let Some(end) = step.end else { continue };
            let kind = match end {
                EndKind::Success => say.success,
                EndKind::Failure => say.failure,
                EndKind::Handover => say.handover,
            };
            let lead = format!("**{}**{}{}", self.step_heading(id), say.colon, self.sentence_end(kind));
            blocks.push(paragraph(lead));
            blocks.extend(self.about(step.element));
            blocks.extend(self.notes(self.statements(step.element)));
        }
        blocks
    }

    /// What happens where a step says nothing.
    pub(super) fn general(&self) -> Vec<Block> {
        let say = self.words.say;
        let defaults = &self.model.defaults;
        let mut lines = Vec::new();
        if let Unlisted::Refuse(reason) = defaults.unlisted.0 {
            lines.push(fill(say.unlisted_refused, &[("reason", &self.reason_or_code(reason))]));
        }
        if self.model.events.iter().any(|event| !event.fields.is_empty()) {
            let of_field = |word: &str| super::escape::code(&format!("{word}:…"));
            lines.push(fill(say.missing_refused, &[("reason", &of_field(&defaults.missing.0))]));
            lines.push(fill(say.invalid_refused, &[("reason", &of_field(&defaults.invalid.0))]));
        }
        if defaults.waiting.0 == Waiting::Stay {
            lines.push(say.waiting_stay.to_owned());
        }
        lines.push(
            (if defaults.order.0 == Order::Strict { say.order_strict } else { say.order_free }).to_owned(),
        );
        if self.model.timers.iter().any(|timer| timer.base == flowspec_runtime::model::TimerBase::Entry) {
            lines.push(say.timers_run.to_owned());
        }
        vec![flat(lines)]
    }

    /// A reason by its text, or as programs have it.
    fn reason_or_code(&self, id: ReasonId) -> String {
        let reason = &self.model.reasons[usize::from(id)];
        match reason.element {
            Some(_) => self.words.reason(id),
            None => super::escape::code(&reason.name),
        }
    }

    /// Time-outs that hold at every step.
    pub(super) fn time_outs(&self) -> Vec<Block> {
        self.model
            .timers
            .iter()
            .filter(|timer| timer.step.is_none())
            .flat_map(|timer| self.timer(timer))
            .collect()
    }
}

fn each_once(mut things: Vec<String>) -> Vec<String> {
    let mut known = std::collections::HashSet::new();
    things.retain(|thing| known.insert(thing.clone()));
    things
}
