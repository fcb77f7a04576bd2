//! Instants, durations, dates, and the calendar periods that limits count in.

use serde::{Deserialize, Serialize};

use crate::Text;

/// Milliseconds since 1970-01-01T00:00Z, never negative; a day is 24 hours.
pub type Time = i64;

/// Milliseconds in a second.
pub const SECOND: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// A calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; a week is an ISO week, from Monday")]
pub enum Period {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Period {
    /// When the period ends that contains an instant: the beginning of the next one.
    pub const fn end(self, at: Time, offset: i16) -> i64 {
        let longest = match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 31 * DAY,
            Self::Year => 366 * DAY,
        };
        // So long after its beginning lies the next one, or the beginning of the one after that is not yet reached.
        self.start(self.start(at, offset).saturating_add(longest), offset)
    }

    /// When the period began that contains an instant, by a clock that is `offset` minutes east of UTC.
    ///
    /// The boundary belongs to the period that it opens. The result may lie before 1970.
    pub const fn start(self, at: Time, offset: i16) -> i64 {
        let offset = offset as i64 * MINUTE;
        let local = at.saturating_add(offset);
        let day = local.div_euclid(DAY);
        let start = match self {
            Self::Hour => local - local.rem_euclid(HOUR),
            Self::Day => day * DAY,
            // Day 0 was a Thursday.
            Self::Week => (day - (day + 3).rem_euclid(7)) * DAY,
            Self::Month => first_of_month(day) * DAY,
            Self::Year => first_of_year(day) * DAY,
        };
        start - offset
    }
}

/// The first date that there is, 0001-01-01; a date is kept as the milliseconds from 1970-01-01 to it.
pub const FIRST_DATE: i64 = -719_162 * DAY;
/// The last date that there is, 9999-12-31.
pub const LAST_DATE: i64 = 2_932_896 * DAY;

/// The date of an instant by a clock that is `offset` minutes east of UTC.
///
/// ```
/// use flowspec_runtime::time::{date_of, HOUR, write_date};
///
/// assert_eq!(date_of(i128::from(20 * HOUR), 0), 0);
/// assert_eq!(write_date(date_of(i128::from(20 * HOUR), 480) as i64), "1970-01-02");
/// ```
pub const fn date_of(at: i128, offset: i16) -> i128 {
    let local = at.saturating_add(offset as i128 * MINUTE as i128);
    local.div_euclid(DAY as i128).saturating_mul(DAY as i128)
}

/// Whether a number of milliseconds is a date: a whole number of days, in the years 1 to 9999.
pub const fn is_date(at: i64) -> bool {
    FIRST_DATE <= at && at <= LAST_DATE && at % DAY == 0
}

/// Reads `YYYY-MM-DD`; none for a day that the calendar does not have.
///
/// ```
/// use flowspec_runtime::time::{DAY, parse_date};
///
/// assert_eq!(parse_date("1970-02-01"), Some(31 * DAY));
/// assert_eq!(parse_date("2026-02-29"), None);
/// ```
pub fn parse_date(text: &str) -> Option<i64> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i64, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
        })
    };
    let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
    if bytes[4] != b'-' || bytes[7] != b'-' || year < 1 || !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let (from_march, of_year) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
    let number = days_to_march(of_year) + (153 * from_march + 2) / 5 + day - 1;
    let back = civil(number);
    (back.month == month && back.day == day).then_some(number * DAY)
}

/// Writes a date as the text that [`parse_date`] reads.
pub fn write_date(at: i64) -> Text {
    let Civil { year, month, day } = civil(at.div_euclid(DAY));
    smol_str::format_smolstr!("{year:04}-{month:02}-{day:02}")
}

/// The day number of the first day of the month of a day (day 0 is 1970-01-01).
const fn first_of_month(day: i64) -> i64 {
    day - civil(day).day + 1
}

/// The day number of 1 January of the year of a day.
const fn first_of_year(day: i64) -> i64 {
    days_to_march(civil(day).year - 1) + 306
}

/// The day number of 1 March of a year.
const fn days_to_march(year: i64) -> i64 {
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) - 719_468
}

/// A date of the Gregorian calendar, as much of it as periods need.
struct Civil {
    year: i64,
    /// From 1.
    month: i64,
    /// The day of the month, from 1.
    day: i64,
}

