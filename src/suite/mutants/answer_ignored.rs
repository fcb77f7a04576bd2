//! One answer of an asked actor is taken for another one: what it says makes no difference.

use flowspec_runtime::model::{AnswerCase, Model, Outcome};

use super::part::Part;
use super::places::{Found, bodies_of, handlers};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let (mut place, mut taken) = (0, Vec::new());
        bodies_of(&mut handler.clone(), &mut |body| {
            if let Outcome::Ask { answers, .. } = &body.outcome {
                taken.extend(mistaken(answers).map(|(one, other)| (place, one, other)));
            }
            place += 1;
        });
        for (place, one, other) in taken {
            let (mut changed, mut index, mut said) = (handler.clone(), 0, None);
            bodies_of(&mut changed, &mut |body| {
                if let (true, Outcome::Ask { answers, .. }) = (index == place, &mut body.outcome) {
                    said =
                        Some((answers[one].element, answers[one].name.clone(), answers[other].name.clone()));
                    answers[one].branches = answers[other].branches.clone();
                }
                index += 1;
            });
            if let Some((element, one, other)) = said {
                let description = format!("the answer `{one}` is taken for `{other}`");
                found.push(Found::new(element, description, Part::Handler(step, at, changed)));
            }
        }
    }
    found
}

/// Each answer with its neighbours, as long as those need no fields that this one does not bring.
fn mistaken(answers: &[AnswerCase]) -> impl Iterator<Item = (usize, usize)> {
    let neighbours =
        (0..answers.len()).flat_map(|one| [one.wrapping_sub(1), one + 1].map(|other| (one, other)));
    neighbours.filter(|(one, other)| {
        answers
            .get(*other)
            .is_some_and(|of| of.fields.is_empty() || of.fields.len() == answers[*one].fields.len())
    })
}
