//! The instants at which something changes by itself: time-outs, uses that stop counting, holds that end.

use crate::model::{Expr, Window};
use crate::{Counter, Time};

use super::Machine;
use super::universe::Universe;

impl Machine {
    /// The instants after now at which something changes in a universe without any input, as far as they can be told
    /// now, in their order.
    pub fn edges(&self, universe: &Universe) -> Vec<Time> {
        let mut edges: Vec<Time> =
            universe.sessions.iter().flat_map(|session| &session.timers).map(|armed| armed.due).collect();
        for (limit, uses) in self.model.limits.iter().zip(&universe.world.uses) {
            for counter in uses.counters() {
                counter_edges(&limit.window, counter, universe.world.now, &mut edges);
            }
        }
        for session in &universe.sessions {
            for (limit, counter) in &session.counters {
                let window = &self.model.limit(*limit).window;
                counter_edges(window, counter, universe.world.now, &mut edges);
                if let Window::Rolling(width) = window
                    && !matches!(width, Expr::Const(_))
                    && let Some(width) = self.evaluate(universe, session.id, width).as_int()
                {
                    edges.extend(counter.instants().map(|at| at.saturating_add(width)));
                }
            }
        }
        edges.retain(|edge| *edge > universe.world.now && *edge < Time::MAX);
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

fn counter_edges(window: &Window, counter: &Counter, now: Time, edges: &mut Vec<Time>) {
    edges.extend(counter.held_until());
    match window {
        Window::Rolling(Expr::Const(width)) => {
            let width = width.as_int().unwrap_or(0);
            edges.extend(counter.instants().map(|at| at.saturating_add(width)));
        }
        Window::Calendar { period, offset } => edges.push(period.end(now, *offset)),
        Window::All | Window::Rolling(_) => {}
    }
}
