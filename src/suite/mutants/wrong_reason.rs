//! A refusal has another reason.

use flowspec_runtime::model::{
    Body, Defaults, Limit, LimitOutcome, Model, Outcome, ReasonId, Refusal, Require, Unlisted,
};

use super::part::Part;
use super::places::{Edit, Found, bodies, handlers};

pub(super) fn find(model: &Model) -> Vec<Found> {
    Others::next(model).map_or(Vec::new(), |others| given(model, &others))
}

/// Every refusal for one reason, which may be one that the flow does not have.
pub(super) fn always(model: &Model, reason: ReasonId) -> Vec<Found> {
    given(model, &Others { only: Some(reason), ..Others::of(model) })
}

fn given(model: &Model, other: &Others) -> Vec<Found> {
    let mut found = bodies(model, &mut |body| match &body.outcome {
        Outcome::Refuse { reason, to } => {
            let refuse = Outcome::Refuse { reason: other.than(*reason), to: *to };
            let with = Body { outcome: refuse, ..body.clone() };
            vec![Edit::new(body.element, other.described(*reason), with)]
        }
        _ => Vec::new(),
    });
    for (step, at, handler) in handlers(model) {
        for (index, refusal) in handler.refusals.iter().enumerate() {
            let changed = Refusal { reason: other.than(refusal.reason), ..refusal.clone() };
            let part = Part::Refusal(step, at, index, changed);
            found.push(Found::new(refusal.element, other.described(refusal.reason), part));
        }
    }
    for (at, require) in model.requires.iter().enumerate() {
        let changed = Require { reason: other.than(require.reason), ..require.clone() };
        found.push(Found::new(require.element, other.described(require.reason), Part::Require(at, changed)));
    }
    for (at, limit) in model.limits.iter().enumerate() {
        if let LimitOutcome::Refuse { reason, hold, to } = &limit.outcome {
            let reason = other.only.unwrap_or_else(|| reason.map_or(0, |reason| other.than(reason)));
            let outcome = LimitOutcome::Refuse { reason: Some(reason), hold: hold.clone(), to: *to };
            let description = format!("limit {} refuses as `{}`", limit.name, model.reason(reason));
            let changed = Limit { outcome, ..limit.clone() };
            found.push(Found::new(limit.element, description, Part::Limit(at, changed)));
        }
    }
    if let (Unlisted::Refuse(reason), element) = model.defaults.unlisted {
        let unlisted = (Unlisted::Refuse(other.than(reason)), element);
        let defaults = Defaults { unlisted, ..model.defaults.clone() };
        let description =
            format!("what is not expected is refused as `{}`", model.reason(other.than(reason)));
        found.push(Found::new(element.unwrap_or(model.element), description, Part::Defaults(defaults)));
    }
    found
}

/// The reasons of a flow, with the one that stands for all, or the next one for each.
struct Others<'m> {
    names: Vec<&'m str>,
    only: Option<ReasonId>,
}

impl<'m> Others<'m> {
    fn of(model: &'m Model) -> Self {
        Self { names: model.reasons.iter().map(|reason| reason.name.as_str()).collect(), only: None }
    }

    fn next(model: &'m Model) -> Option<Self> {
        Some(Self::of(model)).filter(|others| others.names.len() > 1)
    }

    fn than(&self, reason: ReasonId) -> ReasonId {
        self.only.unwrap_or_else(|| if usize::from(reason) + 1 < self.names.len() { reason + 1 } else { 0 })
    }

    fn described(&self, reason: ReasonId) -> String {
        let name = |id: ReasonId| self.names[usize::from(id)];
        format!("refuses as `{}` instead of `{}`", name(self.than(reason)), name(reason))
    }
}
