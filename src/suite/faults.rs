//! Section 10: what the faults still need. Every faulty variant that the other sections let through and that differs is
//! given the shortest sequence that tells it from the right one.

use flowspec_runtime::conformance::Duel;
use flowspec_runtime::machine::Unfit;
use flowspec_runtime::suite::{Section, Step};

use super::mutants::mutants;
use super::strength::{BOUNDS, Telling, Verdict, against, tells};
use super::writer::Writer;

/// Whether a test that was added tells a variant, too, is asked of so many that were added last.
const ASKED: usize = 64;

/// Adds the tests of section 10.
pub(super) fn derive(writer: &mut Writer) -> Result<(), Unfit> {
    let strength = against(writer.suite(), &mutants(writer.model), BOUNDS)?;
    let mut duel = Duel::new(&writer.suite().model)?;
    let mut added: Vec<(u32, Vec<Step>)> = Vec::new();
    for (mutant, verdict) in &strength.verdicts {
        let Verdict::Survives(Telling::By(rows, steps)) = verdict else { continue };
        let every = &writer.suite().rows;
        let told = |(rows, steps): &(u32, Vec<Step>)| tells(&mut duel, &every[*rows as usize], steps, mutant);
        if added.iter().rev().take(ASKED).any(told) {
            continue;
        }
        let world = every[*rows as usize].clone();
        let Some(mut thread) = writer.begin_with(world) else { continue };
        if steps.iter().all(|step| writer.go(&mut thread, step.clone())) {
            let title = format!("told from: {}", mutant.description);
            writer.test(Section::Fault, &thread, &[mutant.element], title);
            added.push((*rows, steps.clone()));
        }
    }
    Ok(())
}
