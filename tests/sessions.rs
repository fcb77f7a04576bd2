//! Several sessions explored side by side: every situation, each once, by a shortest way, on any number of threads.

#![expect(clippy::unwrap_used, reason = "what is set up here is known to be right")]

use std::sync::Arc;

use flowspec::compile;
use flowspec::explore::space::{Exploration, Product, Situation, Slot, Space};
use flowspec::source::{Source, SourceId, Sources};
use flowspec::syntax;
use flowspec_runtime::machine::Machine;
use flowspec_runtime::{Fields, Rows, Value};

/// One at a time is in the room.
const ROOM: &str = r#"language 1
reason taken "Taken"
record room by name: text {
  field busy: bool
}
flow visitor endless {
  given name: text
  start -> outside
  row room by name
  step outside {
    on enter {
      when room.busy == false -> inside {
        set room.busy = true
      }
      otherwise refuse taken
    }
  }
  step inside {
    on leave -> outside {
      set room.busy = false
    }
  }
}
"#;

fn with_time(text: &str) -> String {
    let leave = "    on leave";
    text.replace(
        leave,
        &format!("    after 10 min -> outside {{\n      set room.busy = false\n    }}\n{leave}"),
    )
}

fn explored<R>(
    text: &str,
    sessions: usize,
    budget: usize,
    threads: usize,
    look: impl Fn(&Product, &Exploration) -> R,
) -> R {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("room.flow", text));
    let parsed = [syntax::parse(sources.get(id), SourceId(0))];
    let compiled = compile(&sources, &parsed);
    assert!(!compiled.has_errors(), "{:#?}", compiled.diagnostics);
    let machine = Machine::new(Arc::clone(&compiled.models[0])).unwrap();
    let space = Space::new(&machine, Vec::new(), &[]);
    let name = Fields::from_iter([("name", Value::from("a"))]);
    let slots = vec![Slot { openings: vec![name] }; sessions];
    let mut rows = Rows::new();
    rows.insert("room".into(), vec![(Value::from("a"), Fields::from_iter([("busy", Value::from(false))]))]);
    let mut product = Product::new(&space, slots, vec![rows]).unwrap();
    let exploration = product.explore(budget, threads);
    look(&product, &exploration)
}

/// Every situation with the way to it.
fn all(product: &Product, exploration: &Exploration) -> Vec<(Situation, Vec<u32>)> {
    let each = |number| (product.situation(exploration, number), exploration.way(number));
    exploration.numbers().map(each).collect()
}

#[test]
fn every_situation_is_found_once() {
    for (sessions, expected) in [(1, 3), (3, 20), (12, 4_096 + 12 * 2_048)] {
        let counted = |_: &Product, exploration: &Exploration| {
            assert!(exploration.whole);
            assert_eq!(exploration.depths.iter().sum::<usize>(), exploration.len());
            exploration.len()
        };
        assert_eq!(explored(ROOM, sessions, usize::MAX, 1, counted), expected, "{sessions} sessions");
    }
    let found = explored(ROOM, 5, usize::MAX, 1, all);
    for (place, (situation, _)) in found.iter().enumerate() {
        assert!(found[..place].iter().all(|(other, _)| other != situation), "{situation:?} twice");
    }
}

#[test]
fn the_way_to_a_situation_is_as_long_as_what_it_takes() {
    explored(ROOM, 4, usize::MAX, 1, |product, exploration| {
        let mut by_length = vec![0; exploration.depths.len()];
        for (situation, way) in all(product, exploration) {
            by_length[way.len() - 1] += 1;
            // Each session is opened, and one enters.
            let open = situation.sessions.iter().flatten().count();
            let inside = situation.sessions.iter().flatten().filter(|session| session.step() == 1).count();
            assert_eq!(way.len() - 1, open + inside, "{situation:?}");
        }
        assert_eq!(by_length, exploration.depths);
    });
}

#[test]
fn threads_make_no_difference() {
    let timed = with_time(ROOM);
    // Forty sessions do not fit into sixty-four bits.
    for (text, sessions, budget) in
        [(ROOM, 8, usize::MAX), (timed.as_str(), 7, usize::MAX), (ROOM, 40, 3_000)]
    {
        let alone = explored(text, sessions, budget, 1, all);
        assert!(alone.len() > 100);
        assert_eq!(alone, explored(text, sessions, budget, 2, all), "{sessions} sessions");
    }
}

#[test]
fn more_sessions_than_fit_are_not_explored_and_not_said_to_be() {
    for sessions in [60, 100, 200] {
        let whole = explored(ROOM, sessions, 1_000, 1, |_, exploration| exploration.whole);
        assert!(!whole, "{sessions} sessions");
    }
}
