//! Integers under linear inequalities: whether there are any, and which.
//!
//! Fourier and Motzkin's elimination, made exact for integers as in Pugh's Omega test: bounds are divided by the common
//! factor of their coefficients; eliminating a variable that has the factor 1 on one side loses nothing; otherwise the
//! real shadow can show that there is no solution and the dark shadow that there is one. Between the two, the values of
//! a variable of small range are tried one by one, and where that takes too long nothing is claimed.

use std::collections::HashMap;

/// A sum of variables with factors that is at most a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inequality {
    /// The factor of each variable.
    pub factors: Vec<i128>,
    /// The sum is at most this.
    pub bound: i128,
}

impl Inequality {
    /// What it says of the other variables where one has a value.
    fn with(&self, variable: usize, value: i128) -> Option<Self> {
        let mut factors = self.factors.clone();
        let own = std::mem::take(&mut factors[variable]);
        Some(Self { factors, bound: self.bound.checked_sub(own.checked_mul(value)?)? })
    }
}

/// What became of a system of inequalities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Integers {
    /// Nothing fulfils it.
    None,
    /// These values do.
    Some(Vec<i128>),
    /// It was not found out.
    Open,
}

/// More inequalities than this are not kept.
const ROWS: usize = 3_000;

/// How many values of variables are tried where elimination is not exact.
const TRIES: u32 = 2_000;

/// A variable with more values than this is not tried value by value.
const RANGE: i128 = 1_000;

/// Integers that fulfil all of these.
pub fn solve(variables: usize, inequalities: &[Inequality]) -> Integers {
    let mut tries = TRIES;
    search(variables, inequalities.to_vec(), &mut tries)
}

fn search(variables: usize, rows: Vec<Inequality>, tries: &mut u32) -> Integers {
    let real = match eliminate(variables, &rows, false) {
        Shadow::Empty => return Integers::None,
        Shadow::Full { values, exact: true } => return Integers::Some(values),
        Shadow::Full { exact: false, .. } | Shadow::Open => eliminate(variables, &rows, true),
    };
    if let Shadow::Full { values, .. } = real {
        return Integers::Some(values);
    }
    // Neither shadow decides: a variable of small range is tried value by value.
    let ranges = (0..variables).filter_map(|variable| {
        let (least, greatest) = bounds(&rows, variable)?;
        (least < greatest && greatest - least < RANGE).then_some((
            greatest - least,
            variable,
            least,
            greatest,
        ))
    });
    let Some((_, variable, least, greatest)) = ranges.min() else { return Integers::Open };
    let mut verdict = Integers::None;
    for value in least..=greatest {
        let Some(left) = tries.checked_sub(1) else { return Integers::Open };
        *tries = left;
        let Some(fixed) = rows.iter().map(|row| row.with(variable, value)).collect() else {
            return Integers::Open;
        };
        match search(variables, fixed, tries) {
            Integers::Some(mut values) => {
                values[variable] = value;
                return Integers::Some(values);
            }
            Integers::Open => verdict = Integers::Open,
            Integers::None => {}
        }
    }
    verdict
}

/// The least and the greatest value that inequalities of a variable alone give it.
fn bounds(rows: &[Inequality], variable: usize) -> Option<(i128, i128)> {
    let (mut least, mut greatest) = (None::<i128>, None::<i128>);
    for row in rows {
        let alone = row.factors.iter().enumerate().all(|(other, factor)| other == variable || *factor == 0);
        match row.factors[variable] {
            factor if alone && factor > 0 => {
                let bound = row.bound.div_euclid(factor);
                greatest = Some(greatest.map_or(bound, |known| known.min(bound)));
            }
            factor if alone && factor < 0 => {
                let bound = row.bound.div_euclid(factor.checked_neg()?).checked_neg()?;
                least = Some(least.map_or(bound, |known| known.max(bound)));
            }
            _ => {}
        }
    }
    least.zip(greatest)
}

enum Shadow {
    /// A contradiction was met.
    Empty,
    /// None was; the values are a solution if the elimination was exact or dark.
    Full { values: Vec<i128>, exact: bool },
    /// Numbers or rows grew too large.
    Open,
}

