//! Conditions in words.

use flowspec_runtime::Value;
use flowspec_runtime::model::{
    Aggregate, Comparison, EntryField, Expr, Kind, OutputField, Record, Rounding, RowId, TypeId, Variable,
};

use super::{Scope, Words, fill};

impl<'m> Words<'m> {
    /// A condition as a clause: “*Code* is the one in *Text message*”.
    pub(crate) fn guard(&self, guard: &Expr, scope: Scope<'m>) -> String {
        let say = self.say;
        match guard {
            Expr::And(parts) => self.joined(parts, say.and, scope),
            Expr::Or(parts) => self.joined(parts, say.or, scope),
            Expr::Not(inner) => self.opposite(inner, scope),
            Expr::Compare { how, left, right } => self.compared(*how, left, right, scope),
            Expr::In { word, set } => self.two(say.among, word, set, scope),
            Expr::IsSet(value) => match **value {
                Expr::Field(_) | Expr::AnswerField(_) => self.one(say.is_given, value, scope),
                _ => self.one(say.is_known, value, scope),
            },
            Expr::RowExists(row) => fill(say.exists, &[("record", &self.record(*row))]),
            Expr::IsEmpty(value) => self.one(say.is_empty, value, scope),
            Expr::Aggregate { how: Aggregate::Every, over, filter: Some(filter), .. } => {
                self.items(say.every_item, over, None, Some(filter), scope)
            }
            Expr::Aggregate { how: Aggregate::Some, over, filter: Some(filter), .. } => {
                self.items(say.some_item, over, None, Some(filter), scope)
            }
            truth => self.one(say.is_yes, truth, scope),
        }
    }

    /// A condition that does not hold.
    fn opposite(&self, guard: &Expr, scope: Scope<'m>) -> String {
        let say = self.say;
        match guard {
            Expr::Not(inner) => self.guard(inner, scope),
            Expr::Compare { how, left, right } => self.compared(inverse(*how), left, right, scope),
            Expr::In { word, set } => self.two(say.not_among, word, set, scope),
            Expr::IsSet(value) => match **value {
                Expr::Field(_) | Expr::AnswerField(_) => self.one(say.is_not_given, value, scope),
                _ => self.one(say.is_unknown, value, scope),
            },
            Expr::RowExists(row) => fill(say.exists_not, &[("record", &self.record(*row))]),
            Expr::IsEmpty(value) => self.one(say.is_not_empty, value, scope),
            Expr::Aggregate { how: Aggregate::Every, over, filter: Some(filter), .. } => {
                self.items(say.not_every_item, over, None, Some(filter), scope)
            }
            Expr::Aggregate { how: Aggregate::Some, over, filter: Some(filter), .. } => {
                self.items(say.no_item, over, None, Some(filter), scope)
            }
            Expr::And(parts) => self.none(parts, say.or, scope),
            Expr::Or(parts) => self.none(parts, say.and, scope),
            truth => self.one(say.is_no, truth, scope),
        }
    }

    /// What does not hold where several conditions together do not.
    fn none(&self, parts: &[Expr], with: &str, scope: Scope<'m>) -> String {
        let parts = parts.iter().map(|part| {
            let words = self.opposite(part, scope);
            let several = matches!(part, Expr::And(_) | Expr::Or(_));
            if several { fill(self.say.grouped, &[("x", &words)]) } else { words }
        });
        parts.collect::<Vec<_>>().join(with)
    }

    fn joined(&self, parts: &[Expr], with: &str, scope: Scope<'m>) -> String {
        let parts: Vec<_> = parts.iter().map(|part| self.grouped(part, scope)).collect();
        parts.join(with)
    }

    fn grouped(&self, part: &Expr, scope: Scope<'m>) -> String {
        let words = self.guard(part, scope);
        match part {
            Expr::And(_) | Expr::Or(_) => fill(self.say.grouped, &[("x", &words)]),
            _ => words,
        }
    }

