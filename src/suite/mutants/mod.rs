//! Faulty variants of a flow: every mistake of one statement that an implementation is likely to make, a kind a file.
//!
//! A variant is the model with one part exchanged, so that the ordinary machine runs it. What no model can say (that
//! sessions share what is theirs, that stages come in another order) is a habit of whoever runs it.

mod answer_ignored;
mod answers_swapped;
mod bound_off_by_one;
mod cap_per_item;
mod checks_swapped;
mod count_lost;
mod default_lost;
mod extra_state;
mod field_check;
mod guard_negated;
mod guard_tightened;
mod guard_weakened;
mod hold_off_by_one;
mod kind;
mod lenience;
mod limit_missing;
mod limit_off_by_one;
mod missing_branch;
mod not_idempotent;
mod other_boundary;
mod output_missing;
mod output_twice;
mod part;
mod places;
mod required_optional;
mod reset_added;
mod reset_lost;
mod shared_state;
mod suspects;
mod time_zone_lost;
mod timer_never_fires;
mod timer_not_stopped;
mod timer_off_by_one;
mod timer_restarted;
mod unexpected_accepted;
mod value_not_kept;
mod window_exchanged;
mod window_off_by_one;
mod wrong_answer;
mod wrong_calculation;
mod wrong_key;
mod wrong_output;
mod wrong_reason;
mod wrong_target;

pub use kind::Kind;
pub use suspects::{far_fetched, suspects, together, told_apart};

use std::sync::Arc;

use flowspec_runtime::conformance::{Habit, Interpreter};
use flowspec_runtime::machine::Unfit;
use flowspec_runtime::model::{ElementId, EventId, Model, Rule, Type, TypeId};

pub(super) use part::Part;
use places::Found;

/// A flow with one fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// What kind of fault it is.
    pub kind: Kind,
    /// The statement that is not kept.
    pub element: ElementId,
    /// What is wrong with it, as one would say "behaves like": `limit wrong_by_login at 6 instead of 5`.
    pub description: String,
    /// What whoever runs it does beside what the model says.
    pub habit: Option<Habit>,
    parts: Vec<Part>,
}

impl Mutant {
    fn of(kind: Kind, found: Found) -> Self {
        let Found { element, description, habit, parts } = found;
        Self { kind, element, description, habit, parts }
    }

    /// The model with the fault.
    pub fn model(&self, original: &Model) -> Arc<Model> {
        let mut model = original.clone();
        for mut part in self.parts.clone() {
            part.swap(&mut model);
        }
        Arc::new(model)
    }

    /// The machine with the fault, as an implementation.
    ///
    /// # Errors
    /// Where no machine can run the faulty model.
    pub fn implementation(&self, original: &Model) -> Result<Interpreter, Unfit> {
        Ok(Interpreter::new(&self.model(original))?.with_habit(self.habit))
    }

    /// The parts of the flow that are exchanged.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Exchanges the parts.
    pub(super) fn swap(&mut self, model: &mut Model) {
        self.parts.iter_mut().for_each(|part| part.swap(model));
    }

    /// Brings the parts back that were exchanged.
    pub(super) fn swap_back(&mut self, model: &mut Model) {
        self.parts.iter_mut().rev().for_each(|part| part.swap(model));
    }

    /// What a machine has to work out again where the parts are exchanged: what follows from steps and time-outs, and
    /// from the patterns of a type.
    pub(super) fn follows(&self, model: &Model) -> (bool, Option<TypeId>) {
        let resumes = model.steps.iter().flat_map(|step| &step.handlers).any(|handler| handler.anywhere);
        let of_steps = |part: &Part| match part {
            Part::Timer(..) | Part::Grown(_) => true,
            Part::Handler(..)
            | Part::Branch(..)
            | Part::Refusal(..)
            | Part::Missing(..)
            | Part::Further(..) => resumes,
            _ => false,
        };
        let pattern = self.parts.iter().find_map(|part| match part {
            Part::Type(at, kind) => {
                let has_pattern = |kind: &Type| {
                    kind.constraints.iter().any(|constraint| matches!(constraint.rule, Rule::Pattern(_)))
                };
                has_pattern(kind).then_some(*at as TypeId)
            }
            _ => None,
        });
        (self.parts.iter().any(of_steps), pattern)
    }

