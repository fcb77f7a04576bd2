//! Section 2: every transition, from every situation that differs in what it allows.

use flowspec_runtime::model::ElementId;
use flowspec_runtime::suite::Section;

use super::writer::{Thread, Writer};
use crate::explore::{Move, SESSION, place};

/// Adds the tests of section 2.
pub(super) fn derive(writer: &mut Writer) {
    let situations = writer.situations;
    for index in situations.telling() {
        let before = writer.at(index);
        let from = writer.place(&before, SESSION).to_owned();
        for (_, way) in &situations.all[index].moves {
            let mut thread = before.clone();
            if !writer.go(&mut thread, way.step.clone()) {
                continue;
            }
            let requirement = writer.decisive(&way.taken.visited);
            let (path, to) = (writer.path(requirement), writer.place(&thread, SESSION));
            let title = format!("in {from}, {path} leads to {to}");
            follow(writer, &mut thread, index, way);
            writer.test(Section::Transition, &thread, &requirements(requirement, &way.taken.visited), title);
        }
    }
}

/// After a refusal, the ordinary input: it must be taken as if nothing had happened.
fn follow(writer: &mut Writer, thread: &mut Thread, situation: usize, way: &Move) {
    let refused = way
        .taken
        .observation
        .as_ref()
        .is_some_and(|seen| seen.verdict != flowspec_runtime::Verdict::Accepted);
    if refused {
        proceed(writer, thread, situation);
    }
}

/// Does what was possible at a situation before, the accepted ways first.
pub(super) fn proceed(writer: &mut Writer, thread: &mut Thread, situation: usize) {
    let situation = &writer.situations.all[situation];
    if place(&thread.universe, SESSION) != Some(situation.place) {
        return;
    }
    let accepted = situation.moves.iter().find(|(_, way)| {
        way.taken.observation.as_ref().is_some_and(|seen| seen.verdict == flowspec_runtime::Verdict::Accepted)
    });
    if let Some((_, way)) = accepted {
        let step = super::writer::at(&way.step, thread.universe.now());
        writer.go(thread, step);
    }
}

fn requirements(first: ElementId, visited: &[ElementId]) -> Vec<ElementId> {
    let mut requirements = vec![first];
    requirements.extend(visited.iter().copied().filter(|id| *id != first));
    requirements
}
