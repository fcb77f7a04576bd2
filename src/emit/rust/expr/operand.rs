//! What is computed, compared or kept: fields, remembered values, rows, sums.

use flowspec_runtime::Value;
use flowspec_runtime::model::{AnswerCase, Expr, Field, RowId, TypeId};

use super::super::flow::{is_optional, same_case};
use super::super::layout::{Code, code};
use super::super::types::integer;
use super::{Operand, Scope};

impl<'a> Scope<'a> {
    /// A number as `i64`; computed ones are brought within its bounds.
    pub(in crate::emit::rust) fn int(&self, expr: &Expr) -> Code {
        match self.operand(expr) {
            Operand::Number(code) => Code::call("typed::clamped", vec![code]),
            operand => self.narrow(&operand, false),
        }
    }

    /// A number as `i128`.
    pub(in crate::emit::rust) fn wide(&self, expr: &Expr) -> Code {
        self.narrow(&self.operand(expr), true)
    }

    /// A value as it can be had.
    pub(in crate::emit::rust) fn operand(&self, expr: &Expr) -> Operand {
        let flow = self.flow;
        match expr {
            Expr::Const(value) => Operand::Const(value.clone()),
            Expr::Field(index) => self.field(*index),
            Expr::AnswerField(index) => match &self.answer {
                Some((case, local)) => {
                    let field = &case.fields[usize::from(*index)];
                    kept(
                        format!("{local}.{}", self.answer_field(case, *index)),
                        field.kind,
                        is_optional(field),
                    )
                }
                None => Operand::Const(Value::Unset),
            },
            Expr::Variable(index) => {
                let (name, optional) = &flow.variables[usize::from(*index)];
                kept(
                    format!("{}.{name}", self.session),
                    flow.model.variables[usize::from(*index)].kind,
                    *optional,
                )
            }
            Expr::Given(index) => {
                let (name, optional) = &flow.givens[usize::from(*index)];
                kept(
                    format!("{}.{name}", self.session),
                    flow.model.givens[usize::from(*index)].kind,
                    *optional,
                )
            }
            Expr::Choice(choice) => {
                let name = &flow.choices[usize::from(*choice)];
                kept(format!("{}.{name}", self.shared), flow.model.choices[usize::from(*choice)].kind, false)
            }
            Expr::Output { output, field } => {
                let name = flow.last.get(&(*output, *field)).map(String::as_str).unwrap_or_default();
                let kind = flow.model.outputs[usize::from(*output)].fields[usize::from(*field)].kind;
                kept(format!("{}.{name}", self.session), kind, true)
            }
            Expr::Attribute { row, attribute } => {
                let record = flow.model.rows[usize::from(*row)].record;
                match self.row_calls(*row) {
                    Some((head, mut calls)) => {
                        let (name, kind) = self.attribute_names(record, *attribute);
                        calls.push(format!(".and_then(|row| row.{name}.as_ref())").into());
                        Operand::Found { by_ref: Code::chain(head.into(), calls), kind }
                    }
                    None => self.attribute(record, *attribute, self.row(*row)),
                }
            }
            Expr::Asked(attribute) => match &self.asked {
                Some((record, local)) => self.attribute(*record, *attribute, local.clone().into()),
                None => Operand::Const(Value::Unset),
            },
            Expr::RowKey(row) => match self.key(*row) {
                Some(key) => self.operand(key),
                None => Operand::Const(Value::Unset),
            },
            Expr::Now => Operand::Now(self.now),
            Expr::Add(a, b) => self.sum(a, " + ", b),
            Expr::Subtract(a, b) => self.sum(a, " - ", b),
            Expr::Multiply(a, by) => Operand::Number(code![self.factor(a), " * ", integer(*by)]),
            Expr::Percent { percent, of, rounding } => Operand::Number(Code::call(
                "percent_of",
                vec![integer(*percent).into(), self.wide(of), format!("Rounding::{rounding:?}").into()],
            )),
            Expr::DateOf { instant, offset } => Operand::Number(Code::call(
                "date_of",
                vec![self.wide(instant), integer((*offset).into()).into()],
            )),
            Expr::Aggregate { over, of, filter, .. } => {
                Operand::Number(self.added_up(over, of.as_deref(), filter.as_deref()))
            }
            Expr::Item => match self.item {
                Some(kind) => Operand::Plain { place: self.item_place(kind), kind },
                None => Operand::Const(Value::Unset),
            },
            Expr::ItemField(index) => self.item_field(*index),
            Expr::Number(set) => {
                let set = self.operand(set);
                Operand::Number(match (&set, set.found()) {
                    (Operand::Plain { place, .. }, _) => format!("{place}.len() as i128").into(),
                    (_, Some(found)) => code!["(", found, ".map_or(0, |value| value.len()) as i128)"],
                    _ => "0".into(),
                })
            }
            _ => Operand::Truth(self.condition(expr)),
        }
    }

