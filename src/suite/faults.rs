//! Section 10, faults: what tells variants from the right flow that no other test tells.

use flowspec_runtime::conformance::Duel;
use flowspec_runtime::machine::Unfit;
use flowspec_runtime::suite::{Section, Step};

use super::mutants::{Mutant, mutants};
use super::strength::{BOUNDS, Bounds, Telling, Verdict, against, tells};
use super::writer::Writer;

/// Whether a test that was added tells a variant, too, is asked of so many that were added last.
const ASKED: usize = 64;

/// How far is looked where the other sections let something through.
const FURTHER: Bounds = Bounds { pairs: 400, places: 100 };

/// Adds the tests of section 10.
pub(super) fn derive(writer: &mut Writer) -> Result<(), Unfit> {
    let left = tell(writer, mutants(writer.model), BOUNDS)?;
    // Where nothing came through, looking further finds nothing either as a rule.
    if let Some(left) = left {
        tell(writer, left, FURTHER)?;
    }
    Ok(())
}

/// Adds a test for each variant that the suite lets through, as far as one is found. Those of which it was not found out
/// whether they differ are left; none where no test was added.
fn tell(writer: &mut Writer, variants: Vec<Mutant>, bounds: Bounds) -> Result<Option<Vec<Mutant>>, Unfit> {
    let strength = against(writer.suite(), &variants, bounds)?;
    let mut duel = Duel::new(&writer.suite().model)?;
    let mut added: Vec<(u32, Vec<Step>)> = Vec::new();
    let mut left = Vec::new();
    for (mutant, verdict) in strength.verdicts {
        let (rows, steps) = match verdict {
            Verdict::Survives(Telling::By(rows, steps)) => (rows, steps),
            Verdict::Survives(Telling::BoundReached) => {
                left.push(mutant);
                continue;
            }
            Verdict::Survives(Telling::Nothing) | Verdict::Caught(..) => continue,
        };
        let every = &writer.suite().rows;
        let told =
            |(rows, steps): &(u32, Vec<Step>)| tells(&mut duel, &every[*rows as usize], steps, &mutant);
        if added.iter().rev().take(ASKED).any(told) {
            continue;
        }
        let world = every[rows as usize].clone();
        let Some(mut thread) = writer.begin_with(world) else { continue };
        if steps.iter().all(|step| writer.go(&mut thread, step.clone())) {
            let title = format!("told from: {}", mutant.description);
            writer.test(Section::Fault, &thread, &[mutant.element], title);
            added.push((rows, steps));
        }
    }
    Ok((!added.is_empty()).then_some(left))
}
