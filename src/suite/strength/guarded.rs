//! A condition of a handler that is faulty: wherever it reads as the right one does, the variant goes the right way.

use flowspec_runtime::SessionId;
use flowspec_runtime::machine::{Asked, Machine, Universe};
use flowspec_runtime::model::{Body, Expr, Handler, Model, Outcome, StepId};
use flowspec_runtime::suite::Step;

use super::touch::interrupts;
use crate::explore::{Explorer, Misread, come_to_the_same, place};
use crate::suite::mutants::{Mutant, Part};

/// What is faulty of a variant, where that is one handler and nothing else.
pub(super) struct Guarded<'m> {
    step: StepId,
    handler: &'m Handler,
    /// The condition that is another, where nothing else is faulty.
    misread: Option<Misread<'m>>,
}

impl<'m> Guarded<'m> {
    /// The handler in which a variant is faulty; none where it may show elsewhere.
    pub(super) fn of(model: &'m Model, mutant: &'m Mutant) -> Option<Self> {
        let ([part], None, false) = (mutant.parts(), mutant.habit, interrupts(model)) else { return None };
        let (Part::Handler(step, at, _) | Part::Branch(step, at, ..) | Part::Refusal(step, at, ..)) = part
        else {
            return None;
        };
        let handler = &model.steps[*step].handlers[*at];
        let misread = match part {
            Part::Handler(_, _, changed) if changed.event != handler.event => return None,
            Part::Branch(_, _, index, changed) if changed.guard == handler.branches[*index].guard => {
                of_answer(&handler.branches[*index].body, &changed.body)
            }
            Part::Branch(_, _, index, changed) => {
                let right = &handler.branches[*index];
                let same = (right.element, &right.body) == (changed.element, &changed.body);
                let timeless = |guard: &Option<Expr>| guard.as_ref().is_some_and(timeless);
                let condition = changed.guard.as_ref().filter(|_| same && timeless(&right.guard));
                condition
                    .filter(|faulty| self::timeless(faulty))
                    .map(|faulty| Misread::Branch(*index, faulty))
            }
            Part::Refusal(_, _, index, changed) => {
                let right = &handler.refusals[*index];
                let same = (right.element, right.reason) == (changed.element, changed.reason);
                let timeless = timeless(&right.guard) && timeless(&changed.guard);
                (same && timeless).then_some(Misread::Refusal(*index, &changed.guard))
            }
            _ => None,
        };
        Some(Self { step: *step as StepId, handler, misread })
    }

    /// Inputs that go another way in the variant, where until then both remember the same; and whether there are no others
    /// where there are none of these.
    pub(super) fn inputs(&self, explorer: &Explorer, universe: &Universe) -> (Vec<Step>, bool) {
        let Some(misread) = self.misread else { return (Vec::new(), false) };
        let sessions = universe.sessions().iter().filter(|session| session.step() == self.step);
        let (mut inputs, mut all) = (Vec::new(), true);
        for session in sessions.map(|session| session.id()) {
            match explorer.telling(universe, session, self.handler, misread) {
                Some(drafts) => {
                    let step = |draft| explorer.step_of(self.handler, session, universe.now(), draft);
                    inputs.extend(drafts.iter().map(step));
                }
                None => all = false,
            }
        }
        (inputs, all)
    }

    /// The right condition of a branch of which the variant keeps all parts but one. What breaks two of them does not
    /// tell the variant.
    pub(super) fn kept_but_for_one(&self) -> Option<&'m Expr> {
        let Some(Misread::Branch(at, faulty)) = self.misread else { return None };
        let right = self.handler.branches[at].guard.as_ref()?;
        let kept = conjuncts(faulty);
        let lost = conjuncts(right).iter().filter(|part| !kept.contains(part));
        (lost.count() <= 1).then_some(right)
    }

    /// Whether an input breaks at most one part of a condition of the handler, as far as that is known.
    pub(super) fn is_near(
        &self,
        right: &Expr,
        machine: &Machine,
        universe: &Universe,
        session: Option<SessionId>,
        asked: &Asked,
    ) -> bool {
        let (fields, session) = match (asked, session) {
            (Asked::Unknown, _) => return true,
            (Asked::Fields { event, fields, .. }, Some(session)) if *event == self.handler.event => {
                (fields, session)
            }
            _ => return false,
        };
        let breaks =
            |part: &&Expr| !machine.holds_of(universe, session, part, Some(self.handler.event), fields, &[]);
        place(universe, session) == Some(self.step) && conjuncts(right).iter().filter(breaks).nth(1).is_none()
    }

    fn alike(&self, one: usize, other: usize) -> bool {
        come_to_the_same(&self.handler.branches[one].body, &self.handler.branches[other].body)
    }

    /// Whether an input may go another way in the variant, where until then both remember the same.
    pub(super) fn may_differ(
        &self,
        machine: &Machine,
        universe: &Universe,
        session: Option<SessionId>,
        asked: &Asked,
    ) -> bool {
        let Some(session) = session.filter(|session| place(universe, *session) == Some(self.step)) else {
            return *asked == Asked::Unknown;
        };
        let (fields, taken) = match asked {
            Asked::Unknown => return true,
            Asked::Nothing => return self.misread.is_none(),
            Asked::Fields { event, .. } if *event != self.handler.event => return false,
            Asked::Fields { fields, taken, .. } => (fields, *taken),
        };
        let holds = |expr| machine.holds_of(universe, session, expr, Some(self.handler.event), fields, &[]);
        match self.misread {
            Some(Misread::Branch(at, faulty)) => match taken {
                Some(taken) if taken < at => false,
                Some(taken) if taken > at && self.alike(at, taken) => false,
                Some(taken) if taken == at => !holds(faulty),
                _ => holds(faulty),
            },
            Some(Misread::Refusal(at, faulty)) => holds(&self.handler.refusals[at].guard) != holds(faulty),
            Some(Misread::Answer(..)) | None => true,
        }
    }
}

/// The conditions that must all hold for one to hold.
fn conjuncts(condition: &Expr) -> &[Expr] {
    if let Expr::And(parts) = condition { parts } else { std::slice::from_ref(condition) }
}

/// The condition of an answer's branch that is another, where nothing else of what is performed is.
fn of_answer<'m>(right: &Body, faulty: &'m Body) -> Option<Misread<'m>> {
    if right.actions != faulty.actions {
        return None;
    }
    let (Outcome::Ask { answers: right, .. }, Outcome::Ask { answers: faulty, .. }) =
        (&right.outcome, &faulty.outcome)
    else {
        return None;
    };
    let mut cases = right.iter().zip(faulty).filter(|(right, faulty)| right != faulty);
    let ((right, faulty), None) = (cases.next()?, cases.next()) else { return None };
    let mut branches = right.branches.iter().zip(&faulty.branches).enumerate();
    let (at, (old, new)) = branches.find(|(_, (old, new))| old != new)?;
    let one = branches.all(|(_, (old, new))| old == new) && old.body == new.body;
    let timeless = old.guard.as_ref().is_some_and(timeless) && new.guard.as_ref().is_some_and(timeless);
    new.guard.as_ref().filter(|_| one && timeless).map(|guard| Misread::Answer(right.element, at, guard))
}

/// Whether a condition does not read the clock, which may go on until it is asked.
fn timeless(expr: &Expr) -> bool {
    let mut timeless = true;
    expr.walk(&mut |part| timeless &= *part != Expr::Now);
    timeless
}
