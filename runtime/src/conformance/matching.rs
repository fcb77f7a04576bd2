//! Whether what was observed is what a universe allows (rule 23).

use crate::{May, Observation, Sent, SessionId, Value, Verdict};

/// Something a machine says that an implementation can be compared with.
pub(super) trait Expected {
    /// Whether this is what was observed; `strict` asks for every reason.
    fn allows(&self, seen: &Self, strict: bool) -> bool;
}

impl Expected for Observation {
    fn allows(&self, seen: &Self, strict: bool) -> bool {
        (seen.step.is_none() || seen.step == self.step)
            && self.verdict.allows(&seen.verdict, strict)
            && self.outputs.len() == seen.outputs.len()
            && self.outputs.iter().zip(&seen.outputs).all(|(sent, seen)| same_output(sent, seen))
    }
}

impl Expected for Verdict {
    fn allows(&self, seen: &Self, strict: bool) -> bool {
        match (self, seen) {
            (Self::Accepted, Self::Accepted) => true,
            (Self::Refused(reasons), Self::Refused(seen)) => {
                !seen.is_empty()
                    && seen.iter().all(|reason| reasons.contains(reason))
                    && (!strict || reasons.iter().all(|reason| seen.contains(reason)))
            }
            _ => false,
        }
    }
}

impl Expected for Vec<(SessionId, Observation)> {
    fn allows(&self, seen: &Self, strict: bool) -> bool {
        self.len() == seen.len()
            && self.iter().all(|(session, expected)| {
                seen.iter().any(|(other, seen)| other == session && expected.allows(seen, strict))
            })
    }
}

impl Expected for May {
    fn allows(&self, seen: &Self, _: bool) -> bool {
        *self == Self::Unstated || self == seen
    }
}

impl Expected for () {
    fn allows(&self, (): &Self, _: bool) -> bool {
        true
    }
}

fn same_output(expected: &Sent, seen: &Sent) -> bool {
    let within = |some: &Sent, all: &Sent| {
        some.fields.0.iter().all(|(name, value)| same_value(value, all.fields.get(name)))
    };
    expected.output == seen.output && within(expected, seen) && within(seen, expected)
}

/// Lists are sets here: the language has no others.
fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().all(|member| other.contains(member))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fields;

    fn refused(reasons: &[&str]) -> Observation {
        let reasons = reasons.iter().map(|&reason| reason.into()).collect();
        Observation { verdict: Verdict::Refused(reasons), ..Observation::accepted("form") }
    }

    #[test]
    fn some_of_the_reasons_are_enough_unless_the_order_is_strict() {
        let expected = refused(&["missing:a", "missing:b"]);
        assert!(expected.allows(&refused(&["missing:b"]), false));
        assert!(!expected.allows(&refused(&["missing:b"]), true));
        assert!(expected.allows(&refused(&["missing:b", "missing:a"]), true));
        assert!(!expected.allows(&refused(&["missing:b", "late"]), false));
        assert!(!expected.allows(&refused(&[]), false));
    }

    #[test]
    fn a_step_that_is_not_shown_is_any_step() {
        let hidden = Observation { step: None, ..Observation::accepted("form") };
        assert!(Observation::accepted("form").allows(&hidden, false));
        assert!(!Observation::accepted("form").allows(&Observation::accepted("done"), false));
    }

    #[test]
    fn outputs_are_compared_in_order_and_by_every_field() {
        let sent = |code: &str| Sent { output: "sms".into(), fields: Fields::from_iter([("code", code)]) };
        let with = |outputs| Observation { outputs, ..Observation::accepted("form") };
        assert!(with(vec![sent("1"), sent("2")]).allows(&with(vec![sent("1"), sent("2")]), false));
        assert!(!with(vec![sent("1"), sent("2")]).allows(&with(vec![sent("2"), sent("1")]), false));
        assert!(!with(vec![sent("1")]).allows(&with(vec![sent("1"), sent("1")]), false));
        let more = Sent { output: "sms".into(), fields: Fields::from_iter([("code", "1"), ("to", "2")]) };
        assert!(!with(vec![sent("1")]).allows(&with(vec![more]), false));
    }

    #[test]
    fn the_members_of_a_set_have_no_order() {
        let set = |words: [&str; 2]| Value::List(words.map(Value::from).to_vec());
        assert!(same_value(&set(["a", "b"]), &set(["b", "a"])));
        assert!(!same_value(&set(["a", "b"]), &set(["a", "c"])));
    }
}
