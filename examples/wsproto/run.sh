#!/usr/bin/env bash
# wsproto 1.1.0 goes on sending after its own Close frame and 1.2.0 does not: the suite, made from RFC 6455 alone, is red
# on the one and green on the other. Needs Python 3 with venv; each version goes into an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

flowspec() { cargo run --quiet --release -- "$@"; }
try() {
  local home="target/examples/wsproto-$1"
  [ -x "$home/bin/python" ] || python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check "wsproto==$1"
  flowspec test examples/wsproto/websocket_closing.flow --no-kept -- "$home/bin/python" examples/wsproto/adapter.py
}

flowspec check examples/wsproto
flowspec facts examples/wsproto --check > /dev/null
try 1.2.0
code=0
try 1.1.0 || code=$?
[ "$code" = 1 ] || { echo "wsproto 1.1.0 sends after its own close, and the suite did not see it (exit code $code)"; exit 1; }
