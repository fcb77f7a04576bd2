//! What one session remembers, another one remembers too; counters that sessions share are counted by another key.

use flowspec_runtime::conformance::Habit;
use flowspec_runtime::model::Model;

use super::places::Found;

pub(super) fn find(model: &Model) -> Vec<Found> {
    let habit = |element, description: String, habit| Found {
        element,
        description,
        habit: Some(habit),
        parts: Vec::new(),
    };
    let variables = (0..).zip(&model.variables).map(|(id, variable)| {
        let description = format!("the sessions share {}", variable.name);
        habit(variable.element, description, Habit::SharesVariable(id))
    });
    let remembered =
        (0..).zip(&model.outputs).filter(|(_, output)| output.fields.iter().any(|field| field.chosen));
    let outputs = remembered.map(|(id, output)| {
        let description = format!("the sessions share what was last sent as {}", output.name);
        habit(output.element, description, Habit::SharesOutput(id))
    });
    variables.chain(outputs).collect()
}
