//! Values as a spec writes them.

use flowspec_runtime::Time;

/// A time in the largest unit that it is a whole number of.
pub(crate) fn duration(time: Time) -> String {
    let units = [(86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    match units.iter().find(|(unit, _)| time != 0 && time % unit == 0) {
        Some((86_400_000, _)) if time == 86_400_000 => "1 day".to_owned(),
        Some((unit, word)) => format!("{} {word}", time / unit),
        None => format!("{time} ms"),
    }
}
