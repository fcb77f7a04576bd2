//! The protocol over lines: standard input and output, or any other two streams.

use std::io::{self, BufRead, BufReader, Read, Write};

use super::{About, LONGEST, Plain, Reply, Server, Service};
use crate::Implementation;

/// Serves an implementation on standard input and output, until it is told `bye` or the input ends.
///
/// # Errors
/// Where the input cannot be read or the output cannot be written.
pub fn serve(about: About, implementation: impl Implementation) -> io::Result<()> {
    let mut server = Server::new(Plain::new(about.clone(), implementation), about);
    serve_lines(&mut server, io::stdin().lock(), io::stdout().lock())
}

/// Answers each line of `input` with a line of `output`, until `bye` or the end of the input.
///
/// # Errors
/// Where the input cannot be read or the output cannot be written.
pub fn serve_lines<S: Service>(
    server: &mut Server<S>,
    input: impl Read,
    mut output: impl Write,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let (mut line, mut reply) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        let read = (&mut input).take(LONGEST as u64).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        if !line.ends_with(b"\n") && read == LONGEST {
            input.skip_until(b'\n')?;
            line.clear();
            line.extend_from_slice(b"a line that is too long");
        }
        let Some(answer) = server.line(&line) else { return Ok(()) };
        reply.clear();
        write(&mut reply, &answer);
        output.write_all(&reply)?;
        output.flush()?;
    }
}

/// A reply and the end of its line.
pub(super) fn write(to: &mut Vec<u8>, reply: &Reply) {
    // Writing to memory does not fail, and every key is text.
    let _ = serde_json::to_writer(&mut *to, reply);
    to.push(b'\n');
}
