//! Durations are taken in another unit, or are off by one of something: windows, holds and time-outs, one or each.

use flowspec_runtime::model::{Expr, Limit, LimitOutcome, Model, Timer, Window};
use flowspec_runtime::{Value, time};

use super::super::Kind;
use super::super::part::Part;
use super::super::places::{Found, source};

/// How a duration is wrong.
#[derive(Clone, Copy)]
enum Wrong {
    TooLong,
    Times(i64),
    Divided(i64),
    Longer(i64, &'static str),
    Shorter(i64, &'static str),
}

/// What one is off by.
const UNITS: [(i64, &str); 5] =
    [(1, "1 ms"), (1000, "1 s"), (time::MINUTE, "1 min"), (time::HOUR, "1 h"), (time::DAY, "1 day")];

/// One unit that is taken for another one.
const FACTORS: [i64; 6] = [2, 10, 24, 60, 1000, 3600];

/// Every way; what is often not told apart by any test comes in the order in which it says least.
fn wrong() -> impl Iterator<Item = Wrong> {
    let shorter = UNITS.map(|(by, shown)| Wrong::Shorter(by, shown));
    let longer = UNITS.map(|(by, shown)| Wrong::Longer(by, shown));
    let factors = FACTORS.into_iter().flat_map(|by| [Wrong::Divided(by), Wrong::Times(by)]);
    [Wrong::TooLong].into_iter().chain(shorter).chain(longer).chain(factors)
}

/// As many times a duration as nobody waits for.
const LONG: i64 = 10_000;

impl Wrong {
    /// The duration that comes of it; none where that is none, or is not known beforehand.
    fn of(self, duration: &Expr) -> Option<Expr> {
        let Expr::Const(Value::Int(right)) = duration else { return None };
        let wrong = match self {
            Self::TooLong => right.checked_mul(LONG)?,
            Self::Times(by) => right.checked_mul(by)?,
            Self::Divided(by) => right / by,
            Self::Longer(by, _) => right.checked_add(by)?,
            Self::Shorter(by, _) => right - by,
        };
        (wrong > 0).then_some(Expr::Const(Value::Int(wrong)))
    }

    fn shown(self) -> String {
        match self {
            Self::TooLong => "too long".to_owned(),
            Self::Times(by) => format!("{by} times as long"),
            Self::Divided(2) => "half as long".to_owned(),
            Self::Divided(by) => format!("{by} times too short"),
            Self::Longer(_, by) => format!("{by} longer"),
            Self::Shorter(_, by) => format!("{by} shorter"),
        }
    }
}

/// Every fault, with the kind that it is of.
pub(super) fn find(model: &Model) -> Vec<(Kind, Found)> {
    let mut found = Vec::new();
    let mut add = |kind, all: &str, of: Vec<(String, Found)>, what: &str| {
        found.extend(each(all, of, what).into_iter().map(|one| (kind, one)));
    };
    for wrong in wrong() {
        let shown = wrong.shown();
        let windows = limits(model, &|limit| window(limit, wrong));
        add(Kind::WindowOffByOne, "each limit", windows, &format!("looks back over a window {shown}"));
        let holds = limits(model, &|limit| hold(limit, wrong));
        add(Kind::HoldOffByOne, "each limit", holds, &format!("holds {shown}"));
        add(Kind::TimerOffByOne, "each time-out", timers(model, wrong), &format!("is {shown}"));
    }
    found
}

/// Each of some faults alone, which are named, and all of them at once.
fn each(all: &str, of: Vec<(String, Found)>, what: &str) -> Vec<Found> {
    let parts: Vec<Part> = of.iter().flat_map(|(_, one)| one.parts.clone()).collect();
    let together = match of.first() {
        Some((_, first)) if of.len() > 1 => {
            Some(Found { description: format!("{all} {what}"), parts, ..first.clone() })
        }
        _ => None,
    };
    let alone = of.into_iter().map(|(name, one)| Found { description: format!("{name} {what}"), ..one });
    alone.chain(together).collect()
}

fn limits(model: &Model, wrong: &dyn Fn(&Limit) -> Option<Limit>) -> Vec<(String, Found)> {
    let changed = model.limits.iter().enumerate().filter_map(|(at, limit)| Some((at, wrong(limit)?)));
    changed
        .map(|(at, limit)| {
            (format!("limit {}", limit.name), Found::new(limit.element, "", Part::Limit(at, limit)))
        })
        .collect()
}

fn window(limit: &Limit, wrong: Wrong) -> Option<Limit> {
    let Window::Rolling(width) = &limit.window else { return None };
    Some(Limit { window: Window::Rolling(wrong.of(width)?), or_more: false, ..limit.clone() })
}

fn hold(limit: &Limit, wrong: Wrong) -> Option<Limit> {
    let LimitOutcome::Refuse { reason, hold: Some(hold), to } = &limit.outcome else { return None };
    let outcome = LimitOutcome::Refuse { reason: *reason, hold: Some(wrong.of(hold)?), to: *to };
    Some(Limit { outcome, or_more: false, ..limit.clone() })
}

fn timers(model: &Model, wrong: Wrong) -> Vec<(String, Found)> {
    let changed = model.timers.iter().enumerate().filter_map(|(at, timer)| {
        // One that may be later is right where it is longer.
        if timer.or_later && matches!(wrong, Wrong::TooLong | Wrong::Longer(..) | Wrong::Times(_)) {
            return None;
        }
        let changed = Timer { delay: wrong.of(&timer.delay)?, or_later: false, ..timer.clone() };
        Some((
            format!("`{}`", source(model, timer.element)),
            Found::new(timer.element, "", Part::Timer(at, changed)),
        ))
    });
    changed.collect()
}
