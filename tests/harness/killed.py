"""Is killed by a signal in the midst of a test."""

import os
import signal

from right import Fake


class Killed(Fake):
    def before(self, request):
        if self.misbehaves(request):
            os.kill(os.getpid(), signal.SIGSEGV)


Killed().serve()
