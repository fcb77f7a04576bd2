//! Lists that make a difference: items on both sides of what conditions ask of them, lengths and totals at their bounds.

use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{Aggregate, EntryField, Expr, Handler, Kind, TypeId};
use flowspec_runtime::suite::Term;
use flowspec_runtime::values::sent;
use flowspec_runtime::{SessionId, Value};

use super::{Explorer, rivals};

/// How many lists are tried for a field.
const MOST: usize = 40;

/// A list that a handler looks at.
struct Looked<'m> {
    of: TypeId,
    min: u32,
    max: u32,
    fields: &'m [EntryField],
}

impl Explorer<'_> {
    /// Lists for a field that the handler tells apart here; none where the field is no list.
    pub(super) fn lists(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        index: u16,
        kind: TypeId,
    ) -> Vec<Term> {
        let Kind::List { of, min, max } = self.model.kind(kind).kind else { return Vec::new() };
        let fields = if let Kind::Entry { fields } = &self.model.kind(of).kind { fields } else { &[][..] };
        let list = Looked { of, min, max, fields };
        let value = |expr: &Expr| match rivals::reads_fields(expr) {
            true => None,
            false => self.runner.value(universe, session, expr).as_int(),
        };
        let mut found = Vec::new();
        for guard in rivals::guards(self.model, handler) {
            guard.each(&mut |expr| self.beside_aggregate(expr, index, &list, &value, &mut found));
        }
        for field in fields {
            let values = (0..8).map_while(|n| self.values.nth(field.kind, n));
            found.extend(values.filter_map(|value| self.with_item(&list, field, value)));
        }
        found.truncate(MOST);
        found.into_iter().map(Term::Value).collect()
    }

    /// Lists on both sides of what an aggregate over the field is compared with, or of what it asks of an item.
    fn beside_aggregate(
        &self,
        expr: &Expr,
        index: u16,
        list: &Looked,
        value: &dyn Fn(&Expr) -> Option<i64>,
        found: &mut Vec<Value>,
    ) {
        match expr {
            Expr::Compare { left, right, .. } => {
                for (aggregate, with) in [(left, right), (right, left)] {
                    let Some(bound) = value(with) else { continue };
                    match &**aggregate {
                        Expr::Number(over) if **over == Expr::Field(index) => {
                            let lengths = [bound, bound - 1, bound + 1].map(u32::try_from);
                            found.extend(
                                lengths.into_iter().flatten().filter_map(|n| self.of_length(list, n)),
                            );
                        }
                        Expr::Aggregate { how: Aggregate::Total, over, of: Some(of), .. }
                            if **over == Expr::Field(index) =>
                        {
                            for total in [bound, bound - 1, bound + 1] {
                                found.extend(self.of_total(list, of, total));
                            }
                        }
                        _ => {}
                    }
                }
            }
            Expr::Aggregate { over, filter: Some(filter), .. } if **over == Expr::Field(index) => {
                filter.each(&mut |part| {
                    let Expr::Compare { left, right, .. } = part else { return };
                    let pair = match (&**left, &**right) {
                        (Expr::ItemField(field), with) | (with, Expr::ItemField(field)) => {
                            Some((field, with))
                        }
                        _ => None,
                    };
                    let Some((field, with)) = pair else { return };
                    let Some(field) = list.fields.get(usize::from(*field)) else { return };
                    let kind = &self.model.kind(field.kind).kind;
                    let around = value(with).map(|bound| [bound, bound - 1, bound + 1]);
                    for int in around.into_iter().flatten() {
                        found.extend(self.with_item(list, field, sent(kind, int)));
                    }
                });
            }
            _ => {}
        }
    }

    /// An ordinary list of a length that the type takes.
    fn of_length(&self, list: &Looked, length: u32) -> Option<Value> {
        if !(list.min..=list.max).contains(&length) {
            return None;
        }
        let item = |n| self.values.nth(list.of, n).or_else(|| self.values.nth(list.of, 0));
        (0..length).map(item).collect::<Option<_>>().map(Value::List)
    }

    /// A list whose first item has a value in one field.
    fn with_item(&self, list: &Looked, field: &EntryField, value: Value) -> Option<Value> {
        let Value::List(mut items) = self.of_length(list, list.min.max(1))? else { return None };
        if let Some(Value::Object(first)) = items.first_mut() {
            first.insert(field.name.clone(), value);
        }
        Some(Value::List(items))
    }

    /// Lists whose items add up to a total: as few items as may be, and two.
    fn of_total(&self, list: &Looked, of: &Expr, total: i64) -> Vec<Value> {
        let field = match of {
            Expr::ItemField(field) => list.fields.get(usize::from(*field)),
            _ => None,
        };
        let kind = &self.model.kind(field.map_or(list.of, |field| field.kind)).kind;
        let mut found = Vec::new();
        for count in [list.min.max(1), 2, list.max] {
            let Some(Value::List(mut items)) = self.of_length(list, count) else { continue };
            let share = total / i64::from(count);
            let mut rest = total;
            let last = items.len().saturating_sub(1);
            for (n, item) in items.iter_mut().enumerate() {
                let part = if n == last { rest } else { share };
                rest -= part;
                match (field, item) {
                    (Some(field), Value::Object(item)) => {
                        item.insert(field.name.clone(), sent(kind, part));
                    }
                    (_, item) => *item = sent(kind, part),
                }
            }
            found.push(Value::List(items));
        }
        found
    }
}
