//! Lists: their types, their entries, how they are written, and what is computed over them.

use flowspec_runtime::Value;

use super::builder::Builder;
use super::expr::Typed;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::types::UNKNOWN;
use super::{Aggregate, ElementId, ElementKind, EntryField, Expr, Kind, TypeId};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{
    self, Argument, Expression, ExpressionKind, Name, Path, Range, Statement, StatementKind, TypeReference,
};

/// How many items a list may have.
const MOST: i64 = 64;

impl<'a> Builder<'a> {
    pub(super) fn list_type(&mut self, length: &'a Range, item: &'a TypeReference) -> TypeId {
        let of = self.type_or_entry(item);
        let bounds = self.bounds(length, &Sort::Int);
        let (Some((min, max, span)), true) = (bounds, of != UNKNOWN) else { return UNKNOWN };
        if matches!(self.model.kind(of).kind, Kind::List { .. } | Kind::Set { .. }) {
            let finding = self.finding(codes::WRONG_TYPE, item.span, "a list holds no lists and no sets");
            self.report(finding.help("declare an `entry` with a field for what belongs together"));
            return UNKNOWN;
        }
        let (Some(max), true) = (max.filter(|max| (1..=MOST).contains(max)), min >= 0) else {
            let finding = self.finding(codes::MISFIT_CONSTRAINT, span, "a list has at most 64 items");
            self.report(finding.help("write the least and the greatest number: `list 1..64 of …`"));
            return UNKNOWN;
        };
        let count = |bound: i64| u32::try_from(bound).unwrap_or_default();
        self.nameless(Kind::List { of, min: count(min), max: count(max) })
    }

    /// What an entry is made of; nothing where it has no fields.
    pub(super) fn entry_type(&mut self, statement: &'a Statement, parent: ElementId) -> Option<Kind> {
        let mut fields: Vec<EntryField> = Vec::new();
        for child in statement.children() {
            let StatementKind::Field(field) = &child.kind else { continue };
            let path = self.below(parent, field.name.as_str());
            let element = self.element(ElementKind::Field, path, child, Some(parent));
            self.only_plain(field, "a field of an entry", &["?"]);
            if let Some(first) = fields.iter().find(|first| first.name == field.name.text) {
                let first = self.place(first.element).name;
                self.report(names::duplicate("field", field.name.as_str(), self.at(field.name.span), first));
                continue;
            }
            let kind = self.type_of(&field.of);
            if kind != UNKNOWN && matches!(self.model.kind(kind).kind, Kind::List { .. }) {
                let finding = self.finding(codes::WRONG_TYPE, field.of.span, "an entry holds no lists");
                self.report(finding.help("keep what belongs to an entry in fields of its own"));
                return None;
            }
            fields.push(EntryField {
                name: field.name.text.clone(),
                element,
                kind,
                optional: field.optional,
            });
        }
        if fields.is_empty() {
            let finding = self.finding(codes::WRONG_TYPE, statement.head, "this entry has no fields");
            self.report(finding.help("write its fields below it: `field price: money EUR`"));
            return None;
        }
        fields.iter().all(|field| field.kind != UNKNOWN).then_some(Kind::Entry { fields })
    }

    /// A set of words, or a list, as it is written in brackets.
    pub(super) fn in_brackets(
        &mut self,
        items: &'a [Expression],
        want: Option<&Sort>,
        span: Span,
        scope: &Scope,
    ) -> Typed {
        match want {
            Some(Sort::Set(of)) => self.set_of_words(items, *of, scope),
            Some(Sort::List(of)) => {
                let values: Vec<_> = items.iter().map(|item| self.item(item, *of)).collect();
                match values.into_iter().collect::<Option<Vec<_>>>() {
                    Some(values) => Typed::new(Expr::Const(Value::List(values)), Sort::List(*of)),
                    None => Typed::broken(),
                }
            }
            _ => {
                let finding = self.finding(codes::WRONG_TYPE, span, "nothing here says what these are");
                self.report(finding.help("brackets stand where a set or a list is needed"));
                Typed::broken()
            }
        }
    }

    /// Words in the order of their type's members.
    fn set_of_words(&mut self, items: &'a [Expression], of: TypeId, scope: &Scope) -> Typed {
        let order = self.words(of);
        let mut found: Vec<(usize, Value)> = Vec::new();
        for item in items {
            let name = match &item.bare().kind {
                ExpressionKind::Path(path) => path.single(),
                _ => None,
            };
            let Some(name) = name else {
                let finding = self.finding(codes::WRONG_TYPE, item.span, "a set is made of words");
                self.report(finding.help("write words of the enumeration: `[face, question]`"));
                return Typed::broken();
            };
            if let Expr::Const(Value::Text(text)) = self.word(&name, of, scope).expr {
                let place = order.iter().position(|member| *member == text).unwrap_or(order.len());
                found.push((place, Value::Text(text)));
            }
        }
        found.sort();
        found.dedup();
        let members = found.into_iter().map(|(_, word)| word).collect();
        Typed::new(Expr::Const(Value::List(members)), Sort::Set(of))
    }

    /// An item of a list, which is a constant.
    fn item(&mut self, item: &'a Expression, of: TypeId) -> Option<Value> {
        if let Kind::Entry { fields } = &self.model.kind(of).kind {
            let fields = fields.clone();
            return match &item.kind {
                ExpressionKind::Entry(arguments) => self.entry_of(item, arguments, &fields),
                _ => {
                    let finding =
                        self.finding(codes::WRONG_TYPE, item.span, "an entry is written by its fields");
                    self.report(finding.help(format!("write `({} = …)`", fields[0].name)));
                    None
                }
            };
        }
        let sort = Sort::of(&self.model, of);
        self.constant(item, &sort)
    }

