//! A way round a limit: what a limit counts in one step is not counted in another.

use super::graph::each_body;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    Action, Body, Draft, Expr, Gate, Handler, Key, LimitId, Model, Outcome, ReasonId, StepId,
};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    if !draft.gaps.is_empty() {
        return;
    }
    refused_uncounted(draft, findings);
    begun_anew(draft, findings);
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
