//! Grows a suite: beginnings that are the same become one.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use smol_str::format_smolstr;

use super::{FORMAT, Node, Step, Suite, Test};
use crate::{Rows, model::Model};

/// A suite that is being put together.
#[derive(Debug)]
pub struct Builder {
    suite: Suite,
    steps: HashMap<Arc<Step>, u32>,
    children: HashMap<(Option<u32>, u32), u32>,
    twins: HashMap<u64, u32>,
}

impl Builder {
    /// An empty suite of a flow.
    pub fn new(model: Arc<Model>) -> Self {
        let (rows, steps, nodes, tests) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let suite = Suite { format: FORMAT, model, rows, steps, nodes, tests };
        Self { suite, steps: HashMap::new(), children: HashMap::new(), twins: HashMap::new() }
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
        let step = self.step(step);
        let nodes = &mut self.suite.nodes;
        *self.children.entry((parent, step)).or_insert_with(|| {
            nodes.push(Node { parent, step });
            index(nodes.len() - 1)
        })
    }

    fn step(&mut self, step: Step) -> u32 {
        if let Some(known) = self.steps.get(&step) {
            return *known;
        }
        let (at, step) = (index(self.suite.steps.len()), Arc::new(step));
        self.suite.steps.push(Arc::clone(&step));
        self.steps.insert(step, at);
        at
    }

    /// The node at the end of a sequence of steps; none if there are none.
    pub fn path(&mut self, steps: impl IntoIterator<Item = Step>) -> Option<u32> {
        steps.into_iter().fold(None, |parent, step| Some(self.node(parent, step)))
    }

    /// Adds a test; its `id` is made from its section, what it requires and its title.
    pub fn test(&mut self, mut test: Test) {
        let requirement = &self.suite.model.element(self.suite.requirement(&test)).path;
        let name = Digest::of(format_args!("{:?} {requirement} {}", test.section, test.title));
        let twin = *self.twins.entry(name).and_modify(|twins| *twins += 1).or_insert(0);
        test.id = format_smolstr!("{:08x}", Digest::of(format_args!("{name} {twin}")) >> 32);
        self.suite.tests.push(test);
    }

    /// Drops the tests with which a longer one of the same requirement begins: the longer one does all that they do.
    pub fn drop_beginnings(&mut self) {
        let suite = &mut self.suite;
        let mut passed = HashSet::new();
        for test in &suite.tests {
            let named = suite.requirement(test);
            let mut next = suite.nodes[test.leaf as usize].parent;
            while let Some(node) = next {
                passed.insert((test.rows, node, named));
                next = suite.nodes[node as usize].parent;
            }
        }
        let element = suite.model.element;
        suite.tests.retain(|test| {
            let named = test.requirements.first().copied().unwrap_or(element);
            !passed.contains(&(test.rows, test.leaf, named))
        });
    }

    /// The suite so far.
    pub fn suite(&self) -> &Suite {
        &self.suite
    }

    /// The suite, without what no test needs.
    pub fn finish(mut self) -> Suite {
        let Suite { rows, steps, nodes, tests, .. } = &mut self.suite;
        let mut used = vec![false; nodes.len()];
        for test in &*tests {
            let mut next = Some(test.leaf);
            while let Some(node) = next.filter(|node| !used[*node as usize]) {
                used[node as usize] = true;
                next = nodes[node as usize].parent;
            }
        }
        let places = keep(nodes, |at| used[at]);
        let (mut sent, mut begun) = (vec![false; steps.len()], vec![false; rows.len()]);
        nodes.iter().for_each(|node| sent[node.step as usize] = true);
        tests.iter().for_each(|test| begun[test.rows as usize] = true);
        let (sent, begun) = (keep(steps, |at| sent[at]), keep(rows, |at| begun[at]));
        for node in nodes {
            node.parent = node.parent.map(|parent| places[parent as usize]);
            node.step = sent[node.step as usize];
        }
        for test in tests {
            (test.leaf, test.rows) = (places[test.leaf as usize], begun[test.rows as usize]);
        }
        self.suite
    }
}

/// Keeps some of a list; where each of them is then, by where it was.
fn keep<T>(list: &mut Vec<T>, wanted: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut places = Vec::with_capacity(list.len());
    let mut kept = 0;
    for at in 0..list.len() {
        places.push(kept);
        kept += u32::from(wanted(at));
    }
    let mut at = 0..;
    list.retain(|_| at.next().is_some_and(&wanted));
    places
}

/// FNV-1a: the same on every machine and with every compiler, which the standard hasher does not promise.
struct Digest(u64);

impl Digest {
    const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    fn of(text: fmt::Arguments) -> u64 {
        let mut digest = Self::EMPTY;
        // It takes everything that is written.
        let _ = fmt::Write::write_fmt(&mut digest, text);
        digest.0
    }
}

impl fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
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
            assert_eq!(serde_json::from_str::<Step>(&serde_json::to_string(&step).unwrap()).unwrap(), step);
        }
        assert_eq!(
            serde_json::to_string(&step(0)).unwrap(),
            r#"{"apply":{"event":"submit","fields":{"code":{"sent":["sms","code"]}}}}"#
        );
    }

    #[test]
    fn a_node_is_written_as_one_number_or_two() {
        let (parent, step) = (Some(3), 7);
        for (node, json) in [(Node { parent, step }, "[7,3]"), (Node { parent: None, step }, "[7]")] {
            assert_eq!(serde_json::to_string(&node).unwrap(), json);
            assert_eq!(serde_json::from_str::<Node>(json).unwrap(), node);
        }
    }

    #[test]
    fn digests_do_not_depend_on_the_machine() {
        assert_eq!(Digest::of(format_args!("foobar")), 0x8594_4171_f739_67e8);
    }
}
