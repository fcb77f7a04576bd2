#!/usr/bin/env bash
# Holds aiosmtpd, a mail server that nobody here wrote, against the spec of an SMTP session. Needs Python 3 with venv; the
# server goes into an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

home=target/examples/aiosmtpd
[ -x "$home/bin/python" ] || python3 -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check aiosmtpd==1.4.6
cargo run --quiet --release -- test specs/smtp_session/smtp_session.flow -- "$home/bin/python" examples/aiosmtpd/adapter.py