/// The date of a day number, by Howard Hinnant's algorithm: years from March, so that the leap day comes last.
const fn civil(day: i64) -> Civil {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let january_or_february = month_from_march >= 10;
    Civil {
        year: year_of_era + era * 400 + january_or_february as i64,
        month: if january_or_february { month_from_march - 9 } else { month_from_march + 3 },
        day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 1 in leap years.
    fn leap_day(year: i64) -> i64 {
        (year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)) as i64
    }

    /// A calendar that counts year by year and month by month.
    fn naive(day: i64) -> (i64, i64, i64) {
        let (mut year, mut left) = (1970, day);
        while left < 0 {
            year -= 1;
            left += 365 + leap_day(year);
        }
        while left >= 365 + leap_day(year) {
            left -= 365 + leap_day(year);
            year += 1;
        }
        let lengths = [31, 28 + leap_day(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 0;
        while left >= lengths[month] {
            left -= lengths[month];
            month += 1;
        }
        (year, month as i64 + 1, left + 1)
    }

    /// Whether two instants lie in one period, by the naive calendar.
    fn same(period: Period, a: Time, b: Time, offset: i16) -> bool {
        let local = |at: Time| at + i64::from(offset) * MINUTE;
        let (a, b) = (local(a), local(b));
        let date = |at: i64| naive(at.div_euclid(DAY));
        match period {
            Period::Hour => a.div_euclid(HOUR) == b.div_euclid(HOUR),
            Period::Day => date(a) == date(b),
            Period::Week => (a + 3 * DAY).div_euclid(7 * DAY) == (b + 3 * DAY).div_euclid(7 * DAY),
            Period::Month => (date(a).0, date(a).1) == (date(b).0, date(b).1),
            Period::Year => date(a).0 == date(b).0,
        }
    }

    fn period() -> impl Strategy<Value = Period> {
        prop_oneof![
            Just(Period::Hour),
            Just(Period::Day),
            Just(Period::Week),
            Just(Period::Month),
            Just(Period::Year),
        ]
    }

    proptest! {
        #[test]
        fn dates_are_those_of_a_calendar_that_counts_days(day in -200_000_i64..200_000) {
            let Civil { year, month, day: of_month } = civil(day);
            prop_assert_eq!((year, month, of_month), naive(day));
        }

        #[test]
        fn a_period_begins_at_its_boundary_and_not_before(
            period in period(), at in 0..200 * 365 * DAY, offset in -840_i16..=840
        ) {
            let start = period.start(at, offset);
            prop_assert!(start <= at);
            prop_assert!(same(period, start, at, offset));
            prop_assert!(!same(period, start - 1, at, offset));
            prop_assert_eq!(period.start(start, offset), start);
        }

        #[test]
        fn a_date_that_is_written_is_read_back(day in FIRST_DATE / DAY..=LAST_DATE / DAY) {
            let at = day * DAY;
            prop_assert!(is_date(at));
            prop_assert_eq!(parse_date(&write_date(at)), Some(at));
        }

        #[test]
        fn a_text_that_is_read_as_a_date_is_written_the_same_way(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}") {
            if let Some(at) = parse_date(&text) {
                prop_assert_eq!(write_date(at), text);
            }
        }

        #[test]
        fn any_instant_has_a_period(period in period(), at: i64, offset: i16) {
            let _ = period.start(at / 2, offset);
        }
    }

    #[test]
    fn only_the_days_of_the_calendar_are_dates() {
        for wrong in [
            "",
            "2026-1-01",
            "2026-13-01",
            "2026-00-10",
            "2026-02-29",
            "0000-01-01",
            "2026/01/01",
            "2026-01-0x",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
        assert_eq!([parse_date("0001-01-01"), parse_date("9999-12-31")], [Some(FIRST_DATE), Some(LAST_DATE)]);
        assert_eq!(parse_date("2024-02-29"), Some(1_709_164_800_000));
        assert!(!is_date(1) && !is_date(LAST_DATE + DAY));
    }

    #[test]
    fn a_week_begins_on_monday() {
        // 2026-11-23 was a Monday; 00:00 at +08:00 is eight hours earlier.
        let monday = 1_795_392_000_000;
        assert_eq!(Period::Week.start(monday + 6 * DAY, 480), monday - 8 * HOUR);
        assert_eq!(Period::Week.start(monday, 0), monday);
        assert_eq!(Period::Week.start(monday - 1, 0), monday - 7 * DAY);
    }

    #[test]
    fn a_leap_year_has_a_29th_of_february() {
        let march = 951_868_800_000; // 2000-03-01
        assert_eq!(Period::Month.start(march - 1, 0), march - 29 * DAY);
        assert_eq!(Period::Year.start(march, 0), march - 60 * DAY);
    }
}
