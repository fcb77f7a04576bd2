//! Two-phase commit, as in Stateright's own example: a manager hears who is prepared, and decides. Each party comes at
//! some time; what a manager has heard is forgotten once it has decided.

use std::fmt::Write as _;

use flowspec_runtime::{Fields, Rows, Value};
use stateright::{Model, Property};

use crate::sessions::{self, Openings};

pub(crate) fn flow(size: usize, threads: usize) -> usize {
    let seats = (0..=size as i64)
        .map(|seat| Fields::from_iter([("seat", Value::from(seat)), ("name", Value::from("a"))]));
    let said = (1..=size).map(|party| (format!("said{party}"), Value::from(false)));
    let mut rows = Rows::new();
    rows.insert("deal".into(), vec![(Value::from("a"), Fields::from_iter(said))]);
    sessions::explore(&text(size), Openings::Of(seats.collect()), Some(rows), threads)
}

fn text(size: usize) -> String {
    let mut text = format!(
        "language 1\nreason not_yet \"Not yet\"\ntype Seat int {{\n  range 0..{size}\n}}\ntype Decision word {{\n  member \
         commit\n  member abort\n}}\nrecord deal by name: text {{\n  field decided: Decision\n"
    );
    let parties = || 1..=size;
    parties().for_each(|party| text.push_str(&format!("  field said{party}: bool\n")));
    text.push_str("}\nflow party {\n  given seat: Seat\n  given name: text\n  start {\n    when seat == 0 -> deciding\n");
    text.push_str("    otherwise -> working\n  }\n  row deal by name\n");
    parties().for_each(|party| text.push_str(&format!("  remember heard{party}: bool = false\n")));
    text.push_str("  step deciding {\n    on hear {\n      field from: Seat\n");
    for party in parties() {
        let _ = writeln!(
            text,
            "      when from == {party} and deal.said{party} == true stay {{\n        set heard{party} = true\n      }}"
        );
    }
    let all: Vec<String> = parties().map(|party| format!("heard{party}")).collect();
    let all = all.join(" and ");
    let _ = write!(
        text,
        "      otherwise refuse not_yet\n    }}\n    on commit {{\n      when {all} -> committed {{\n        set deal.decided = \
         commit\n      }}\n      otherwise refuse not_yet\n    }}\n    on abort -> aborted {{\n      set deal.decided = abort\n    \
         }}\n  }}\n  step working {{\n    on prepare {{\n"
    );
    for party in parties() {
        let _ = writeln!(
            text,
            "      when seat == {party} -> prepared {{\n        set deal.said{party} = true\n      }}"
        );
    }
    text.push_str("      otherwise refuse not_yet\n    }\n    on give_up -> aborted\n");
    let read = "    on read {\n      when deal.decided == commit -> committed\n      when deal.decided == abort -> aborted\n      \
                otherwise refuse not_yet\n    }\n  }\n";
    let _ =
        write!(text, "{read}  step prepared {{\n{read}  end committed success\n  end aborted failure\n}}\n");
    text
}

pub(crate) fn by_hand(size: usize, threads: usize) -> usize {
    match size {
        2 => sessions::by_hand(Deal::<2>, threads),
        5 => sessions::by_hand(Deal::<5>, threads),
        7 => sessions::by_hand(Deal::<7>, threads),
        9 => sessions::by_hand(Deal::<9>, threads),
        _ => panic!("no deal of {size}"),
    }
}

#[derive(Debug)]
struct Deal<const N: usize>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Party {
    Away,
    Working,
    Prepared,
    Committed,
    Aborted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Manager {
    Away,
    Deciding,
    Committed,
    Aborted,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State<const N: usize> {
    parties: [Party; N],
    manager: Manager,
    heard: [bool; N],
    said: [bool; N],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Action {
    Appoint,
    Hear(usize),
    Commit,
    Abort,
    Come(usize),
    Prepare(usize),
    GiveUp(usize),
    Read(usize),
}

impl<const N: usize> Model for Deal<N> {
    type State = State<N>;
    type Action = Action;

    fn init_states(&self) -> Vec<State<N>> {
        vec![State { parties: [Party::Away; N], manager: Manager::Away, heard: [false; N], said: [false; N] }]
    }

    fn actions(&self, state: &State<N>, actions: &mut Vec<Action>) {
        let decided = matches!(state.manager, Manager::Committed | Manager::Aborted);
        match state.manager {
            Manager::Away => actions.push(Action::Appoint),
            Manager::Deciding => {
                actions.push(Action::Abort);
                if state.heard.iter().all(|heard| *heard) {
                    actions.push(Action::Commit);
                }
                actions.extend((0..N).filter(|party| state.said[*party]).map(Action::Hear));
            }
            Manager::Committed | Manager::Aborted => {}
        }
        for party in 0..N {
            match state.parties[party] {
                Party::Away => actions.push(Action::Come(party)),
                Party::Working => actions.extend([Action::Prepare(party), Action::GiveUp(party)]),
                _ => {}
            }
            if decided && matches!(state.parties[party], Party::Working | Party::Prepared) {
                actions.push(Action::Read(party));
            }
        }
    }

    fn next_state(&self, state: &State<N>, action: Action) -> Option<State<N>> {
        let mut state = state.clone();
        match action {
            Action::Appoint => state.manager = Manager::Deciding,
            Action::Hear(party) => state.heard[party] = true,
            Action::Commit | Action::Abort => {
                state.manager = if action == Action::Commit { Manager::Committed } else { Manager::Aborted };
                state.heard = [false; N];
            }
            Action::Come(party) => state.parties[party] = Party::Working,
            Action::Prepare(party) => {
                state.parties[party] = Party::Prepared;
                state.said[party] = true;
            }
            Action::GiveUp(party) => state.parties[party] = Party::Aborted,
            Action::Read(party) => {
                let committed = state.manager == Manager::Committed;
                state.parties[party] = if committed { Party::Committed } else { Party::Aborted };
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("all decide alike", |_, state: &State<N>| {
            !(state.parties.contains(&Party::Committed) && state.parties.contains(&Party::Aborted))
        })]
    }
}
