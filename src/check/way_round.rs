//! A way round a limit: what a limit counts in one step is not counted in another.

use super::graph::{Graph, each_body};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    Action, Body, Draft, Expr, Gate, Handler, Key, LimitId, Model, Outcome, OutputId, ReasonId, StepId, USER,
};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    if !draft.gaps.is_empty() {
        return;
    }
    refused_uncounted(draft, findings);
    begun_anew(draft, findings);
    sent_again(draft, findings);
}

/// An event that is refused for the same reason in two steps, and counted in one of them only.
fn refused_uncounted(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    for (step, handler) in handlers(model) {
        for_each_refusal(handler, &mut |body, reason| {
            if !handler.gates.is_empty() {
                return;
            }
            let counted = handlers(model).filter(|(other, _)| *other != step).find_map(|(_, other)| {
                if (other.event, other.actor) != (handler.event, handler.actor) {
                    return None;
                }
                let mut counted = None;
                for_each_refusal(other, &mut |body, same| {
                    let action = body.actions.iter().find_map(|action| match action {
                        Action::Count { limit, element, .. } => Some((*limit, *element)),
                        _ => None,
                    });
                    counted = counted.or(action.filter(|_| same == reason));
                });
                counted
            });
            if let Some((limit, element)) = counted {
                let name = &model.limit(limit).name;
                let reason = model.reason(reason);
                let message = format!("in this step `{reason}` is not counted towards the limit `{name}`");
                findings.push(
                    draft
                        .finding(codes::WAY_ROUND, body.element, message)
                        .here("who tries here goes round the limit")
                        .label(draft.place(element).head, "the same is counted here")
                        .help(format!("write `count {name}` here, too")),
                );
            }
        });
    }
}

/// Tries at something that rows keep, counted for one session only: who opens another one has all tries again.
fn begun_anew(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    for (id, limit) in (0..).zip(&model.limits) {
        let gate_of = |handler: &Handler, id: LimitId| {
            handler.gates.iter().any(|gate: &Gate| gate.limit == id && gate.key == Key::Session)
        };
        let guessed = handlers(model).map(|(_, handler)| handler).find(|handler| {
            gate_of(handler, id)
                && handler.gates.len() == 1
                && counts_refusal(handler, id)
                && guesses(model, handler)
        });
        if let Some(handler) = guessed {
            let message = format!("the limit `{}` begins anew with every session", limit.name);
            findings.push(
                draft
                    .finding(codes::WAY_ROUND, limit.element, message)
                    .here("who opens another session has all tries again")
                    .label(
                        draft.place(handler.element).name,
                        "what is tried here is kept in a row, for all sessions",
                    )
                    .help("count by what is tried: `per` the key of the row"),
            );
        }
    }
}

/// Whether a field is compared with what a row keeps and nobody else is shown.
fn guesses(model: &Model, handler: &Handler) -> bool {
    let secret = |row: u16, attribute: u16| {
        let record = &model.records[usize::from(model.rows[usize::from(row)].record)];
        model.kind(record.attributes[usize::from(attribute)].kind).secret
    };
    let guards = handler.branches.iter().filter_map(|branch| branch.guard.as_ref());
    guards.chain(handler.refusals.iter().map(|refusal| &refusal.guard)).any(|guard| {
        guard.any(&mut |part| {
            match part {
            Expr::Compare { left, right, .. } => [(left, right), (right, left)].iter().any(|(field, kept)| {
                matches!(field.as_ref(), Expr::Field(_))
                    && matches!(kept.as_ref(), Expr::Attribute { row, attribute } if secret(*row, *attribute))
            }),
            _ => false,
        }
        })
    })
}

fn counts_refusal(handler: &Handler, id: LimitId) -> bool {
    let mut counts = false;
    for_each_refusal(handler, &mut |body, _| {
        counts |=
            body.actions.iter().any(|action| matches!(action, Action::Count { limit, .. } if *limit == id));
    });
    counts
}

/// A value picked by the implementation that can be had again and again, with no limit on the way round.
fn sent_again(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    let free = without_limits(draft);
    for (step, handler) in handlers(model) {
        if handler.actor != USER || !handler.gates.is_empty() {
            continue;
        }
        let mut found = None;
        for branch in &handler.branches {
            each_body(&branch.body, &mut |body| {
                let again = match body.outcome {
                    Outcome::Stay | Outcome::Restart => true,
                    Outcome::To(to) => to == step || free.reached_from([to])[usize::from(step)],
                    _ => false,
                };
                let sent = body.actions.iter().find_map(|action| match action {
                    Action::Send { output, element, .. } if is_picked(model, *output) => {
                        Some((*output, *element, body.element))
                    }
                    _ => None,
                });
                found = found.or(sent.filter(|_| again));
            });
        }
        if let Some((output, sent, element)) = found {
            let name = &model.outputs[usize::from(output)].name;
            findings.push(
                draft
                    .finding(codes::UNLIMITED, element, format!("`{name}` can be had again and again, without a limit"))
                    .here("one can come back here and have another, as often as one likes")
                    .label(draft.place(sent).head, "it is sent here")
                    .note("no limit is counted on the way round")
                    .help("declare a limit and `count` it here; `limit NAME: unbounded` says that any number is meant"),
            );
        }
    }
}

fn is_picked(model: &Model, output: OutputId) -> bool {
    model.outputs[usize::from(output)].fields.iter().any(|field| field.chosen)
}

/// The ways on which nothing is counted.
fn without_limits(draft: &Draft) -> Graph {
    let mut graph = Graph { starts: Vec::new(), ways: Vec::new(), from_anywhere: Vec::new() };
    for step in &draft.model.steps {
        let mut ways = Vec::new();
        for handler in step.handlers.iter().filter(|handler| handler.gates.is_empty()) {
            for branch in &handler.branches {
                each_body(&branch.body, &mut |body| {
                    if let Outcome::To(to) | Outcome::Refuse { to: Some(to), .. } = &body.outcome {
                        ways.push(*to);
                    }
                });
            }
        }
        graph.ways.push(ways);
    }
    graph
}

fn handlers(model: &Model) -> impl Iterator<Item = (StepId, &Handler)> {
    (0..).zip(&model.steps).flat_map(|(id, step)| step.handlers.iter().map(move |handler| (id, handler)))
}

fn for_each_refusal<'m>(handler: &'m Handler, visit: &mut impl FnMut(&'m Body, ReasonId)) {
    for branch in &handler.branches {
        each_body(&branch.body, &mut |body| {
            if let Outcome::Refuse { reason, .. } = body.outcome {
                visit(body, reason);
            }
        });
    }
}
