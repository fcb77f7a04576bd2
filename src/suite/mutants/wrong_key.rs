//! Uses are counted for the session where they should be counted by a key, or for everybody together.

use flowspec_runtime::model::{Action, Gate, Handler, Key, LimitId, Model};

use super::part::Part;
use super::places::{Found, bodies_of, handlers};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (limit, declared) in (0..).zip(&model.limits) {
        for (key, what) in [(Key::Session, "each session"), (Key::Universe, "all together")] {
            let parts: Vec<Part> = handlers(model)
                .filter(|(_, _, handler)| {
                    handler.gates.iter().any(|gate| gate.limit == limit && gate.key != key)
                })
                .map(|(step, at, handler)| Part::Handler(step, at, keyed(handler, limit, &key)))
                .collect();
            if !parts.is_empty() {
                let description = format!("limit {} counts for {what}", declared.name);
                found.push(Found { element: declared.element, description, habit: None, parts });
            }
        }
    }
    found
}

/// A handler that counts a limit under another key.
fn keyed(handler: &Handler, limit: LimitId, with: &Key) -> Handler {
    let mut changed = handler.clone();
    for Gate { key, .. } in changed.gates.iter_mut().filter(|gate| gate.limit == limit) {
        *key = with.clone();
    }
    bodies_of(&mut changed, &mut |body| {
        for action in &mut body.actions {
            match action {
                Action::Count { limit: of, key, .. }
                | Action::Uncount { limit: of, key, .. }
                | Action::Reset { limit: of, key, .. }
                    if *of == limit =>
                {
                    *key = with.clone();
                }
                _ => {}
            }
        }
    });
    changed
}
