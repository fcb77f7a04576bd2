"""Does not end when it is told to, starts a child that does not either, and is right."""

import signal
import subprocess
import sys
import time

from right import Fake

signal.signal(signal.SIGTERM, signal.SIG_IGN)
# The child must not hold the pipes: it is found by its group alone.
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
subprocess.Popen([sys.executable, "-c", CHILD, "flowspec-test-child"], **QUIET)
Fake().serve()
time.sleep(3_600)
