//! Dining philosophers who take their left fork first: each comes to the table at some time, gets hungry, eats and puts
//! the forks back, one by one.

use std::fmt::Write as _;

use flowspec_runtime::{Fields, Rows, Value};
use stateright::{Model, Property};

use crate::sessions::{self, Openings};

pub(crate) fn flow(size: usize, threads: usize) -> usize {
    let seats = (0..size as i64)
        .map(|seat| Fields::from_iter([("seat", Value::from(seat)), ("room", Value::from("a"))]));
    let forks = (0..size).map(|fork| (format!("fork{fork}"), Value::from(false)));
    let mut rows = Rows::new();
    rows.insert("place".into(), vec![(Value::from("a"), Fields::from_iter(forks))]);
    sessions::explore(&text(size), Openings::Of(seats.collect()), Some(rows), threads)
}

fn text(size: usize) -> String {
    let mut text = format!(
        "language 1\nreason taken \"Taken\"\ntype Seat int {{\n  range 0..{}\n}}\nrecord place by name: text {{\n",
        size - 1
    );
    for fork in 0..size {
        let _ = writeln!(text, "  field fork{fork}: bool");
    }
    text.push_str(
        "}\nflow philosopher endless {\n  given seat: Seat\n  given room: text\n  start -> thinking\n",
    );
    text.push_str("  row place by room\n  step thinking {\n    on get_hungry -> hungry\n  }\n");
    text.push_str(&step(size, "hungry", "take_left", 0, true, "left"));
    text.push_str(&step(size, "left", "take_right", 1, true, "eating"));
    text.push_str(&step(size, "eating", "put_left", 0, false, "right"));
    text.push_str(&step(size, "right", "put_right", 1, false, "thinking"));
    text.push_str("}\n");
    text
}

/// A step in which a fork is taken or put back; it lies so far from the seat.
fn step(size: usize, name: &str, event: &str, from_seat: usize, take: bool, next: &str) -> String {
    let mut text = format!("  step {name} {{\n    on {event} {{\n");
    for seat in 0..size {
        let fork = format!("place.fork{}", (seat + from_seat) % size);
        let free = if take { format!(" and {fork} == false") } else { String::new() };
        let _ = writeln!(
            text,
            "      when seat == {seat}{free} -> {next} {{\n        set {fork} = {take}\n      }}"
        );
    }
    if take {
        text.push_str("      otherwise refuse taken\n");
    }
    text.push_str("    }\n  }\n");
    text
}

pub(crate) fn by_hand(size: usize, threads: usize) -> usize {
    match size {
        2 => sessions::by_hand(Table::<2>, threads),
        5 => sessions::by_hand(Table::<5>, threads),
        6 => sessions::by_hand(Table::<6>, threads),
        7 => sessions::by_hand(Table::<7>, threads),
        8 => sessions::by_hand(Table::<8>, threads),
        9 => sessions::by_hand(Table::<9>, threads),
        10 => sessions::by_hand(Table::<10>, threads),
        _ => panic!("no table of {size}"),
    }
}

#[derive(Debug)]
struct Table<const N: usize>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Philosopher {
    Away,
    Thinking,
    Hungry,
    Left,
    Eating,
    Right,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State<const N: usize> {
    philosophers: [Philosopher; N],
    taken: [bool; N],
}

impl<const N: usize> Model for Table<N> {
    type State = State<N>;
    /// Which philosopher goes on.
    type Action = usize;

    fn init_states(&self) -> Vec<State<N>> {
        vec![State { philosophers: [Philosopher::Away; N], taken: [false; N] }]
    }

    fn actions(&self, state: &State<N>, actions: &mut Vec<usize>) {
        actions.extend((0..N).filter(|seat| match state.philosophers[*seat] {
            Philosopher::Hungry => !state.taken[*seat],
            Philosopher::Left => !state.taken[(seat + 1) % N],
            _ => true,
        }));
    }

    fn next_state(&self, state: &State<N>, seat: usize) -> Option<State<N>> {
        let mut state = state.clone();
        let (left, right) = (seat, (seat + 1) % N);
        state.philosophers[seat] = match state.philosophers[seat] {
            Philosopher::Away => Philosopher::Thinking,
            Philosopher::Thinking => Philosopher::Hungry,
            Philosopher::Hungry => {
                state.taken[left] = true;
                Philosopher::Left
            }
            Philosopher::Left => {
                state.taken[right] = true;
                Philosopher::Eating
            }
            Philosopher::Eating => {
                state.taken[left] = false;
                Philosopher::Right
            }
            Philosopher::Right => {
                state.taken[right] = false;
                Philosopher::Thinking
            }
        };
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Something that never fails: without it, Stateright would stop at once.
        vec![Property::always("nobody is lost", |_, _| true)]
    }
}
