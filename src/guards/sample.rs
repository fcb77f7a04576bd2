//! Values of places as points of the space and back: what is known can be held fast, and a case that was found can be
//! sent as an input.

use flowspec_runtime::Value;

use super::{Atom, Dim, Expr, Formula, Guards, Kind, Meaning};
use crate::decide::{Extent, Point, Relation, Values, Witness, Word};

/// What a place is in a case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sample {
    /// What is usual.
    Usual,
    /// This.
    Value(Value),
    /// Some text that no condition names; the same number is the same text.
    Other(u32),
}

/// What places are; none where that is not known.
pub(crate) type Known<'k> = dyn Fn(&Expr) -> Option<Value> + 'k;

impl Guards<'_> {
    /// That places are what is known of them.
    pub(crate) fn held(&mut self, known: &Known) -> Vec<Formula> {
        let meanings = self.meanings.clone();
        let mut held = Vec::new();
        for (index, meaning) in meanings.iter().enumerate() {
            if let Meaning::Place(place) | Meaning::Opaque(place) = meaning
                && let Some(value @ (Value::Text(_) | Value::Bool(_))) = known(place)
            {
                self.word(&value);
            }
            if let (Some(dim), Some(point)) = (self.space.dim_at(index), self.point(meaning, known)) {
                held.push(is(dim, point));
            }
        }
        held
    }

    /// That fields which are words, or sets of them, have only such as have a name.
    pub(crate) fn only_named(&mut self) -> Vec<Formula> {
        let mut named = Vec::new();
        for meaning in self.meanings.clone() {
            let Some(dim) = self.known_dim(&meaning) else { continue };
            let literal = |atom, truth| Formula::literal(atom, truth);
            match &meaning {
                Meaning::OtherMembers(Expr::Field(_) | Expr::AnswerField(_)) => {
                    named.push(literal(Atom::AtMost(dim, 0), true))
                }
                Meaning::Place(field @ (Expr::Field(_) | Expr::AnswerField(_))) => {
                    let Some(Kind::Word { members, others: Some(_) }) = self.kind(field) else { continue };
                    let words = members.iter().map(|member| self.word(&Value::Text(member.name.clone())));
                    let mut one: Vec<_> = words.map(|word| literal(Atom::Is(dim, word), true)).collect();
                    one.push(literal(Atom::Set(dim), false));
                    named.push(Formula::Any(one));
                }
                _ => {}
            }
        }
        named
    }

    /// The point at which places are what is known of them; what is not known is unset there.
    pub(crate) fn at(&self, known: &Known) -> Vec<Point> {
        self.meanings.iter().map(|meaning| self.point(meaning, known).unwrap_or(Point::Unset)).collect()
    }

    /// Those formulas that may hold where another one does.
    pub(crate) fn meeting<'f>(&self, formula: &Formula, others: Vec<&'f Formula>) -> Vec<&'f Formula> {
        let Some(part) = self.space.within(formula) else { return Vec::new() };
        let judge = part.judge(&self.space);
        others.into_iter().filter(|other| judge(other) != Some(false)).collect()
    }

    /// Whether a formula holds at a point.
    pub(crate) fn holds_at(&self, formula: &Formula, point: &[Point]) -> bool {
        self.space.holds_at(formula, point)
    }

    fn point(&self, meaning: &Meaning, known: &Known) -> Option<Point> {
        match meaning {
            Meaning::Place(place) | Meaning::Opaque(place) => Some(match known(place)? {
                Value::Unset => Point::Unset,
                Value::Int(int) => Point::Int(int.into()),
                // Whether a set is set is all there is to its dimension.
                Value::List(_) => self.word_point(&Value::List(Vec::new())),
                value => self.word_point(&value),
            }),
            Meaning::Member(set, word) => {
                let Value::List(members) = known(set)? else { return Some(Point::Int(0)) };
                Some(Point::Int(members.contains(&Value::Text(word.clone())).into()))
            }
            Meaning::OtherMembers(set) => {
                let Value::List(members) = known(set)? else { return Some(Point::Int(0)) };
                let named = |value: &Value| {
                    let Value::Text(text) = value else { return false };
                    self.known_dim(&Meaning::Member(set.clone(), text.clone())).is_some()
                };
                Some(Point::Int(members.iter().filter(|member| !named(member)).count() as i128))
            }
        }
    }

    fn word_point(&self, value: &Value) -> Point {
        let place = self.words.iter().position(|known| known == value);
        place
            .and_then(|place| u32::try_from(place).ok())
            .map_or(Point::Other(u32::MAX), |place| Point::Word(Word(place)))
    }

    /// What a place is in a case, as near to what is usual as the case leaves it.
    pub(crate) fn sample(&self, place: &Expr, case: &Witness, usual: &Value) -> Sample {
        let Some(dim) = self.known_dim(&Meaning::Place(place.clone())) else { return Sample::Usual };
        let extent = &case.extents[dim.index()];
        let related = case.relations.iter().any(|(relation, _)| self.space.speaks_of(*relation, dim.index()));
        let members = || {
            self.meanings.iter().zip(&case.values).filter_map(|(meaning, point)| match meaning {
                Meaning::Member(of, word) if of == place => {
                    (*point == Point::Int(1)).then(|| Value::Text(word.clone()))
                }
                _ => None,
            })
        };
        let set = matches!(self.kind(place), Some(Kind::Set { .. }));
        match case.values[dim.index()] {
            Point::Unset => Sample::Value(Value::Unset),
            Point::Word(_) if set => Sample::Value(Value::List(members().collect())),
            _ if !related && self.allows(extent, usual) => Sample::Usual,
            Point::Int(int) => i64::try_from(int).map_or(Sample::Usual, |int| Sample::Value(Value::Int(int))),
            Point::Word(word) => match self.words.get(word.0 as usize) {
                Some(value @ (Value::Text(_) | Value::Bool(_))) => Sample::Value(value.clone()),
                _ => Sample::Usual,
            },
            Point::Other(number) => Sample::Other(number),
        }
    }

    fn allows(&self, extent: &Extent, value: &Value) -> bool {
        match (&extent.values, value) {
            (_, Value::Unset) => extent.unset,
            (Values::Range { least, greatest, .. }, Value::Int(int)) => {
                (*least..=*greatest).contains(&i128::from(*int))
            }
            (values, value) => match self.word_point(value) {
                Point::Word(word) => values.contains(word),
                _ => matches!(values, Values::Except(_)),
            },
        }
    }

    /// Just where an atom still holds as it does, and where it no longer does: the edges that it has, where it has any.
    pub(crate) fn edges(&mut self, atom: &Atom, truth: bool) -> Option<Formula> {
        let (below, above) = match *atom {
            Atom::AtMost(dim, bound) => self.beside(dim, bound)?,
            Atom::AtLeast(dim, bound) => self.beside(dim, bound.checked_sub(1)?)?,
            Atom::Related(relation) => {
                let Relation::AtMost(sum, bound) = self.space.relation(relation).clone() else { return None };
                let opposite: Vec<(Dim, i128)> = sum.iter().map(|(dim, factor)| (*dim, -factor)).collect();
                let least = self.space.at_most(&opposite, -bound);
                let most = self.space.at_most(&sum, bound + 1);
                (least, most)
            }
            Atom::Set(_) | Atom::Is(..) => return None,
        };
        let at_most = !matches!(atom, Atom::AtLeast(..));
        Some(if at_most == truth { below } else { above })
    }

    /// That a number is the last that is at most this, where it is at most this; and the first that is more, where it is
    /// more.
    fn beside(&self, dim: Dim, bound: i128) -> Option<(Formula, Formula)> {
        let Values::Range { step, .. } = self.space.extent(dim).values else { return None };
        let last = bound.div_euclid(step) * step;
        let at = |atom| Formula::literal(atom, true);
        Some((at(Atom::AtLeast(dim, last)), at(Atom::AtMost(dim, last + step))))
    }
}

/// That a dimension is this.
fn is(dim: Dim, point: Point) -> Formula {
    let literal = Formula::literal;
    match point {
        Point::Unset | Point::Other(_) => literal(Atom::Set(dim), false),
        Point::Int(int) => {
            Formula::All(vec![literal(Atom::AtLeast(dim, int), true), literal(Atom::AtMost(dim, int), true)])
        }
        Point::Word(word) => literal(Atom::Is(dim, word), true),
    }
}
