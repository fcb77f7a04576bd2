//! A part of a space as a thing of its own: to be told, widened, and turned into a formula again.

use super::extent::{Extent, Values};
use super::formula::{Atom, Formula, Region};
use super::{Dim, Space, Witness};

/// What each dimension may be, and relations that hold or do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// By dimension.
    pub extents: Vec<Extent>,
    /// Relations of the space.
    pub relations: Vec<(u32, bool)>,
}

impl Witness {
    /// All in which the formulas hold as they do here.
    pub fn part(&self) -> Part {
        Part { extents: self.extents.clone(), relations: self.relations.clone() }
    }
}

impl Space {
    /// The part in which the literals hold that a formula joins; none where they cannot hold together.
    pub fn within(&self, formula: &Formula) -> Option<Part> {
        let mut region = Region::whole(self);
        let mut open = vec![formula];
        while let Some(formula) = open.pop() {
            match formula {
                Formula::All(parts) => open.extend(parts),
                Formula::Literal(literal) if !region.apply(literal) => return None,
                Formula::Literal(_) | Formula::Any(_) => {}
            }
        }
        Some(Part { extents: region.extents, relations: Vec::new() })
    }
}

impl Part {
    /// For formulas, whether each holds throughout, nowhere, or neither, as far as can be seen at once.
    pub fn judge(&self, space: &Space) -> impl Fn(&Formula) -> Option<bool> {
        let mut region = Region::whole(space);
        region.extents.clone_from(&self.extents);
        for (relation, truth) in &self.relations {
            region.related[*relation as usize] = Some(*truth);
        }
        move |formula| formula.within(&region)
    }

    /// That a case is in this part.
    pub fn formula(&self, space: &Space) -> Formula {
        let mut conditions = Vec::new();
        for (place, extent) in self.extents.iter().enumerate() {
            let (Some(dim), full) = (space.dim_at(place), space.extent_at(place)) else { continue };
            if extent != full {
                conditions.push(of_extent(dim, extent, full));
            }
        }
        for (relation, truth) in &self.relations {
            conditions.push(Formula::literal(Atom::Related(*relation), *truth));
        }
        Formula::All(conditions)
    }
}

fn of_extent(dim: Dim, extent: &Extent, full: &Extent) -> Formula {
    let set = Formula::literal(Atom::Set(dim), true);
    let mut values = vec![set.clone()];
    match (&extent.values, &full.values) {
        (Values::None, _) => return set.negated(),
        (Values::Range { least, greatest, .. }, Values::Range { least: lowest, greatest: highest, .. }) => {
            values.extend((least > lowest).then(|| Formula::literal(Atom::AtLeast(dim, *least), true)));
            values.extend((greatest < highest).then(|| Formula::literal(Atom::AtMost(dim, *greatest), true)));
        }
        (Values::Only(words), full) if Values::Only(words.clone()) != *full => {
            values.push(Formula::Any(
                words.iter().map(|word| Formula::literal(Atom::Is(dim, *word), true)).collect(),
            ));
        }
        (Values::Except(words), _) => {
            values.extend(words.iter().map(|word| Formula::literal(Atom::Is(dim, *word), false)));
        }
        _ => {}
    }
    let values = Formula::All(values);
    if extent.unset { Formula::Any(vec![set.negated(), values]) } else { values }
}
