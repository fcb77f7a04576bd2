"""Writes without measure to standard error, and is right."""

import sys

from right import Fake


class Flood(Fake):
    def before(self, request):
        sys.stderr.write("debug " * 40_000)


Flood().serve()
