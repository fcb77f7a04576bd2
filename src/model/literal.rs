//! Constants as they are written: amounts and currencies.

use flowspec_runtime::Text;

use super::Kind;
use crate::syntax::tree::Currency;

/// Currencies without minor digits, and those with three (ISO 4217); all others have two.
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
    "XOF",
];
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// The type of amounts in a currency.
pub(super) fn money(currency: &Currency) -> Kind {
    Kind::Money { currency: Text::new(currency.as_str()), digits: digits(currency) }
}

/// How many digits stand behind the point.
pub(super) fn digits(currency: &Currency) -> u8 {
    let code = currency.as_str();
    if WHOLE.contains(&code) || code == "XPF" {
        0
    } else if THOUSANDTHS.contains(&code) {
        3
    } else {
        2
    }
}

/// An amount in minor units; nothing where it has other digits behind the point, or too many before it.
pub(super) fn minor_units(amount: &str, digits: u8) -> Option<i64> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    if fraction.len() != usize::from(digits) || (digits == 0 && amount.contains('.')) {
        return None;
    }
    format!("{whole}{fraction}").parse().ok()
}

/// An amount as one writes it with these digits behind the point.
pub(super) fn with_digits(amount: &str, digits: u8) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = usize::from(digits);
    if digits == 0 {
        return whole.to_owned();
    }
    let fraction = fraction.get(..digits.min(fraction.len())).unwrap_or_default();
    format!("{whole}.{fraction:0<digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_exactly_the_digits_of_their_currency() {
        assert_eq!(minor_units("20.00", 2), Some(2000));
        assert_eq!(minor_units("20", 2), None);
        assert_eq!(minor_units("20", 0), Some(20));
        assert_eq!(minor_units("20.", 0), None);
        assert_eq!(with_digits("20.5", 2), "20.50");
        assert_eq!(with_digits("20.512", 2), "20.51");
    }
}