    fn compared(&self, how: Comparison, left: &Expr, right: &Expr, scope: Scope<'m>) -> String {
        let say = self.say;
        if matches!(left, Expr::Const(_)) && !matches!(right, Expr::Const(_)) {
            return self.compared(mirrored(how), right, left, scope);
        }
        let equal = match right {
            Expr::Const(_) => [say.equal_to_constant, say.not_equal_to_constant],
            _ => [say.equal, say.not_equal],
        };
        if let (Comparison::Equal | Comparison::NotEqual, Some(words)) =
            (how, self.same_in_its_place(how == Comparison::Equal, left, right, scope))
        {
            return words;
        }
        let phrase = match how {
            Comparison::Equal => equal[0],
            Comparison::NotEqual => equal[1],
            Comparison::Less => say.less,
            Comparison::LessOrEqual => say.less_or_equal,
            Comparison::Greater => say.greater,
            Comparison::GreaterOrEqual => say.greater_or_equal,
        };
        let kind = self.kind_of(left, scope).or_else(|| self.kind_of(right, scope));
        let a = self.noun(left, kind, scope);
        let b = self.noun(right, kind, scope);
        fill(phrase, &[("a", &a), ("b", &b)])
    }

    /// “*Code* is the one in *Text message*”, where both sides are called the same or the output carries only that.
    fn same_in_its_place(&self, equal: bool, left: &Expr, right: &Expr, scope: Scope<'m>) -> Option<String> {
        let say = self.say;
        let left = self.noun(left, None, scope);
        match right {
            Expr::Output { output, field } => {
                let sent = &self.model.outputs[usize::from(*output)];
                let field = &sent.fields[usize::from(*field)];
                let same = field.chosen || left == self.name(&self.label(Some(field.element), &field.name));
                let phrase = if equal { say.equal_to_sent } else { say.not_equal_to_sent };
                same.then(|| fill(phrase, &[("a", &left), ("output", &self.output(*output))]))
            }
            Expr::Attribute { row, attribute } => {
                let record = self.model.rows[usize::from(*row)].record;
                let same = left == self.attribute(record, *attribute);
                let phrase = if equal { say.equal_to_kept } else { say.not_equal_to_kept };
                same.then(|| fill(phrase, &[("a", &left), ("record", &self.record(*row))]))
            }
            _ => None,
        }
    }

    /// A length of time: a constant in words, or else what it is called.
    pub(crate) fn length(&self, expr: &Expr, scope: Scope<'m>) -> String {
        match Self::constant(expr) {
            Some(ms) => self.time(ms),
            None => self.noun(expr, self.first_of(&Kind::Duration), scope),
        }
    }

    /// The first type that is made of something.
    fn first_of(&self, kind: &Kind) -> Option<TypeId> {
        (0..).zip(&self.model.types).find(|(_, known)| known.kind == *kind).map(|(id, _)| id)
    }

    fn one(&self, phrase: &str, value: &Expr, scope: Scope<'m>) -> String {
        fill(phrase, &[("a", &self.noun(value, None, scope))])
    }

    fn two(&self, phrase: &str, word: &Expr, set: &Expr, scope: Scope<'m>) -> String {
        let kind = self.kind_of(set, scope).and_then(|id| match self.model.kind(id).kind {
            Kind::Set { of } | Kind::List { of, .. } => Some(of),
            _ => None,
        });
        fill(phrase, &[("a", &self.noun(word, kind, scope)), ("b", &self.noun(set, None, scope))])
    }

