//! Whether conditions can hold together, beside all values tried one by one.

use flowspec::decide::{
    Atom, Budget, Dim, Extent, Formula, Literal, Point, Relation, Space, Values, Verdict, Word,
};
use flowspec::decide::{Inequality, Integers, solve_integers};
use proptest::prelude::*;

/// A dimension of a random space.
#[derive(Debug, Clone)]
enum Side {
    Number { least: i128, width: i128, step: i128, unset: bool },
    Words { count: u32, unset: bool },
    Text { unset: bool },
}

impl Side {
    fn extent(&self) -> Extent {
        match self {
            Self::Number { least, width, step, unset } => {
                Extent { unset: *unset, values: Values::range(*least, least + width * step, *step) }
            }
            Self::Words { count, unset } => {
                Extent { unset: *unset, values: Values::only((0..*count).map(Word).collect()) }
            }
            Self::Text { unset } => Extent { unset: *unset, values: Values::any() },
        }
    }

    /// Every value that can make a difference: of texts, those that are named and as many others as there are sides.
    fn points(&self) -> Vec<Point> {
        let extent = self.extent();
        let mut points: Vec<Point> = match &extent.values {
            Values::Range { least, greatest, step } => {
                (*least..=*greatest).filter(|value| value % step == 0).map(Point::Int).collect()
            }
            Values::Only(words) => words.iter().map(|word| Point::Word(*word)).collect(),
            Values::Except(_) => {
                (0..3).map(|word| Point::Word(Word(word))).chain((0..4).map(Point::Other)).collect()
            }
            Values::None => Vec::new(),
        };
        points.extend(extent.unset.then_some(Point::Unset));
        points
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Number { .. })
    }
}

/// A condition before the space is known.
#[derive(Debug, Clone)]
enum Sketch {
    Set(usize),
    AtMost(usize, i128),
    Is(usize, u32),
    Same(usize, usize),
    Sum(Vec<(usize, i128)>, i128),
    Not(Box<Sketch>),
    All(Vec<Sketch>),
    Any(Vec<Sketch>),
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![
        (-4..4_i128, 0..8_i128, 1..4_i128, any::<bool>())
            .prop_map(|(least, width, step, unset)| Side::Number { least, width, step, unset }),
        (1..4_u32, any::<bool>()).prop_map(|(count, unset)| Side::Words { count, unset }),
        any::<bool>().prop_map(|unset| Side::Text { unset }),
    ]
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let leaf = prop_oneof![
        (0..4_usize).prop_map(Sketch::Set),
        (0..4_usize, -6..14_i128).prop_map(|(side, bound)| Sketch::AtMost(side, bound)),
        (0..4_usize, 0..3_u32).prop_map(|(side, word)| Sketch::Is(side, word)),
        (0..4_usize, 0..4_usize).prop_map(|(left, right)| Sketch::Same(left, right)),
        (proptest::collection::vec((0..4_usize, -3..4_i128), 1..4), -9..12_i128)
            .prop_map(|(sum, bound)| Sketch::Sum(sum, bound)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|sketch| Sketch::Not(sketch.into())),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Sketch::All),
            proptest::collection::vec(inner, 1..4).prop_map(Sketch::Any),
        ]
    })
}

/// Conditions that speak of one dimension at a time.
fn sketch_without_relations() -> impl Strategy<Value = Sketch> {
    let leaf = prop_oneof![
        (0..4_usize).prop_map(Sketch::Set),
        (0..4_usize, -6..14_i128).prop_map(|(side, bound)| Sketch::AtMost(side, bound)),
        (0..4_usize, 0..3_u32).prop_map(|(side, word)| Sketch::Is(side, word)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|sketch| Sketch::Not(sketch.into())),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Sketch::All),
            proptest::collection::vec(inner, 1..4).prop_map(Sketch::Any),
        ]
    })
}

struct Build<'s> {
    sides: &'s [Side],
    dims: Vec<Dim>,
    space: Space,
}

impl<'s> Build<'s> {
    fn new(sides: &'s [Side]) -> Self {
        let mut space = Space::default();
        let dims = sides.iter().map(|side| space.dimension(side.extent())).collect();
        Self { sides, dims, space }
    }

    fn formula(&mut self, sketch: &Sketch) -> Formula {
        let number = |side: &usize| self.sides[*side % self.sides.len()].is_number();
        let dim = |side: &usize| self.dims[*side % self.dims.len()];
        match sketch {
            Sketch::Set(side) => Formula::literal(Atom::Set(dim(side)), true),
            Sketch::AtMost(side, bound) if number(side) => self.space.at_most(&[(dim(side), 1)], *bound),
            Sketch::Is(side, word) if !number(side) => {
                Formula::literal(Atom::Is(dim(side), Word(*word)), true)
            }
            Sketch::Same(left, right) if !number(left) && !number(right) => {
                self.space.same(dim(left), dim(right))
            }
            Sketch::Sum(sum, bound) if sum.iter().all(|(side, _)| number(side)) => {
                let sum: Vec<_> = sum.iter().map(|(side, factor)| (dim(side), *factor)).collect();
                self.space.at_most(&sum, *bound)
            }
            Sketch::Not(inner) => self.formula(inner).negated(),
            Sketch::All(parts) => Formula::All(parts.iter().map(|part| self.formula(part)).collect()),
            Sketch::Any(parts) => Formula::Any(parts.iter().map(|part| self.formula(part)).collect()),
            _ => Formula::TRUE,
        }
    }
}

fn int(point: Point) -> Option<i128> {
    if let Point::Int(int) = point { Some(int) } else { None }
}

