//! What to write in place of a constant that is of the wrong sort.

use flowspec_runtime::Value;

use super::builder::Builder;
use super::expr::Typed;
use super::literal;
use super::sort::Sort;
use super::{Expr, Kind};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;

impl Builder<'_> {
    /// Says that an expression is not of the sort that is needed.
    pub(super) fn misfit(&mut self, found: &Typed, wanted: &Sort, span: Span, message: String) {
        let is = found.sort.describe(&self.model);
        let finding = self.finding(codes::WRONG_TYPE, span, message).here(format!("this is {is}"));
        let finding = self.mended(finding, found, wanted, span);
        self.report(finding);
    }

    fn mended(&self, finding: Diagnostic, found: &Typed, wanted: &Sort, span: Span) -> Diagnostic {
        let at = self.at(span);
        match (wanted, &found.sort, &found.expr) {
            (Sort::Money { currency, digits }, Sort::Int, Expr::Const(Value::Int(int))) => {
                let amount = literal::with_digits(&int.to_string(), *digits);
                finding.mend("write the amount with its currency", at, format!("{amount} {currency}"))
            }
            (Sort::Duration, Sort::Int, Expr::Const(Value::Int(int))) => {
                finding.mend("write the unit: `ms`, `s`, `min`, `h` or `days`", at, format!("{int} min"))
            }
            (Sort::Int, _, Expr::Const(Value::Text(text))) if text.parse::<i64>().is_ok() => {
                finding.mend("numbers stand without quotes", at, text.to_string())
            }
            (Sort::Text, Sort::Int, Expr::Const(Value::Int(int))) => {
                finding.mend("texts stand in quotes", at, format!("\"{int}\""))
            }
            (Sort::Word(of), Sort::Text, Expr::Const(Value::Text(text))) if self.is_word(*of, text) => {
                finding.mend("words of an enumeration stand without quotes", at, text.to_string())
            }
            (Sort::Bool, _, Expr::Const(Value::Text(text))) if matches!(text.as_str(), "true" | "false") => {
                finding.mend("`true` and `false` stand without quotes", at, text.to_string())
            }
            (Sort::Word(of), ..) => finding.help(format!("write one of {}", self.listed_words(*of))),
            _ => finding.help(format!("write {} here", wanted.describe(&self.model))),
        }
    }

    fn is_word(&self, of: u16, text: &str) -> bool {
        self.words(of).iter().any(|word| word == text)
    }

    fn listed_words(&self, of: u16) -> String {
        let words: Vec<String> = self.words(of).iter().map(|word| format!("`{word}`")).collect();
        match &self.model.kind(of).kind {
            Kind::Word { others: Some(_), .. } => format!("{} or another word", words.join(", ")),
            _ => words.join(", "),
        }
    }
}
