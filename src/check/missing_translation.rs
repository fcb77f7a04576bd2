//! Texts that are there in one of the flow's languages and not in another.

use flowspec_runtime::Text;

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, ElementId, Texts};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let model = &draft.model;
    for language in &model.languages {
        let lacking: Vec<ElementId> = (0..)
            .zip(&model.elements)
            .filter(|(_, element)| lacks(element, language))
            .map(|(id, _)| id)
            .collect();
        let Some(first) = lacking.first() else { continue };
        let count = lacking.len();
        let message = match count {
            1 => format!("a text of `{}` is missing in `{language}`", model.name),
            _ => format!("{count} texts of `{}` are missing in `{language}`", model.name),
        };
        let mut finding =
            Diagnostic::new(codes::MISSING_TRANSLATION, draft.place(*first).head, message).here("here");
        for more in lacking.iter().skip(1).take(2) {
            finding = finding.label(draft.place(*more).head, "and here");
        }
        let written = if language == "en" { "\"…\"".to_owned() } else { format!("{language} \"…\"") };
        findings.push(
            finding
                .note("pages in that language would show the other one there")
                .help(format!("write `{written}` beside the text that is there")),
        );
    }
}

fn lacks(element: &crate::model::Element, language: &Text) -> bool {
    let lacks = |texts: &Texts| !texts.is_empty() && !texts.contains_key(language);
    lacks(&element.texts)
        || element.notes.iter().any(|note| lacks(&note.label.texts))
        || element.contacts.iter().any(|contact| lacks(&contact.label.texts))
}
