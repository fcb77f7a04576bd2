//! Limits that count amounts: which uses fill them with the fewest inputs, and amounts around the bound at once.

use flowspec_runtime::model::{Bound, Expr, Field, Gate, Handler, Rule};
use flowspec_runtime::suite::{Step, Term};
use flowspec_runtime::values::{integer, sent};

use super::{Drill, Run, put};
use crate::explore::{Move, SESSION};
use crate::suite::writer::{Writer, at};

/// Into so many parts a bound is cut to find a large use that the flow takes.
const PARTS: i64 = 8;

impl Drill<'_> {
    /// The same drill with as few uses as fill the limit exactly, where the amount is a field and the flow takes them.
    pub(super) fn with_amounts(mut self, writer: &mut Writer) -> Self {
        let as_it_was = self.fits;
        if let Some(amounts) = self.fewest(writer) {
            self.fits = amounts.len() as u32;
            self.amounts = amounts;
            // What was taken alone need not be taken after other uses.
            if self.used(writer, 0, self.fits).is_none() {
                self.fits = as_it_was;
                self.amounts.clear();
            }
        }
        self
    }

    /// Large amounts that come to the bound together, each of which the flow takes by itself.
    fn fewest(&self, writer: &Writer) -> Option<Vec<i64>> {
        let field = self.amount_field(writer)?;
        let bound = self.bound_of(writer)?;
        let kind = writer.model.kind(field.kind);
        let most = kind.constraints.iter().find_map(|constraint| match constraint.rule {
            Rule::Range { max, .. } => max,
            _ => None,
        });
        let universe = &writer.situations.all[self.situation].universe;
        let is_taken = |amount: i64| {
            let mut step = at(&self.way.step, universe.now());
            put(&mut step, &field.name, sent(&kind.kind, amount));
            let taken = writer.explorer.runner.take(universe, &step);
            amount > 0 && taken.is_some_and(|taken| self.uses(&taken.visited))
        };
        let parts = (1..=PARTS).map(|parts| bound / parts);
        let large =
            most.into_iter().filter(|most| *most <= bound).chain(parts).find(|large| is_taken(*large))?;
        let rest = bound % large;
        let mut amounts = vec![large; usize::try_from(bound / large).ok()?];
        if rest > 0 {
            amounts.push(is_taken(rest).then_some(rest)?);
        }
        (amounts.len() < self.fits as usize).then_some(amounts)
    }

    /// An input as a use with the amount of the n-th.
    pub(super) fn with_amount(&self, writer: &Writer, step: &Step, n: u32) -> Step {
        let mut step = step.clone();
        let amount = self.amounts.iter().cycle().nth(n as usize % self.amounts.len().max(1));
        if let (Some(amount), Some(field)) = (amount, self.amount_field(writer)) {
            put(&mut step, &field.name, sent(&writer.model.kind(field.kind).kind, *amount));
        }
        step
    }

    /// Where the amount is a field: uses that leave a little, and one that is more than what is left but less than what was
    /// used before.
    pub(super) fn overshot(&self, writer: &mut Writer) {
        let Some(field) = self.amount_field(writer) else { return };
        let kind = &writer.model.kind(field.kind).kind;
        let of = |n| integer(kind, &writer.explorer.values.nth(field.kind, n)?);
        let (Some(least), Some(next), Some(last)) = (of(0), of(1), self.amounts.last()) else { return };
        let Some(shortened) = last.checked_sub(least).filter(|amount| *amount >= least) else { return };
        let Some(mut run) = self.used(writer, 0, self.fits - 1) else { return };
        for amount in [shortened, next] {
            let mut step = self.way.step.clone();
            put(&mut step, &field.name, sent(kind, amount));
            if !self.ready(writer, &mut run, 0, false) || !self.send(writer, &mut run, &step, 0, false) {
                return;
            }
        }
        self.test(writer, &run, "a use of more than is left".to_owned());
    }

    /// Where the amount is a field: just under the bound, at it and just over it.
    pub(super) fn at_once(&self, writer: &mut Writer) {
        let (Some(field), Some(bound)) = (self.amount_field(writer), self.bound_of(writer)) else { return };
        let kind = &writer.model.kind(field.kind).kind;
        for amount in [bound.saturating_sub(1), bound, bound.saturating_add(1)] {
            let mut run = Run { thread: writer.at(self.situation), session: SESSION, uses: 0 };
            let mut step = at(&self.way.step, run.thread.universe.now());
            put(&mut step, &field.name, sent(kind, amount));
            if writer.go(&mut run.thread, step) {
                let drill = Drill { amounts: Vec::new(), ..self.clone() };
                drill.both(writer, &run, 0, &format!("{amount} in minor units at once"));
            }
        }
    }

    /// The field that says how much is used, if one does.
    fn amount_field<'m>(&self, writer: &Writer<'m>) -> Option<&'m Field> {
        let Expr::Field(field) = &self.gate.amount else { return None };
        writer.model.event(self.handler.event).fields.get(usize::from(*field))
    }

    fn bound_of(&self, writer: &Writer) -> Option<i64> {
        let Bound::AtMost(bound) = &self.limit.bound else { return None };
        let universe = &writer.situations.all[self.situation].universe;
        writer.explorer.runner.value(universe, SESSION, bound).as_int()
    }
}

/// How much of a limit an input uses.
pub(super) fn of(writer: &Writer, handler: &Handler, gate: &Gate, way: &Move) -> Option<i64> {
    let field = match &gate.amount {
        Expr::Const(amount) => return amount.as_int(),
        Expr::Field(field) => &writer.model.event(handler.event).fields[usize::from(*field)],
        _ => return None,
    };
    let (_, term) = way.draft.fields.iter().find(|(name, _)| *name == field.name)?;
    let Term::Value(value) = term else { return None };
    integer(&writer.model.kind(field.kind).kind, value)
}
