//! A model changed in place, with what follows from it worked out again only as far as it may have changed.

use std::sync::Arc;

use crate::model::{Model, TypeId};

use super::{Machine, Unfit};

impl Machine {
    /// Changes the model. `timers` says that steps, outcomes or time-outs change, `pattern` names a type of which a
    /// pattern does; whatever else follows from a model must stay as it was.
    ///
    /// # Errors
    /// [`Unfit`] where the pattern is none.
    pub fn change(
        &mut self,
        timers: bool,
        pattern: Option<TypeId>,
        change: impl FnOnce(&mut Model),
    ) -> Result<(), Unfit> {
        change(Arc::make_mut(&mut self.model));
        if timers {
            Arc::make_mut(&mut self.tables).follow_steps(&self.model);
        }
        match pattern {
            Some(kind) => Arc::make_mut(&mut self.tables).follow_pattern(&self.model, kind),
            None => Ok(()),
        }
    }
}