    fn entry_of(
        &mut self,
        entry: &Expression,
        given: &'a [Argument],
        fields: &[EntryField],
    ) -> Option<Value> {
        for argument in given {
            if !fields.iter().any(|field| field.name == argument.name.text) {
                let at = self.at(argument.name.span);
                let message = format!("the entry has no field `{}`", argument.name);
                let finding = self.finding(codes::UNKNOWN_NAME, argument.name.span, message);
                let known = self.candidates(fields.iter().map(|field| field.name.as_str()));
                self.report(names::suggest(finding, &argument.name, at, known));
                return None;
            }
        }
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let argument = given.iter().find(|argument| argument.name.text == field.name);
            values.push(match argument {
                Some(argument) => {
                    let sort = Sort::of(&self.model, field.kind);
                    self.constant(&argument.value, &sort)?
                }
                None if field.optional => Value::Unset,
                None => {
                    let message = format!("the entry has no `{}`", field.name);
                    let finding = self.finding(codes::WRONG_TYPE, entry.span, message);
                    self.report(finding.help(format!("write it: `{} = …`", field.name)));
                    return None;
                }
            });
        }
        Some(Value::List(values))
    }

    /// `total lines.price where (…)` and its kin.
    pub(super) fn aggregate(
        &mut self,
        how: tree::Aggregate,
        over: &'a Path,
        filter: Option<&'a Expression>,
        expression: &'a Expression,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let parts: Vec<Name> = over.names().collect();
        let (list, field) = match (how, parts.as_slice()) {
            (tree::Aggregate::Total, [list, field]) if self.means_value(list.as_str(), scope) => {
                (self.single(list, None, scope), Some(field))
            }
            (tree::Aggregate::Total, [row, list, field]) => {
                (self.dotted(row, list, scope, known), Some(field))
            }
            _ => (self.path(over, None, scope, known), None),
        };
        let item = match list.sort {
            Sort::List(of) | Sort::Set(of) => of,
            Sort::Unknown => return Typed::broken(),
            other => {
                let is = other.describe(&self.model);
                let message = format!("this looks at the items of a list or a set, and this is {is}");
                let finding = self.finding(codes::WRONG_TYPE, over.span, message);
                self.report(finding.help("name a value that is a `list` or a `set of` words"));
                return Typed::broken();
            }
        };
        let name = self.text(over.span).trim().to_owned();
        self.place_must_be_set(&list.expr, over.span, name, scope, known);
        let inside = Scope { item: Some(item), ..scope.clone() };
        let filter = filter.map(|filter| self.guard(filter, &inside.as_guard(), known));
        let over_expr = Box::new(list.expr);
        match (how, filter) {
            (tree::Aggregate::Number, None) => Typed::new(Expr::Number(over_expr), Sort::Int),
            (tree::Aggregate::Number, filter) => {
                Typed::new(aggregate(Aggregate::Number, over_expr, None, filter), Sort::Int)
            }
            (tree::Aggregate::Total, filter) => {
                self.total(over_expr, item, field, filter, expression, &inside, known)
            }
            (tree::Aggregate::Every | tree::Aggregate::Some, None) => {
                let message = "nothing says what is asked of the items";
                let finding = self.finding(codes::WRONG_TYPE, expression.span, message);
                self.report(
                    finding.help(format!(
                        "write the condition: `{} where (…)`",
                        self.text(expression.span).trim()
                    )),
                );
                Typed::broken()
            }
            (how, filter) => {
                let how = if how == tree::Aggregate::Every { Aggregate::Every } else { Aggregate::Some };
                Typed::new(aggregate(how, over_expr, None, filter), Sort::Bool)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a total is where all of these meet")]
    fn total(
        &mut self,
        over: Box<Expr>,
        item: TypeId,
        field: Option<&Name>,
        filter: Option<Expr>,
        expression: &'a Expression,
        inside: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let of = match (field, &self.model.kind(item).kind) {
            (Some(name), Kind::Entry { .. }) => self.single(name, None, inside),
            (None, Kind::Entry { fields }) => {
                let help = format!("name the field: `total {}.{}`", "list", fields[0].name);
                let finding =
                    self.finding(codes::WRONG_TYPE, expression.span, "nothing says which field is added up");
                self.report(finding.help(help));
                return Typed::broken();
            }
            _ => Typed::new(Expr::Item, Sort::of(&self.model, item)),
        };
        if !matches!(of.sort, Sort::Int | Sort::Money { .. } | Sort::Duration | Sort::Unknown) {
            let is = of.sort.describe(&self.model);
            let finding =
                self.finding(codes::WRONG_TYPE, expression.span, format!("{is} cannot be added up"));
            self.report(finding.help("add up numbers, amounts or durations"));
            return Typed::broken();
        }
        let mut known = known.clone();
        filter.iter().for_each(|filter| known.learn(filter, true));
        let name = field.map_or_else(String::new, |field| field.to_string());
        self.place_must_be_set(&of.expr, expression.span, name, inside, &known);
        let sort = of.sort;
        Typed::new(aggregate(Aggregate::Total, over, Some(of.expr), filter), sort)
    }
}

fn aggregate(how: Aggregate, over: Box<Expr>, of: Option<Expr>, filter: Option<Expr>) -> Expr {
    Expr::Aggregate { how, over, of: of.map(Box::new), filter: filter.map(Box::new) }
}
