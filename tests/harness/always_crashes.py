"""Ends at every event."""

import os

from right import Fake


class Crash(Fake):
    def before(self, request):
        if request["do"] == "apply":
            os._exit(1)


Crash().serve()
