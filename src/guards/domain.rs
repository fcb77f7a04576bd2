//! What a place can be, as far as its declaration says.

use flowspec_runtime::time::{DAY, FIRST_DATE, LAST_DATE};
use flowspec_runtime::{Text, Value};

use super::{Atom, Dim, Expr, Extent, Field, Formula, Guards, Kind, Meaning, Values, Word};
use crate::model::{Aggregate, Rule, Type, TypeId};

/// A text type with no more texts than this has each of them as a value.
const FEW_TEXTS: u32 = 1_000;

impl<'m> Guards<'m> {
    /// The number of a constant.
    pub(super) fn word(&mut self, value: &Value) -> Word {
        let known = self.words.iter().position(|known| known == value);
        let place = known.unwrap_or_else(|| {
            self.words.push(value.clone());
            self.words.len() - 1
        });
        Word(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// A row's key as what it is in this event.
    pub(super) fn resolved(&self, place: &Expr) -> Expr {
        let model = self.scope.model;
        let Expr::RowKey(row) = place else { return place.clone() };
        let Some(row) = model.rows.get(usize::from(*row)) else { return place.clone() };
        let in_event = self.scope.event.and_then(|event| row.key_in.get(usize::from(event))?.clone());
        in_event.or_else(|| row.key.clone()).unwrap_or_else(|| place.clone())
    }

    pub(super) fn known_dim(&self, meaning: &Meaning) -> Option<Dim> {
        let place = self.meanings.iter().position(|known| known == meaning)?;
        self.space.dim_at(place)
    }

    /// The dimension of a value, made where it is met first.
    pub(super) fn dim(&mut self, expr: &Expr) -> Dim {
        let expr = self.resolved(expr);
        let known = self.meanings.iter().position(|meaning| match meaning {
            Meaning::Place(known) | Meaning::Opaque(known) => *known == expr,
            Meaning::Member(..) | Meaning::OtherMembers(_) => false,
        });
        if let Some(dim) = known.and_then(|place| self.space.dim_at(place)) {
            return dim;
        }
        let opaque = self.kind(&expr).is_none() && !matches!(expr, Expr::RowExists(_) | Expr::Now);
        if opaque {
            let values = match &expr {
                Expr::DateOf { .. } => Values::range(FIRST_DATE.into(), LAST_DATE.into(), DAY.into()),
                Expr::Number(_) | Expr::Aggregate { how: Aggregate::Number, .. } => {
                    Values::range(0, i128::from(u32::MAX), 1)
                }
                _ if self.is_number(&expr) => whole_numbers(),
                _ => self.truth_values(),
            };
            return self.add(Meaning::Opaque(expr), Extent { unset: false, values });
        }
        let unset = self.may_be_unset(&expr);
        let values = self.values(&expr);
        let dim = self.add(Meaning::Place(expr.clone()), Extent { unset, values });
        if let Some(Kind::Set { of }) = self.kind(&expr) {
            self.add_members(&expr, *of);
        }
        self.add_axioms(&expr, dim);
        dim
    }

    fn add(&mut self, meaning: Meaning, extent: Extent) -> Dim {
        self.meanings.push(meaning);
        self.space.dimension(extent)
    }

    fn truth_values(&mut self) -> Values {
        Values::only(vec![self.word(&Value::Bool(false)), self.word(&Value::Bool(true))])
    }

    /// What a place holds where it is set.
    fn values(&mut self, place: &Expr) -> Values {
        if matches!(place, Expr::Now) {
            return Values::range(0, i128::from(i64::MAX), 1);
        }
        let Some(of) = self.type_of(place) else { return self.truth_values() };
        match &of.kind {
            Kind::Bool => self.truth_values(),
            Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant | Kind::Date => numbers(of),
            Kind::Word { members, others } => {
                let mut words: Vec<Word> =
                    members.iter().map(|member| self.word(&Value::Text(member.name.clone()))).collect();
                match others.as_ref().map(|others| others.count) {
                    None => {}
                    Some(Some(count)) if count <= FEW_TEXTS => {
                        // Objects are no words, so these are equal to no constant.
                        let other = |number| Value::List(vec![Value::Int(i64::from(number))]);
                        words.extend((0..count).map(|number| self.word(&other(number))));
                    }
                    Some(_) => return Values::any(),
                }
                Values::only(words)
            }
            // Whether it is set is all there is to the dimension of a set; its members have their own.
            Kind::Set { .. } => Values::only(vec![self.word(&Value::List(Vec::new()))]),
            _ => match few_digits(of) {
                Some(texts) => {
                    Values::only(texts.into_iter().map(|text| self.word(&Value::Text(text))).collect())
                }
                None => Values::any(),
            },
        }
    }

    fn add_members(&mut self, set: &Expr, of: TypeId) {
        let Some(kind) = self.scope.model.types.get(usize::from(of)) else { return };
        let Kind::Word { members, others } = &kind.kind else { return };
        for member in members {
            let extent = Extent { unset: false, values: Values::range(0, 1, 1) };
            self.add(Meaning::Member(set.clone(), member.name.clone()), extent);
        }
        if let Some(others) = others {
            let most = others.count.map_or(i128::from(u32::MAX), i128::from);
            let extent = Extent { unset: false, values: Values::range(0, most, 1) };
            self.add(Meaning::OtherMembers(set.clone()), extent);
        }
    }

    /// Whether the declaration of a place leaves it unset at times.
    fn may_be_unset(&self, place: &Expr) -> bool {
        if self.scope.known.is_some_and(|(known, step)| known.is_set(place, step)) {
            return false;
        }
        if let Some(field) = self.field(place) {
            return field.when.is_some() || (field.optional && field.default.is_none());
        }
        match place {
            Expr::Attribute { .. } | Expr::Output { .. } | Expr::RowKey(_) => true,
            Expr::Variable(_) | Expr::Given(_) | Expr::Asked(_) => !self.has_default(place),
            _ => false,
        }
    }

    /// What the declaration of a place says of when it is set.
    fn add_axioms(&mut self, place: &Expr, dim: Dim) {
        let set = Formula::literal(Atom::Set(dim), true);
        if let Some(field) = self.field(place) {
            let Some(when) = &field.when else { return };
            let read = self.formula(when);
            let sent = !field.optional || field.default.is_some();
            self.axioms.push(if sent { set.iff(&read) } else { implies(&set, read) });
            return;
        }
        match place {
            Expr::Attribute { row, .. } => {
                let row = self.formula(&Expr::RowExists(*row));
                let always = self.has_default(place);
                self.axioms.push(if always { set.iff(&row) } else { implies(&set, row) });
            }
            Expr::RowExists(row) => {
                let exists = self.formula(place);
                let key = self.resolved(&Expr::RowKey(*row));
                let key = self.set(&key);
                self.axioms.push(implies(&exists, key));
            }
            _ => {}
        }
    }

    /// Whether a place has a value from the beginning.
    pub(super) fn has_default(&self, place: &Expr) -> bool {
        let model = self.scope.model;
        match place {
            Expr::Variable(id) => model.variables[usize::from(*id)].default.is_some(),
            Expr::Given(id) => {
                let given = &model.givens[usize::from(*id)];
                !given.optional || given.default.is_some()
            }
            Expr::Attribute { row, attribute } => {
                let record = &model.records[usize::from(model.rows[usize::from(*row)].record)];
                record.attributes[usize::from(*attribute)].default.is_some()
            }
            Expr::Asked(attribute) => self.scope.asked.is_some_and(|record| {
                model.records[usize::from(record)].attributes[usize::from(*attribute)].default.is_some()
            }),
            _ => true,
        }
    }

    /// A field of the event or of the answer.
    fn field(&self, place: &Expr) -> Option<&'m Field> {
        match place {
            Expr::Field(index) => self.scope.model.event(self.scope.event?).fields.get(usize::from(*index)),
            Expr::AnswerField(index) => self.scope.answer.get(usize::from(*index)),
            _ => None,
        }
    }

    pub(super) fn is_number(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Const(Value::Int(_))
            | Expr::Add(..)
            | Expr::Subtract(..)
            | Expr::Multiply(..)
            | Expr::Number(_)
            | Expr::Aggregate { how: Aggregate::Number | Aggregate::Total, .. }
            | Expr::Percent { .. }
            | Expr::DateOf { .. }
            | Expr::Now => true,
            _ => matches!(
                self.kind(expr),
                Some(Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant | Kind::Date)
            ),
        }
    }

