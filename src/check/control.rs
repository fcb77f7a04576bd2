//! Everything that a flow might do if every guard, limit and answer could come out either way: more than it really can,
//! so that what is missing here is missing for all values and at all times.

use crate::model::{
    Action, Atom, Body, Gate, Handler, LimitId, LimitOutcome, Model, Outcome, StepId, Unlisted,
};
use flowspec_runtime::Text;

/// One thing that might happen: its steps, and what might and must be seen of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn {
    /// The step that it happens in; none for an opening.
    pub(super) from: Option<StepId>,
    /// The step that the session is in afterwards.
    pub(super) to: StepId,
    /// Whether that step is entered by it.
    pub(super) enters: bool,
    /// The accepted event.
    pub(super) accepted: Option<u16>,
    /// The answer in an accepted event.
    pub(super) answered: Option<Text>,
    /// Whether it is refused, and for which reasons: at least one of these.
    pub(super) reasons: Vec<u16>,
    /// Outputs that it sends, each with whether it always does.
    pub(super) sent: Vec<(u16, bool)>,
    /// Whether anything may follow.
    pub(super) silent: bool,
}

impl Turn {
    /// Whether what happens can be this.
    pub(super) fn may_be(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Entered(step) => self.enters && self.to == *step,
            Atom::Accepted(event) => self.accepted == Some(*event),
            Atom::Answered(answer) => self.answered.as_ref() == Some(answer),
            Atom::Refused(reason) => self.reasons.contains(reason),
            Atom::Sent(output) => self.sent.iter().any(|(sent, _)| sent == output),
            Atom::Holds(_) => true,
            Atom::Where { what, .. } => self.may_be(what),
        }
    }

    /// Whether what happens is this for sure.
    pub(super) fn must_be(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Entered(_) | Atom::Accepted(_) | Atom::Answered(_) => self.may_be(atom),
            Atom::Refused(reason) => self.reasons == [*reason],
            Atom::Sent(output) => self.sent.contains(&(*output, true)),
            Atom::Holds(_) | Atom::Where { .. } => false,
        }
    }
}

/// All that might happen in a flow.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) openings: Vec<Turn>,
    /// By step.
    pub(super) turns: Vec<Vec<Turn>>,
}

impl Control {
    pub(super) fn new(model: &Model) -> Self {
        let mut control = Self { openings: Vec::new(), turns: vec![Vec::new(); model.steps.len()] };
        for branch in &model.start {
            outcomes(&branch.body, &Turn::default(), &mut control.openings);
        }
        for (id, step) in (0..).zip(&model.steps) {
            let here = Turn { from: Some(id), to: id, ..Turn::default() };
            let turns = &mut control.turns[usize::from(id)];
            if step.end.is_some() {
                continue;
            }
            step.handlers.iter().for_each(|handler| of_handler(model, handler, &here, turns));
            let first = turns.len();
            for timer in model.timers.iter().filter(|timer| timer.step.is_none_or(|step| step == id)) {
                outcomes(&timer.body, &here, turns);
            }
            let fired = turns[first..].to_vec();
            for timer in &model.timers {
                let counted = timer.body.actions.iter().filter_map(|action| match action {
                    Action::Count { limit, .. } => Some(*limit),
                    _ => None,
                });
                counted.for_each(|limit| turns.extend(filled(model, limit, &fired)));
            }
            refusals(model, &here, turns);
        }
        control.resume(model);
        control
    }

    /// `resume` may lead back to any step that can be interrupted.
    fn resume(&mut self, model: &Model) {
        let interrupted: Vec<StepId> = (0..)
            .zip(&model.steps)
            .filter(|(_, step)| step.handlers.iter().any(|handler| handler.anywhere))
            .map(|(id, _)| id)
            .collect();
        for turns in &mut self.turns {
            let back: Vec<Turn> = turns.iter().filter(|turn| turn.to == StepId::MAX).cloned().collect();
            turns.retain(|turn| turn.to != StepId::MAX);
            for turn in back {
                turns.extend(interrupted.iter().map(|to| Turn { to: *to, enters: true, ..turn.clone() }));
            }
        }
    }

    /// Whether something can happen, by what leads up to it: a way on which `stop` never happens for sure. Where the
    /// spec is silent, no rule of it says anything any more.
    pub(super) fn may_reach(&self, what: &Atom, stop: Option<&Atom>) -> bool {
        let mut seen = vec![false; self.turns.len()];
        let mut open = Vec::new();
        let mut look = |turns: &[Turn], open: &mut Vec<StepId>| {
            let goes_on = |turn: &&Turn| !turn.silent && !stop.is_some_and(|stop| turn.must_be(stop));
            turns.iter().filter(goes_on).any(|turn| {
                if !std::mem::replace(&mut seen[usize::from(turn.to)], true) {
                    open.push(turn.to);
                }
                turn.may_be(what)
            })
        };
        if look(&self.openings, &mut open) {
            return true;
        }
        while let Some(step) = open.pop() {
            if look(&self.turns[usize::from(step)], &mut open) {
                return true;
            }
        }
        false
    }

