//! Reads replies, and names what is wrong with those that cannot be read.

use flowspec_runtime::protocol::Reply;

use super::Breakdown;
use super::process::excerpt;

/// A reply from its line.
pub(super) fn read(line: &[u8]) -> Result<Reply, Breakdown> {
    serde_json::from_slice(line).map_err(|error| {
        if std::str::from_utf8(line).is_err() {
            Breakdown::NotUtf8
        } else if error.is_data() && line.trim_ascii_start().starts_with(b"{") {
            Breakdown::Misshapen(format!("is not what the protocol says ({error}): {}", excerpt(line)))
        } else {
            Breakdown::Garbage(excerpt(line))
        }
    })
}

/// Whether the reply is that to the request; `last` is the last number that a request has had.
pub(super) fn identified(got: Option<u64>, expected: u64, last: u64) -> Result<(), Breakdown> {
    match got {
        Some(got) if got == expected => Ok(()),
        Some(got) if got > last => Err(Breakdown::FutureId { expected, got }),
        Some(0) => Err(Breakdown::WrongId { expected, got: 0 }),
        Some(got) => Err(Breakdown::RepeatedId { expected, got }),
        None => Err(Breakdown::NoId),
    }
}
