//! What all failures have in common, where no fault of the flow explains everything: a field that takes what it should refuse,
//! a reason that is given where it should not be, an output that carries something else.

use flowspec_runtime::conformance::{End, Shown};
use flowspec_runtime::model::{Model, Unlisted};
use flowspec_runtime::suite::Step;
use flowspec_runtime::{Observation, Sent, Text, Verdict};

use super::diagnosis::Observed;

/// The most telling sentence that is true of every failing test.
pub(super) fn of(model: &Model, failed: &[&Observed]) -> Option<String> {
    let mut each = failed.iter().map(|test| sentences(model, test));
    let first = each.next()?;
    let rest: Vec<Vec<String>> = each.collect();
    first.into_iter().find(|sentence| rest.iter().all(|other| other.contains(sentence)))
}

/// What can be said of a failing test, what says most first.
fn sentences(model: &Model, test: &Observed) -> Vec<String> {
    let (End::Failed(allowed), Some(line)) = (&test.play.end, test.play.lines.last()) else {
        return Vec::new();
    };
    let step = test.steps.get(line.step).copied();
    match (&line.seen, step) {
        (Shown::Observation(seen), Some(Step::Apply { event, by, .. })) => {
            let allowed = observations(allowed);
            let mut said = of_observation(&format!("`{event}`"), &allowed, seen);
            let unexpected = match model.defaults.unlisted.0 {
                Unlisted::Refuse(reason) => Some(model.reason(reason)),
                _ => None,
            };
            let is_unexpected = |one: &&Observation| reasons(one).iter().eq(unexpected);
            if !allowed.is_empty() && unexpected.is_some() && allowed.iter().all(is_unexpected) {
                said.insert(0, format!("`{event}` by {by} is not refused where it is not expected"));
                said.push(format!("what {by} does is not refused where it is not expected"));
            }
            said
        }
        (Shown::Observation(seen), Some(Step::Open { .. })) => {
            of_observation("opening a session", &observations(allowed), seen)
        }
        (Shown::Permission(_), Some(Step::May { capability, .. })) => {
            vec![format!("whether {capability} is allowed is answered wrongly")]
        }
        (Shown::Sessions(_), Some(Step::Advance { .. })) => {
            vec!["what happens by itself, or when, is wrong".to_owned()]
        }
        _ => Vec::new(),
    }
}

fn observations(allowed: &[Shown]) -> Vec<&Observation> {
    let each = allowed.iter().filter_map(|shown| match shown {
        Shown::Observation(seen) => Some(seen),
        _ => None,
    });
    each.collect()
}

fn of_observation(what: &str, allowed: &[&Observation], seen: &Observation) -> Vec<String> {
    if allowed.is_empty() {
        return Vec::new();
    }
    let mut said = Vec::new();
    let refused = reasons(seen);
    let expected: Vec<&Text> = allowed.iter().flat_map(|one| reasons(one)).collect();
    let must_be_refused = allowed.iter().all(|one| one.verdict != Verdict::Accepted);
    // Fields first: what is refused for one, or should have been.
    let new: Vec<&Text> = refused.iter().filter(|reason| !expected.contains(reason)).collect();
    for (field, missing) in new.iter().filter_map(|reason| field_of(reason)) {
        let (of_event, anywhere) = if missing {
            (
                format!("{what} needs `{field}` where it may be left out"),
                format!("`{field}` is needed where it may be left out"),
            )
        } else {
            (
                format!("{what} refuses `{field}` where it must take it"),
                format!("`{field}` is refused where it must be taken"),
            )
        };
        said.extend([of_event, anywhere, "fields are refused that must be taken".to_owned()]);
    }
    let of_other_things = new.iter().all(|reason| field_of(reason).is_none());
    if of_other_things || (!must_be_refused && refused.is_empty()) {
        said.extend(of_missed(what, allowed, refused, seen));
    }
    for reason in &new {
        said.push(format!("{what} is refused as `{reason}` where it should not be"));
    }
    for reason in &new {
        said.push(format!("something is refused as `{reason}` that should not be"));
    }
    if must_be_refused && refused.is_empty() {
        let mut each = expected.clone();
        each.sort();
        each.dedup();
        said.extend(
            each.iter().map(|reason| format!("{what} is accepted where it must be refused as `{reason}`")),
        );
        said.extend(
            each.iter().map(|reason| format!("something is accepted that must be refused as `{reason}`")),
        );
    }
    if !new.is_empty() || (must_be_refused && refused.is_empty()) {
        return said;
    }
    said.extend(of_outputs(allowed, seen));
    if let (Some(step), true) = (&seen.step, allowed.iter().all(|one| one.step != seen.step)) {
        for right in allowed.iter().filter_map(|one| one.step.as_ref()) {
            said.push(format!("{what} leads to {step} instead of {right}"));
        }
        said.push(format!("{what} leads to another step than it should"));
    }
    said
}

/// Of a field that should have been refused, and was not.
fn of_missed(what: &str, allowed: &[&Observation], refused: &[Text], seen: &Observation) -> Vec<String> {
    let of_fields = |one: &&&Observation| {
        let mut all = reasons(one).iter();
        !reasons(one).is_empty() && all.all(|reason| field_of(reason).is_some())
    };
    if !allowed.iter().all(|one| of_fields(&one)) {
        return Vec::new();
    }
    let missed = allowed.iter().flat_map(|one| reasons(one)).filter(|reason| !refused.contains(reason));
    let mut said = Vec::new();
    for (field, missing) in missed.filter_map(|reason| field_of(reason)) {
        let (of_event, anywhere) = if missing {
            (format!("{what} does not need `{field}`"), format!("`{field}` is not needed"))
        } else if seen.verdict == Verdict::Accepted || !refused.is_empty() {
            (
                format!("{what} takes `{field}` where it must refuse it"),
                format!("`{field}` is taken where it must be refused"),
            )
        } else {
            continue;
        };
        for sentence in [of_event, anywhere, "fields are taken that must be refused".to_owned()] {
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
    }
    said
}

/// Of outputs that are lacking, too many, or carry something else.
fn of_outputs(allowed: &[&Observation], seen: &Observation) -> Vec<String> {
    let named = |outputs: &[Sent], name: &str| outputs.iter().filter(|sent| sent.output == name).count();
    let mut said = Vec::new();
    let Some(right) = allowed.first() else { return said };
    let mut names: Vec<&Text> = right.outputs.iter().chain(&seen.outputs).map(|sent| &sent.output).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (should, does) = (named(&right.outputs, name), named(&seen.outputs, name));
        if should > does {
            said.push(format!("{name} is not sent where it should be"));
        } else if does > should {
            said.push(format!("{name} is sent where it should not be"));
        }
    }
    if said.is_empty() {
        for (right, seen) in right.outputs.iter().zip(&seen.outputs).filter(|(right, seen)| right != seen) {
            if right.output != seen.output {
                said.push("outputs come in another order".to_owned());
                continue;
            }
            for (name, value) in &right.fields.0 {
                if seen.fields.get(name) != value && value.is_set() {
                    said.push(format!("{} is sent with another {name}", right.output));
                }
            }
        }
    }
    said
}

fn reasons(seen: &Observation) -> &[Text] {
    match &seen.verdict {
        Verdict::Refused(reasons) => reasons,
        Verdict::Accepted => &[],
    }
}

/// The field that a reason is about, and whether it is that it is missing.
fn field_of(reason: &Text) -> Option<(&str, bool)> {
    let (kind, field) = reason.split_once(':')?;
    (!matches!(kind, "limit" | "needs")).then_some((field, kind == "missing"))
}