fn relation_holds(relation: &Relation, values: &[Point]) -> bool {
    match relation {
        Relation::Same(left, right) => {
            let (left, right) = (values[left.index()], values[right.index()]);
            left != Point::Unset && left == right
        }
        Relation::AtMost(sum, bound) => {
            let sum = sum.iter().map(|(dim, factor)| int(values[dim.index()]).map(|value| value * factor));
            sum.sum::<Option<i128>>().is_some_and(|sum| sum <= *bound)
        }
    }
}

fn literal_holds(literal: &Literal, space: &Space, values: &[Point]) -> bool {
    let value = |dim: &Dim| values[dim.index()];
    let holds = match &literal.atom {
        Atom::Set(dim) => value(dim) != Point::Unset,
        Atom::AtMost(dim, bound) => int(value(dim)).is_some_and(|value| value <= *bound),
        Atom::AtLeast(dim, bound) => int(value(dim)).is_some_and(|value| value >= *bound),
        Atom::Is(dim, word) => value(dim) == Point::Word(*word),
        Atom::Related(relation) => relation_holds(space.relation(*relation), values),
    };
    holds == literal.truth
}

fn holds(formula: &Formula, space: &Space, values: &[Point]) -> bool {
    match formula {
        Formula::Literal(literal) => literal_holds(literal, space, values),
        Formula::All(parts) => parts.iter().all(|part| holds(part, space, values)),
        Formula::Any(parts) => parts.iter().any(|part| holds(part, space, values)),
    }
}

fn fits(point: Point, extent: &Extent) -> bool {
    match (point, &extent.values) {
        (Point::Unset, _) => extent.unset,
        (Point::Int(int), Values::Range { least, greatest, step }) => {
            int >= *least && int <= *greatest && int % step == 0
        }
        (Point::Word(word), values) => values.contains(word),
        (Point::Other(_), Values::Except(_)) => true,
        _ => false,
    }
}

/// Every combination of values.
fn combinations(sides: &[Side]) -> Vec<Vec<Point>> {
    sides.iter().fold(vec![Vec::new()], |known, side| {
        let points = side.points();
        let with = |before: &Vec<Point>| {
            let before = before.clone();
            points.clone().into_iter().map(move |point| [before.clone(), vec![point]].concat())
        };
        known.iter().flat_map(with).collect()
    })
}

/// Holds a verdict against all values tried one by one.
fn compare(
    verdict: &Verdict,
    formulas: &[Formula],
    space: &Space,
    all: &[Vec<Point>],
) -> Result<(), TestCaseError> {
    let possible = all.iter().any(|values| formulas.iter().all(|formula| holds(formula, space, values)));
    match verdict {
        Verdict::Impossible => prop_assert!(!possible, "it is possible"),
        Verdict::Open => prop_assert!(false, "so little is always decided"),
        Verdict::Possible(witness) => {
            for formula in formulas {
                prop_assert!(holds(formula, space, &witness.values), "{formula:?} {:?}", witness.values);
            }
            // What is left open makes no difference.
            let within = all.iter().filter(|values| {
                values.iter().zip(&witness.extents).all(|(point, extent)| fits(*point, extent))
                    && witness
                        .relations
                        .iter()
                        .all(|(relation, truth)| relation_holds(space.relation(*relation), values) == *truth)
            });
            for values in within {
                prop_assert!(formulas.iter().all(|formula| holds(formula, space, values)), "{values:?}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn the_verdict_is_that_of_trying_every_value(
        sides in proptest::collection::vec(side(), 1..4),
        sketches in proptest::collection::vec(sketch(), 1..4),
    ) {
        let mut build = Build::new(&sides);
        let formulas: Vec<Formula> = sketches.iter().map(|sketch| build.formula(sketch)).collect();
        let space = build.space;
        let verdict = space.solve(&formulas, &mut Budget(1_000_000));
        compare(&verdict, &formulas, &space, &combinations(&sides))?;
    }

    #[test]
    fn the_verdict_by_counting_is_that_of_trying_every_value(
        sides in proptest::collection::vec(side(), 1..5),
        sketches in proptest::collection::vec(sketch_without_relations(), 1..9),
    ) {
        let mut build = Build::new(&sides);
        let formulas: Vec<Formula> = sketches.iter().map(|sketch| build.formula(sketch)).collect();
        let space = build.space;
        match space.solve_by_counting(&formulas, &mut Budget(1_000_000)) {
            Some(verdict) => compare(&verdict, &formulas, &space, &combinations(&sides))?,
            None => prop_assert!(false, "conditions without relations are always counted"),
        }
    }

    #[test]
    fn integers_under_inequalities_are_found_where_there_are_any(
        rows in proptest::collection::vec((proptest::collection::vec(-7..8_i128, 3), -20..20_i128), 1..6),
        width in 0..9_i128,
    ) {
        let mut inequalities: Vec<Inequality> =
            rows.into_iter().map(|(factors, bound)| Inequality { factors, bound }).collect();
        for variable in 0..3 {
            for (factor, bound) in [(1, width), (-1, 3)] {
                let mut factors = vec![0; 3];
                factors[variable] = factor;
                inequalities.push(Inequality { factors, bound });
            }
        }
        let fulfils = |values: &[i128]| inequalities.iter().all(|row| {
            row.factors.iter().zip(values).map(|(factor, value)| factor * value).sum::<i128>() <= row.bound
        });
        let span = -3..=width;
        let exists = span.clone().any(|x| span.clone().any(|y| span.clone().any(|z| fulfils(&[x, y, z]))));
        match solve_integers(3, &inequalities) {
            Integers::Some(values) => prop_assert!(fulfils(&values), "{values:?}"),
            Integers::None => prop_assert!(!exists),
            Integers::Open => prop_assert!(false, "so little is always decided"),
        }
    }
}
