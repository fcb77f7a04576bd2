//! Which state was reached: sequences that tell it, and the classic suites of tests made of them.
//!
//! One splitting tree with shortest sequences gives all three methods. W tries every sequence of the tree everywhere; Wp
//! does so where the states are reached, and elsewhere only what tells one state from the others; HSI (harmonised state
//! identifiers) never tries more than the sequences above a state's leaf, of which any two states have one in common
//! that tells them apart. All three catch every machine that differs and has at most `extra` more states than the
//! original's (Petrenko, Yevtushenko and others 1993; Smetsers, Moerman and Jansen 2016 for shortest sequences).

mod dot;
mod mealy;
mod methods;
mod splitting;

pub use dot::{Read, read};
pub use mealy::{Mealy, State, Symbol};
pub use methods::{Method, Tests, identifiers, tests};
