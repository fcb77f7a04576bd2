//! Section 9, of what a session remembers: another session remembers something else meanwhile, and it does not show.

use flowspec_runtime::Value;
use flowspec_runtime::model::Expr;
use flowspec_runtime::suite::Section;

use super::repetition::{OTHER, of_session, walk};
use super::writer::{Writer, at};
use crate::explore::{Move, SESSION};

/// So many values are told apart of what another session may remember.
const VALUES: usize = 3;

/// What makes a session remember another value: the situation, the input, and the value.
type Writing<'a> = (usize, &'a Move, Value);

/// Adds the tests about what each session remembers for itself.
pub(super) fn derive(writer: &mut Writer) {
    for (variable, declared) in (0..).zip(&writer.model.variables) {
        let variable = Expr::Variable(variable);
        let writings = writings(writer, &variable);
        for reader in writer.situations.nearest() {
            let situation = &writer.situations.all[reader];
            let here = writer.explorer.runner.value(&situation.universe, SESSION, &variable);
            let same_world = |from: usize| writer.situations.all[from].world == situation.world;
            let others: Vec<&Writing> =
                writings.iter().filter(|(from, _, value)| same_world(*from) && *value != here).collect();
            let handlers = &writer.model.step(situation.place).handlers;
            let reads = |at: usize| {
                let mut found = false;
                handlers[at].expressions(&mut |expr| found |= *expr == variable);
                found
            };
            for (_, reading) in situation.moves.iter().filter(|(at, _)| reads(*at)) {
                for (from, way, _) in &others {
                    let mut thread = writer.at(reader);
                    let path: Vec<_> = writer.situations.path(*from).into_iter().cloned().collect();
                    let meanwhile = at(&of_session(&way.step, OTHER), thread.universe.now());
                    if walk(writer, &mut thread, &path) && writer.go(&mut thread, meanwhile) {
                        let now = thread.universe.now();
                        if writer.go(&mut thread, at(&reading.step, now)) {
                            let what = writer.path(writer.decisive(&thread.visited));
                            let title =
                                format!("{what}, while another session has another {}", declared.name);
                            writer.test(Section::Repetition, &thread, &[declared.element], title);
                        }
                    }
                }
            }
        }
    }
}

/// The nearest inputs after which a session remembers another value than before, one for each value.
fn writings<'a>(writer: &Writer<'a>, variable: &Expr) -> Vec<Writing<'a>> {
    let mut found: Vec<Writing> = Vec::new();
    let runner = &writer.explorer.runner;
    for (index, situation) in writer.situations.all.iter().enumerate() {
        let before = runner.value(&situation.universe, SESSION, variable);
        for (_, way) in &situation.moves {
            let after = runner.value(&way.taken.universe, SESSION, variable);
            if after != before && !found.iter().any(|(.., known)| *known == after) {
                found.push((index, way, after));
                if found.len() == VALUES {
                    return found;
                }
            }
        }
    }
    found
}
