//! Actions: `set`, `count`, `uncount`, `reset`, `send`; and `check`, which only gates.

use flowspec_runtime::Value;

use super::builder::Builder;
use super::expr::Typed;
use super::handler::Gates;
use super::knowledge::Knowledge;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::{Action, ElementId, ElementKind, Expr, Gate, Key, LimitId, Target, TypeId};
use crate::diagnostic::codes;
use crate::syntax::tree::{Argument, Expression, Name, Path, Statement, StatementKind};

impl<'a> Builder<'a> {
    /// The actions in a block, in the order of the text.
    pub(super) fn actions(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Vec<Action> {
        self.checks(statement, parent, scope, gates);
        let children = statement.children().iter();
        children.filter_map(|child| self.action(child, parent, scope, known, gates)).collect()
    }

    /// `check` statements of a block: they gate the event and do nothing.
    pub(super) fn checks(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        scope: &Scope,
        gates: &mut Gates,
    ) {
        for child in statement.children() {
            let StatementKind::Check { limit, by } = &child.kind else { continue };
            let path = self.below(parent, &format!("check/{limit}"));
            let element = self.element(ElementKind::Check, path, child, Some(parent));
            if let Some(id) = self.limit(limit) {
                let (key, amount) = self.use_of(id, limit, by.as_deref(), scope);
                self.gate(id, limit, element, key, amount, scope, gates);
            }
        }
    }

    fn action(
        &mut self,
        statement: &'a Statement,
        parent: ElementId,
        scope: &Scope,
        known: &Knowledge,
        gates: &mut Gates,
    ) -> Option<Action> {
        let mut element = |kind, word: &str, name: &str| {
            let path = self.below(parent, &format!("{word}/{name}"));
            self.element(kind, path, statement, Some(parent))
        };
        match &statement.kind {
            StatementKind::Set { target, value } => {
                let element = element(ElementKind::Set, "set", target.as_str());
                self.set(element, target, value.as_deref(), scope, known)
            }
            StatementKind::Count { limit, by } => {
                let element = element(ElementKind::Count, "count", limit.as_str());
                let id = self.limit(limit)?;
                let (key, amount) = self.use_of(id, limit, by.as_deref(), scope);
                self.gate(id, limit, element, key.clone(), amount.clone(), scope, gates);
                Some(Action::Count { element, limit: id, key, amount })
            }
            StatementKind::Uncount { limit, by } => {
                let element = element(ElementKind::Uncount, "uncount", limit.as_str());
                let id = self.limit(limit)?;
                let (key, amount) = self.use_of(id, limit, by.as_deref(), scope);
                Some(Action::Uncount { element, limit: id, key, amount })
            }
            StatementKind::Reset { limit } => {
                let element = element(ElementKind::Reset, "reset", limit.as_str());
                let id = self.limit(limit)?;
                let key = self.key(id, limit, scope);
                Some(Action::Reset { element, limit: id, key })
            }
            StatementKind::Send { output, arguments, when } => {
                let element = element(ElementKind::Send, "send", output.as_str());
                self.send(element, output, arguments, when.as_deref(), scope, known)
            }
            _ => None,
        }
    }

    fn set(
        &mut self,
        element: ElementId,
        path: &'a Path,
        value: Option<&'a Expression>,
        scope: &Scope,
        known: &Knowledge,
    ) -> Option<Action> {
        let (target, kind) = self.target(path, scope, known)?;
        let sort = Sort::of(&self.model, kind);
        let value = match value {
            Some(value) => self.value(value, &sort, scope, known),
            None => self.same_named(path, &sort, scope)?,
        };
        Some(Action::Set { element, target, value })
    }

    /// `set phone` takes the field of the same name.
    fn same_named(&mut self, path: &'a Path, sort: &Sort, scope: &Scope) -> Option<Expr> {
        let name = path.names().last()?;
        let fields = scope.event.map_or(&[][..], |event| &self.model.events[usize::from(event)].fields);
        let field = (0..).zip(fields).find(|(_, field)| field.name == name.text);
        let answer = (0..).zip(&scope.answer).find(|(_, field)| field.name == name.text);
        let (expr, kind) = match (field, answer) {
            (Some((index, field)), _) => (Expr::Field(index), field.kind),
            (None, Some((index, field))) => (Expr::AnswerField(index), field.kind),
            (None, None) => {
                let fields: Vec<_> =
                    fields.iter().chain(&scope.answer).map(|field| field.name.clone()).collect();
                let finding = self.finding(
                    codes::UNKNOWN_NAME,
                    path.span,
                    format!("there is no field `{name}` to set it to"),
                );
                let finding = finding.note("`set x` alone takes the value of the field with the same name");
                let at = self.at(path.span);
                let fields = fields.iter().map(|field| field.as_str());
                let finding = names::suggest(finding, &name, at, self.candidates(fields));
                self.report(finding.help(format!("write the value: `set {path} = …`")));
                return None;
            }
        };
        let found = Typed { sort: Sort::of(&self.model, kind), expr };
        self.expect(&found, sort, path.span).then_some(found.expr)
    }

    fn target(&mut self, path: &'a Path, scope: &Scope, known: &Knowledge) -> Option<(Target, TypeId)> {
        let parts: Vec<Name> = path.names().collect();
        match parts.as_slice() {
            [name] => self.variable(name),
            [first, name] if first.as_str() == "kept" => self.variable(name),
            [row, name] => self.target_attribute(row, name, scope, known),
            _ => {
                self.not_a_target(path);
                None
            }
        }
    }

    fn variable(&mut self, name: &Name) -> Option<(Target, TypeId)> {
        if let Some(index) = self.names.variables.get(name.as_str()) {
            return Some((Target::Variable(*index), self.model.variables[usize::from(*index)].kind));
        }
        let at = self.at(name.span);
        let given = self.names.givens.contains_key(name.as_str());
        let message = match given {
            true => format!("`{name}` is given when a session is opened and does not change"),
            false => format!("nothing is remembered as `{name}`"),
        };
        let finding = self.finding(codes::NOT_A_TARGET, name.span, message);
        let known = self.candidates(self.names.variables.keys().copied());
        let declare = format!("to keep a value, declare it in the flow: `remember {name}: …`");
        self.report(names::suggest_or(finding, name, at, known, declare));
        None
    }

    fn target_attribute(
        &mut self,
        row: &Name,
        name: &Name,
        scope: &Scope,
        known: &Knowledge,
    ) -> Option<(Target, TypeId)> {
        let Some(id) = self.names.rows.get(row.as_str()).copied() else {
            let at = self.at(row.span);
            let finding = self.finding(
                codes::NOT_A_TARGET,
                row.span,
                format!("the flow looks at no row named `{row}`"),
            );
            let known: Vec<&str> = self.names.rows.keys().copied().collect();
            self.report(names::suggest(finding, row, at, self.candidates(known)));
            return None;
        };
        let key = self.row_key(id, row.span, scope, known);
        self.key_must_be_set(id, &key, row, scope, known);
        let record = &self.model.records[usize::from(self.model.rows[usize::from(id)].record)];
        let found = (0..).zip(&record.attributes).find(|(_, found)| found.name == name.text);
        if let Some((attribute, found)) = found {
            return Some((Target::Attribute { row: id, attribute }, found.kind));
        }
        let at = self.at(name.span);
        let known: Vec<_> = record.attributes.iter().map(|known| known.name.clone()).collect();
        let finding = self.finding(
            codes::UNKNOWN_NAME,
            name.span,
            format!("`{row}` has no attribute `{name}` that could be set"),
        );
        self.report(names::suggest(
            finding,
            name,
            at,
            self.candidates(known.iter().map(|known| known.as_str())),
        ));
        None
    }

    fn not_a_target(&mut self, path: &Path) {
        let finding = self.finding(codes::NOT_A_TARGET, path.span, format!("`{path}` cannot be set"));
        self.report(
            finding.help("set a remembered value, or an attribute of a row: `set account.level = …`"),
        );
    }

    fn send(
        &mut self,
        element: ElementId,
        output: &Name,
        arguments: &'a [Argument],
        when: Option<&'a Expression>,
        scope: &Scope,
        known: &Knowledge,
    ) -> Option<Action> {
        let mut known = known.clone();
        let when = when.map(|when| self.guard(when, &scope.as_guard(), &known));
        when.iter().for_each(|when| known.learn(when, true));
        let id = self.output(output)?;
        let mut fields: Vec<(u16, Expr)> = Vec::new();
        for argument in arguments {
            let Some((field, kind)) = self.parameter(id, output, &argument.name) else { continue };
            let sort = Sort::of(&self.model, kind);
            let value = self.set_value(&argument.value, &sort, scope, &known);
            if fields.iter().any(|(given, _)| *given == field) {
                let finding = self.finding(
                    codes::DUPLICATE_NAME,
                    argument.name.span,
                    format!("`{}` is given twice", argument.name),
                );
                self.report(finding.help("leave one of them out"));
            }
            fields.push((field, value));
        }
        Some(Action::Send { element, output: id, fields, when })
    }

    /// The field of an output that an argument is for.
    fn parameter(&mut self, id: u16, output: &Name, name: &Name) -> Option<(u16, TypeId)> {
        let fields = &self.model.outputs[usize::from(id)].fields;
        let found = (0..).zip(fields).find(|(_, field)| field.name == name.text);
        if let Some((index, field)) = found {
            if !field.chosen {
                return Some((index, field.kind));
            }
            let declared = self.place(field.element).name;
            let finding =
                self.finding(codes::NOT_A_TARGET, name.span, format!("the implementation chooses `{name}`"));
            self.report(finding.label(declared, "`chosen` here").help("leave it out of the parentheses"));
            return None;
        }
        let known: Vec<_> =
            fields.iter().filter(|field| !field.chosen).map(|field| field.name.clone()).collect();
        let at = self.at(name.span);
        let finding =
            self.finding(codes::UNKNOWN_NAME, name.span, format!("`{output}` has no field `{name}`"));
        self.report(names::suggest(
            finding,
            name,
            at,
            self.candidates(known.iter().map(|known| known.as_str())),
        ));
        None
    }

    fn limit(&mut self, name: &Name) -> Option<LimitId> {
        if let Some(id) = self.names.limits.get(name.as_str()) {
            return Some(*id);
        }
        let at = self.at(name.span);
        let known: Vec<&str> = self.model.limits.iter().map(|limit| limit.name.as_str()).collect();
        let finding =
            self.finding(codes::UNKNOWN_DECLARATION, name.span, format!("there is no limit named `{name}`"));
        let declare = format!("declare it in the flow: `limit {name}: 5 per … refuse …`");
        let finding = names::suggest_or(finding, name, at, self.candidates(known), declare);
        self.report(finding);
        self.gap(name.span);
        None
    }

    /// Whose use it is, and how much.
    fn use_of(&mut self, id: LimitId, name: &Name, by: Option<&'a Expression>, scope: &Scope) -> (Key, Expr) {
        let key = self.key(id, name, scope);
        let limit = &self.model.limits[usize::from(id)];
        let (sort, declared) = (Sort::of(&self.model, limit.kind), self.place(limit.element).name);
        let amount = match by {
            Some(by) => self.set_value(by, &sort, scope, &Knowledge::default()),
            None if matches!(sort, Sort::Int | Sort::Unknown) => Expr::Const(Value::Int(1)),
            None => {
                let what = sort.describe(&self.model);
                let finding = self.finding(
                    codes::WRONG_TYPE,
                    name.span,
                    format!("`{name}` adds up {what}, and nothing says how much this is"),
                );
                self.report(
                    finding
                        .label(declared, "declared here")
                        .help(format!("write the amount: `by …` after `{name}`")),
                );
                super::expr::BROKEN
            }
        };
        (key, amount)
    }

    /// The key of a limit as it reads at a place.
    fn key(&mut self, id: LimitId, name: &Name, scope: &Scope) -> Key {
        let path = self.limits[usize::from(id)].per.as_ref();
        let unknown = path.and_then(Path::single).filter(|single| {
            single.as_str() != "session" && !self.means_value(single.as_str(), &scope.as_key())
        });
        if let Some(path) = unknown {
            let declared = self.place(self.model.limits[usize::from(id)].element).name;
            let message = format!("`{name}` is counted per `{path}`, and nothing here is named `{path}`");
            let finding =
                self.finding(codes::UNKNOWN_KEY, name.span, message).label(declared, "declared here");
            self.report(finding.help(format!(
                "declare a field `{path}` in this event, or remember it: `remember {path}: …`"
            )));
            return Key::Universe;
        }
        let key = self.limit_key(path, &scope.as_key());
        if key == Key::Value(super::expr::BROKEN) {
            return Key::Universe;
        }
        self.same_key(id, &key, name);
        key
    }
}

impl<'a> Builder<'a> {
    /// Notes that an event is gated by a limit; its key and amount are the same wherever the event counts it.
    #[expect(clippy::too_many_arguments, reason = "a gate is made of these, and is noted at two places")]
    fn gate(
        &mut self,
        limit: LimitId,
        name: &Name,
        element: ElementId,
        key: Key,
        amount: Expr,
        scope: &Scope,
        gates: &mut Gates,
    ) {
        let Some(gates) = gates else { return };
        if mentions_answer(&amount) || matches!(&key, Key::Value(key) if mentions_answer(key)) {
            let finding = self.finding(
                codes::UNKNOWN_KEY,
                name.span,
                format!("`{name}` is judged before the answer is there"),
            );
            self.report(finding.help("use fields of the event, or what is remembered"));
            return;
        }
        self.rows_of_limit(limit, name, scope);
        match gates.iter().find(|gate| gate.limit == limit) {
            None => gates.push(Gate { limit, element, key, amount, actions: Vec::new() }),
            Some(first) if first.amount == amount && first.key == key => {}
            Some(first) => {
                let first = self.place(first.element).head;
                let message = format!("one event counts `{name}` with two amounts");
                let finding =
                    self.finding(codes::TWO_AMOUNTS, name.span, message).label(first, "another amount here");
                let finding = finding
                    .note("a limit is judged before the branches, so the amount must be known by then");
                self.report(finding.help("write the same amount in every branch"));
            }
        }
    }
}

fn mentions_answer(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |part| found |= matches!(part, Expr::AnswerField(_)));
    found
}
