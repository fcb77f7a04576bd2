//! What happens otherwise: both versions are run side by side, breadth first, from each pair of situations that match.

use std::collections::HashMap;
use std::sync::Arc;

use flowspec_runtime::machine::{Machine, Universe};
use flowspec_runtime::suite::{Say, Seen, Step, Term, Terms};

use flowspec_runtime::{Observation, Sent, Text, Time, Value, Verdict};

use super::pairing::Pairing;
use super::{Audience, Change, Witness};
use crate::explore::{Explorer, SESSION, Taken, World, place};
use crate::model::{StepId, duration};

/// How many pairs of situations are compared for each pair of steps.
const PER_PAIR: usize = 16;

/// How many are compared altogether.
const ALTOGETHER: usize = 6_000;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) changes: Vec<Change>,
    /// Whether there were more situations than these bounds let in.
    pub(super) cut: bool,
    /// How many pairs were compared.
    pub(super) compared: usize,
}

pub(super) fn changes(pairing: &Pairing) -> Walked {
    let (Ok(old), Ok(new)) = (Machine::new(Arc::clone(pairing.old)), Machine::new(Arc::clone(pairing.new)))
    else {
        return Walked { cut: true, ..Walked::default() };
    };
    let (old, new) = (Explorer::new(pairing.old, &old), Explorer::new(pairing.new, &new));
    let mut walk =
        Walk { pairing, old, new, pairs: Vec::new(), met: HashMap::new(), walked: Walked::default() };
    walk.open();
    let mut next = 0;
    while next < walk.pairs.len() {
        walk.leave(next);
        next += 1;
    }
    walk.walked.compared = walk.pairs.len();
    walk.walked
}

struct Walk<'p, 'm> {
    pairing: &'p Pairing<'m>,
    old: Explorer<'p>,
    new: Explorer<'p>,
    pairs: Vec<Pair>,
    met: HashMap<(StepId, StepId), Vec<usize>>,
    walked: Walked,
}

/// Situations of both that match, and how they were come to.
struct Pair {
    old: Arc<Universe>,
    new: Arc<Universe>,
    world: World,
    parent: Option<usize>,
    step: Step,
}

/// How what one input came to differs.
struct Difference {
    audience: Audience,
    text: String,
    before: String,
    now: String,
}

impl Walk<'_, '_> {
    fn open(&mut self) {
        let mut worlds = self.old.worlds();
        for world in self.new.worlds() {
            if !worlds.contains(&world) {
                worlds.push(world);
            }
        }
        for world in worlds {
            let (Some(old), Some(new)) = (self.old.runner.universe(&world), self.new.runner.universe(&world))
            else {
                continue;
            };
            let mut openings = self.old.openings(SESSION, 0);
            openings.extend(self.new.openings(SESSION, 0));
            for step in without_repeats(openings) {
                self.both(&Arc::new(old.clone()), &Arc::new(new.clone()), &world, None, &step);
            }
        }
    }

    fn leave(&mut self, from: usize) {
        let Pair { old, new, world, .. } = &self.pairs[from];
        let (old, new, world) = (Arc::clone(old), Arc::clone(new), world.clone());
        let (Some(one), Some(other)) = (place(&old, SESSION), place(&new, SESSION)) else { return };
        let at = old.now().max(new.now());
        let mut steps: Vec<Step> = Vec::new();
        for handler in &self.pairing.old.step(one).handlers {
            steps.extend(self.old.moves(&old, SESSION, at, handler).into_iter().map(|way| way.step));
        }
        for handler in &self.pairing.new.step(other).handlers {
            let moves = self.new.moves(&new, SESSION, at, handler);
            steps.extend(moves.into_iter().map(|way| self.as_old(way.step)));
        }
        for step in without_repeats(steps) {
            self.both(&old, &new, &world, Some(from), &step);
        }
        if let Some(due) = [old.next_due(), new.next_due()].into_iter().flatten().min() {
            self.both(&old, &new, &world, Some(from), &Step::Advance { to: due });
        }
    }

    /// A step of the new version in the names of the old one.
    fn as_old(&self, step: Step) -> Step {
        self.renamed(step, |pairing, event| pairing.event_in_old(event))
    }

    fn renamed(&self, step: Step, name: impl Fn(&Pairing, &Text) -> Text) -> Step {
        match step {
            Step::Apply { session, at, event, by, fields, answers } => {
                let event = name(self.pairing, &event);
                Step::Apply { session, at, event, by, fields, answers }
            }
            other => other,
        }
    }

