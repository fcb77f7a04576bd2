//! The protocol, version 1: how an implementation in any language is reached, one JSON object a line.
//!
//! `docs/protocol.md` describes it. [`serve`] puts any [`Implementation`](crate::Implementation) behind it:
//!
//! ```no_run
//! # struct Mine;
//! # impl flowspec_runtime::Implementation for Mine {
//! #     fn reset(&mut self, _: &flowspec_runtime::Rows) -> Result<(), flowspec_runtime::Unsupported> { Ok(()) }
//! #     fn apply(
//! #         &mut self,
//! #         _: flowspec_runtime::SessionId,
//! #         _: flowspec_runtime::Time,
//! #         _: &flowspec_runtime::Input,
//! #         _: &[flowspec_runtime::Answer],
//! #     ) -> flowspec_runtime::Observation { flowspec_runtime::Observation::accepted("start") }
//! # }
//! use flowspec_runtime::protocol::{About, serve};
//!
//! fn main() -> std::io::Result<()> {
//!     serve(About::new("acme-accounts 2.3.1"), Mine)
//! }
//! ```

mod message;
mod plain;
#[cfg(feature = "machine")]
mod reference;
mod rows;
mod server;
mod stdio;

pub use message::{
    About, Answers, Ask, Clock, Hello, Picked, Reply, Request, Said, Sessions, Shown, World, answers_of, said,
};
pub use plain::Plain;
#[cfg(feature = "machine")]
pub use reference::References;
pub use server::{Refusal, Server, Service, Told};
pub use stdio::{serve, serve_lines};

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// A request or a reply of more bytes is not read.
pub const LONGEST: usize = 64 * 1024 * 1024;