    /// A value as a noun; constants are read as values of `kind`.
    pub(crate) fn noun(&self, expr: &Expr, kind: Option<TypeId>, scope: Scope<'m>) -> String {
        let say = self.say;
        let both = |phrase: &str, a: &Expr, b: &Expr| {
            // What is added to a point in time is a length of time.
            let of = |expr: &Expr, other: &Expr| {
                let moves = self.is_instant(other, scope) && !self.is_instant(expr, scope);
                if moves { self.first_of(&Kind::Duration) } else { kind }
            };
            fill(phrase, &[("a", &self.noun(a, of(a, b), scope)), ("b", &self.operand(b, of(b, a), scope))])
        };
        match expr {
            Expr::Const(value) => self.value(value, kind),
            Expr::Output { output, field } => {
                let sent = &self.model.outputs[usize::from(*output)];
                let field = &sent.fields[usize::from(*field)];
                let field = self.name(&self.label(Some(field.element), &field.name));
                fill(say.sent_in, &[("a", &field), ("output", &self.output(*output))])
            }
            Expr::Attribute { row, attribute } => {
                let attribute = self.attribute(self.model.rows[usize::from(*row)].record, *attribute);
                fill(say.attribute_of, &[("a", &attribute), ("record", &self.record(*row))])
            }
            Expr::RowKey(row) => {
                let record = &self.model.records[usize::from(self.model.rows[usize::from(*row)].record)];
                self.key(record)
            }
            Expr::RowExists(row) => self.record(*row),
            Expr::Asked(attribute) => self.attribute(scope.record.unwrap_or_default(), *attribute),
            Expr::Now => say.now.to_owned(),
            Expr::Add(a, b) => both(say.plus, a, b),
            Expr::Subtract(a, b) => both(say.minus, a, b),
            Expr::Multiply(a, n) => {
                fill(say.times, &[("a", &self.operand(a, kind, scope)), ("n", &n.to_string())])
            }
            Expr::Percent { percent, of, rounding } => {
                let rounding = match rounding {
                    Rounding::Down => say.rounded_down,
                    Rounding::Up => say.rounded_up,
                    Rounding::HalfUp => say.rounded_half_up,
                    Rounding::HalfEven => say.rounded_half_even,
                };
                let of = self.operand(of, kind, scope);
                fill(say.percent, &[("n", &percent.to_string()), ("a", &of), ("rounding", rounding)])
            }
            Expr::DateOf { instant, offset } => {
                let instant = self.operand(instant, None, scope);
                fill(say.date_of, &[("a", &instant), ("offset", &self.offset(*offset))])
            }
            Expr::Aggregate { how: Aggregate::Number, over, filter, .. } => {
                self.items(say.number_where, over, None, filter.as_deref(), scope)
            }
            Expr::Aggregate { how: Aggregate::Total, over, of, filter } => {
                let phrase = if filter.is_some() { say.total_where } else { say.total };
                self.items(phrase, over, of.as_deref(), filter.as_deref(), scope)
            }
            Expr::Item => say.item.to_owned(),
            Expr::Number(set) => fill(say.number_of, &[("a", &self.noun(set, None, scope))]),
            _ => self
                .named(expr, scope)
                .unwrap_or_else(|| fill(say.grouped, &[("x", &self.guard(expr, scope))])),
        }
    }

    /// What is said of the items of a list or a set.
    fn items(
        &self,
        phrase: &str,
        over: &Expr,
        of: Option<&Expr>,
        filter: Option<&Expr>,
        scope: Scope<'m>,
    ) -> String {
        let inside = Scope { item: self.item_of(over, scope), ..scope };
        let guard = filter.map_or_else(String::new, |filter| self.grouped(filter, inside));
        let of = of.map_or_else(String::new, |of| self.noun(of, None, inside));
        fill(phrase, &[("a", &self.noun(over, None, scope)), ("guard", &guard), ("of", &of)])
    }

    /// The type of the items of a list or a set.
    fn item_of(&self, over: &Expr, scope: Scope<'m>) -> Option<TypeId> {
        match self.model.kind(self.kind_of(over, scope)?).kind {
            Kind::List { of, .. } | Kind::Set { of } => Some(of),
            _ => None,
        }
    }