    fn sum(&self, a: &Expr, sign: &str, b: &Expr) -> Operand {
        let left = self.wide(a);
        let right = if matches!(b, Expr::Add(..) | Expr::Subtract(..)) {
            code!["(", self.wide(b), ")"]
        } else {
            self.wide(b)
        };
        Operand::Number(Code::joined(sign.trim(), vec![left, right]))
    }

    fn factor(&self, expr: &Expr) -> Code {
        if matches!(expr, Expr::Add(..) | Expr::Subtract(..)) {
            code!["(", self.wide(expr), ")"]
        } else {
            self.wide(expr)
        }
    }

    fn field(&self, index: u16) -> Operand {
        let Some(event) = self.event else { return Operand::Const(Value::Unset) };
        let field: &Field = &self.flow.model.event(event).fields[usize::from(index)];
        let Some(names) = &self.flow.events[usize::from(event)] else { return Operand::Const(Value::Unset) };
        let name = &names.fields[usize::from(index)];
        match &self.fields {
            Some(local) => kept(format!("{local}.{name}"), field.kind, is_optional(field)),
            None => kept(name.clone(), field.kind, true),
        }
    }

    fn answer_field(&self, case: &AnswerCase, index: u16) -> String {
        let cases = self.flow.answers.values().flat_map(|answers| &answers.cases);
        let known = cases.into_iter().find(|(known, ..)| same_case(known, case));
        let fields = known.and_then(|(_, _, fields)| fields.as_ref());
        fields.map(|fields| fields.fields[usize::from(index)].clone()).unwrap_or_default()
    }

    fn attribute(&self, record: u16, attribute: u16, row: Code) -> Operand {
        let (name, kind) = self.attribute_names(record, attribute);
        Operand::Found { by_ref: code![row, format!(".and_then(|row| row.{name}.as_ref())")], kind }
    }

    fn attribute_names(&self, record: u16, attribute: u16) -> (&str, TypeId) {
        let name = &self.flow.records[usize::from(record)].attributes[usize::from(attribute)];
        (name, self.flow.model.records[usize::from(record)].attributes[usize::from(attribute)].kind)
    }

    /// Looking a row up under a key that always has a value: where that begins, and each call of the chain.
    pub(super) fn row_calls(&self, row: RowId) -> Option<(&'static str, Vec<Code>)> {
        if self.rows.contains_key(&row) {
            return None;
        }
        let Operand::Plain { place, .. } = self.operand(self.key(row)?) else { return None };
        let (head, rest) = self.shared.split_once('.').unwrap_or((self.shared, ""));
        let record = self.flow.model.rows[usize::from(row)].record;
        let fields = rest.split('.').filter(|field| !field.is_empty());
        let fields = fields.chain([self.flow.records[usize::from(record)].table.as_str()]);
        let mut calls: Vec<Code> = fields.map(|field| format!(".{field}").into()).collect();
        calls.push(format!(".get(&{place})").into());
        Some((head, calls))
    }

    /// The key of a row, as it reads here.
    pub(in crate::emit::rust) fn key(&self, row: RowId) -> Option<&'a Expr> {
        let binding = &self.flow.model.rows[usize::from(row)];
        let in_event = self.event.and_then(|event| binding.key_in.get(usize::from(event)));
        in_event.and_then(Option::as_ref).or(binding.key.as_ref())
    }

    /// A row, as an `Option` of a reference.
    pub(in crate::emit::rust) fn row(&self, row: RowId) -> Code {
        if let Some(local) = self.rows.get(&row) {
            return local.clone().into();
        }
        let binding = &self.flow.model.rows[usize::from(row)];
        let table = format!("{}.{}", self.shared, self.flow.records[usize::from(binding.record)].table);
        let Some(key) = self.key(row) else { return "None".into() };
        let operand = self.operand(key);
        match (&operand, operand.found()) {
            (Operand::Plain { place, .. }, _) => format!("{table}.get(&{place})").into(),
            (_, Some(found)) => code![found, format!(".and_then(|key| {table}.get(key))")],
            _ => "None".into(),
        }
    }
}

fn kept(place: String, kind: TypeId, optional: bool) -> Operand {
    if optional { Operand::Maybe { place, kind } } else { Operand::Plain { place, kind } }
}