    /// Both faults at once; none where they are in the same part of the flow.
    pub fn with(&self, other: &Self) -> Option<Self> {
        let overlaps = |part: &Part| other.parts.iter().any(|another| part.overlaps(another));
        if self.parts.iter().any(overlaps) || (self.habit.is_some() && other.habit.is_some()) {
            return None;
        }
        let description = format!("{}, and {}", self.description, other.description);
        let parts = [&self.parts[..], &other.parts[..]].concat();
        Some(Self { description, habit: self.habit.or(other.habit), parts, ..self.clone() })
    }

    /// Both faults at once, where what they have in common is counted once; none where they are at odds, or the other one
    /// adds nothing.
    fn joined(&self, other: &Self) -> Option<Self> {
        let new = other.parts.iter().filter(|part| !self.parts.contains(part)).cloned();
        let rest = Self { parts: new.collect(), ..other.clone() };
        (!rest.parts.is_empty() || rest.habit.is_some()).then(|| self.with(&rest)).flatten()
    }

    /// The event that the fault is made at, where it is one.
    fn event(&self, model: &Model) -> Option<EventId> {
        self.parts.iter().find_map(|part| match part {
            Part::Handler(_, _, handler) | Part::Further(_, Some(handler)) => Some(handler.event),
            Part::Branch(step, at, ..) | Part::Refusal(step, at, ..) | Part::Missing(step, at, None) => {
                Some(model.steps[*step].handlers[*at].event)
            }
            _ => None,
        })
    }
}

/// Finds the variants of a kind.
type Find = fn(&Model) -> Vec<Found>;

/// Every kind with what finds its variants, in the order in which they are listed.
const KINDS: [(Kind, Find); 39] = [
    (Kind::WrongTarget, wrong_target::find),
    (Kind::WrongReason, wrong_reason::find),
    (Kind::WrongOutput, wrong_output::find),
    (Kind::OutputMissing, output_missing::find),
    (Kind::OutputTwice, output_twice::find),
    (Kind::MissingBranch, missing_branch::find),
    (Kind::UnexpectedAccepted, unexpected_accepted::find),
    (Kind::ExtraState, extra_state::find),
    (Kind::GuardNegated, guard_negated::find),
    (Kind::GuardWeakened, guard_weakened::find),
    (Kind::GuardTightened, guard_tightened::find),
    (Kind::BoundOffByOne, bound_off_by_one::find),
    (Kind::OtherBoundary, other_boundary::find),
    (Kind::FieldCheck, field_check::find),
    (Kind::RequiredOptional, required_optional::find),
    (Kind::DefaultLost, default_lost::find),
    (Kind::ValueNotKept, value_not_kept::find),
    (Kind::WrongCalculation, wrong_calculation::find),
    (Kind::LimitOffByOne, limit_off_by_one::find),
    (Kind::LimitMissing, limit_missing::find),
    (Kind::CountLost, count_lost::find),
    (Kind::NotIdempotent, not_idempotent::find),
    (Kind::ResetLost, reset_lost::find),
    (Kind::ResetAdded, reset_added::find),
    (Kind::WrongKey, wrong_key::find),
    (Kind::CapPerItem, cap_per_item::find),
    (Kind::WindowOffByOne, window_off_by_one::find),
    (Kind::WindowExchanged, window_exchanged::find),
    (Kind::TimeZoneLost, time_zone_lost::find),
    (Kind::HoldOffByOne, hold_off_by_one::find),
    (Kind::TimerOffByOne, timer_off_by_one::find),
    (Kind::TimerNeverFires, timer_never_fires::find),
    (Kind::TimerNotStopped, timer_not_stopped::find),
    (Kind::TimerRestarted, timer_restarted::find),
    (Kind::ChecksSwapped, checks_swapped::find),
    (Kind::AnswersSwapped, answers_swapped::find),
    (Kind::AnswerIgnored, answer_ignored::find),
    (Kind::SharedState, shared_state::find),
    (Kind::WrongAnswer, wrong_answer::find),
];

/// Every faulty variant of a flow, in the order of the kinds and of the text; whether each differs in what it does is
/// not asked here.
pub fn mutants(model: &Model) -> Vec<Mutant> {
    let of_kind = |(kind, find): (Kind, Find)| {
        let strict = move |found| lenience::strictly(model, kind, found);
        find(model).into_iter().filter_map(strict).map(move |found| Mutant::of(kind, found))
    };
    KINDS.into_iter().flat_map(of_kind).collect()
}
