//! An attribute of a record that no flow of the run reads or sets.

use std::collections::{HashMap, HashSet};

use super::usage::Usage;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::Draft;
use crate::source::Location;

pub(super) fn find(drafts: &[Draft], findings: &mut Vec<Diagnostic>) {
    if drafts.iter().any(|draft| !draft.sound) {
        return;
    }
    let mut used: HashSet<Location> = HashSet::new();
    let mut declared: HashMap<Location, Diagnostic> = HashMap::new();
    for draft in drafts.iter().filter(|draft| !draft.model.records.is_empty()) {
        let usage = Usage::of(draft);
        for (id, record) in (0..).zip(&draft.model.records) {
            for (index, attribute) in (0..).zip(&record.attributes) {
                let place = draft.place(attribute.element).name;
                if usage.attributes.contains(&(id, index)) {
                    used.insert(place);
                }
                let message =
                    format!("no flow reads or sets the attribute `{}` of `{}`", attribute.name, record.name);
                let finding = draft.finding(codes::UNUSED_VALUE, attribute.element, message);
                let whole = draft.whole(attribute.element);
                declared.entry(place).or_insert_with(|| finding.mend("leave it out, or use it", whole, ""));
            }
        }
    }
    let mut unused: Vec<_> = declared.into_iter().filter(|(place, _)| !used.contains(place)).collect();
    unused.sort_by_key(|(place, _)| *place);
    findings.extend(unused.into_iter().map(|(_, finding)| finding));
}
