//! What one session remembers, put into every other: as implementations do that keep it in one place for all.

use crate::SessionId;
use crate::model::OutputId;

use super::Machine;
use super::universe::Universe;

impl Machine {
    /// Has every session remember under a name what one of them does, by the index in `Model::variables`.
    pub fn share_variable(&self, universe: &mut Universe, from: SessionId, variable: u16) {
        self.share(universe, from, self.tables.variable(variable), 1);
    }

    /// Has what was last sent to one session count as what was last sent to every other.
    pub fn share_output(&self, universe: &mut Universe, from: SessionId, output: OutputId) {
        let fields = self.model.outputs.get(usize::from(output)).map_or(0, |output| output.fields.len());
        self.share(universe, from, self.tables.output(output, 0), fields);
    }

    fn share(&self, universe: &mut Universe, from: SessionId, start: usize, count: usize) {
        let Some(position) = universe.position(from) else { return };
        let values = universe.sessions[position].memory.get(start..start + count).map(<[_]>::to_vec);
        for session in &mut universe.sessions {
            if let (Some(values), Some(memory)) = (&values, session.memory.get_mut(start..start + count)) {
                memory.clone_from_slice(values);
            }
        }
    }
}
