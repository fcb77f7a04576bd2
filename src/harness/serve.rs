//! The protocol over HTTP: each request is the body of a POST.

use flowspec_runtime::protocol::{LONGEST, Reply, Server, Service};
use tiny_http::{Header, Method, Request, Response};

/// Answers requests one after another, until one says `bye`; `ready` is told the address first.
///
/// # Errors
/// Where nobody can listen there. What `ready` gives is given back.
pub fn serve_http<S: Service, E>(
    server: &mut Server<S>,
    address: &str,
    ready: impl FnOnce(&str) -> Result<(), E>,
) -> Result<Result<(), E>, String> {
    let listener = tiny_http::Server::http(address).map_err(|error| error.to_string())?;
    if let Err(error) = ready(&format!("http://{}/", listener.server_addr())) {
        return Ok(Err(error));
    }
    for request in listener.incoming_requests() {
        if !answer(server, request) {
            break;
        }
    }
    Ok(Ok(()))
}

/// Whether the conversation goes on; whoever has gone away by now gets no answer.
fn answer<S: Service>(server: &mut Server<S>, mut request: Request) -> bool {
    if *request.method() != Method::Post {
        let told = Response::from_string("send requests as the body of a POST\n").with_status_code(405);
        let _ = request.respond(told);
        return true;
    }
    let mut body = Vec::new();
    let read =
        std::io::Read::read_to_end(&mut std::io::Read::take(request.as_reader(), LONGEST as u64), &mut body);
    let reply = match read {
        Ok(_) => server.line(&body),
        Err(error) => Some(Reply::error(error.to_string())),
    };
    let goes_on = reply.is_some();
    let text = reply.and_then(|reply| serde_json::to_vec(&reply).ok()).unwrap_or_default();
    let mut response = Response::from_data(text);
    if let Ok(kind) = Header::from_bytes("content-type", "application/json") {
        response = response.with_header(kind);
    }
    let _ = request.respond(response);
    goes_on
}
