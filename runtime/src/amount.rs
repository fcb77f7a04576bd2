//! Amounts of money: decimal text outside, integers of the currency's minor unit inside, never a float.

use serde::{Deserialize, Serialize};

use crate::Text;

/// How many digits a currency has behind the point (ISO 4217); none for a currency that is not in use.
///
/// ```
/// assert_eq!(flowspec_runtime::minor_digits("CNY"), Some(2));
/// assert_eq!(flowspec_runtime::minor_digits("JPY"), Some(0));
/// ```
pub fn minor_digits(currency: &str) -> Option<u8> {
    const WITHOUT: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";
    const FOUR: &str = "CLF UYW";
    const TWO: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
        CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG \
        HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
        MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
        SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";
    [(WITHOUT, 0), (TWO, 2), (THREE, 3), (FOUR, 4)]
        .into_iter()
        .find(|(currencies, _)| currencies.split_ascii_whitespace().any(|known| known == currency))
        .map(|(_, digits)| digits)
}

/// Reads `-?(0|[1-9][0-9]*)`, then a point and exactly `digits` digits (no point for none), into minor units.
///
/// None for any other text, for minus zero, and for what 64 bits do not hold.
///
/// ```
/// assert_eq!(flowspec_runtime::parse_money("5000.00", 2), Some(500_000));
/// assert_eq!(flowspec_runtime::parse_money("-0.00", 2), None);
/// ```
pub fn parse_money(text: &str, digits: u8) -> Option<i64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits {
        0 => (unsigned, ""),
        _ => unsigned.split_once('.')?,
    };
    let canonical = !whole.is_empty() && (whole == "0" || !whole.starts_with('0'));
    if !canonical || fraction.len() != usize::from(digits) {
        return None;
    }
    let mut minor: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        // Downwards, because the least integer has no positive twin.
        minor = minor.checked_mul(10)?.checked_sub(digit)?;
    }
    match (negative, minor) {
        (true, 0) => None,
        (true, _) => Some(minor),
        (false, _) => minor.checked_neg(),
    }
}

/// Writes minor units as the text that [`parse_money`] reads.
///
/// ```
/// assert_eq!(flowspec_runtime::write_money(-5, 2), "-0.05");
/// ```
pub fn write_money(minor: i64, digits: u8) -> Text {
    // Of more places than 64 bits have, none is written.
    let places = if digits < 20 { digits } else { 0 };
    let mut text = [0; 24];
    let (mut start, mut rest) = (text.len(), minor.unsigned_abs());
    let mut put = |byte| {
        start -= 1;
        text[start] = byte;
    };
    let mut place = 0;
    while rest > 0 || place <= places {
        if place == places && places > 0 {
            put(b'.');
        }
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
        place += 1;
    }
    if minor < 0 {
        put(b'-');
    }
    // Digits, a point and a sign are text.
    str::from_utf8(&text[start..]).unwrap_or_default().into()
}

/// How a percentage becomes a whole number of minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Towards nothing: what is cut off is lost.
    Down,
    /// Away from nothing.
    Up,
    /// To the nearest; a half away from nothing.
    HalfUp,
    /// To the nearest; a half to the even one.
    HalfEven,
}

/// So many per cent of an amount. Below nothing it is what it is above, with the sign turned.
///
/// ```
/// use flowspec_runtime::{Rounding, percent_of};
///
/// assert_eq!(percent_of(15, 1_010, Rounding::Down), 151);
/// assert_eq!(percent_of(15, 1_010, Rounding::HalfUp), 152);
/// assert_eq!(percent_of(15, -1_010, Rounding::Up), -152);
/// ```
pub fn percent_of(percent: i64, amount: i128, rounding: Rounding) -> i128 {
    let product = amount.saturating_mul(i128::from(percent));
    let (whole, rest) = (product / 100, (product % 100).abs());
    let more = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::HalfUp => rest >= 50,
        Rounding::HalfEven => rest > 50 || rest == 50 && whole % 2 != 0,
    };
    if more { whole + product.signum() } else { whole }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_percentage_is_rounded_as_it_says() {
        let all = [Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven];
        let of = |amount: i128| all.map(|rounding| percent_of(50, amount, rounding));
        assert_eq!(of(1), [0, 1, 1, 0]);
        assert_eq!(of(3), [1, 2, 2, 2]);
        assert_eq!(of(2), [1, 1, 1, 1]);
        assert_eq!(of(-3), [-1, -2, -2, -2]);
        assert_eq!(all.map(|rounding| percent_of(1, 149, rounding)), [1, 2, 1, 1]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor: i64, digits in 0_u8..=4) {
            prop_assert_eq!(parse_money(&write_money(minor, digits), digits), Some(minor));
        }

        #[test]
        fn what_is_read_is_written_the_same_way(text in "-?[0-9]{0,21}(\\.[0-9]{0,4})?", digits in 0_u8..=4) {
            if let Some(minor) = parse_money(&text, digits) {
                prop_assert_eq!(write_money(minor, digits), text);
            }
        }

        #[test]
        fn a_percentage_is_less_than_one_unit_off(percent in 0_i64..=1_000, amount: i64) {
            let exact = i128::from(amount) * i128::from(percent);
            for rounding in [Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven] {
                let off = percent_of(percent, amount.into(), rounding) * 100 - exact;
                prop_assert!(off.abs() < 100);
                match rounding {
                    Rounding::Down => prop_assert!(off * exact.signum() <= 0),
                    Rounding::Up => prop_assert!(off * exact.signum() >= 0),
                    Rounding::HalfUp | Rounding::HalfEven => prop_assert!(off.abs() <= 50),
                }
            }
        }

        #[test]
        fn any_text_is_read_or_not(text: String, digits: u8) {
            let _ = parse_money(&text, digits);
        }
    }

    #[test]
    fn amounts_of_any_number_of_places_are_written() {
        let written = [(i64::MIN, 19), (-1, 19), (0, 0), (7, 0), (-5, 2), (i64::MAX, 20), (100, 1)]
            .map(|(minor, digits)| write_money(minor, digits).to_string());
        let expected = [
            "-0.9223372036854775808",
            "-0.0000000000000000001",
            "0",
            "7",
            "-0.05",
            "9223372036854775807",
            "10.0",
        ];
        assert_eq!(written, expected);
    }

    #[test]
    fn only_the_one_spelling_of_an_amount_is_taken() {
        for wrong in [
            "", "-", ".", "1", "1.", "1.0", "1.000", "01.00", "00.00", "+1.00", " 1.00", "1,00", "-0.00",
            ".00", "1.0x", "--1.00",
        ] {
            assert_eq!(parse_money(wrong, 2), None, "{wrong}");
        }
        assert_eq!(parse_money("0.00", 2), Some(0));
        assert_eq!(parse_money("-92233720368547758.08", 2), Some(i64::MIN));
        assert_eq!(parse_money("92233720368547758.08", 2), None);
        assert_eq!(parse_money("12", 0), Some(12));
        for wrong in ["12.", "12.0", "-0", "012"] {
            assert_eq!(parse_money(wrong, 0), None, "{wrong}");
        }
    }

    #[test]
    fn currencies_differ_in_their_minor_units() {
        let digits = ["CNY", "USD", "EUR", "JPY", "KRW", "KWD", "CLF"].map(minor_digits);
        assert_eq!(digits, [Some(2), Some(2), Some(2), Some(0), Some(0), Some(3), Some(4)]);
        assert_eq!(["", "C", "CNY USD", "cny", "ZZZ"].map(minor_digits), [None; 5]);
    }
}
