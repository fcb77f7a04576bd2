//! The server held against the suite of its flow: a test for each requirement.

use flowspec_example_smtp::Server;

flowspec_generated::conformance_suite!(smtp_session, || Server::new(None));
