//! What limits do at the edges of their windows and holds.

use proptest::prelude::*;

use super::*;
use crate::time::{DAY, HOUR};

/// The rules as they stand in the language's reference: every use is kept, every hold is expired at once.
#[derive(Default)]
struct Naive {
    uses: Vec<(Time, i64)>,
    held_until: Option<Time>,
}

impl Naive {
    fn expire(&mut self, now: Time) {
        if let Some(until) = self.held_until.filter(|until| *until <= now) {
            self.uses.retain(|(at, _)| *at >= until);
            self.held_until = None;
        }
    }

    fn used(&self, window: Window, now: Time) -> i128 {
        let counts = |at: Time| match window {
            Window::All => true,
            Window::Rolling(width) => now - at < width,
            Window::Calendar(period, offset) => period.start(at, offset) == period.start(now, offset),
        };
        self.uses.iter().filter(|(at, _)| counts(*at)).map(|(_, amount)| i128::from(*amount)).sum()
    }

    fn perform(&mut self, now: Time, action: &Action) {
        match *action {
            Action::Count(amount) => self.uses.push((now, amount)),
            Action::Uncount(amount) => {
                if let Some(latest) = self.uses.iter().rposition(|(_, of)| *of == amount) {
                    self.uses.remove(latest);
                }
            }
            Action::Reset => *self = Self::default(),
            Action::Hold(time) => {
                if self.held_until.is_none() {
                    self.held_until = Some(now + time);
                    self.expire(now);
                }
            }
            Action::Look => {}
        }
    }
}

#[derive(Debug, Clone)]
enum Action {
    Count(i64),
    Uncount(i64),
    Reset,
    Hold(i64),
    Look,
}

fn action(holds: bool) -> impl Strategy<Value = Action> {
    let hold = if holds { (0_i64..120).prop_map(Action::Hold).boxed() } else { Just(Action::Look).boxed() };
    prop_oneof![
        6 => (1_i64..4).prop_map(Action::Count),
        2 => (1_i64..4).prop_map(Action::Uncount),
        1 => Just(Action::Reset),
        1 => hold,
        2 => Just(Action::Look),
    ]
}

/// Steps of the clock that often land on the edges of a window of 60.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0_i64), Just(1), Just(59), Just(60), Just(61), 0_i64..200, Just(HOUR), Just(DAY)]
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        Just(Window::All),
        Just(Window::Rolling(60)),
        Just(Window::Rolling(0)),
        Just(Window::Calendar(Period::Hour, 480)),
        Just(Window::Calendar(Period::Month, -210)),
    ]
}

