//! The suites of W, Wp and HSI keep their promise: on small machines, all of them; on machines of real systems, their size.

use std::fs;

use flowspec::source::{Source, SourceId};
use flowspec::suite::identification::{Mealy, Method, read, tests};

const METHODS: [Method; 3] = [Method::W, Method::Wp, Method::Hsi];

/// Every machine with so many states, 2 inputs and 2 outputs that is the smallest of its kind and numbered as its states
/// are first reached.
fn machines(states: u32) -> Vec<Mealy> {
    let cells = states as usize * 2;
    let choices = u64::from(states) * 2;
    let table = |mut number: u64| {
        (0..cells)
            .map(|_| {
                let cell = number % choices;
                number /= choices;
                ((cell % 2) as u16, (cell / 2) as u32)
            })
            .collect()
    };
    let all = (0..choices.pow(cells as u32)).filter_map(|number| Mealy::new(2, table(number)));
    all.filter(|machine| machine.minimal() == *machine).collect()
}

fn misses(specs: &[Mealy], implementations: &[Mealy], method: Method, extra: usize) -> usize {
    let missed = |spec: &Mealy| {
        let tests = tests(spec, method, extra);
        implementations.iter().filter(|other| *other != spec && !tests.tell(spec, other)).count()
    };
    specs.iter().map(missed).sum()
}

#[test]
fn every_machine_of_as_many_states_that_differs_is_caught() {
    let (one, two, three) = (machines(1), machines(2), machines(3));
    let up_to_two = [one.clone(), two.clone()].concat();
    // In an ordinary run every 40th machine of three states; all of them with FLOWSPEC_EXHAUSTIVE set.
    let stride = if std::env::var_os("FLOWSPEC_EXHAUSTIVE").is_some() { 1 } else { 40 };
    let some: Vec<Mealy> = three.iter().step_by(stride).cloned().collect();
    let up_to_three = [up_to_two.clone(), three].concat();
    for method in METHODS {
        assert_eq!(misses(&one, &one, method, 0), 0, "{method:?}");
        assert_eq!(misses(&two, &up_to_two, method, 0), 0, "{method:?}");
        assert_eq!(misses(&some, &up_to_three, method, 0), 0, "{method:?}");
    }
}

#[test]
fn every_machine_of_one_state_more_is_caught_where_that_is_asked_for() {
    let (one, two, three) = (machines(1), machines(2), machines(3));
    let up_to_three = [one.clone(), two.clone(), three].concat();
    for method in METHODS {
        assert_eq!(misses(&one, &[one.clone(), two.clone()].concat(), method, 1), 0, "{method:?}");
        assert_eq!(misses(&two, &up_to_three, method, 1), 0, "{method:?}");
    }
    // The promise is needed: without it some of them get through.
    assert!(misses(&two, &up_to_three, Method::Hsi, 0) > 0);
}

#[test]
fn machines_of_real_systems_need_fewer_inputs_by_harmonised_identifiers() {
    for (name, states, inputs) in [("tcp_client_ubuntu", 15, 10), ("mosquitto_two_clients", 18, 9)] {
        let text = fs::read_to_string(format!("tests/mealy/{name}.dot")).unwrap();
        let read = read(&Source::new(name, text), SourceId(0)).unwrap();
        assert_eq!((read.states.len(), read.inputs.len()), (states, inputs), "{name}");
        let machine = read.machine.minimal();
        let [w, wp, hsi] = METHODS.map(|method| tests(&machine, method, 0).symbols());
        assert!(hsi <= wp && wp <= w && hsi * 100 <= w * 80, "{name}: W {w}, Wp {wp}, HSI {hsi}");
    }
}
