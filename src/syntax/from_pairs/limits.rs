//! How deep and long an expression may be, so that whoever walks a tree may recurse.

/// Parentheses inside one another. Judged before pest sees the text.
pub(in crate::syntax) const MOST_PARENTHESES: usize = 32;

/// Operators of one sum or product, `not`s in a row, and `list of`s in a row.
pub(super) const MOST_IN_A_ROW: usize = 32;
