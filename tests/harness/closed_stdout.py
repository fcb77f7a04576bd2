"""Closes its standard output and goes on running."""

import os
import time

from right import Fake


class Silent(Fake):
    def before(self, request):
        if self.misbehaves(request):
            os.close(1)
            time.sleep(3_600)


Silent().serve()