fn agrees(widths: &[Window], holds: bool, steps: &[(i64, Action)]) -> Result<(), TestCaseError> {
    let (mut naive, mut counter, mut now) = (Naive::default(), Counter::new(), 0);
    let keep = Keep::of(widths[0], widths.len() > 1, holds);
    for (step, (pause, action)) in steps.iter().enumerate() {
        now += pause;
        naive.expire(now);
        naive.perform(now, action);
        match *action {
            Action::Count(amount) => counter.count(now, amount, keep),
            Action::Uncount(amount) => counter.uncount(now, amount),
            Action::Reset => counter.reset(),
            Action::Hold(time) => counter.hold(now, time),
            Action::Look => {}
        }
        let window = widths[step % widths.len()];
        prop_assert_eq!(counter.used(window, now), naive.used(window, now));
        prop_assert_eq!(counter.is_held(now), naive.held_until.is_some_and(|until| now < until));
        let json = serde_json::to_string(&counter).expect("plain data");
        prop_assert_eq!(&serde_json::from_str::<Counter>(&json).expect("what was written"), &counter);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_counter_counts_as_a_full_log_does(
        window in window(), holds: bool, steps in prop::collection::vec((pause(), action(true)), 0..40)
    ) {
        let mut steps = steps;
        if !holds {
            steps.retain(|(_, action)| !matches!(action, Action::Hold(_)));
        }
        agrees(&[window], holds, &steps)?;
    }

    #[test]
    fn a_window_that_widens_counts_old_uses_again(
        steps in prop::collection::vec((pause(), action(true)), 0..40)
    ) {
        agrees(&[Window::Rolling(60), Window::Rolling(5), Window::Rolling(1_000)], true, &steps)?;
    }

    #[test]
    fn sums_of_any_amounts_do_not_overflow(amounts in prop::collection::vec(any::<i64>(), 0..20), window in window()) {
        let mut counter = Counter::new();
        for amount in &amounts {
            counter.count(0, *amount, Keep::All);
        }
        let sum: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
        if window != Window::Rolling(0) {
            prop_assert_eq!(counter.used(window, 0), sum);
        }
        let _ = counter.fits(window, 0, i128::MAX, i128::MAX);
    }
}

#[test]
fn a_sliding_log_refuses_what_a_window_from_the_first_use_accepts() {
    let (window, mut log) = (Window::Rolling(60), Counter::new());
    let mut tries = [0, 50, 55, 60, 61].map(|at| {
        let fits = log.fits(window, at, 3, 1);
        if fits {
            log.count(at, 1, Keep::of(window, false, false));
        }
        fits
    });
    tries.reverse();
    assert_eq!(tries, [false, true, true, true, true]);
}

#[test]
fn a_hold_is_not_prolonged_and_empties_the_key_when_it_expires() {
    let mut counter = Counter::new();
    counter.count(10, 5, Keep::Counting(Window::All));
    counter.hold(10, 100);
    counter.hold(50, 100);
    assert!(!counter.fits(Window::All, 109, 9, 1));
    assert_eq!(counter.used(Window::All, 109), 5);
    assert!(counter.fits(Window::All, 110, 1, 1));
    assert_eq!(counter.used(Window::All, 110), 0);
}

#[test]
fn a_limit_that_never_ends_needs_one_entry_for_each_amount() {
    let mut counter = Counter::new();
    for at in 0..1_000 {
        counter.count(at, at % 2, Keep::of(Window::All, false, false));
    }
    assert_eq!((counter.uses.len(), counter.used(Window::All, 1_000)), (2, 500));
}

#[test]
fn a_window_keeps_only_what_still_counts() {
    let (window, mut counter) = (Window::Rolling(60), Counter::new());
    for at in 0..1_000 {
        counter.count(at * 10, 1, Keep::of(window, false, true));
    }
    assert_eq!(counter.uses.len(), 6);
}

#[test]
fn keys_do_not_touch_one_another() {
    let mut uses = Uses::default();
    uses.count(&1, 0, 1, Keep::All);
    uses.hold(&1, 0, 10);
    assert!(uses.is_held(&1, 9) && !uses.is_held(&2, 9));
    assert!(!uses.fits(&1, Window::All, 9, 9, 1) && uses.fits(&2, Window::All, 9, 1, 1));
    assert!(!uses.fits(&2, Window::All, 9, 1, 2));
    let json = serde_json::to_string(&uses).expect("plain data");
    assert_eq!(serde_json::from_str::<Uses<i32>>(&json).expect("what was written"), uses);
    uses.reset(&1);
    assert_eq!(uses, Uses::default());
}

#[cfg(feature = "machine")]
#[test]
fn what_goes_beyond_the_bound_is_the_same_however_far_beyond() {
    const KEEP: Keep = Keep::All;
    let matters = aging::Matters { window: Some(Window::Rolling(100)), uncounted: false, bound: Some(3) };
    let counted = |times: &[Time]| {
        let mut counter = Counter::new();
        times.iter().for_each(|at| counter.count(*at, 1, KEEP));
        counter.normalise(50, matters);
        counter
    };
    assert_eq!(counted(&[10, 20, 30, 40, 45]), counted(&[20, 30, 40, 45]));
    assert_ne!(counted(&[20, 30, 40]), counted(&[20, 30, 40, 45]), "at the bound is not beyond it");
    // As long as the rest of the others counts, the limit is exceeded with the oldest or without it.
    for now in 50..160 {
        let (mut all, mut latest) = (Counter::new(), counted(&[10, 20, 30, 40, 45]));
        [10, 20, 30, 40, 45].iter().for_each(|at| all.count(*at, 1, KEEP));
        let window = Window::Rolling(100);
        assert_eq!(all.fits(window, now, 3, 1), latest.fits(window, now, 3, 1), "at {now}");
        latest.normalise(now, matters);
        assert_eq!(all.fits(window, now, 3, 1), latest.fits(window, now, 3, 1), "at {now}, normalised");
    }
}