    /// The type of a place.
    pub(super) fn type_of(&self, place: &Expr) -> Option<&'m Type> {
        let model = self.scope.model;
        let id = match place {
            Expr::Field(_) | Expr::AnswerField(_) => self.field(place)?.kind,
            Expr::Variable(id) => model.variables.get(usize::from(*id))?.kind,
            Expr::Given(id) => model.givens.get(usize::from(*id))?.kind,
            Expr::Choice(id) => model.choices.get(usize::from(*id))?.kind,
            Expr::Output { output, field } => {
                model.outputs.get(usize::from(*output))?.fields.get(usize::from(*field))?.kind
            }
            Expr::Attribute { row, attribute } => {
                let record = &model.records[usize::from(model.rows.get(usize::from(*row))?.record)];
                record.attributes.get(usize::from(*attribute))?.kind
            }
            Expr::RowKey(row) => {
                model.records[usize::from(model.rows.get(usize::from(*row))?.record)].key_kind
            }
            Expr::Asked(attribute) => {
                model.records[usize::from(self.scope.asked?)].attributes.get(usize::from(*attribute))?.kind
            }
            _ => return None,
        };
        model.types.get(usize::from(id))
    }

    pub(super) fn kind(&self, place: &Expr) -> Option<&'m Kind> {
        self.type_of(place).map(|of| &of.kind)
    }
}

