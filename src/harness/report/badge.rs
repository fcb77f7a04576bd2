//! A badge: one small SVG picture with the verdict, for the front page of a repository.

use super::{claim, xml::escape};
use crate::harness::results::{Exit, Results};

/// Draws the badge.
pub(super) fn write(results: &Results) -> String {
    let name = format!("{} conformance", results.header.flow);
    let verdict = verdict(results);
    let (left, right) = (width(&name), width(&verdict));
    let (all, colour) = (left + right, claim::colour(results.footer.exit));
    let (name_at, verdict_at) = (left / 2, left + right / 2);
    let (name_length, verdict_length) = (left - PADDING, right - PADDING);
    let (name, verdict) = (escape(&name), escape(&verdict));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{name}: {verdict}">
  <title>{name}: {verdict}</title>
  <clipPath id="r"><rect width="{all}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{left}" height="20" fill="#424242"/>
    <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
    <text x="{name_at}" y="14" textLength="{name_length}" lengthAdjust="spacingAndGlyphs">{name}</text>
    <text x="{verdict_at}" y="14" textLength="{verdict_length}" lengthAdjust="spacingAndGlyphs">{verdict}</text>
  </g>
</svg>
"##
    )
}

/// Free space beside a text.
const PADDING: usize = 12;

fn verdict(results: &Results) -> String {
    let footer = &results.footer;
    let all = footer.requirements_held + footer.requirements_failed + footer.requirements_open;
    let strength =
        results.header.faults.map_or_else(String::new, |faults| format!(" · {} of faults", faults.percent()));
    match footer.exit {
        Exit::Conforms => format!("{} of {}{strength}", footer.requirements_held, all),
        Exit::DoesNotConform => format!("{} of {} fail", footer.requirements_failed, all),
        Exit::Inconclusive | Exit::NotStarted | Exit::Flaky => footer.exit.phrase().to_owned(),
    }
}

/// About as wide as the text is in Verdana, 11 pixels high; the picture then fits it exactly.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|sign| match sign {
            'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | ' ' | '·' => 37,
            'f' | 't' | 'r' | '(' | ')' | '-' => 46,
            'm' | 'w' | 'M' | 'W' | '%' => 105,
            'A'..='Z' => 76,
            _ if sign.is_ascii() => 67,
            _ => 110,
        })
        .sum();
    tenths / 10 + PADDING
}
