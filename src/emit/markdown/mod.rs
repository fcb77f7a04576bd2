//! Pages to read: one for each flow and language, and an index of them.
//!
//! A page is a list of blocks, section by section; the template prints them. Every text of the author's is escaped on
//! its way into a block, and every fixed phrase comes from the table of its language.

mod block;
mod escape;
mod examples;
mod facts;
mod frame;
mod limits;
mod outcome;
mod page;
mod promises;
mod standing;
mod steps;
mod told;
mod undecided;

use std::sync::Arc;

use flowspec_runtime::model::Model;
use serde::Serialize;

pub use facts::Facts;

use self::block::{Block, paragraph, titled};
use self::escape::MARKDOWN;
pub(crate) use self::escape::{code, escape};
use self::page::Page;
use super::templates::Templates;
use super::words::{Words, fill, own_name, phrases};
use super::{Fault, Files, MARK, diagram};

const PAGE: (&str, &str) = ("page", include_str!("page.j2"));

/// Prints pages; made once for all flows.
pub struct Printer {
    templates: Templates,
}

#[derive(Serialize)]
struct View {
    mark: String,
    title: String,
    blocks: Vec<Block>,
}

impl Printer {
    /// Compiles the template of pages.
    pub fn new() -> Result<Self, Fault> {
        Ok(Self { templates: Templates::new(&[PAGE, diagram::TEMPLATES[0]])? })
    }

    /// The pages of a flow, `docs/LANGUAGE/FLOW.md`, in each of its languages.
    pub fn pages(&self, model: &Model, facts: &Facts) -> Result<Files, Fault> {
        let mut files = Files::default();
        for language in &model.languages {
            let text = self.page(model, language, facts)?;
            files.add(format!("docs/{language}/{}.md", page_name(model)), text);
        }
        Ok(files)
    }

    /// The page of a flow in a language.
    pub fn page(&self, model: &Model, language: &str, facts: &Facts) -> Result<String, Fault> {
        let page = Page::new(model, language);
        let path = model.files.first().map_or("", |path| path.as_str());
        let view = View {
            mark: format!("{MARK} from {}; do not edit.", path.replace("--", "-&#45;")),
            title: page.title(),
            blocks: self.blocks(&page, facts)?,
        };
        self.templates.print("page", &view)
    }

    /// The pages that list every flow, `docs/LANGUAGE/index.md`, in each language that a flow has.
    pub fn indexes(&self, models: &[Arc<Model>]) -> Result<Files, Fault> {
        let mut languages: Vec<_> = models.iter().flat_map(|model| &model.languages).collect();
        languages.sort();
        languages.dedup();
        let mut files = Files::default();
        for language in &languages {
            let say = phrases(language);
            let of_language = models.iter().filter(|model| model.languages.contains(language));
            let mut rows: Vec<_> = of_language.map(|model| index_row(model, language)).collect();
            rows.sort();
            let others: Vec<_> = languages
                .iter()
                .filter(|other| other != &language)
                .map(|other| format!("[{}](../{other}/index.md)", own_name(other)))
                .collect();
            let mut blocks = vec![paragraph(say.index_lead)];
            if !others.is_empty() {
                blocks
                    .push(paragraph(fill(say.other_languages, &[("languages", &others.join(say.between))])));
            }
            blocks.push(block::table(&[say.index_flow, say.index_about], rows));
            if models.iter().any(|model| model.facts.is_some()) {
                blocks.push(paragraph(say.index_facts));
            }
            let view =
                View { mark: format!("{MARK}; do not edit."), title: say.index_title.to_owned(), blocks };
            files.add(format!("docs/{language}/index.md"), self.templates.print("page", &view)?);
        }
        Ok(files)
    }

    /// Every section of a page, in order.
    fn blocks(&self, page: &Page<'_>, facts: &Facts) -> Result<Vec<Block>, Fault> {
        let say = page.words.say;
        let mut blocks = page.about(page.model.element);
        blocks.extend(page.other_languages());
        let diagram = match diagram::mermaid_if_small(page.model, page.words.language, &self.templates)? {
            Some(text) => Block::Diagram { text },
            None => paragraph(say.too_large),
        };
        let sections = [
            (say.who_takes_part, page.who_takes_part()),
            (say.before_you_begin, page.before_you_begin()),
            (say.diagram, vec![diagram]),
            (say.steps, page.steps()),
            (say.limits, page.limits()),
            (say.time_outs, page.time_outs()),
            (say.ends, page.ends()),
            (say.good_to_know, page.good_to_know()),
            (say.contacts, page.contacts()),
            (say.links, page.links()),
            (say.allowed, page.allowed()),
            (say.sent, page.outputs()),
            (say.kept, page.kept()),
            (say.general, page.general()),
            (say.rules, page.rules()),
            (say.examples, page.examples()),
            (say.assumptions, page.assumptions(facts)),
            (say.silences, page.silences()),
            (say.open, page.open()),
            (say.facts, page.facts(facts)),
        ];
        blocks.extend(sections.into_iter().flat_map(|(title, blocks)| titled(title, blocks)));
        Ok(blocks)
    }
}

fn index_row(model: &Model, language: &str) -> Vec<String> {
    let words = Words::new(model, language, MARKDOWN);
    let flow = model.element(model.element);
    let title = words.escape(&words.label(Some(model.element), &model.name));
    let about = words.doc(flow).into_iter().next().unwrap_or_default();
    vec![format!("[{title}]({}.md)", page_name(model)), words.escape(&about)]
}

/// The name of a flow's page: its own, unless a page of all flows has it.
fn page_name(model: &Model) -> String {
    match model.name.as_str() {
        name @ ("facts" | "index") => format!("{name}-flow"),
        name => name.to_owned(),
    }
}

impl Page<'_> {
    fn title(&self) -> String {
        self.words.escape(&self.words.label(Some(self.model.element), &self.model.name))
    }

    fn other_languages(&self) -> Option<Block> {
        let others = self.model.languages.iter().filter(|other| *other != self.words.language);
        let links: Vec<_> = others
            .map(|other| format!("[{}](../{other}/{}.md)", own_name(other), page_name(self.model)))
            .collect();
        let say = self.words.say;
        (!links.is_empty())
            .then(|| paragraph(fill(say.other_languages, &[("languages", &links.join(say.between))])))
    }
}