    /// A field of the entry that an aggregate looks at.
    fn item_field(&self, id: u16, scope: Scope<'m>) -> Option<&'m EntryField> {
        match &self.model.kind(scope.item?).kind {
            Kind::Entry { fields } => fields.get(usize::from(id)),
            _ => None,
        }
    }

    fn operand(&self, expr: &Expr, kind: Option<TypeId>, scope: Scope<'m>) -> String {
        let words = self.noun(expr, kind, scope);
        match expr {
            Expr::Add(..) | Expr::Subtract(..) | Expr::Percent { .. } => {
                fill(self.say.grouped, &[("x", &words)])
            }
            _ => words,
        }
    }

    /// What has a name of its own: a field, what is remembered or given, a choice.
    fn named(&self, expr: &Expr, scope: Scope<'m>) -> Option<String> {
        let (element, name) = match expr {
            Expr::Field(id) if scope.sent.is_some() => {
                self.sent_field(*id, scope).map(|field| (field.element, &field.name))
            }
            Expr::Field(id) => scope.fields.get(usize::from(*id)).map(|field| (field.element, &field.name)),
            Expr::AnswerField(id) => {
                scope.answer.get(usize::from(*id)).map(|field| (field.element, &field.name))
            }
            Expr::ItemField(id) => self.item_field(*id, scope).map(|field| (field.element, &field.name)),
            Expr::Choice(id) => {
                let choice = &self.model.choices[usize::from(*id)];
                Some((choice.element, &choice.name))
            }
            _ => self.variable(expr).map(|variable| (variable.element, &variable.name)),
        }?;
        Some(self.name(&self.label(Some(element), name)))
    }

    /// A field of the output that a rule is about.
    fn sent_field(&self, id: u16, scope: Scope<'m>) -> Option<&'m OutputField> {
        self.model.outputs[usize::from(scope.sent?)].fields.get(usize::from(id))
    }

    fn variable(&self, expr: &Expr) -> Option<&'m Variable> {
        match expr {
            Expr::Variable(id) => self.model.variables.get(usize::from(*id)),
            Expr::Given(id) => self.model.givens.get(usize::from(*id)),
            _ => None,
        }
    }

    /// The name of a record's attribute, within a sentence.
    pub(crate) fn attribute(&self, record: u16, attribute: u16) -> String {
        let attribute = &self.model.records[usize::from(record)].attributes[usize::from(attribute)];
        self.name(&self.label(Some(attribute.element), &attribute.name))
    }

    /// The name of a record's key, within a sentence: that of its type, which has a caption.
    pub(crate) fn key(&self, record: &Record) -> String {
        let kind = self.model.kind(record.key_kind);
        let caption = kind.element.and_then(|element| self.text(&self.model.element(element).texts));
        caption.map_or_else(|| self.name(&record.key.replace('_', " ")), |caption| self.name(caption))
    }

    /// The name of the record that a row belongs to, within a sentence.
    pub(crate) fn record(&self, row: RowId) -> String {
        let record = &self.model.records[usize::from(self.model.rows[usize::from(row)].record)];
        self.name(&self.label(Some(record.element), &record.name))
    }

    /// The type of what has one.
    pub(crate) fn kind_of(&self, expr: &Expr, scope: Scope<'m>) -> Option<TypeId> {
        match expr {
            Expr::Field(id) if scope.sent.is_some() => self.sent_field(*id, scope).map(|field| field.kind),
            Expr::Field(id) => scope.fields.get(usize::from(*id)).map(|field| field.kind),
            Expr::AnswerField(id) => scope.answer.get(usize::from(*id)).map(|field| field.kind),
            Expr::Choice(id) => Some(self.model.choices[usize::from(*id)].kind),
            Expr::Output { output, field } => {
                Some(self.model.outputs[usize::from(*output)].fields[usize::from(*field)].kind)
            }
            Expr::Attribute { row, attribute } => {
                let record = &self.model.records[usize::from(self.model.rows[usize::from(*row)].record)];
                Some(record.attributes[usize::from(*attribute)].kind)
            }
            Expr::Asked(attribute) => {
                let record = &self.model.records[usize::from(scope.record?)];
                Some(record.attributes[usize::from(*attribute)].kind)
            }
            Expr::RowKey(row) => {
                Some(self.model.records[usize::from(self.model.rows[usize::from(*row)].record)].key_kind)
            }
            Expr::Subtract(a, b) if self.is_instant(a, scope) && self.is_instant(b, scope) => {
                self.first_of(&Kind::Duration)
            }
            Expr::DateOf { .. } => self.first_of(&Kind::Date),
            Expr::Item => scope.item,
            Expr::ItemField(id) => self.item_field(*id, scope).map(|field| field.kind),
            Expr::Aggregate { how: Aggregate::Total, over, of: Some(of), .. } => {
                self.kind_of(of, Scope { item: self.item_of(over, scope), ..scope })
            }
            Expr::Add(a, b) | Expr::Subtract(a, b) => {
                self.kind_of(a, scope).or_else(|| self.kind_of(b, scope))
            }
            Expr::Multiply(a, _) | Expr::Percent { of: a, .. } => self.kind_of(a, scope),
            _ => self.variable(expr).map(|variable| variable.kind),
        }
    }

    fn is_instant(&self, expr: &Expr, scope: Scope<'m>) -> bool {
        let is = |id: TypeId| matches!(self.model.kind(id).kind, Kind::Instant | Kind::Date);
        *expr == Expr::Now || self.kind_of(expr, scope).is_some_and(is)
    }

    /// A whole number where an expression is one.
    pub(crate) fn constant(expr: &Expr) -> Option<i64> {
        if let Expr::Const(Value::Int(int)) = expr { Some(*int) } else { None }
    }
}

fn inverse(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

fn mirrored(how: Comparison) -> Comparison {
    match how {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}
