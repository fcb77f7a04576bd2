//! What changes by itself: limits with their windows and holds, and time-outs.

use serde::{Deserialize, Serialize};

use super::{Body, ElementId, Expr, Period, ReasonId, StepId, TypeId};
use crate::{Text, Value};

/// How many uses are allowed, of what, in which time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// The name.
    pub name: Text,
    /// The statement.
    pub element: ElementId,
    /// How many or how much.
    pub bound: Bound,
    /// What the bound is counted in: `int` or a type of money.
    pub kind: TypeId,
    /// Whether the bound is only the least that must be allowed.
    pub or_more: bool,
    /// The name whose value is the key, as written; none for one key for the universe.
    pub per: Option<Text>,
    /// In which time.
    pub window: Window,
    /// When it applies at all; always, if nothing is said.
    pub active: Option<Expr>,
    /// What happens when it is full.
    pub outcome: LimitOutcome,
}

/// How many uses are allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Any number.
    Unbounded,
    /// At most this, in the limit's kind.
    AtMost(Expr),
}

/// In which time uses are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// For ever.
    All,
    /// In the last so many milliseconds: a use at `u` counts while `now - u < width`.
    Rolling(Expr),
    /// In the period that contains now, at an offset from UTC in minutes.
    Calendar {
        /// Which.
        period: Period,
        /// Minutes east of UTC.
        offset: i16,
    },
}

/// What happens when a limit is full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitOutcome {
    /// The event is refused.
    Refuse {
        /// Why; `limit:NAME` where nothing is said.
        reason: Option<ReasonId>,
        /// How long the key is then held, in milliseconds.
        hold: Option<Expr>,
        /// Where the refused event moves to.
        to: Option<StepId>,
    },
    /// The event that fills it moves there; later ones are refused and moved too.
    Trip(Trip),
    /// Nothing is said.
    Silent,
}

/// Where a limit moves to when it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// The target.
    pub to: StepId,
}

/// A time-out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// The statement.
    pub element: ElementId,
    /// The step it belongs to; none for the flow itself.
    pub step: Option<StepId>,
    /// How long, in milliseconds; read when armed.
    pub delay: Expr,
    /// From when.
    pub base: TimerBase,
    /// Whether it may also fire later.
    pub or_later: bool,
    /// What then.
    pub body: Body,
}

impl Timer {
    /// How long, in milliseconds, where that is the same in every run.
    pub fn constant_delay(&self) -> Option<i64> {
        if let Expr::Const(Value::Int(delay)) = self.delay { Some(delay) } else { None }
    }
}

/// From when a time-out runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerBase {
    /// From entering the step, or from the opening.
    Entry,
    /// From the later of that and the session's last user event.
    Idle,
    /// From the last entry of a step.
    Since(StepId),
}