/// Eliminates one variable after the other; the dark shadow is smaller than the integer one, the real one larger.
fn eliminate(variables: usize, inequalities: &[Inequality], dark: bool) -> Shadow {
    let Some(mut rows) = tightened(inequalities.to_vec()) else { return Shadow::Empty };
    let mut left: Vec<usize> = (0..variables).collect();
    let mut stages: Vec<(usize, Vec<Inequality>)> = Vec::new();
    let mut exact = true;
    while let Some(place) = (0..left.len()).min_by_key(|place| cost(&rows, left[*place])) {
        let variable = left.remove(place);
        let (with, without): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.factors[variable] != 0);
        rows = without;
        for upper in with.iter().filter(|row| row.factors[variable] > 0) {
            for lower in with.iter().filter(|row| row.factors[variable] < 0) {
                let Some((row, is_exact)) = shadow(upper, lower, variable, dark) else { return Shadow::Open };
                exact &= is_exact;
                rows.push(row);
            }
        }
        stages.push((variable, with));
        match tightened(rows) {
            Some(fitted) if fitted.len() <= ROWS => rows = fitted,
            Some(_) => return Shadow::Open,
            None => return Shadow::Empty,
        }
    }
    if !exact && !dark {
        return Shadow::Full { values: Vec::new(), exact };
    }
    match assign(variables, &stages) {
        Some(values) => Shadow::Full { values, exact },
        None => Shadow::Open,
    }
}

/// How many rows an elimination adds; inexact ones come last.
fn cost(rows: &[Inequality], variable: usize) -> (bool, usize) {
    let (mut above, mut below, mut unit_above, mut unit_below) = (0, 0, true, true);
    for row in rows {
        match row.factors[variable] {
            0 => {}
            factor if factor > 0 => {
                above += 1;
                unit_above &= factor == 1;
            }
            factor => {
                below += 1;
                unit_below &= factor == -1;
            }
        }
    }
    (!(unit_above || unit_below), above * below)
}

/// What an upper and a lower bound of a variable say of the others, and whether that is all they say.
fn shadow(upper: &Inequality, lower: &Inequality, variable: usize, dark: bool) -> Option<(Inequality, bool)> {
    let above = upper.factors[variable];
    let below = lower.factors[variable].checked_neg()?;
    let combined = |one: i128, other: i128| one.checked_mul(below)?.checked_add(other.checked_mul(above)?);
    let factors: Option<Vec<i128>> =
        upper.factors.iter().zip(&lower.factors).map(|(one, other)| combined(*one, *other)).collect();
    let mut bound = combined(upper.bound, lower.bound)?;
    let exact = above == 1 || below == 1;
    if dark && !exact {
        bound = bound.checked_sub((above - 1).checked_mul(below - 1)?)?;
    }
    Some((Inequality { factors: factors?, bound }, exact))
}

/// Divides by common factors and keeps the tightest of those that differ in their bound alone; nothing if one can
/// never hold.
fn tightened(rows: Vec<Inequality>) -> Option<Vec<Inequality>> {
    let mut places: HashMap<Vec<i128>, usize> = HashMap::new();
    let mut kept: Vec<Inequality> = Vec::new();
    for mut row in rows {
        let common = row.factors.iter().fold(0_u128, |common, factor| divisor(common, factor.unsigned_abs()));
        let Ok(common) = i128::try_from(common) else { continue };
        if common == 0 {
            if row.bound < 0 {
                return None;
            }
            continue;
        }
        row.factors.iter_mut().for_each(|factor| *factor /= common);
        row.bound = row.bound.div_euclid(common);
        match places.get(&row.factors) {
            Some(place) => kept[*place].bound = kept[*place].bound.min(row.bound),
            None => {
                places.insert(row.factors.clone(), kept.len());
                kept.push(row);
            }
        }
    }
    Some(kept)
}

fn divisor(mut one: u128, mut other: u128) -> u128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Values for the variables, the last eliminated first; each as near to 0 as it can be.
fn assign(variables: usize, stages: &[(usize, Vec<Inequality>)]) -> Option<Vec<i128>> {
    let mut values = vec![0_i128; variables];
    for (variable, rows) in stages.iter().rev() {
        let (mut least, mut greatest) = (i128::MIN, i128::MAX);
        for row in rows {
            let mut rest = row.bound;
            for (other, factor) in row.factors.iter().enumerate() {
                if other != *variable {
                    rest = rest.checked_sub(factor.checked_mul(values[other])?)?;
                }
            }
            match row.factors[*variable] {
                factor if factor > 0 => greatest = greatest.min(rest.div_euclid(factor)),
                factor => least = least.max(rest.div_euclid(factor.checked_neg()?).checked_neg()?),
            }
        }
        if least > greatest {
            return None;
        }
        values[*variable] = 0_i128.clamp(least, greatest);
    }
    Some(values)
}
