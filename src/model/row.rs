//! Rows that a flow looks at, and what their keys mean at each reading.

use super::builder::{Builder, RowHead, index};
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::{ElementKind, Expr, RowBinding};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{Name, Path, Statement};
use std::mem::discriminant;

impl<'a> Builder<'a> {
    /// `row account by login`.
    pub(super) fn row(&mut self, statement: &'a Statement, record: &'a Name, by: &'a Path) {
        let path = format!("row/{record}");
        let element = self.element(ElementKind::Row, path, statement, Some(self.model.element));
        let Some(id) = self.record(record) else { return };
        if let Some(row) = self.same_row(id, by) {
            self.names.rows.insert(record.as_str(), row);
            return;
        }
        if let Some(first) = self.names.rows.get(record.as_str()) {
            let first = self.place(self.model.rows[usize::from(*first)].element).name;
            self.report(names::duplicate("row", record.as_str(), self.at(record.span), first));
            return;
        }
        if by.first() == record.as_str() {
            let finding =
                self.finding(codes::UNKNOWN_KEY, by.span, "a row's key cannot be read from the row itself");
            self.report(finding.help("name a field, a given or a remembered value"));
            return;
        }
        let key_path = by.text.clone();
        self.model.rows.push(RowBinding { record: id, element, key_path, key: None, key_in: Vec::new() });
        self.rows.push(RowHead { by, frame: self.frame, meant: None });
        self.names.rows.insert(record.as_str(), index(self.model.rows.len() - 1));
    }

    /// The row that a part's caller looks at, where the part looks at the same.
    fn same_row(&mut self, record: u16, by: &'a Path) -> Option<u16> {
        let name = by.single().filter(|_| self.frame != 0)?;
        let session = Scope::session();
        if !self.means_value(name.as_str(), &session) {
            return None;
        }
        let key = self.path(by, None, &session, &Knowledge::default()).expr;
        (0..self.rows.len())
            .find(|row| {
                self.model.rows[*row].record == record && self.key_of_caller(*row) == Some(key.clone())
            })
            .map(index)
    }

    fn key_of_caller(&mut self, row: usize) -> Option<Expr> {
        let (by, frame) = (self.rows[row].by, self.rows[row].frame);
        let name = by.single()?;
        self.in_frame(frame, |builder| {
            let session = Scope::session();
            let known = builder.means_value(name.as_str(), &session);
            known.then(|| builder.path(by, None, &session, &Knowledge::default()).expr)
        })
    }

    /// The key of a row as it reads at a place; says so where it cannot be read there.
    pub(super) fn row_key(&mut self, row: u16, at: Span, scope: &Scope, known: &Knowledge) -> Expr {
        let frame = self.rows[usize::from(row)].frame;
        if frame != self.frame {
            return self.in_frame(frame, |builder| builder.row_key(row, at, scope, known));
        }
        if scope.limit {
            return super::expr::BROKEN;
        }
        let by = self.rows[usize::from(row)].by;
        if by.single().is_some_and(|name| !self.means_value(name.as_str(), &scope.as_key())) {
            self.unknown_key(row, at, by);
            return super::expr::BROKEN;
        }
        let plain = scope.as_key();
        let typed = self.path(by, None, &plain, known);
        let record = self.model.rows[usize::from(row)].record;
        let wanted = super::sort::Sort::of(&self.model, self.model.records[usize::from(record)].key_kind);
        if !typed.sort.fits(&wanted, &self.model) && self.rows[usize::from(row)].meant.is_none() {
            self.expect(&typed, &wanted, by.span);
        }
        self.same_meaning(row, &typed.expr, at);
        typed.expr
    }

    /// A row can only be written where its key is set; where the row is known to exist, it is.
    pub(super) fn key_must_be_set(
        &mut self,
        row: u16,
        key: &Expr,
        name: &Name,
        scope: &Scope,
        known: &Knowledge,
    ) {
        if !known.row_exists(row) {
            let by = self.rows[usize::from(row)].by.to_string();
            self.place_must_be_set(key, name.span, by, scope, known);
        }
    }

    fn unknown_key(&mut self, row: u16, at: Span, by: &Path) {
        let declared = self.place(self.model.rows[usize::from(row)].element).head;
        let message = format!("which row this is cannot be known here: nothing here is named `{by}`");
        let finding =
            self.finding(codes::UNKNOWN_KEY, at, message).label(declared, "the row's key is named here");
        self.report(
            finding.help(format!("declare a field `{by}` before this, or remember it: `remember {by}: …`")),
        );
    }

    fn same_meaning(&mut self, row: u16, key: &Expr, at: Span) {
        let here = self.at(at);
        let head = &mut self.rows[usize::from(row)];
        let Some((first, place)) = &head.meant else {
            head.meant = Some((key.clone(), here));
            return;
        };
        if discriminant(first) != discriminant(key) {
            let place = *place;
            let message =
                format!("`{}` means one thing here and another elsewhere, so the row would change", head.by);
            let finding = self.finding(codes::KEY_DIFFERS, at, message).here(describe(key));
            let finding = finding.label(place, "it means something else here");
            self.report(finding.help("give the field another name than the value that is remembered"));
        }
    }

    /// Fills in what each row's key means outside events and in each event.
    pub(super) fn row_keys(&mut self) {
        for row in 0..self.rows.len() {
            let frame = self.rows[row].frame;
            self.in_frame(frame, |builder| builder.row_keys_of(row));
        }
    }

    fn row_keys_of(&mut self, row: usize) {
        let by = self.rows[row].by;
        let record = self.model.rows[row].record;
        let wanted = super::sort::Sort::of(&self.model, self.model.records[usize::from(record)].key_kind);
        let readable = |builder: &Self, scope: &Scope| {
            by.single().is_none_or(|name| builder.means_value(name.as_str(), scope))
        };
        let session = Scope::session();
        let key = readable(self, &session).then(|| self.path(by, None, &session, &Knowledge::default()));
        let key = key.filter(|typed| typed.sort.fits(&wanted, &self.model)).map(|typed| typed.expr);
        let key_in = (0..self.model.events.len()).map(|event| {
            let fields = &self.model.events[event].fields;
            let field = (0..).zip(fields).find(|(_, field)| field.name == by.text);
            field.map(|(index, _)| Expr::Field(index)).or_else(|| key.clone())
        });
        self.model.rows[row].key_in = key_in.collect();
        self.model.rows[row].key = key;
    }
}

fn describe(key: &Expr) -> &'static str {
    match key {
        Expr::Field(_) => "it is a field of the event here",
        Expr::AnswerField(_) => "it is a field of the answer here",
        Expr::Variable(_) => "it is what is remembered here",
        Expr::Given(_) => "it is what was given here",
        _ => "it is read here",
    }
}
