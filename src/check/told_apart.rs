//! Two cases that somebody can tell apart who must not: two runs in which the same is done, and what is seen differs.

use super::example::Example;
use super::explored::Explored;
use super::properties::Verdict;
use super::property_fails::vacuous;
use crate::diagnostic::{Diagnostic, codes};
use crate::explore::space::{Apart, Promise, Seen, Twins};
use crate::model::{Claim, Model, Property, StepId};

/// Runs that were looked at side by side for a rule.
pub(super) struct Compared(Twins);

impl Compared {
    /// Looks at pairs of runs, where that is what a rule is about.
    pub(super) fn of(explored: &Explored, property: &Property) -> Option<Self> {
        let Claim::Indistinguishable { one, other, event, to, without } = &property.claim else {
            return None;
        };
        let promise = Promise { cases: [one, other], event: *event, to: *to, without };
        Some(Self(Twins::explore(explored.machine, &promise, explored.budget)))
    }

    /// What is known of the rule.
    pub(super) fn verdict(&self) -> Verdict {
        match &self.0 {
            Twins { apart: Some(apart), .. } => Verdict::ToldApart(Box::new(apart.clone())),
            Twins { whole: true, complete: true, pairs, .. } => Verdict::Exhaustive(*pairs),
            Twins { whole: false, pairs, .. } => Verdict::OutOfBudget(*pairs),
            Twins { .. } => Verdict::NotDecided("there are more classes of values than are tried"),
        }
    }

    /// What is wrong with the rule, or with the flow.
    pub(super) fn finding(&self, explored: &Explored, property: &Property) -> Option<Diagnostic> {
        if let Some(apart) = &self.0.apart {
            return Some(told_apart(explored, property, apart));
        }
        (self.0.whole && !self.0.met).then(|| vacuous(explored, property))
    }
}

fn told_apart(explored: &Explored, property: &Property, apart: &Apart) -> Diagnostic {
    let draft = explored.draft;
    let model = &draft.model;
    let Claim::Indistinguishable { to, .. } = &property.claim else { unreachable!("a rule about pairs") };
    let who = &model.actors[usize::from(*to)].name;
    let example = Example { model };
    let [one, other] = [(0, "one case"), (1, "the other case")]
        .map(|(side, case)| example.twin(&format!("it can be told apart: {case}"), apart, side));
    // What takes several sessions stands outside of the flow.
    let (at, runs) = match apart.is_of_several() {
        true => (draft.behind(model.element), format!("\n{one}{}", other.trim_end())),
        false => (draft.before_brace(model.element), format!("{one}{other}")),
    };
    draft
        .finding(codes::TOLD_APART, property.element, format!("`{who}` can tell these cases apart"))
        .here("the same is done in both, and something else is seen")
        .note(format!("the first difference: {}", difference(model, apart)))
        .mend("see it happen, in the one case and in the other", at, runs)
        .help(format!(
            "let both look the same to `{who}`; what only others get to see is named: `to {who} without OUTPUT`"
        ))
}

/// What is seen in the one run, and in the other.
fn difference(model: &Model, apart: &Apart) -> String {
    let (seen, to) = match apart.lines.last() {
        Some(last) => (&last.seen, &last.to),
        None => (&apart.opening, &apart.first),
    };
    let told = [0, 1].map(|side| told(&seen[side]));
    if told[0] != told[1] {
        return format!("{} in one case, and {} in the other", told[0], told[1]);
    }
    let at = |step: Option<StepId>| match step {
        Some(step) => format!("the session is in `{}`", model.step(step).name),
        None => "no session is open".to_owned(),
    };
    format!("{} in one case, and {} in the other", at(to[0]), at(to[1]))
}

/// What an answer says, in words.
fn told(seen: &Seen) -> String {
    let mut told = match seen.reasons.as_slice() {
        [] => "it is accepted".to_owned(),
        reasons => {
            let reasons: Vec<String> = reasons.iter().map(|reason| format!("`{reason}`")).collect();
            format!("it is refused as {}", reasons.join(" and "))
        }
    };
    for sent in &seen.shown {
        let fields: Vec<String> = sent
            .fields
            .0
            .iter()
            .map(|(name, value)| format!("{name} = {}", serde_json::json!(value)))
            .collect();
        told += &format!(" with `{}({})`", sent.output, fields.join(", "));
    }
    told
}