    /// Whether everything that can be the one is the other for sure, too.
    pub(super) fn comes_with(&self, what: &Atom, with: &Atom) -> bool {
        let turns = self.openings.iter().chain(self.turns.iter().flatten());
        turns.filter(|turn| turn.may_be(what)).all(|turn| turn.must_be(with))
    }
}

fn of_handler(model: &Model, handler: &Handler, here: &Turn, turns: &mut Vec<Turn>) {
    let event = Turn { accepted: Some(handler.event), ..here.clone() };
    for refusal in &handler.refusals {
        turns.push(Turn { reasons: vec![refusal.reason], ..here.clone() });
    }
    let first = turns.len();
    handler.branches.iter().for_each(|branch| outcomes(&branch.body, &event, turns));
    // A limit that is filled moves the session in place of the branch's own outcome.
    let branches = turns[first..].to_vec();
    for gate in &handler.gates {
        turns.extend(filled(model, gate.limit, &branches));
        turns.push(full(model, gate, here));
    }
}

/// The ways of branches whose counts fill a limit.
fn filled<'t>(model: &Model, limit: LimitId, branches: &'t [Turn]) -> impl Iterator<Item = Turn> + 't {
    let to = match &model.limit(limit).outcome {
        LimitOutcome::Trip(trip) => Some(trip.to),
        _ => None,
    };
    let tripped = to.map(|to| branches.iter().map(move |turn| Turn { to, enters: true, ..turn.clone() }));
    tripped.into_iter().flatten()
}

/// The way of an event that a full limit refuses.
fn full(model: &Model, gate: &Gate, here: &Turn) -> Turn {
    let declared = model.limit(gate.limit);
    let sent = gate.actions.iter().filter_map(sends).map(|(output, _)| (output, false)).collect();
    let (reasons, to, silent) = match &declared.outcome {
        LimitOutcome::Refuse { reason, to, .. } => (reason.iter().copied().collect(), *to, false),
        LimitOutcome::Trip(trip) => (Vec::new(), Some(trip.to), false),
        LimitOutcome::Silent => (Vec::new(), None, true),
    };
    let enters = to.is_some();
    Turn { reasons, to: to.unwrap_or(here.to), enters, silent, sent, ..here.clone() }
}

/// Refusals that any event may meet: for fields, for being unlisted, for a value that is too large.
fn refusals(model: &Model, here: &Turn, turns: &mut Vec<Turn>) {
    let reasons: Vec<u16> = (0..)
        .zip(&model.reasons)
        .filter(|(id, reason)| {
            reason.element.is_none() || matches!(model.defaults.unlisted.0, Unlisted::Refuse(of) if of == *id)
        })
        .map(|(id, _)| id)
        .collect();
    turns.extend(reasons.into_iter().map(|reason| Turn { reasons: vec![reason], ..here.clone() }));
    if model.defaults.unlisted.0 == Unlisted::Silent {
        turns.push(Turn { silent: true, ..here.clone() });
    }
}

fn sends(action: &Action) -> Option<(u16, bool)> {
    match action {
        Action::Send { output, when, .. } => Some((*output, when.is_none())),
        _ => None,
    }
}

fn outcomes(body: &Body, around: &Turn, turns: &mut Vec<Turn>) {
    let mut turn = around.clone();
    turn.sent.extend(body.actions.iter().filter_map(sends));
    match &body.outcome {
        Outcome::To(step) => turns.push(Turn { to: *step, enters: true, ..turn }),
        Outcome::Restart => turns.push(Turn { enters: true, ..turn }),
        Outcome::Stay => turns.push(turn),
        Outcome::Resume => turns.push(Turn { to: StepId::MAX, enters: true, ..turn }),
        Outcome::Refuse { reason, to } => {
            let enters = to.is_some();
            let to = to.unwrap_or(turn.to);
            turns.push(Turn { reasons: vec![*reason], accepted: None, answered: None, to, enters, ..turn });
        }
        Outcome::Silent => turns.push(Turn { silent: true, ..turn }),
        Outcome::Either(bodies) => bodies.iter().for_each(|body| outcomes(body, &turn, turns)),
        Outcome::Ask { answers, .. } => {
            for case in answers {
                let answered = Turn { answered: Some(case.name.clone()), ..turn.clone() };
                case.branches.iter().for_each(|branch| outcomes(&branch.body, &answered, turns));
            }
        }
    }
}