    /// Does the same to both, and says how what it comes to differs.
    fn both(
        &mut self,
        old: &Arc<Universe>,
        new: &Arc<Universe>,
        world: &World,
        parent: Option<usize>,
        step: &Step,
    ) {
        let before = self.old.runner.take(old, step);
        let now = self
            .new
            .runner
            .take(new, &self.renamed(step.clone(), |pairing, event| pairing.event_in_new(event)));
        if let Some(difference) = self.judge(step, before.as_ref(), now.as_ref()) {
            self.tell(old, world, parent, step, difference);
        }
        let (Some(before), Some(now)) = (before, now) else { return };
        let (Some(one), Some(other)) = (place(&before.universe, SESSION), place(&now.universe, SESSION))
        else {
            return;
        };
        if self.pairing.step(one) != Some(other) {
            return;
        }
        let known = self.met.entry((one, other)).or_default();
        let pairs = &self.pairs;
        if known.iter().any(|pair| pairs[*pair].old == before.universe && pairs[*pair].new == now.universe) {
            return;
        }
        if known.len() >= PER_PAIR || pairs.len() >= ALTOGETHER {
            self.walked.cut = true;
            return;
        }
        known.push(pairs.len());
        let (old, new) = (before.universe, now.universe);
        self.pairs.push(Pair { old, new, world: world.clone(), parent, step: step.clone() });
    }

    fn judge(&self, step: &Step, before: Option<&Taken>, now: Option<&Taken>) -> Option<Difference> {
        let what = what(step);
        let (before, now) = match (before, now) {
            (None, None) => return None,
            (Some(before), None) => {
                let text = format!("{what} is left open now");
                let before = self.came_to(self.pairing.old, before);
                return Some(Difference { audience: Audience::Callers, text, before, now: "silent".into() });
            }
            (None, Some(now)) => {
                let text = format!("what {what} comes to is said now");
                let now = self.came_to(self.pairing.new, now);
                let before = "silent".into();
                return Some(Difference { audience: Audience::Implementers, text, before, now });
            }
            (Some(before), Some(now)) => (before, now),
        };
        let (audience, text) = self.differs(&what, before, now)?;
        let (before, now) = (self.came_to(self.pairing.old, before), self.came_to(self.pairing.new, now));
        Some(Difference { audience, text, before, now })
    }

    fn differs(&self, what: &str, before: &Taken, now: &Taken) -> Option<(Audience, String)> {
        let verdicts = (before.observation.as_ref(), now.observation.as_ref());
        if let (Some(one), Some(other)) = verdicts {
            match (&one.verdict, &other.verdict) {
                (Verdict::Accepted, Verdict::Refused(reasons)) => {
                    return Some((Audience::Callers, format!("{what} is refused as {}", listed(reasons))));
                }
                (Verdict::Refused(reasons), Verdict::Accepted) => {
                    let text = format!("{what} is accepted, and was refused as {}", listed(reasons));
                    return Some((Audience::Implementers, text));
                }
                (Verdict::Refused(one), Verdict::Refused(other)) if !same_set(one, other) => {
                    let text = format!("{what} is refused as {} instead of {}", listed(other), listed(one));
                    return Some((Audience::Callers, text));
                }
                _ => {}
            }
        }
        let (one, other) = (place(&before.universe, SESSION), place(&now.universe, SESSION));
        if one.and_then(|one| self.pairing.step(one)) != other || one.is_some() != other.is_some() {
            let text = format!(
                "{what} leads to {} instead of {}",
                self.named(self.pairing.new, other),
                self.named(self.pairing.old, one)
            );
            return Some((Audience::Callers, text));
        }
        let (Some(one), Some(other)) = verdicts else { return None };
        self.outputs(what, one, other)
    }

    /// What is sent otherwise; values that the implementation picks do not count.
    fn outputs(&self, what: &str, before: &Observation, now: &Observation) -> Option<(Audience, String)> {
        let names = |seen: &Observation| -> Vec<Text> {
            seen.outputs.iter().map(|sent| sent.output.clone()).collect()
        };
        let (one, other) = (names(before), names(now));
        if let Some(gone) = one.iter().find(|name| count(&one, name) > count(&other, name)) {
            return Some((Audience::Callers, format!("{what} does not send {gone} any more")));
        }
        if let Some(added) = other.iter().find(|name| count(&other, name) > count(&one, name)) {
            return Some((Audience::Implementers, format!("{what} sends {added}")));
        }
        for (one, other) in before.outputs.iter().zip(&now.outputs) {
            for (field, value) in &one.fields.0 {
                let is = other.fields.get(field);
                if is != value && !self.is_chosen(one, field) {
                    let text = format!("{what} sends another {field} in {}", one.output);
                    return Some((Audience::Callers, text));
                }
            }
        }
        None
    }

    fn is_chosen(&self, sent: &Sent, field: &str) -> bool {
        let output = self.pairing.new.outputs.iter().find(|output| output.name == sent.output);
        let field = output.and_then(|output| output.fields.iter().find(|known| known.name == field));
        field.is_none_or(|field| field.chosen)
    }

