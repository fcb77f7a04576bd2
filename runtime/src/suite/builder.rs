//! Grows a suite: beginnings that are the same become one.

use std::{collections::HashMap, sync::Arc};

use super::{FORMAT, Node, Step, Suite, Test, json::line};
use crate::{Rows, model::Model};

/// A suite that is being put together.
#[derive(Debug)]
pub struct Builder {
    suite: Suite,
    children: HashMap<(Option<u32>, u64), Vec<u32>>,
    twins: HashMap<u64, u32>,
}

impl Builder {
    /// An empty suite of a flow.
    pub fn new(model: Arc<Model>) -> Self {
        let suite = Suite { format: FORMAT, model, rows: Vec::new(), nodes: Vec::new(), tests: Vec::new() };
        Self { suite, children: HashMap::new(), twins: HashMap::new() }
    }

    /// The index of the rows that a universe begins with.
    pub fn rows(&mut self, rows: Rows) -> u32 {
        let known = self.suite.rows.iter().position(|known| *known == rows);
        let at = known.unwrap_or_else(|| {
            self.suite.rows.push(rows);
            self.suite.rows.len() - 1
        });
        index(at)
    }

    /// The node of a step after another one; the same node if it was grown before.
    pub fn node(&mut self, parent: Option<u32>, step: Step) -> u32 {
        let nodes = &mut self.suite.nodes;
        let siblings = self.children.entry((parent, digest(&line(&step)))).or_default();
        if let Some(&same) = siblings.iter().find(|&&at| nodes[at as usize].step == step) {
            return same;
        }
        let at = index(nodes.len());
        siblings.push(at);
        nodes.push(Node { parent, step });
        at
    }

    /// The node at the end of a sequence of steps; none if there are none.
    pub fn path(&mut self, steps: impl IntoIterator<Item = Step>) -> Option<u32> {
        steps.into_iter().fold(None, |parent, step| Some(self.node(parent, step)))
    }

    /// Adds a test; its `id` is made from its section, what it requires and its title.
    pub fn test(&mut self, mut test: Test) {
        let requirement = &self.suite.model.element(self.suite.requirement(&test)).path;
        let name = digest(&format!("{:?} {requirement} {}", test.section, test.title));
        let twin = *self.twins.entry(name).and_modify(|twins| *twins += 1).or_insert(0);
        test.id = format!("{:08x}", digest(&format!("{name} {twin}")) >> 32).into();
        self.suite.tests.push(test);
    }

    /// The suite.
    pub fn finish(self) -> Suite {
        self.suite
    }
}

/// FNV-1a: the same on every machine and with every compiler, which the standard hasher does not promise.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{Seen, Term};

    fn step(at: i64) -> Step {
        let fields = vec![("code".into(), Term::Seen(Seen::Sent("sms".into(), "code".into())))];
        Step::Apply { session: 0, at, event: "submit".into(), by: "user".into(), fields, answers: Vec::new() }
    }

    #[test]
    fn steps_are_read_as_they_were_written() {
        let open = Step::Open { session: 1, at: 5, given: vec![("ip".into(), Term::from("10.0.0.1"))] };
        let may = Step::May { capability: "pay".into(), subject: Term::from(3), at: 0 };
        for step in [step(0), open, may, Step::Advance { to: 7 }, Step::Close { session: 0 }] {
            assert_eq!(serde_json::from_str::<Step>(&line(&step)).unwrap(), step);
        }
        assert_eq!(
            line(&step(0)),
            r#"{"apply":{"event":"submit","fields":{"code":{"sent":["sms","code"]}}}}"#
        );
    }

    #[test]
    fn digests_do_not_depend_on_the_machine() {
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }
}
