//! Questions about the source that no scenario can put: what the specs of the payment service must not say.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use flowspec::Compiled;
use flowspec::model::ElementKind;
use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};

fn compiled() -> Compiled {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/alipay");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    compile(&sources, &parsed)
}

#[test]
fn the_only_hotline_is_that_of_the_payment_service() {
    let compiled = compiled();
    let contacts = compiled.models.iter().flat_map(|model| &model.elements).flat_map(|of| &of.contacts);
    let mut seen = 0;
    for contact in contacts {
        seen += 1;
        for text in contact.label.texts.values() {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let number = if contact.missing { "" } else { "95188" };
            assert_eq!(digits, number, "`{}` has another number: {text}", contact.name);
        }
        assert_eq!(contact.missing, contact.name != "alipay", "`{}`", contact.name);
    }
    assert!(seen >= 4, "{seen} contacts");
}

#[test]
fn nothing_refuses_whoever_begins_with_the_police() {
    let compiled = compiled();
    let lost = compiled.models.iter().find(|model| model.name == "lost_phone_response").unwrap();
    let refusals = lost.steps.iter().flat_map(|step| &step.handlers).flat_map(|handler| &handler.refusals);
    let reasons: Vec<_> = refusals.map(|refusal| lost.reason(refusal.reason).as_str()).collect();
    // Members that were not given, and telling people before the new card; nothing about an order of the others.
    assert!(
        reasons.iter().all(|reason| matches!(*reason, "unexpected" | "needs:replace_sim")),
        "{reasons:?}"
    );
    let notes = lost.elements.iter().flat_map(|of| &of.notes);
    let police = notes.filter(|note| note.label.facts.iter().any(|fact| fact == "LPH-03"));
    assert_eq!(police.map(|note| note.kind.as_str()).collect::<Vec<_>>(), ["opinion"]);
}

#[test]
fn resending_the_text_message_of_a_registration_is_bounded_from_below_only() {
    let compiled = compiled();
    let register = compiled.models.iter().find(|model| model.name == "register_web_phone").unwrap();
    let resends = register.limits.iter().find(|limit| limit.name == "resends");
    let open = resends.is_none_or(|limit| limit.or_more || limit.bound == flowspec::model::Bound::Unbounded);
    assert!(open, "ten resends in a row are no violation");
}

#[test]
fn every_question_is_answered_by_the_machines() {
    let files = ["questions", "questions_registration", "questions_account", "journeys"];
    let asked = files.iter().map(|file| {
        let text = fs::read_to_string(format!("specs/alipay/{file}.flow")).unwrap();
        text.lines().filter(|line| line.starts_with("scenario ")).count()
    });
    let asked: usize = asked.sum();
    assert!(asked >= 67, "{asked} questions");
    let compiled = compiled();
    assert_eq!(compiled.diagnostics, []);
    let flows = compiled.models.len();
    let spoken = compiled
        .models
        .iter()
        .filter(|model| model.elements.iter().any(|of| of.kind == ElementKind::Scenario));
    assert_eq!(spoken.count(), flows, "each flow has scenarios of its own");
}

/// Whatever the sheet of facts says, and whatever is read into it, stands on the page of some procedure.
#[test]
fn every_row_of_the_facts_stands_on_a_page_in_both_languages() {
    let facts = fs::read_to_string("specs/alipay/facts.md").unwrap();
    let ids: Vec<&str> = facts
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|id| id.contains('-') && id.starts_with(char::is_uppercase))
        .collect();
    assert!(ids.len() >= 197 + 113, "{} rows", ids.len());
    for language in ["en", "zh"] {
        let pages = fs::read_dir(format!("generated/docs/{language}")).unwrap();
        let pages = pages.map(|page| page.unwrap().path()).filter(|path| !path.ends_with("facts.md"));
        let text: String = pages.map(|page| fs::read_to_string(page).unwrap()).collect();
        let words: std::collections::HashSet<&str> =
            text.split(|char: char| !char.is_ascii_alphanumeric() && char != '-').collect();
        let missing: Vec<_> = ids.iter().filter(|id| !words.contains(**id)).collect();
        assert!(missing.is_empty(), "{language}: {missing:?}");
    }
}
