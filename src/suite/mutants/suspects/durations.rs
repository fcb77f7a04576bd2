//! Durations are taken in another unit, or are off by one of something: windows, holds and time-outs, one or each.

use flowspec_runtime::model::{Expr, Limit, LimitOutcome, Model, Timer, Window};
use flowspec_runtime::{Value, time};

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

/// What is often not told apart by any test comes in the order in which it says least.
const WRONG: [Wrong; 23] = [
    Wrong::TooLong,
    Wrong::Shorter(1, "1 ms"),
    Wrong::Shorter(1000, "1 s"),
    Wrong::Shorter(time::MINUTE, "1 min"),
    Wrong::Shorter(time::HOUR, "1 h"),
    Wrong::Shorter(time::DAY, "1 day"),
    Wrong::Longer(1, "1 ms"),
    Wrong::Longer(1000, "1 s"),
    Wrong::Longer(time::MINUTE, "1 min"),
    Wrong::Longer(time::HOUR, "1 h"),
    Wrong::Longer(time::DAY, "1 day"),
    Wrong::Divided(2),
    Wrong::Times(2),
    Wrong::Divided(10),
    Wrong::Times(10),
    Wrong::Divided(24),
    Wrong::Times(24),
    Wrong::Divided(60),
    Wrong::Times(60),
    Wrong::Divided(1000),
    Wrong::Times(1000),
    Wrong::Divided(3600),
    Wrong::Times(3600),
];

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

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for wrong in WRONG {
        let shown = wrong.shown();
        let windows = limits(model, &|limit| window(limit, wrong));
        each(&mut found, "each limit", windows, &format!("looks back over a window {shown}"));
        let holds = limits(model, &|limit| hold(limit, wrong));
        each(&mut found, "each limit", holds, &format!("holds {shown}"));
        each(&mut found, "each time-out", timers(model, wrong), &format!("is {shown}"));
    }
    found
}

/// Each of some faults alone, which are named, and all of them at once.
fn each(into: &mut Vec<Found>, all: &str, of: Vec<(String, Found)>, what: &str) {
    let parts: Vec<Part> = of.iter().flat_map(|(_, one)| one.parts.clone()).collect();
    let together = match of.first() {
        Some((_, first)) if of.len() > 1 => {
            Some(Found { description: format!("{all} {what}"), parts, ..first.clone() })
        }
        _ => None,
    };
    into.extend(of.into_iter().map(|(name, one)| Found { description: format!("{name} {what}"), ..one }));
    into.extend(together);
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