    fn named(&self, model: &crate::model::Model, step: Option<StepId>) -> String {
        step.map_or_else(|| "no session".into(), |step| format!("`{}`", model.step(step).name))
    }

    /// What a step came to, as a scenario writes it.
    fn came_to(&self, model: &crate::model::Model, taken: &Taken) -> String {
        let step = place(&taken.universe, SESSION).map(|step| model.step(step).name.to_string());
        let outputs: Vec<String> = taken
            .observation
            .iter()
            .flat_map(|seen| &seen.outputs)
            .map(|sent| format!(", sends {}", sent.output))
            .collect();
        let verdict = match taken.observation.as_ref().map(|seen| &seen.verdict) {
            Some(Verdict::Refused(reasons)) => format!("refuse {}", listed(reasons)),
            _ => step.map_or_else(|| "no session".into(), |step| format!("-> {step}")),
        };
        format!("{verdict}{}", outputs.concat())
    }

    /// Keeps a difference, unless it was told of the same event in the same step.
    fn tell(
        &mut self,
        universe: &Arc<Universe>,
        world: &World,
        parent: Option<usize>,
        step: &Step,
        difference: Difference,
    ) {
        let step_name = place(universe, SESSION).map(|step| self.pairing.old.step(step).name.clone());
        let place = match (step, &step_name) {
            (Step::Apply { event, .. }, Some(name)) => {
                format!("step/{name}/on/{}", self.pairing.event_in_new(event))
            }
            (_, Some(name)) => format!("step/{name}"),
            (_, None) => "start".into(),
        };
        let Difference { audience, text, before, now } = difference;
        let told = |known: &Change| known.place == place && known.text == text;
        if self.walked.changes.iter().any(told) {
            return;
        }
        let mut steps = vec![step.clone()];
        let mut next = parent;
        while let Some(index) = next {
            steps.push(self.pairs[index].step.clone());
            next = self.pairs[index].parent;
        }
        steps.reverse();
        let witness = Witness { lines: lines(world, &steps), before, now };
        self.walked.changes.push(Change { audience, place, text, witness: Some(witness) });
    }
}

fn without_repeats(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for step in steps {
        if !kept.contains(&step) {
            kept.push(step);
        }
    }
    kept
}

fn count(names: &[Text], name: &Text) -> usize {
    names.iter().filter(|known| *known == name).count()
}

fn same_set(one: &[Text], other: &[Text]) -> bool {
    one.iter().all(|reason| other.contains(reason)) && other.iter().all(|reason| one.contains(reason))
}

fn listed(reasons: &[Text]) -> String {
    reasons.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

fn what(step: &Step) -> String {
    match step {
        Step::Open { .. } => "opening a session".into(),
        Step::Apply { event, .. } => format!("`{event}`"),
        _ => "waiting".into(),
    }
}

/// What is done, as the lines of a scenario.
fn lines(world: &World, steps: &[Step]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (record, rows) in world {
        for (key, attributes) in rows {
            let attributes = attributes.0.iter().filter(|(_, value)| value.is_set());
            let attributes: Vec<String> =
                attributes.map(|(name, value)| format!(", {name} = {}", written(value))).collect();
            lines.push(format!("row {record} {}{}", written(key), attributes.concat()));
        }
    }
    let mut now: Time = 0;
    for step in steps {
        if let Some(at) = step.at() {
            if at > now {
                lines.push(format!("wait {}", duration(at - now)));
            }
            now = at;
        }
        match step {
            Step::Open { given, .. } => lines.push(format!("open{}", arguments(given))),
            Step::Apply { event, by, fields, answers, .. } => {
                let by = if by == "user" { String::new() } else { format!(" by {by}") };
                lines.push(format!("do {event}{by}{}", arguments(fields)));
                lines.extend(answers.iter().map(|Say { actor, answer, fields }| {
                    format!("answer {actor} {answer}{}", arguments(fields))
                }));
            }
            _ => {}
        }
    }
    lines
}

fn arguments(terms: &Terms) -> String {
    let terms: Vec<String> =
        terms.iter().map(|(name, term)| format!("{name} = {}", term_text(term))).collect();
    if terms.is_empty() { String::new() } else { format!("({})", terms.join(", ")) }
}

fn term_text(term: &Term) -> String {
    match term {
        Term::Value(value) => written(value),
        Term::Seen(Seen::Sent(output, field) | Seen::Of(_, output, field)) => format!("{output}.{field}"),
        Term::Seen(
            Seen::Other(output, field) | Seen::Earlier(output, field, _) | Seen::Near(output, field, _),
        ) => {
            format!("other than {output}.{field}")
        }
    }
}

fn written(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