fn implies(condition: &Formula, then: Formula) -> Formula {
    Formula::Any(vec![condition.negated(), then])
}

fn whole_numbers() -> Values {
    Values::range(i128::from(i64::MIN), i128::from(i64::MAX), 1)
}

/// The numbers that a type takes.
fn numbers(of: &Type) -> Values {
    let signed = !matches!(of.kind, Kind::Duration | Kind::Instant);
    let mut least = if signed { i128::from(i64::MIN) } else { 0 };
    let mut greatest = i128::from(i64::MAX);
    let mut step = 1_i128;
    if of.kind == Kind::Date {
        (least, greatest, step) = (FIRST_DATE.into(), LAST_DATE.into(), DAY.into());
    }
    for constraint in &of.constraints {
        match &constraint.rule {
            Rule::Range { min, max } => {
                least = min.map_or(least, |min| least.max(min.into()));
                greatest = max.map_or(greatest, |max| greatest.min(max.into()));
            }
            Rule::MultipleOf(multiple) => step = common_multiple(step, i128::from(*multiple)),
            _ => {}
        }
    }
    Values::range(least, greatest, step)
}

fn common_multiple(one: i128, other: i128) -> i128 {
    let (mut greater, mut lesser) = (one, other);
    while lesser != 0 {
        (greater, lesser) = (lesser, greater % lesser);
    }
    one.saturating_mul(other.checked_div(greater).unwrap_or(1)).max(1)
}

/// All texts of a type that takes digits alone, where these are few.
fn few_digits(of: &Type) -> Option<Vec<Text>> {
    let digits = of.constraints.iter().any(|constraint| matches!(constraint.rule, Rule::Digits));
    let lengths = of.constraints.iter().find_map(|constraint| match &constraint.rule {
        Rule::Length(length) => Some((length.min.max(1), length.max?)),
        _ => None,
    });
    let only_these =
        of.constraints.iter().all(|constraint| matches!(constraint.rule, Rule::Digits | Rule::Length(_)));
    let (least, most) = lengths.filter(|_| digits && only_these)?;
    if most > 3 || least > most || 10_u32.pow(most) > FEW_TEXTS {
        return None;
    }
    let of_length = |length: u32| {
        (0..10_u32.pow(length))
            .map(move |number| Text::from(format!("{number:0width$}", width = length as usize)))
    };
    Some((least..=most).flat_map(of_length).collect())
}
