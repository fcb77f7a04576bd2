//! What a run uses of its spec: the statements that are performed, and the defaults and constraints that decide.

use flowspec_runtime::machine::{Machine, Point, Resolve};
use flowspec_runtime::model::{ElementId, OutputId};
use flowspec_runtime::{Fields, Input, Rows, Value};

use crate::script;

/// Follows the reference and writes down what it is told.
#[derive(Default)]
struct Told(Vec<ElementId>);

impl Resolve for Told {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        Some(0)
    }

    fn chosen(&mut self, _: OutputId, _: u16) -> Option<Value> {
        None
    }

    fn visit(&mut self, element: ElementId) {
        self.0.push(element);
    }
}

/// The paths of the statements that the last of some inputs uses, each once.
fn used(inputs: &[&[(&str, &str)]]) -> Vec<String> {
    let text = include_str!("cases/sign_in.txt").split("\n--- ").next().unwrap();
    let machine = Machine::new(script::flow("sign_in", text)).unwrap();
    let mut rows = Rows::new();
    let attributes: Fields = [("password", "correct-horse")].into_iter().collect();
    rows.insert("account".into(), vec![("ann".into(), attributes)]);
    let mut universe = machine.universe(&rows, &[]).unwrap();
    let given = [("ip", "1.1.1.1")].into_iter().collect();
    let mut told = Told::default();
    machine.open(&mut universe, 0, 0, &given, &mut told).unwrap();
    for fields in inputs {
        told = Told::default();
        let input = Input::new("submit", fields.iter().copied().collect());
        machine.apply(&mut universe, 0, 0, &input, &[], &mut told).unwrap();
    }
    let mut paths: Vec<String> = Vec::new();
    for element in told.0 {
        let path = &machine.model().element(element).path;
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    }
    paths
}

const WRONG: &[(&str, &str)] = &[("login", "ann"), ("password", "wrong-horse")];
const RIGHT: &[(&str, &str)] = &[("login", "ann"), ("password", "correct-horse")];

#[test]
fn an_accepted_event_uses_its_fields_with_their_constraints_and_its_branch() {
    insta::assert_snapshot!(used(&[RIGHT]).join("\n"));
}

#[test]
fn a_refusal_by_a_branch_uses_what_it_counts() {
    insta::assert_snapshot!(used(&[WRONG]).join("\n"));
}

#[test]
fn a_count_that_fills_a_limit_uses_the_limit() {
    insta::assert_snapshot!(used(&[WRONG, WRONG, WRONG, WRONG, WRONG]).join("\n"));
}

#[test]
fn a_full_limit_uses_the_limit_and_no_branch() {
    insta::assert_snapshot!(used(&[WRONG, WRONG, WRONG, WRONG, WRONG, RIGHT]).join("\n"));
}

#[test]
fn a_field_that_fails_uses_its_constraints_and_no_branch() {
    insta::assert_snapshot!(used(&[&[("login", "an")]]).join("\n"));
}
