//! What is the same in an exploration of a variant beside the right flow: situations that differ in nothing that matters,
//! and sessions that cannot touch one another.

use std::hash::{Hash, Hasher};

use flowspec_runtime::conformance::Duel;
use flowspec_runtime::machine::{Keeping, Machine, Universe};
use flowspec_runtime::model::{Action, Expr, Key, Model};
use rustc_hash::FxHasher;

use crate::explore::space;
use crate::suite::mutants::{Mutant, Part};

/// How pairs of situations are looked at.
pub(super) struct Sight<'m> {
    right: &'m Machine,
    /// What has to be remembered of either; none where that is not known, and everything is compared as it is.
    keeping: Option<Keeping>,
    /// Whether the fault is in nothing that an opening uses, and what one session does makes no difference to another.
    pub(super) apart: bool,
}

impl<'m> Sight<'m> {
    /// How a duel is looked at whose interpreter is the variant.
    /// `kept` is what the right flow has to remember.
    pub(super) fn of(duel: &Duel, right: &'m Machine, kept: Option<&Keeping>, mutant: &Mutant) -> Self {
        let faulty = duel.interpreter().machine();
        let keeping = if reads_no_more(right.model(), mutant) {
            kept.cloned()
        } else {
            kept.zip(space::keeping(faulty)).and_then(|(right, faulty)| right.joined(&faulty))
        };
        let later = mutant.habit.is_none() && mutant.parts().iter().all(is_of_later);
        let apart = later && is_private(right.model()) && is_private(faulty.model());
        Self { right, keeping, apart }
    }

    /// Tells pairs apart; that two fall together by chance is as unlikely as it has to be.
    pub(super) fn fingerprint(&self, duel: &Duel) -> u64 {
        match (self.condensed(duel), duel.believed()) {
            (Some((believed, faulty)), _) => of_pair(&believed, &faulty),
            (None, Some(believed)) => of_pair(believed, duel.interpreter().universe()),
            (None, None) => 0,
        }
    }

    /// The same where the variant remembers something that matters and that the right one would not remember.
    pub(super) fn differing(&self, duel: &Duel) -> Option<u64> {
        let (believed, faulty) = (duel.believed()?, &**duel.interpreter().universe());
        if believed == faulty {
            return None;
        }
        match self.condensed(duel) {
            Some((believed, faulty)) => (believed != faulty).then(|| of_pair(&believed, &faulty)),
            None => Some(of_pair(believed, faulty)),
        }
    }

    /// What is believed and what the variant remembers, as far as they matter. Clocks that went apart are not set back.
    fn condensed(&self, duel: &Duel) -> Option<(Universe, Universe)> {
        let (believed, faulty) = (duel.believed()?, &**duel.interpreter().universe());
        let keeping = self.keeping.as_ref().filter(|_| believed.now() == faulty.now())?;
        let machine = duel.interpreter().machine();
        Some((self.right.condensed(believed, keeping), machine.condensed(faulty, keeping)))
    }
}

fn of_pair(believed: &Universe, faulty: &Universe) -> u64 {
    let mut hasher = FxHasher::default();
    faulty.hash(&mut hasher);
    believed.hash(&mut hasher);
    hasher.finish()
}

/// Whether a variant has nothing more to remember, for being another condition that reads nothing that the right one does
/// not read.
fn reads_no_more(model: &Model, mutant: &Mutant) -> bool {
    let ([part], None) = (mutant.parts(), mutant.habit) else { return false };
    match part {
        Part::Branch(step, at, index, changed) => {
            let right = &model.steps[*step].handlers[*at].branches[*index];
            right.body == changed.body
                && right.guard.iter().zip(&changed.guard).all(|(right, changed)| read_alike(right, changed))
        }
        Part::Refusal(step, at, index, changed) => {
            read_alike(&model.steps[*step].handlers[*at].refusals[*index].guard, &changed.guard)
        }
        _ => false,
    }
}

/// Whether a condition reads nothing of what is remembered that another one does not read as well.
fn read_alike(right: &Expr, changed: &Expr) -> bool {
    let (mut known, mut alike) = (Vec::new(), true);
    right.walk(&mut |part| known.push(part));
    for expr in [right, changed] {
        expr.walk(&mut |part| match part {
            // Whether something is set is less than what it is.
            Expr::IsSet(inner) => alike &= matches!(**inner, Expr::Field(_) | Expr::AnswerField(_)),
            Expr::Variable(_)
            | Expr::Given(_)
            | Expr::Choice(_)
            | Expr::Output { .. }
            | Expr::Attribute { .. }
            | Expr::RowKey(_)
            | Expr::RowExists(_)
            | Expr::Asked(_)
            | Expr::Now => alike &= known.contains(&part),
            _ => {}
        });
    }
    alike
}

/// Whether a part of a flow is one that sessions use only once they are open.
fn is_of_later(part: &Part) -> bool {
    matches!(
        part,
        Part::Handler(..)
            | Part::Branch(..)
            | Part::Refusal(..)
            | Part::Missing(..)
            | Part::Further(..)
            | Part::Timer(..)
            | Part::Limit(..)
    )
}

/// Whether sessions share nothing but the clock: no rows, and each counts for itself.
fn is_private(model: &Model) -> bool {
    let own = |key: &Key| *key == Key::Session;
    let mut private = model.records.is_empty();
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    private &= handlers.flat_map(|handler| &handler.gates).all(|gate| own(&gate.key));
    model.actions(&mut |action| match action {
        Action::Count { key, .. } | Action::Uncount { key, .. } | Action::Reset { key, .. } => {
            private &= own(key)
        }
        Action::Set { .. } | Action::Send { .. } => {}
    });
    private
}
