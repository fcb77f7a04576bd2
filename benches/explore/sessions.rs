//! Sessions of a flow side by side.

use std::hash::Hash;
use std::sync::Arc;

use flowspec::compile;
use flowspec::explore::space::{Product, Slot, Space};
use flowspec::source::{Source, SourceId, Sources};
use flowspec::syntax;
use flowspec_runtime::machine::Machine;
use flowspec_runtime::{Fields, Rows};
use stateright::{Checker, Model};

/// How many situations sessions can be in together: one for each of `openings`, or so many that are each opened with
/// whatever makes a difference; over these rows, or over whatever makes a difference.
pub(crate) fn explore(text: &str, openings: Openings, rows: Option<Rows>, threads: usize) -> usize {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("bench.flow", text));
    let parsed = [syntax::parse(sources.get(id), SourceId(0))];
    let compiled = compile(&sources, &parsed);
    assert!(!compiled.has_errors(), "{:#?}", compiled.diagnostics);
    let machine = Machine::new(Arc::clone(&compiled.models[0])).unwrap();
    let space = Space::new(&machine, Vec::new(), &[]);
    let slots = match openings {
        Openings::Of(each) => each.into_iter().map(|fields| Slot { openings: vec![fields] }).collect(),
        Openings::Any(count) => (0..count).map(|_| Slot { openings: space.openings().0 }).collect(),
    };
    let beginnings = rows.map_or_else(|| space.beginnings().0, |rows| vec![rows]);
    let mut product = Product::new(&space, slots, beginnings).unwrap();
    let exploration = product.explore(usize::MAX, threads);
    assert!(exploration.whole);
    let last = exploration.numbers().last().unwrap();
    assert!(exploration.way(last).len() <= exploration.depths.len());
    exploration.len()
}

/// What sessions are opened with.
pub(crate) enum Openings {
    /// Each with something of its own.
    Of(Vec<Fields>),
    /// So many, with anything.
    Any(usize),
}

/// How many states a model in Stateright has.
pub(crate) fn by_hand<M>(model: M, threads: usize) -> usize
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + PartialEq,
{
    let checker = model.checker().threads(threads).spawn_bfs().join();
    assert!(checker.discoveries().is_empty());
    checker.unique_state_count()
}
