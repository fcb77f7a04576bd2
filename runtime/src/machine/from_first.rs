//! Windows that open with the first use and close with all of them: as implementations have them that keep one instant and
//! a number where the flow asks for the instant of each use.

use crate::model::{Expr, LimitId, Window as Declared};
use crate::{Time, Value, Window};

use super::Machine;
use super::universe::Universe;

impl Machine {
    /// Forgets all uses of a limit, or of every one, under the keys whose first use has left its rolling window at `now`.
    pub fn close_windows(&self, universe: &mut Universe, limit: Option<LimitId>, now: Time) {
        let all = (0..).zip(&self.model.limits).filter(|(id, _)| limit.is_none_or(|only| only == *id));
        for (id, limit) in all {
            let Declared::Rolling(Expr::Const(Value::Int(width))) = limit.window else { continue };
            let window = Window::Rolling(width);
            if let Some(uses) = universe.world.uses.get_mut(usize::from(id)) {
                uses.counters_mut().for_each(|counter| counter.close(window, now));
            }
            let of_sessions = universe.sessions.iter_mut().flat_map(|session| &mut session.counters);
            of_sessions.filter(|(of, _)| *of == id).for_each(|(_, counter)| counter.close(window, now));
        }
    }
}
