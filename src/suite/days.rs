//! Section 4, of days: what reads the day of an instant is done just before and at the midnight of its own clock, and at that
//! of Greenwich.

use flowspec_runtime::Time;
use flowspec_runtime::model::{Expr, Handler};
use flowspec_runtime::suite::Section;
use flowspec_runtime::time::{DAY, MINUTE};

use super::writer::{Writer, at};
use crate::explore::{Move, SESSION};

/// Adds the tests around midnight.
pub(super) fn derive(writer: &mut Writer) {
    for situation in writer.situations.nearest() {
        let here = writer.situations.all[situation].place;
        for (index, handler) in writer.model.step(here).handlers.iter().enumerate() {
            let offsets = offsets(handler);
            if offsets.is_empty() {
                continue;
            }
            let moves = &writer.situations.all[situation].moves;
            let ways: Vec<&Move> = moves.iter().filter(|(of, _)| *of == index).map(|(_, way)| way).collect();
            for way in ways {
                around_midnight(writer, situation, way, &offsets);
            }
        }
    }
}

/// The clocks whose days a handler reads, in minutes east of Greenwich.
fn offsets(handler: &Handler) -> Vec<i16> {
    let mut offsets = Vec::new();
    handler.expressions(&mut |expr| {
        if let Expr::DateOf { offset, .. } = expr {
            offsets.push(*offset);
        }
    });
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

fn around_midnight(writer: &mut Writer, situation: usize, way: &Move, offsets: &[i16]) {
    let now = writer.situations.all[situation].universe.now();
    for offset in offsets.iter().copied().chain([0]) {
        let midnight = (now / DAY + 1) * DAY - Time::from(offset) * MINUTE;
        for instant in [midnight - 1, midnight].into_iter().filter(|instant| *instant > now) {
            let mut thread = writer.at(situation);
            if writer.go(&mut thread, at(&way.step, instant)) && thread.universe.session(SESSION).is_some() {
                let requirement = writer.decisive(&thread.visited);
                let when = if instant < midnight { "just before" } else { "at" };
                let title = format!("{} {when} midnight", writer.path(requirement));
                writer.test(Section::Guard, &thread, &[requirement], title);
            }
        }
    }
}
